/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes of a suite: which file of the Release file is meant, where it may be had, and what is
 * in it. Unpacking and reading happen in two children without authority, one for each processor;
 * what is made of the stanzas is for others to say, who believe nothing of it. */

#include "base/jail.h"
#include "input/release/release.h"
#include "format/debian/deb822_sink.h"

#define PLAIN_MAX (1u << 30)
#define CHILD_MEMORY (256u << 20)
#define CHILD_SECONDS 300
/* Bytes per second: Debian's main index is 3.7 MB larger in gzip, and decoded 0.3 s sooner. */
#define FAST (8u << 20)
/* Each name that a stanza has or provides, one letter and a comma, is an entry of 16 bytes. */
#define MADE_TIMES 16
#define MADE_LEAST 4096

/* The part of a component's name that index paths use: trixie-security calls "main"
 * "updates/main". */
static struct str component_dir(struct str component)
{
	const char *slash = component.n ? memrchr(component.p, '/', component.n) : NULL;

	return slash ? str_from(component, (size_t)(slash - component.p) + 1) : component;
}

static bool has_component(const struct release *r, struct str component)
{
	struct str rest = r->components, one;

	while (deb822_word(&rest, &one)) {
		if (str_eq(component_dir(one), component))
			return true;
	}
	return false;
}

bool release_has_index(struct arena *a, const struct release *r, const char *component,
		       const char *kind)
{
	struct str dir = component_dir(str_of(component));

	return release_find(r, str_of(arena_printf(a, "%.*s/%s", STR_ARG(dir), kind))) != NULL;
}

/* From the smallest. */
static const struct {
	const char *suffix;
	enum codec codec;
} index_forms[] = { { ".xz", CODEC_XZ }, { ".gz", CODEC_GZIP }, { "", CODEC_NONE } };

static const struct release_entry *index_form(struct arena *a, const struct release_index *index,
					      size_t i)
{
	return release_find(index->release,
			    str_of(arena_printf(a, "%s%s", index->path, index_forms[i].suffix)));
}

bool release_index_find(struct arena *a, const struct release *r, const char *component,
			const char *kind, struct release_index *out, struct error *e)
{
	struct str dir = component_dir(str_of(component));

	if (!has_component(r, dir))
		return err_set(e, ERR_INPUT, "suite %s has no component \"%s\"; it has: %.*s",
			       r->suite->codename, component, STR_ARG(r->components));
	*out = (struct release_index){ .release = r };
	out->path = arena_printf(a, "%.*s/%s", STR_ARG(dir), kind);
	out->plain = release_find(r, str_of(out->path));
	for (size_t i = 0; i < ARRAY_SIZE(index_forms) && !out->packed; i++) {
		out->packed = index_form(a, out, i);
		out->codec = index_forms[i].codec;
	}
	if (!out->packed || !out->plain)
		return err_set(e, ERR_INPUT, "suite %s has no index %s", r->suite->codename,
			       out->path);
	if (out->plain->size > PLAIN_MAX)
		return err_set(e, ERR_INPUT, "index %s of %s has %llu bytes; at most %u are read",
			       out->path, r->suite->codename, (unsigned long long)out->plain->size,
			       PLAIN_MAX);
	return true;
}

void release_index_choose(struct arena *a, const struct store *store, bool quick,
			  struct release_index *index)
{
	bool fast = quick && index->release->speed >= FAST;
	const struct release_entry *chosen = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(index_forms); i++) {
		const struct release_entry *x = index_form(a, index, i);
		bool stored = x && store_has_blob(store, &x->sha256, x->size);

		if (!stored && (chosen || !x || !fast || index_forms[i].codec != CODEC_GZIP))
			continue;
		chosen = index->packed = x;
		index->codec = index_forms[i].codec;
		if (stored)
			return;
	}
}

/* An index of the past is in no suite's folder any more; where by-hash files were not kept, its own
 * name is. */
static void want_from_snapshot(struct arena *a, const struct release_index *index,
			       const char *url_path, struct want *out)
{
	const struct release *r = index->release;
	int64_t moment = r->kept_at ? r->kept_at : r->when + 12 * 3600;
	const char *plain = arena_printf(a, "dists/%s/%.*s", r->suite->codename,
					 STR_ARG(index->packed->path));
	const char *urls[] = { mirrors_snapshot(a, r->suite->archive, url_path, moment),
			       mirrors_snapshot(a, r->suite->archive, plain, moment) };

	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		if (urls[i] && !strings_has(&out->urls, urls[i]))
			*list_push(a, &out->urls) = urls[i];
	}
}

void release_index_want(struct arena *a, const struct release_context *c,
			const struct release_index *index, struct want *out)
{
	const struct release *r = index->release;
	struct str path = index->packed->path;
	const char *slash = memrchr(path.p, '/', path.n);
	size_t dir = slash ? (size_t)(slash - path.p) + 1 : 0;
	const char *url_path;

	if (r->by_hash)
		url_path = arena_printf(a, "dists/%s/%.*sby-hash/SHA256/%s", r->suite->codename,
					(int)dir, path.p,
					digest_hex_dup(a, &index->packed->sha256));
	else
		url_path = arena_printf(a, "dists/%s/%.*s", r->suite->codename, STR_ARG(path));
	*out = (struct want){ .sha256 = index->packed->sha256,
			      .size = index->packed->size,
			      .optional = true };
	out->name = arena_printf(a, "index %s of %s", index->path, r->suite->codename);
	/* The snapshot stands in where there is no mirror, not where one lacks the file: then it is
	 * the InRelease file that is out of date. */
	mirrors_urls(a, c->mirrors, r->suite->archive, url_path, NULL, &out->urls);
	if (r->past)
		want_from_snapshot(a, index, url_path, out);
	else if (out->urls.n == 0)
		mirrors_urls(a, c->mirrors, r->suite->archive, url_path, r->date, &out->urls);
}

