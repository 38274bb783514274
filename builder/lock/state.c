/* SPDX-License-Identifier: Apache-2.0 */
/* From suites to an index: InRelease files first, then all indexes that are not known yet at
 * once, then one index over the shortened copies. Knows where texts come from; what they mean is
 * left to index.c. */

#include "lock/state.h"

#include <time.h>
#include <unistd.h>

#include "fetch/date.h"

/* Changing what a shortened copy holds changes this name, and old copies are not found any more. */
#define COPY_FORMAT "index-copy/1"

/* An index on its way from the archive into memory. */
struct part {
	struct release_index index;
	struct index *to;		/* where it is read into */
	bool sources;
	const char *const *fields;
	struct digest key;		/* of the action that remembers the copy */
	bool known;			/* the copy is in the store */
	struct digest copy;
	uint64_t size;
};

struct loading {
	struct arena *a;
	const struct release_context *c;
	list_of(struct part) parts;
};

void state_close(struct state *s)
{
	for (size_t i = 0; i < s->maps.n; i++)
		io_unmap(&s->maps.v[i]);
	s->maps.n = 0;
}

const struct index *state_tools(const struct state *s)
{
	return s->tools.arch ? &s->tools : &s->index;
}

const struct release *state_release(const struct state *s, const struct suite *suite)
{
	for (size_t i = 0; i < s->releases.n; i++) {
		if (s->releases.v[i].suite == suite)
			return &s->releases.v[i];
	}
	return NULL;
}

/* The date of a suite in the lock there was, or 0. */
static int64_t locked_date(const struct lock *old, const struct suite *suite)
{
	int64_t when;

	for (size_t i = 0; old && i < old->suites.n; i++) {
		const struct locked_suite *s = &old->suites.v[i];

		if (strcmp(s->archive, suite->archive) == 0 &&
		    strcmp(s->codename, suite->codename) == 0 && date_parse(str_of(s->date), &when))
			return when;
	}
	return 0;
}

/* The state of a suite that a lock names. */
static bool read_named(struct state *s, const struct release_context *c, const struct suite *suite,
		       struct release *out, struct error *e)
{
	const struct lock *lock = s->order->exactly;

	for (size_t i = 0; i < lock->suites.n; i++) {
		const struct locked_suite *l = &lock->suites.v[i];

		if (strcmp(l->archive, suite->archive) == 0 &&
		    strcmp(l->codename, suite->codename) == 0)
			return release_stored(s->a, c, suite, &l->inrelease, out, e);
	}
	return err_set(e, ERR_VERIFY, "%s does not say in which state %s was", lock->file,
		       suite->codename);
}

static bool read_releases(struct state *s, const struct release_context *c, struct error *e)
{
	const struct archive *archive = c->archive;

	s->releases.n = 0;
	for (size_t i = 0; i < archive->suites.n; i++) {
		const struct suite *suite = &archive->suites.v[i];
		struct release *r = list_push(s->a, &s->releases);
		int64_t seen = locked_date(s->order->old, suite);

		if (!(s->order->exactly ? read_named(s, c, suite, r, e)
					: release_fetch(s->a, c, suite, seen, r, e)))
			return err_wrap(e, "archive %s", archive->name);
	}
	return true;
}

static bool add_part(struct loading *l, const struct release *r, const char *component,
		     struct index *to, bool sources, struct error *e)
{
	struct part *p = list_push(l->a, &l->parts);
	const char *kind = sources ? "source/Sources" : arena_printf(l->a, "binary-%s/Packages", to->arch);
	char hex[DIGEST_HEX + 1];

	if (!release_index_find(l->a, r, component, kind, &p->index, e))
		return false;
	p->to = to;
	p->sources = sources;
	p->fields = sources ? index_source_fields : index_package_fields;
	digest_hex(&p->index.plain->sha256, hex);
	p->key = digest_of(str_of(arena_printf(l->a, COPY_FORMAT "\n%s\n%s\n",
					       sources ? "sources" : "packages", hex)));
	return true;
}

/* Which indexes there are to read. */
static bool list_parts(struct loading *l, struct state *s, bool sources, struct error *e)
{
	l->parts.n = 0;
	for (size_t i = 0; i < s->releases.n; i++) {
		const struct release *r = &s->releases.v[i];

		for (size_t k = 0; k < r->suite->components.n; k++) {
			const char *component = r->suite->components.v[k];

			if (!add_part(l, r, component, &s->index, false, e) ||
			    (s->tools.arch && !add_part(l, r, component, &s->tools, false, e)) ||
			    (sources && !add_part(l, r, component, &s->index, true, e)))
				return false;
		}
	}
	return true;
}

