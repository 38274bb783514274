/* SPDX-License-Identifier: Apache-2.0 */
/* The child reads the archive and the document, and writes a word and a value a line. */

#include "input/resolve/npm_manifest.h"

#include "base/jail.h"
#include "format/archive/decompress.h"
#include "format/archive/tar.h"
#include "format/json/jsonx.h"

#define MANIFEST_MAX ((size_t)4 << 20)
#define MANIFEST_ANSWER_MAX 65536
#define MANIFEST_BUDGET ((uint64_t)4 << 30)

struct manifest_file {
	const char *name;
	int fd;
	uint64_t size;
};

static const char *const manifest_keys[] = { "os", "cpu", "libc" };

/* "package/package.json": the folder may have another name. */
static bool manifest_is_it(const char *path)
{
	const char *slash = strchr(path, '/');

	return slash && strcmp(slash, "/package.json") == 0;
}

static bool manifest_find(struct arena *a, struct tar *t, const char *name, struct buf *out,
			  struct error *e)
{
	struct tar_entry x;
	struct str chunk;
	int got;

	while ((got = tar_next(t, &x, e)) > 0) {
		if (x.type != TAR_FILE || !manifest_is_it(x.path))
			continue;
		if (x.size > MANIFEST_MAX)
			return err_set(e, ERR_INPUT, "%s: %s is too large", name, x.path);
		*out = (struct buf){ .a = a };
		while ((got = tar_data(t, &chunk, e)) > 0)
			buf_add(out, chunk);
		if (got < 0)
			return false;
	}
	return got == 0;
}

/* A list, or one word. */
static bool manifest_write(struct arena *a, const struct json_node *root, struct buf *out,
			   struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(manifest_keys); i++) {
		const char *word = jsonx_text(a, root, manifest_keys[i]);
		struct strings words = { NULL, 0, 0 };

		if (word)
			*list_push(a, &words) = word;
		else if (!jsonx_strings(a, root, manifest_keys[i], &words, e))
			return false;
		list_each(x, &words) {
			if (!strchr(*x, '\n'))
				buf_printf(out, "%s %s\n", manifest_keys[i], *x);
		}
	}
	return true;
}

static bool manifest_child(void *ctx, struct sink *out, struct error *e)
{
	const struct manifest_file *f = ctx;
	const struct tar_options options = {
		.pax = true, .comments = true, .attributes = true, .loose = true
	};
	AUTO_ARENA a = { 0 };
	AUTO_DECOMPRESS plain = { .state = NULL };
	AUTO_JSON doc = { 0 };
	struct buf text = { .a = &a }, answer = { .a = &a };
	struct fd_source file;
	struct json_node root;
	struct tar *t;
	bool ok;

	fd_source_init(&file, f->fd, 0, f->size, f->name);
	if (!decompress_open(&plain, &file.base, CODEC_GZIP, MANIFEST_BUDGET, e))
		return false;
	t = tar_open(&a, &plain.base, &options, e);
	ok = t && manifest_find(&a, t, f->name, &text, e);
	tar_close(&t);
	if (!ok)
		return false;
	if (!text.n)
		return err_set(e, ERR_INPUT, "%s has no package.json", f->name);
	if (!json_parse(arena_printf(&a, "%s: package.json", f->name), buf_str(&text), &doc, e))
		return false;
	root = json_root(&doc);
	return json_want_object(&root, e) && manifest_write(&a, &root, &answer, e) &&
	       out->write(out, buf_str(&answer), e);
}

/* The child may lie, but only about what the package itself says. */
static void manifest_take(struct arena *a, struct str text, struct npm_entry *x)
{
	struct strings *const lists[] = { &x->os, &x->cpu, &x->libc };
	struct str line, key, value;

	while (str_next(&text, '\n', &line)) {
		for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
			if (str_cut(line, ' ', &key, &value) &&
			    str_eq(key, str_of(manifest_keys[i])))
				*list_push(a, lists[i]) = str_dup(a, value);
		}
	}
}

bool npm_manifest_read(struct arena *a, const char *name, int fd, uint64_t size,
		       struct npm_entry *x, struct error *e)
{
	static const struct jail_limits limits = { .memory = (uint64_t)256 << 20,
						   .cpu_seconds = 300,
						   .wall_seconds = 600 };
	const struct jail_files files = { { fd, -1 }, -1, 0 };
	struct manifest_file f = { name, fd, size };
	struct buf said = { .a = a, .max = MANIFEST_ANSWER_MAX };
	struct tar_locale locale;
	AUTO_JAIL j = { .base.next = NULL };
	struct buf_sink to;
	bool ok;

	json_make_ready();
	tar_locale_open(&locale);
	buf_sink_init(&to, &said, name);
	ok = jail_start(&j, name, &limits, &files, manifest_child, &f, e) &&
	     io_copy(&j.base, &to.base, e);
	tar_locale_close(&locale);
	if (ok)
		manifest_take(a, buf_str(&said), x);
	return ok;
}

static const struct locked_file *manifest_locked(const struct locked_source *s, const char *path)
{
	list_each(f, &s->files) {
		if (strcmp(f->path, path) == 0)
			return f;
	}
	return NULL;
}

/* Of those that may be left out. */
static bool manifests_read_all(struct arena *a, const struct store *s,
			       const struct locked_source *locked, struct npm_entries *l,
			       struct error *e)
{
	list_each(x, l) {
		const struct locked_file *f = x->bare && x->optional
						      ? manifest_locked(locked, x->file)
						      : NULL;
		AUTO_FD fd = -1;
		int got;

		if (!f)
			continue;
		got = store_open_blob(s, &f->sha256, f->size, &fd, e);
		if (got < 0 || (got > 0 && !npm_manifest_read(a, x->file, fd, f->size, x, e)))
			return false;
	}
	return true;
}

static bool manifests_want(const struct dependencies *l, const struct platform *p, const char *path)
{
	list_each(x, &l->entries) {
		if (x->file && strcmp(x->file, path) == 0 && dependencies_want_entry(l, x, p))
			return true;
	}
	return false;
}

bool npm_manifests_leave_out(struct arena *a, const struct store *s, const struct dependencies *l,
			     const struct platform *p, struct locked_source *locked,
			     struct strings *gone, struct error *e)
{
	struct dependencies now = *l;
	size_t kept = 0;

	now.entries = (struct npm_entries){ NULL, 0, 0 };
	list_append(a, &now.entries, &l->entries);
	if (!manifests_read_all(a, s, locked, &now.entries, e))
		return false;
	now.entries = dependencies_for_node(a, &now, p, NULL);
	for (size_t i = 0; i < locked->files.n; i++) {
		const struct locked_file f = locked->files.v[i];

		if (manifests_want(&now, p, f.path))
			locked->files.v[kept++] = f;
		else
			*list_push(a, gone) = f.path;
	}
	locked->files.n = kept;
	return true;
}