/* What the children work on. */
struct index_work {
	const struct release_index *index;
	const struct index_making *making;
	struct str packed;
	int unpacked; /* the pipe between them */
};

static bool check_unpacked(const struct release_entry *plain, const struct digest_sink *found,
			   struct error *e)
{
	if (found->size != plain->size)
		return err_set(e, ERR_VERIFY,
			       "it unpacks to %llu bytes, and its signed size is %llu",
			       (unsigned long long)found->size, (unsigned long long)plain->size);
	return digest_eq(&found->digest, &plain->sha256) ||
	       err_set(e, ERR_VERIFY, "its unpacked bytes do not have their signed digest");
}

/* In the first child: unpacks and hashes. */
static bool index_unpack(void *ctx, struct sink *out, struct error *e)
{
	const struct index_work *w = ctx;
	const struct release_entry *plain = w->index->plain;
	AUTO_DECOMPRESS d = { 0 };
	struct digest_sink hashed;
	struct str_source packed;
	bool ok;

	digest_sink_init(&hashed, out);
	str_source_init(&packed, w->packed, w->index->path);
	ok = decompress_open(&d, &packed.base, w->index->codec, plain->size, e) &&
	     io_copy(&d.base, &hashed.base, e) && check_unpacked(plain, &hashed, e);
	digest_sink_drop(&hashed);
	return ok;
}

/* In the second child, at the same time: reads what comes. No more than a piece of the index is in
 * memory. */
static bool index_read(void *ctx, struct sink *out, struct error *e)
{
	const struct index_work *w = ctx;
	const struct index_making *m = w->making;
	AUTO_ARENA a = { 0 };
	struct deb822_sink stanzas;
	struct pipe_source from;
	struct str chunk;
	int got;

	m->begin(m->ctx, &a, out);
	pipe_source_init(&from, w->unpacked, w->index->path);
	if (!m->bytes) {
		deb822_sink_init(&a, &stanzas, w->index->path, m->stanza, m->ctx);
		return io_copy(&from.base, &stanzas.base, e) && m->end(m->ctx, e);
	}
	while ((got = from.base.next(&from.base, &chunk, e)) > 0) {
		if (!m->bytes(m->ctx, chunk, e))
			return false;
	}
	return got == 0 && m->end(m->ctx, e);
}

/* What is made of an index is not much larger than the index: who says more is not a parser of
 * ours.
 */
static bool index_collect(struct jail *j, uint64_t plain, struct sink *out, struct error *e)
{
	struct limit_sink most;
	struct str chunk;
	int got;

	limit_sink_init(&most, out, MADE_TIMES * plain + MADE_LEAST, "what is kept of it");
	while ((got = j->base.next(&j->base, &chunk, e)) > 0) {
		if (!most.base.write(&most.base, chunk, e))
			return false;
	}
	return got == 0;
}

/* Whether what was unpacked is what was signed: what was made of it counts only then, and what is
 * wrong with that only then is told. */
static bool index_prove(struct jail *unpacker, struct error *e)
{
	struct error bad = { 0 };
	struct str chunk;
	int got;

	while ((got = unpacker->base.next(&unpacker->base, &chunk, &bad)) > 0)
		;
	if (got < 0)
		*e = bad;
	return got == 0;
}

static bool index_make_by(struct index_work *w, struct sink *out, struct error *e)
{
	uint64_t plain = w->index->plain->size;
	struct jail_limits limits = { CHILD_MEMORY + 2 * plain, CHILD_SECONDS, CHILD_SECONDS };
	AUTO_JAIL unpacker = { 0 };
	AUTO_JAIL reader = { 0 };
	struct jail_files files = { { -1, -1 }, -1, 0 };
	bool ok;

	if (!jail_start(&unpacker, w->index->path, &limits, JAIL_NO_FILES, index_unpack, w, e))
		return false;
	w->unpacked = files.inputs[0] = unpacker.fd;
	ok = jail_start(&reader, w->index->path, &limits, &files, index_read, w, e) &&
	     index_collect(&reader, plain, out, e);
	return index_prove(&unpacker, e) && ok;
}

bool release_index_make(const struct release_context *c, const struct release_index *index,
			const struct index_making *making, struct sink *out, struct error *e)
{
	const struct release_entry *packed = index->packed;
	struct index_work w = { index, making, { "", 0 }, -1 };
	AUTO_MAPPING map = { 0 };
	AUTO_FD fd = -1;
	int got = store_open_blob(c->store, &packed->sha256, packed->size, &fd, e);

	if (got == 0)
		return err_set(e, ERR_SYSTEM, "index %s has gone from the store", index->path);
	if (got < 0 || !io_map(fd, 0, packed->size, index->path, &map, e))
		return false;
	w.packed = map.bytes;
	return index_make_by(&w, out, e) ||
	       err_wrap(e, "index %s of %s", index->path, index->release->suite->codename);
}