/* Looks for the shortened copy of an index: "DIGEST SIZE". */
static bool recall(struct loading *l, struct part *p, struct error *e)
{
	struct str text, hex, size;
	int got = store_get_action(l->a, l->c->store, &p->key, &text, e);

	if (got < 0)
		return false;
	p->known = got > 0 && str_cut(str_trim(text), ' ', &hex, &size) &&
		   digest_parse(hex, &p->copy) && str_u64(size, &p->size) &&
		   store_has_blob(l->c->store, &p->copy, p->size);
	return true;
}

/* 1 all indexes are in the store, 0 the mirrors are being updated, -1 error. */
static int fetch_parts(struct loading *l, const struct lock_order *o, struct error *e)
{
	list_of(struct want) wants = { 0 };

	for (size_t i = 0; i < l->parts.n; i++) {
		struct part *p = &l->parts.v[i];

		if (!recall(l, p, e))
			return -1;
		if (!p->known)
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

/* Makes the shortened copy of one index. */
static bool copy_part(struct loading *l, struct part *p, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	AUTO_PUT put = STORE_PUT_INIT;
	char hex[DIGEST_HEX + 1];

	if (!store_put_begin(l->c->store, &put, p->index.path, e) ||
	    !release_index_reduce(l->c, &p->index, p->fields, &put.sink.base, e) ||
	    !store_put_commit(&put, NULL, &p->copy, &p->size, e))
		return false;
	digest_hex(&p->copy, hex);
	return store_put_action(l->c->store, &p->key,
				str_of(arena_printf(&scratch, "%s %llu\n", hex,
						    (unsigned long long)p->size)), e);
}

static bool add_to_index(struct state *s, const struct part *p, const struct strings *sources,
			 struct error *e)
{
	const struct suite *suite = p->index.release->suite;
	const char *name = arena_printf(s->a, "%s of %s", p->index.path, suite->codename);
	struct mapping *map = list_push(s->a, &s->maps);
	AUTO_FD fd = -1;
	int got = store_open_blob(s->order->store, &p->copy, p->size, &fd, e);

	if (got == 0)
		return err_set(e, ERR_SYSTEM,
			       "the copy of %s was damaged and has been removed from the "
			       "store: run this again",
			       name);
	if (got < 0 || !io_map(fd, 0, p->size, name, map, e))
		return false;
	return p->sources ? index_add_sources(p->to, suite, sources, map->bytes, name, e)
			  : index_add_packages(p->to, suite, map->bytes, name, e);
}

/* Reads InRelease files and their indexes; once more when a mirror was being updated meanwhile. */
static bool load(struct state *s, struct loading *l, bool sources, struct error *e)
{
	int got = 0;

	for (unsigned round = 0; round < 2 && got == 0; round++) {
		if (!read_releases(s, l->c, e) || !list_parts(l, s, sources, e))
			return false;
		got = fetch_parts(l, s->order, e);
	}
	if (got == 0)
		return err_set(e, ERR_NETWORK,
			       "no mirror has the indexes that InRelease names; the "
			       "mirrors are being updated: try again in some minutes");
	for (size_t i = 0; got > 0 && i < l->parts.n; i++) {
		if (!l->parts.v[i].known && !copy_part(l, &l->parts.v[i], e))
			return false;
	}
	return got > 0;
}

/* Of two packages of one name the tool is no candidate for an image, nor the other a tool. */
static void pin_old(const struct lock_order *o, bool tools, struct index *x)
{
	for (size_t i = 0; o->old && o->update && i < o->old->packages.n; i++) {
		const struct locked_package *p = &o->old->packages.v[i];

		if (!strings_has(o->update, p->name) &&
		    (strcmp(p->architecture, "all") == 0 || lock_is_tool(o->old, p) == tools))
			index_pin(x, p->name, p->version);
	}
}

static bool build_index(struct state *s, struct loading *l, const struct strings *sources,
			struct error *e)
{
	for (size_t i = 0; i < l->parts.n; i++) {
		if (!add_to_index(s, &l->parts.v[i], sources, e))
			return false;
	}
	pin_old(s->order, false, &s->index);
	if (s->tools.arch)
		pin_old(s->order, true, &s->tools);
	index_finish_sources(&s->index);
	return index_finish(&s->index, e) && index_finish(&s->tools, e);
}

bool state_open(struct arena *a, const struct lock_order *o, const struct strings *sources,
		struct state *out, struct error *e)
{
	struct release_context c = { o->store, o->mirrors, o->recipe->archive, NULL,
				     (int64_t)time(NULL), o->allow_older, o->progress };
	struct loading l = { .a = a, .c = &c };
	AUTO_HTTP http = HTTP_INIT;

	*out = (struct state){ .a = a, .order = o, .index = { .a = a, .arch = o->platform->debian } };
	if (o->platform != platform_of_compilers())
		out->tools = (struct index){ .a = a, .arch = platform_of_compilers()->debian };
	if (!o->offline) {
		if (!http_open(a, NULL, &http, e))
			return false;
		c.http = &http;
	}
	return load(out, &l, sources->n > 0, e) && build_index(out, &l, sources, e);
}
