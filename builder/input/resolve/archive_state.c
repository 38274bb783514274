/* SPDX-License-Identifier: Apache-2.0 */
/* From suites to an index: InRelease files first, then all indexes that are not kept yet at
 * once, then one index over the kept ones. Knows where they come from; what they mean is left to
 * package_index.c. */

#include "input/resolve/archive_state.h"

#include <time.h>
#include <unistd.h>

#include "input/lock/base_locks.h"
#include "input/resolve/index_record.h"
#include "input/resolve/state_pins.h"
#include "input/resolve/state_releases.h"

#define PRIORITY_TARGET 990 /* of apt's target release */
/* An index on its way from the archive into memory. */
struct index_part {
	struct release_index index;
	struct index *to; /* where it is read into */
	bool sources;
	struct digest key;	       /* of the action that remembers what is kept of it */
	const struct kept_index *kept; /* NULL: nothing is */
	const char *name;	       /* for messages */
};

struct state_loading {
	struct arena *a;
	const struct release_context *c; /* while state_open() runs */
	const struct strings *sources;
	struct LIST(struct index_part) parts;
};

void state_close(struct archive_state *s)
{
	memo_drop(&s->own);
}

const struct index *state_tools(const struct archive_state *s)
{
	return s->tools.arch ? &s->tools : &s->index;
}

const struct release *state_release(const struct archive_state *s, const struct suite *suite)
{
	for (size_t i = 0; i < s->releases.n; i++) {
		if (s->releases.v[i].suite == suite)
			return &s->releases.v[i];
	}
	return NULL;
}

const struct locked_state *state_locked(const struct archive_state *s, const struct suite *suite)
{
	for (size_t i = 0; i < s->releases.n; i++) {
		if (s->releases.v[i].suite == suite)
			return s->locked.v[i];
	}
	return NULL;
}

static bool add_part(struct state_loading *l, const struct release *r, const char *component,
		     struct index *to, bool sources, struct error *e)
{
	struct index_part *p = list_push(l->a, &l->parts);
	const char *kind = sources ? "source/Sources"
				   : arena_printf(l->a, "binary-%s/Packages", to->arch);
	char hex[DIGEST_TEXT];

	if (!release_index_find(l->a, r, component, kind, &p->index, e))
		return false;
	p->to = to;
	p->sources = sources;
	p->name = arena_printf(l->a, "%s of %s", p->index.path, r->suite->codename);
	digest_hex(&p->index.plain->sha256, hex);
	p->key = digest_of(str_of(arena_printf(l->a, KEPT_MARK "\n" RECORD_FORMAT "\n%s\n%s\n",
					       sources ? "sources" : to->arch, hex)));
	return true;
}

/* Which indexes there are to read. */
static bool list_parts(struct state_loading *l, struct archive_state *s, bool sources,
		       struct error *e)
{
	l->parts.n = 0;
	for (size_t i = 0; i < s->releases.n; i++) {
		const struct release *r = &s->releases.v[i];

		for (size_t k = 0; k < r->suite->components.n; k++) {
			const char *component = r->suite->components.v[k];

			if (!add_part(l, r, component, &s->index, false, e) ||
			    (s->tools.arch && !add_part(l, r, component, &s->tools, false, e)) ||
			    (sources && release_has_index(l->a, r, component, "source/Sources") &&
			     !add_part(l, r, component, &s->index, true, e)))
				return false;
		}
	}
	return true;
}

/* Opens what is kept in a blob, unread: what is used of it is proven by its root, which is what the
 * blob has if it is not known. false: it is not there, or no such file. */
static bool open_kept(struct archive_state *s, struct index_part *p,
		      const struct memo_index *wanted, const struct digest *root)
{
	struct memo_index *known = arena_alloc(&s->memo->a, sizeof(*known));
	int fd;

	if (!store_open_unread(s->order->store, &wanted->blob, wanted->size, &fd))
		return false;
	*known = *wanted;
	if (!kept_open(&s->memo->a, &known->kept, fd, known->size, root)) {
		kept_close(&known->kept);
		return false;
	}
	known->key = p->key;
	*list_push(&s->memo->a, &s->memo->indexes) = known;
	p->kept = &known->kept;
	return true;
}

/* "DIGEST SIZE ROOT" of what is kept. */
static bool parse_kept(struct str text, struct memo_index *out, struct digest *root)
{
	struct str blob, size, rest;

	return str_cut(str_trim(text), ' ', &blob, &rest) && digest_parse(blob, &out->blob) &&
	       str_cut(rest, ' ', &size, &rest) && str_u64(size, &out->size) &&
	       digest_parse(rest, root);
}

/* Looks for what is kept of an index. What is no good is as nothing. */
static bool recall_part(struct archive_state *s, struct index_part *p, struct error *e)
{
	struct memo_index found = { 0 };
	struct digest root;
	struct str text;
	int got;

	p->kept = memo_index(s->memo, &p->key);
	if (p->kept)
		return true;
	got = store_get_action(s->a, s->order->store, &p->key, &text, e);
	if (got > 0 && parse_kept(text, &found, &root))
		(void)!open_kept(s, p, &found, &root);
	return got >= 0;
}

