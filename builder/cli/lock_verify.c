/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild lock --verify. */

#include "cli/cmd_lock.h"

#include <stdlib.h>

#include "format/json/jsonw.h"
#include "input/lock/tools_lock.h"
#include "input/relock/relock_verify.h"

static void verified_print_text(struct cli *c, const struct lock *lock,
				const struct lock_verified *v)
{
	fprintf(c->out,
		"%s: %zu packages and %zu Debian sources are what these signed files say:\n",
		lock->file, v->packages, v->sources);
	for (size_t i = 0; i < v->n; i++) {
		const struct locked_state *s = v->v[i].state;

		if (v->v[i].missing)
			continue;
		fprintf(c->out, "  %s of %s, sha256:%s: %zu packages, %zu sources\n", s->codename,
			s->date, digest_hex_dup(c->a, &s->inrelease), v->v[i].packages,
			v->v[i].sources);
		for (size_t k = 0; k < s->signers.n; k++)
			fprintf(c->out, "    signed by %s\n", s->signers.v[k]);
	}
}

static void print_state(struct cli *c, struct jsonw *w, const struct verified_state *v)
{
	const struct locked_state *s = v->state;

	jsonw_object(w, NULL);
	jsonw_cstr(w, "codename", s->codename);
	jsonw_cstr(w, "date", s->date);
	if (!s->unproven)
		jsonw_cstr(w, "inrelease", digest_hex_dup(c->a, &s->inrelease));
	jsonw_strings(w, "signers", &s->signers);
	jsonw_u64(w, "packages", v->packages);
	jsonw_u64(w, "sources", v->sources);
	if (v->missing)
		jsonw_cstr(w, "missing", v->missing);
	jsonw_object_end(w);
}

static void verified_print_json(struct cli *c, const struct lock *lock,
				const struct lock_verified *v)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "lock", lock->file);
	jsonw_u64(&w, "packages", v->packages);
	jsonw_u64(&w, "sources", v->sources);
	jsonw_u64(&w, "not-proved", v->unproved);
	jsonw_array(&w, "states");
	for (size_t i = 0; i < v->n; i++)
		print_state(c, &w, &v->v[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

/* A state that cannot be had proves nothing; one that only format 1 knew can never be. Where
 * nothing hangs on it nothing is lost. */
static bool judge_missing_states(struct cli *c, const struct lock *lock,
				 const struct lock_verified *v, struct error *e)
{
	const struct verified_state *gone = NULL;

	for (size_t i = 0; i < v->n; i++) {
		const struct locked_state *s = v->v[i].state;

		if (!v->v[i].missing)
			continue;
		progress_warn(c->progress, "%s: %s of %s cannot be proved: %s", lock->file,
			      s->codename, s->date, v->v[i].missing);
		if (!s->unproven && v->v[i].unproved && !gone)
			gone = &v->v[i];
	}
	return !gone || err_set(e, ERR_NETWORK, "%s: %zu packages and sources cannot be proved: %s",
				lock->file, v->unproved, gone->missing);
}

static bool verify_lock(struct cli *c, const struct lock_order *o, const struct lock *lock,
			struct error *e)
{
	struct lock_verified v;

	if (!lock_verify(c->a, o, lock, &v, e))
		return false;
	if (c->json)
		verified_print_json(c, lock, &v);
	else
		verified_print_text(c, lock, &v);
	return judge_missing_states(c, lock, &v, e);
}

bool lock_verify_recipe(struct cli *c, const struct store *s, const struct recipe *r,
			const struct platform *p, struct error *e)
{
	struct mirrors mirrors = { 0 };
	struct lock_order order = { .store = s,
				    .mirrors = &mirrors,
				    .recipe = r,
				    .platform = p,
				    .offline = c->offline,
				    .progress = c->progress };
	struct lock lock = { 0 };

	return lock_load(c->a, recipe_lock_path(c->a, r, p), &lock, e) &&
	       lock_check(&lock, r, p, e) &&
	       mirrors_find(c->a, &c->mirrors, getenv("IMGBUILD_MIRROR"), r->archive, "/", &mirrors,
			    e) &&
	       verify_lock(c, &order, &lock, e);
}

static bool has_suite(const struct archive *archive, const struct locked_state *l)
{
	for (size_t i = 0; i < archive->suites.n; i++) {
		if (strcmp(archive->suites.v[i].archive, l->archive) == 0 &&
		    strcmp(archive->suites.v[i].codename, l->codename) == 0)
			return true;
	}
	return false;
}

/* The tools may have been locked for a recipe of another archive: then that one's keys prove them.
 */
static bool is_of_archive(struct cli *c, const struct lock *lock, const struct recipe *r)
{
	for (size_t i = 0; i < lock->states.n; i++) {
		if (has_suite(r->archive, lock->states.v[i]))
			continue;
		progress_note(c->progress, "%s is not proved here: %s is not a suite of archive %s",
			      lock->file, lock->states.v[i]->codename, r->archive->name);
		return false;
	}
	return true;
}

bool lock_verify_tools(struct cli *c, const struct store *s, const struct recipe *r,
		       struct error *e)
{
	struct mirrors mirrors = { 0 };
	struct lock_order order = { .store = s,
				    .mirrors = &mirrors,
				    .recipe = r,
				    .offline = c->offline,
				    .progress = c->progress };
	struct platforms machines = { 0 };
	struct lock all = { 0 };
	int there = tools_load(c->a, tools_path(c->a, r->repository), &all, e);

	if (there <= 0)
		return there == 0;
	if (!is_of_archive(c, &all, r))
		return true;
	if (!mirrors_find(c->a, &c->mirrors, getenv("IMGBUILD_MIRROR"), r->archive, "/", &mirrors,
			  e))
		return false;
	platforms_all(c->a, &machines);
	for (size_t i = 0; i < machines.n; i++) {
		struct lock lock;

		order.platform = machines.v[i];
		tools_for(c->a, &all, NULL, machines.v[i], &lock);
		if (!verify_lock(c, &order, &lock, e))
			return false;
	}
	return true;
}
