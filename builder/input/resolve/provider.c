/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of providers. A provider loses for a reason that a person can act on; only what makes
 * the question itself impossible (a malformed version, a broken network) is an error. */

#include "input/resolve/provider.h"

#include "input/resolve/constraint.h"
#include "input/resolve/package_choices.h"
#include "input/resolve/provider_needs.h"
#include "input/resolve/relation_match.h"
#include "input/resolve/resolve.h"
#include "input/resolve/source_version.h"

static const char *provider_join(struct arena *a, const struct strings *l, const char *with)
{
	struct buf text = { .a = a, .max = 2000 };

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&text, "%s%s", i ? with : "", l->v[i]);
	return buf_cstr(&text);
}

/* " satisfies >= 3.12" or nothing, when nothing was asked for. */
static const char *describe_satisfied(struct arena *a, const struct component *c)
{
	return c->version ? arena_printf(a, " satisfies %s", c->version) : "";
}

/* Whether the packages can be installed together. 1; 0 and *lost. */
static int check_closure(struct arena *a, const struct archive_state *s, const struct provider *p,
			 const char **lost)
{
	struct request *requests = arena_array(a, p->packages.n, sizeof(*requests));
	struct error why = { 0 };
	struct picks picks;
	char text[1024];

	for (size_t i = 0; i < p->packages.n; i++)
		requests[i] = (struct request){ p->packages.v[i], "asked for by the recipe" };
	if (resolve_pinned(a, &s->index, requests, p->packages.n, &picks, s->blamed, &why))
		return 1;
	err_format(&why, text, sizeof(text));
	*lost = arena_strdup(a, text);
	return 0;
}

/* A kept version that is not good enough need not be kept. */
static void blame_kept(struct arena *a, const struct archive_state *s, const struct provider *p,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct index_package *x = index_candidate(&s->index,
								str_of(p->packages.v[i]));

		if (x && x->pin)
			*list_push(a, s->blamed) = x->pin->name;
	}
}

/* The lock's old answer to the same question, if it is to be kept; else NULL. */
static const struct locked_component *kept_component(const struct archive_state *s,
						     const struct component *c,
						     const char *question)
{
	const struct lock_order *o = s->order;
	const struct locked_component *old = o->old && o->update ? lock_component(o->old, c->name)
								 : NULL;

	return old && old->question && strcmp(old->question, question) == 0 &&
			       old->provider < c->providers.n
		       ? old
		       : NULL;
}

/* 1 it satisfies the component, 0 and *lost says why not, -1 error. Candidates that it has
 * exchanged stay so only when it does. */
static int try_packages(struct arena *a, const struct archive_state *s, struct choices *choices,
			const struct component *c, const struct provider *p,
			struct locked_component *out, const char **lost, struct error *e)
{
	const struct index_package *first;
	size_t moves = choices->moves.n;
	int ok = choices_take(choices, c, p, lost, e);

	if (ok == 0)
		blame_kept(a, s, p, 1);
	if (ok > 0)
		ok = check_closure(a, s, p, lost);
	if (ok > 0) {
		ok = needs_met(a, s, c, p, lost, e);
		if (ok == 0)
			blame_kept(a, s, p, p->packages.n);
	}
	if (ok <= 0) {
		choices_undo(choices, moves);
		return ok;
	}
	first = index_candidate(&s->index, str_of(p->packages.v[0]));
	out->version = str_dup(a, first->version);
	out->reason = arena_printf(a, "%s %s (package)%s; not compiled", p->packages.v[0],
				   out->version, describe_satisfied(a, c));
	return 1;
}

static int try_source(struct arena *a, const struct archive_state *s, const struct component *c,
		      const struct provider *p, struct locked_component *out, struct lock *lock,
		      const char **lost, struct error *e)
{
	struct locked_source source;
	const char *obstacle = source_obstacle(a, p->source, s->order->platform);
	int ok;

	if (obstacle) {
		*lost = obstacle;
		return 0;
	}
	ok = source_lock(a, s, p->source, c, &source, lost, e);
	if (ok <= 0)
		return ok;
	if (!lock_source(lock, source.name))
		*list_push(a, &lock->sources) = source;
	out->version = source.version;
	if (p->source->unpack.form) {
		out->reason = arena_printf(a, "%s %s (download)%s; not compiled", source.package,
					   source.version, describe_satisfied(a, c));
		return 1;
	}
	out->reason = arena_printf(a, "%s%s%s (%s)%s; %scompiled", source.package,
				   source.version[0] ? " " : "", source.version,
				   source.state	       ? "Debian source"
				   : p->source->folder ? "a folder of this repository"
						       : "upstream source",
				   describe_satisfied(a, c), lock->compilers ? "cross-" : "");
	if (source.warning)
		progress_warn(s->order->progress, "component %s: %s; %s is used", c->name,
			      source.warning, source.version);
	return 1;
}