/* 1 all indexes are in the store, 0 the mirrors are being updated, or - if `quick` - one lacks a
 * form, -1 error. */
static int fetch_parts(struct archive_state *s, struct state_loading *l, bool quick,
		       struct error *e)
{
	const struct lock_order *o = s->order;
	struct LIST(struct want) wants = { 0 };

	for (size_t i = 0; i < l->parts.n; i++) {
		struct index_part *p = &l->parts.v[i];

		if (!recall_part(s, p, e))
			return -1;
		if (p->kept)
			continue;
		release_index_choose(l->a, l->c->store, quick, &p->index);
		release_index_want(l->a, l->c, &p->index, list_push(l->a, &wants));
	}
	if (wants.n && !fetch_wants(o->store, wants.v, wants.n, o->offline, o->progress, e))
		return -1;
	for (size_t i = 0; i < wants.n; i++) {
		if (wants.v[i].missing)
			return 0;
	}
	return 1;
}

static bool note_kept(struct archive_state *s, const struct index_part *p,
		      const struct memo_index *made, struct error *e)
{
	const struct digest root = kept_root(p->kept);
	const char *text = arena_printf(s->a, "%s %llu %s\n", digest_hex_dup(s->a, &made->blob),
					(unsigned long long)made->size,
					digest_hex_dup(s->a, &root));

	return store_put_action(s->order->store, &p->key, str_of(text), e);
}

/* Makes what is kept of one index. */
static bool make_part(struct archive_state *s, struct state_loading *l, struct index_part *p,
		      struct error *e)
{
	AUTO_PUT put = STORE_PUT_INIT;
	struct record_maker maker = { .arch = p->sources ? NULL : p->to->arch };
	const struct index_making making = record_making(&maker);
	struct memo_index made = { 0 };

	if (!store_put_begin(l->c->store, &put, p->index.path, e) ||
	    !release_index_make(l->c, &p->index, &making, &put.sink.base, e) ||
	    !store_put_commit(&put, NULL, &made.blob, &made.size, e))
		return false;
	if (!open_kept(s, p, &made, NULL))
		return err_set(
			e, ERR_SYSTEM,
			"what was just kept of %s in the store %s is damaged: run this again",
			p->name, l->c->store->path);
	return note_kept(s, p, &made, e);
}

static bool add_to_index(const struct archive_state *s, const struct index_part *p, struct error *e)
{
	const struct suite *suite = p->index.release->suite;

	if (p->sources)
		return index_add_sources(p->to, suite, s->loading->sources, p->kept, p->name, e);
	index_add_packages(p->to, suite, p->kept);
	return true;
}

/* Reads InRelease files and their indexes; once more when a mirror was being updated meanwhile. */
static bool load_state(struct archive_state *s, struct state_loading *l, bool sources,
		       struct error *e)
{
	unsigned rounds = s->order->exactly ? 1 : 2;
	int got = 0;

	for (unsigned round = 0; round < rounds && got == 0; round++) {
		if (round)
			s->memo->releases.n = 0;
		if (!state_ask_releases(s, l->c, e) || !list_parts(l, s, sources, e))
			return false;
		got = fetch_parts(s, l, round == 0, e);
	}
	if (got == 0 && s->order->exactly)
		return err_set(
			e, ERR_NETWORK,
			"the indexes of %s of %s are not in the store, on no mirror, and not at "
			"snapshot.debian.org",
			s->order->exactly->codename, s->order->exactly->date);
	if (got == 0)
		return err_set(e, ERR_NETWORK,
			       "no mirror has the indexes that InRelease names; the "
			       "mirrors are being updated: try again in some minutes");
	for (size_t i = 0; got > 0 && i < l->parts.n; i++) {
		if (!l->parts.v[i].kept && !make_part(s, l, &l->parts.v[i], e))
			return false;
	}
	return got > 0;
}

/* Whether a package of a lock is looked up among the compilers. */
static bool is_among_tools(const struct archive_state *s, const struct lock *lock,
			   const struct locked_package *p)
{
	return lock_is_tool(lock, p) || (state_has_own_tools(s) && !package_has_role(p, "image") &&
					 !package_has_role(p, "library"));
}

bool state_is_kept(const struct archive_state *s, const struct lock *lock,
		   const struct locked_package *p)
{
	const struct index *x = is_among_tools(s, lock, p) ? state_tools(s) : &s->index;
	const struct index_package *candidate = index_candidate(x, str_of(p->name));

	return candidate && candidate->pin;
}

static const char *source_in(const struct lock *lock, const char *name)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		if (strcmp(lock->packages.v[i].name, name) == 0)
			return lock->packages.v[i].source;
	}
	return NULL;
}

static void add_siblings(struct arena *a, const struct lock *lock, const char *source,
			 struct strings *out)
{
	for (size_t i = 0; source && i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];

