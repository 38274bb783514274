/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes of a suite: which file of the Release file is meant, where it may be had, and what is
 * in it. Unpacking and reading happen in a child without authority; what it hands back is control
 * data of few fields, which the index reader checks like any other. */

#include "base/jail.h"
#include "input/release/release.h"
#include "format/debian/deb822.h"

#define PLAIN_MAX (1u << 30)
#define CHILD_MEMORY (256u << 20)
#define CHILD_SECONDS 300

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

bool release_index_find(struct arena *a, const struct release *r, const char *component,
			const char *kind, struct release_index *out, struct error *e)
{
	static const struct {
		const char *suffix;
		enum codec codec;
	} forms[] = { { ".xz", CODEC_XZ }, { ".gz", CODEC_GZIP }, { "", CODEC_NONE } };
	struct str dir = component_dir(str_of(component));

	if (!has_component(r, dir))
		return err_set(e, ERR_INPUT, "suite %s has no component \"%s\"; it has: %.*s",
			       r->suite->codename, component, STR_ARG(r->components));
	*out = (struct release_index){ .release = r };
	out->path = arena_printf(a, "%.*s/%s", STR_ARG(dir), kind);
	out->plain = release_find(r, str_of(out->path));
	for (size_t i = 0; i < ARRAY_SIZE(forms) && !out->packed; i++) {
		out->packed = release_find(r, str_of(arena_printf(a, "%s%s", out->path,
								  forms[i].suffix)));
		out->codec = forms[i].codec;
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

/* What the child works on. */
struct work {
	const struct release_index *index;
	const char *const *keep;
	struct str packed;
	const char *name;
};

/* Collects exactly `size` bytes. */
struct memory_sink {
	struct sink base;
	char *p;
	uint64_t n, size;
};

static bool memory_write(struct sink *base, struct str chunk, struct error *e)
{
	struct memory_sink *s = (struct memory_sink *)base;

	if (chunk.n > s->size - s->n)
		return err_set(e, ERR_VERIFY, "it unpacks to more than its signed size");
	memcpy(s->p + s->n, chunk.p, chunk.n);
	s->n += chunk.n;
	return true;
}

static bool memory_finish(struct sink *base, struct error *e)
{
	struct memory_sink *s = (struct memory_sink *)base;

	return s->n == s->size ||
	       err_set(e, ERR_VERIFY, "it unpacks to %llu bytes, and its signed size is %llu",
		       (unsigned long long)s->n, (unsigned long long)s->size);
}

/* Unpacks into `a` and checks the result against the Release file. */
static bool index_unpack(struct arena *a, const struct work *w, struct str *out, struct error *e)
{
	const struct release_entry *plain = w->index->plain;
	struct memory_sink memory = { { memory_write, memory_finish }, NULL, 0, plain->size };
	AUTO_DECOMPRESS d = { 0 };
	struct str_source packed;
	struct digest digest;

	memory.p = arena_alloc(a, plain->size);
	str_source_init(&packed, w->packed, w->name);
	if (!decompress_open(&d, &packed.base, w->index->codec, plain->size, e) ||
	    !io_copy(&d.base, &memory.base, e))
		return false;
	*out = (struct str){ memory.p, memory.n };
	digest = digest_of(*out);
	return digest_eq(&digest, &plain->sha256) ||
	       err_set(e, ERR_VERIFY, "its unpacked bytes do not have their signed digest");
}

/* The kept fields of one stanza. */
static void reduce_stanza(const struct deb822 *r, const char *const *keep, struct buf *out)
{
	for (; *keep; keep++) {
		struct str value = deb822_get(r, *keep);

		if (!value.p)
			continue;
		buf_puts(out, *keep);
		buf_puts(out, ": ");
		buf_add(out, value);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
}

static bool index_reduce(const struct work *w, struct str text, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf block = { .a = &a };
	struct deb822 r;
	int got;

	deb822_init(&r, text, w->name);
	while ((got = deb822_next(&r, e)) > 0) {
		reduce_stanza(&r, w->keep, &block);
		if (block.n < 32768)
			continue;
		if (!out->write(out, buf_str(&block), e))
			return false;
		block.n = 0;
	}
	return got == 0 && out->write(out, buf_str(&block), e);
}

/* In the child. */
static bool index_child(void *ctx, struct sink *out, struct error *e)
{
	const struct work *w = ctx;
	AUTO_ARENA a = { 0 };
	struct str text;

	return index_unpack(&a, w, &text, e) && index_reduce(w, text, out, e);
}

/* Stanzas that were cut down are no larger than before, but for a space in each of their fields and
 * an empty line behind the last one: who says more is not a parser of ours. */
static bool index_collect(struct jail *j, uint64_t plain, struct sink *out, struct error *e)
{
	struct limit_sink most;
	struct str chunk;
	int got;

	limit_sink_init(&most, out, 2 * plain + 2, "what is kept of it");
	while ((got = j->base.next(&j->base, &chunk, e)) > 0) {
		if (!most.base.write(&most.base, chunk, e))
			return false;
	}
	return got == 0;
}

bool release_index_reduce(const struct release_context *c, const struct release_index *index,
			  const char *const *keep, struct sink *out, struct error *e)
{
	const struct release_entry *packed = index->packed;
	struct jail_limits limits = { CHILD_MEMORY + 2 * index->plain->size, CHILD_SECONDS,
				      CHILD_SECONDS };
	struct work w = { index, keep, { "", 0 }, index->path };
	AUTO_MAPPING map = { 0 };
	AUTO_JAIL jail = { 0 };
	AUTO_FD fd = -1;
	int got = store_open_blob(c->store, &packed->sha256, packed->size, &fd, e);

	if (got == 0)
		return err_set(e, ERR_SYSTEM, "index %s has gone from the store", index->path);
	if (got < 0 || !io_map(fd, 0, packed->size, index->path, &map, e))
		return false;
	w.packed = map.bytes;
	if (jail_start(&jail, index->path, &limits, JAIL_NO_FILES, index_child, &w, e) &&
	    index_collect(&jail, index->plain->size, out, e))
		return true;
	return err_wrap(e, "index %s of %s", index->path, index->release->suite->codename);
}