/* Hints are not part of what is lost: that stands in locks, and other packages come and go. */
static bool nobody_satisfies(struct arena *a, const struct archive_state *s,
			     const struct component *c, const struct strings *lost, struct error *e)
{
	const char *hint = "";

	for (size_t i = 0; i < c->providers.n && !hint[0]; i++) {
		const struct strings *packages = &c->providers.v[i].packages;

		if (packages->n && !index_candidate(&s->index, str_of(packages->v[0])))
			hint = match_hint(a, &s->index, packages->v[0]);
		else if (packages->n)
			hint = choices_hint(a, &s->index, c, packages->v[0]);
	}
	err_set(e, ERR_INPUT, "%s%s%s", lost->n > 1 ? "no provider satisfies it: " : "",
		provider_join(a, lost, "; "), hint);
	return err_at(e, c->at.file, c->at.line, c->at.col);
}

static bool provider_choose(struct arena *a, const struct archive_state *s, struct choices *choices,
			    const struct component *c, struct locked_component *out,
			    struct lock *lock, struct error *e)
{
	struct digest question = recipe_component_digest(c, s->order->platform);
	const struct locked_component *kept;

	out->question = digest_hex_dup(a, &question);
	out->suite = c->suite;
	kept = kept_component(s, c, out->question);
	if (c->version && !constraint_check(c->version, e)) {
		err_at(e, c->version_at.file, c->version_at.line, c->version_at.col);
		return err_wrap(e, "component %s", c->name);
	}
	for (size_t i = 0; i < c->providers.n; i++) {
		const struct provider *p = &c->providers.v[i];
		const char *lost = "";
		int ok;

		if (kept && i < kept->provider && i < kept->lost.n) {
			*list_push(a, &out->lost) = kept->lost.v[i];
			continue;
		}
		ok = p->source ? try_source(a, s, c, p, out, lock, &lost, e)
			       : try_packages(a, s, choices, c, p, out, &lost, e);

		if (ok < 0)
			return err_wrap(e, "component %s", c->name);
		if (ok) {
			out->provider = i;
			return true;
		}
		if (s->blamed->n) {
			err_set(e, ERR_INPUT, "%s", lost);
			return err_wrap(e, "component %s", c->name);
		}
		*list_push(a, &out->lost) = lost;
	}
	return nobody_satisfies(a, s, c, &out->lost, e) || err_wrap(e, "component %s", c->name);
}

/* Those that name a suite come first: what they take is what the others find. */
static bool choose_all(struct arena *a, const struct archive_state *s, struct choices *choices,
		       struct lock *out, struct error *e)
{
	const struct recipe *r = s->order->recipe;

	for (size_t i = 0; i < r->components.n; i++)
		list_push(a, &out->components)->name = r->components.v[i].name;
	for (int named = 1; named >= 0; named--) {
		for (size_t i = 0; i < r->components.n; i++) {
			const struct component *c = &r->components.v[i];

			if ((c->suite != NULL) == named &&
			    !provider_choose(a, s, choices, c, &out->components.v[i], out, e))
				return false;
		}
	}
	return true;
}

/* A component that was content with a candidate, and would be with the one that a later component
 * has exchanged it for, is asked again. */
static bool choose_again(struct arena *a, const struct archive_state *s, struct choices *choices,
			 struct lock *lock, struct error *e)
{
	for (size_t i = 0; i < lock->components.n; i++) {
		const struct component *c = &s->order->recipe->components.v[i];
		struct locked_component *l = &lock->components.v[i];
		const struct provider *p = &c->providers.v[l->provider];
		const char *lost = "";
		int ok = 1;

		if (p->packages.n &&
		    !str_eq(index_candidate(&s->index, str_of(p->packages.v[0]))->version,
			    str_of(l->version)))
			ok = try_packages(a, s, choices, c, p, l, &lost, e);
		if (ok == 0) {
			err_set(e, ERR_INPUT, "%s", lost);
			err_at(e, c->at.file, c->at.line, c->at.col);
		}
		if (ok <= 0)
			return err_wrap(e, "component %s", c->name);
	}
	return true;
}

/* Sources of programs are compiled in any case. */
static bool lock_program(struct arena *a, const struct archive_state *s, const struct program *p,
			 struct lock *lock, struct error *e)
{
	struct locked_source source = { 0 };
	const char *reason = source_obstacle(a, p->source, s->order->platform);
	int ok = 0;

	if (lock_source(lock, p->source->name))
		return true;
	if (!reason)
		ok = source_lock(a, s, p->source, NULL, &source, &reason, e);
	if (ok > 0)
		*list_push(a, &lock->sources) = source;
	if (ok == 0) {
		err_set(e, ERR_INPUT, "%s", reason);
		err_at(e, p->at.file, p->at.line, p->at.col);
	}
	return ok > 0 || err_wrap(e, "program %s", p->name);
}

bool providers_choose(struct arena *a, struct archive_state *s, struct lock *out, struct error *e)
{
	const struct recipe *r = s->order->recipe;
	struct choices choices = { .a = a, .x = &s->index };

	if (!choose_all(a, s, &choices, out, e) || !choices_check(&choices, r, out, e) ||
	    !choose_again(a, s, &choices, out, e))
		return false;
	choices_repeat(&choices, &s->tools);
	for (size_t i = 0; i < r->programs.n; i++) {
		if (!lock_program(a, s, &r->programs.v[i], out, e))
			return false;
	}
	return true;
}