		if (strcmp(p->source, source) == 0 && !strings_has(out, p->name))
			*list_push(a, out) = p->name;
	}
}

void state_let_go(struct archive_state *s, const char *name)
{
	const struct lock_order *o = s->order;
	const char *source = o->old ? source_in(o->old, name) : NULL;

	for (size_t i = 0; !source && i < o->bases.n; i++)
		source = source_in(o->bases.v[i], name);
	if (o->old)
		add_siblings(s->a, o->old, source, &s->released);
	for (size_t i = 0; i < o->bases.n; i++)
		add_siblings(s->a, o->bases.v[i], source, &s->released);
}

void state_let_go_own(struct archive_state *s, const char *name)
{
	const struct lock_order *o = s->order;
	struct strings names = { 0 };

	add_siblings(s->a, o->old, source_in(o->old, name), &names);
	for (size_t i = 0; i < names.n; i++) {
		if (!bases_package(&o->bases, names.v[i], NULL))
			*list_push(s->a, &s->released) = names.v[i];
	}
}

/* What of the old lock the order lets go of. */
static void find_moving(struct archive_state *s)
{
	const struct lock_order *o = s->order;

	for (size_t i = 0; o->old && o->update && i < o->update->n; i++)
		add_siblings(s->a, o->old, source_in(o->old, o->update->v[i]), &s->moving);
}

/* As apt_preferences(5) has it. */
static unsigned suite_priority(const struct recipe *recipe, const struct release *r)
{
	if (recipe->target && strcmp(recipe->target, r->suite->codename) == 0)
		return PRIORITY_TARGET;
	return r->suite->priority ? (unsigned)r->suite->priority : r->priority;
}

static void prioritise_suites(struct archive_state *s)
{
	for (size_t i = 0; i < s->releases.n; i++) {
		const struct release *r = &s->releases.v[i];
		unsigned priority = suite_priority(s->order->recipe, r);

		index_prioritise(&s->index, r->suite, priority);
		if (s->tools.arch)
			index_prioritise(&s->tools, r->suite, priority);
	}
}

static bool build_index(struct archive_state *s, struct error *e)
{
	prioritise_suites(s);
	for (size_t i = 0; i < s->loading->parts.n; i++) {
		if (!add_to_index(s, &s->loading->parts.v[i], e))
			return false;
	}
	index_finish_sources(&s->index);
	if (!s->order->exactly) { /* else versions are looked up, none is chosen */
		state_pin(s, false);
		if (s->tools.arch)
			state_pin(s, true);
	}
	if (!index_finish(&s->index, e) || (s->tools.arch && !index_finish(&s->tools, e)))
		return false;
	state_complete_pins(s);
	return true;
}

bool state_sound(const struct archive_state *s, struct error *e)
{
	return index_sound(&s->index, e) && index_sound(&s->tools, e);
}

/* Opens a blob as a whole, which removes it if it is damaged. */
static bool drop_damaged(const struct archive_state *s, const struct memo_index *i)
{
	struct error ignored = { 0 };
	AUTO_FD fd = -1;

	return store_open_blob(s->order->store, &i->blob, i->size, &fd, &ignored) == 0;
}

bool state_mend(struct archive_state *s)
{
	struct archive_memo *m = s->memo;
	size_t kept = 0;
	bool mended = false;

	for (size_t i = 0; m && i < m->indexes.n; i++) {
		struct memo_index *one = m->indexes.v[i];

		if (kept_is_damaged(&one->kept)) {
			mended |= drop_damaged(s, one);
			kept_close(&one->kept);
		} else {
			m->indexes.v[kept++] = one;
		}
	}
	if (m)
		m->indexes.n = kept;
	return mended;
}

bool state_rebuild(struct archive_state *s, struct error *e)
{
	s->index = (struct index){ .a = s->a, .arch = s->index.arch };
	s->tools = (struct index){ .a = s->a, .arch = s->tools.arch };
	return build_index(s, e);
}

bool state_open(struct arena *a, const struct lock_order *o, const struct strings *sources,
		struct archive_state *out, struct error *e)
{
	struct release_context c = { o->store,	     o->mirrors, NULL, (int64_t)time(NULL),
				     o->allow_older, o->progress };
	struct state_loading *l = arena_alloc(a, sizeof(*l));
	AUTO_HTTP http = HTTP_INIT;

	*l = (struct state_loading){ .a = a, .c = &c, .sources = sources };
	*out = (struct archive_state){ .a = a,
				       .order = o,
				       .loading = l,
				       .index = { .a = a, .arch = o->platform->machine->debian } };
	out->memo = o->memo ? o->memo : &out->own;
	if (state_needs_tools(o))
		out->tools = (struct index){ .a = a,
					     .arch = platform_of_compilers()->machine->debian };
	if (!o->offline) {
		if (!http_open(a, NULL, &http, e))
			return false;
		http.settings.progress = o->progress;
		c.http = &http;
	}
	if (!load_state(out, l, sources->n > 0, e))
		return false;
	l->c = NULL;
	find_moving(out);
	return build_index(out, e);
}
