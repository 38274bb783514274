/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a build installed, by descriptors and without following links, and keeps it. */

#include "make/compile/fragment.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "format/json/json.h"
#include "format/json/jsonw.h"
#include "make/tree/select.h"

#define FORMAT_NUMBER 1
#define DEPTH_MAX 64

/* One thing found below the folder; content stays on disk until it is copied. */
struct found {
	const char *path;
	enum node_type type;
	unsigned mode;
	const char *target;
	uint64_t size;
};

struct walk {
	struct arena *a;
	const struct source_recipe *source;
	struct select_used used;
	list_of(struct found) found;
};

static bool walk_folder(struct walk *w, int fd, const char *path, unsigned depth, struct error *e);

static bool add_link(struct walk *w, int dirfd, const char *name, struct found *f, struct error *e)
{
	char target[4096];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));

	if (n < 0 || (size_t)n == sizeof(target))
		return err_sys(e, "read the link %s", f->path);
	f->type = NODE_LINK;
	f->mode = 0777;
	f->target = arena_strndup(w->a, target, (size_t)n);
	return true;
}

static bool walk_entry(struct walk *w, int dirfd, const char *name, const char *path,
		       unsigned depth, struct error *e)
{
	struct found f = { .path = path };
	struct stat st;
	bool wanted = select_path(&w->source->keep, &w->source->drop, path, &w->used);

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "stat %s", path);
	if (S_ISDIR(st.st_mode)) {
		AUTO_FD fd = file_open_dir(dirfd, name, e);

		f.type = NODE_DIR;
		f.mode = 0755;
		if (wanted)
			*list_push(w->a, &w->found) = f;
		return fd >= 0 && walk_folder(w, fd, path, depth + 1, e);
	}
	if (!wanted)
		return true;
	if (S_ISLNK(st.st_mode)) {
		if (!add_link(w, dirfd, name, &f, e))
			return false;
	} else if (S_ISREG(st.st_mode)) {
		if (st.st_mode & (S_ISUID | S_ISGID))
			return err_set(e, ERR_INPUT, "the build made /%s setuid or setgid", path);
		f.mode = st.st_mode & 0111 ? 0755 : 0644;
		f.size = (uint64_t)st.st_size;
	} else {
		return err_set(e, ERR_INPUT, "the build made /%s, which is no file, folder or link", path);
	}
	*list_push(w->a, &w->found) = f;
	return true;
}

static bool walk_folder(struct walk *w, int fd, const char *path, unsigned depth, struct error *e)
{
	struct strings names = { 0 };

	if (depth > DEPTH_MAX)
		return err_set(e, ERR_INPUT, "/%s is nested more than %d deep", path, DEPTH_MAX);
	if (!file_names(w->a, fd, path, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *below = path[0] ? arena_printf(w->a, "%s/%s", path, names.v[i]) : names.v[i];

		if (!walk_entry(w, fd, names.v[i], below, depth, e))
			return false;
	}
	return true;
}

static int compare_found(const void *a, const void *b)
{
	return strcmp(((const struct found *)a)->path, ((const struct found *)b)->path);
}

static bool check_used(const struct walk *w, struct error *e)
{
	for (size_t i = 0; i < w->source->keep.n; i++) {
		const struct glob *p = &w->source->keep.v[i];

		if (w->used.keep[i] || strpbrk(p->text, "*?["))
			continue;
		err_set(e, ERR_INPUT, "the build of %s installed no %s, which its recipe keeps", w->source->name,
			p->text);
		return err_at(e, p->at.file, p->at.line, p->at.col);
	}
	return true;
}

/* Which patterns matched nothing: what they are and where they stand is the recipe's to say, each time. */
static void format_unused(struct jsonw *w, const char *key, const struct globs *l, const bool *used)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < l->n; i++) {
		if (!used[i])
			jsonw_u64(w, NULL, i);
	}
	jsonw_array_end(w);
}

/* Copies one file's bytes; the build is over, so the size cannot change any more. */
static bool copy_content(int dirfd, const struct found *f, struct sink *to, struct error *e)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	AUTO_FD fd = (int)syscall(SYS_openat2, dirfd, f->path, &how, sizeof(how));
	struct fd_source from;
	struct str chunk;
	int got;

	if (fd < 0)
		return err_sys(e, "open %s", f->path);
	fd_source_init(&from, fd, 0, f->size, f->path);
	while ((got = from.base.next(&from.base, &chunk, e)) > 0) {
		if (!to->write(to, chunk, e))
			return false;
	}
	return got == 0;
}

static void format_entry(struct jsonw *w, const struct found *f, uint64_t offset)
{
	static const char *const types[] = { "file", "folder", "link" };

	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "path", f->path);
	jsonw_cstr(w, "type", types[f->type]);
	jsonw_u64(w, "mode", f->mode);
	if (f->type == NODE_LINK)
		jsonw_cstr(w, "target", f->target);
	if (f->type == NODE_FILE) {
		jsonw_u64(w, "offset", offset);
		jsonw_u64(w, "size", f->size);
	}
	jsonw_object_end(w);
}

static bool store_found(const struct store *s, int dirfd, struct walk *w, const struct digest *key,
			struct error *e)
{
	AUTO_PUT put = STORE_PUT_INIT;
	struct buf text = { .a = w->a };
	struct jsonw json;
	struct digest digest;
	uint64_t offset = 0, size;

	jsonw_init(&json, &text, true);
	jsonw_object(&json, NULL);
	jsonw_array(&json, "entries");
	if (!store_put_begin(s, &put, w->source->name, e))
		return false;
	for (const struct found *f = w->found.v; f < w->found.v + w->found.n; f++) {
		format_entry(&json, f, offset);
		if (f->type == NODE_FILE && !copy_content(dirfd, f, &put.sink.base, e))
			return false;
		offset += f->type == NODE_FILE ? f->size : 0;
	}
	jsonw_array_end(&json);
	if (!store_put_commit(&put, NULL, &digest, &size, e))
		return false;
	format_unused(&json, "unused-keep", &w->source->keep, w->used.keep);
	format_unused(&json, "unused-drop", &w->source->drop, w->used.drop);
	jsonw_u64(&json, "fragment", FORMAT_NUMBER);
	jsonw_cstr(&json, "blob", digest_hex_dup(w->a, &digest));
	jsonw_u64(&json, "size", size);
	jsonw_object_end(&json);
	jsonw_finish(&json);
	return store_put_action(s, key, buf_str(&text), e);
}

bool fragment_collect(const struct store *s, int dirfd, const struct source_recipe *source,
		      const struct digest *key, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct walk w = { .a = &a, .source = source };

	w.used.keep = arena_array(&a, source->keep.n + 1, sizeof(bool));
	w.used.drop = arena_array(&a, source->drop.n + 1, sizeof(bool));
	if (!walk_folder(&w, dirfd, "", 0, e) || !check_used(&w, e))
		return false;
	if (w.found.n == 0)
		return err_set(e, ERR_INPUT, "the build of %s installed nothing that its recipe keeps",
			       source->name);
	qsort(w.found.v, w.found.n, sizeof(*w.found.v), compare_found);
	return store_found(s, dirfd, &w, key, e);
}

static bool read_entry(struct arena *a, const struct json_node *n, struct fragment *f,
		       uint64_t blob_size, struct error *e)
{
	struct node *node = list_push(a, &f->nodes);
	const char *type = "", *path = "";
	uint64_t mode = 0;

	if (!json_want_object(n, e) || !json_opt_string(a, n, "path", &path, e) ||
	    !path_normalise(a, str_of(path), &node->path, e) ||
	    !json_opt_string(a, n, "type", &type, e) ||
	    !json_opt_string(a, n, "target", &node->target, e) ||
	    !json_opt_u64(n, "mode", &mode, e) ||
	    !json_opt_u64(n, "offset", &node->content.offset, e) ||
	    !json_opt_u64(n, "size", &node->content.size, e))
		return false;
	node->type = strcmp(type, "link") == 0 ? NODE_LINK :
		     strcmp(type, "folder") == 0 ? NODE_DIR : NODE_FILE;
	node->mode = (unsigned)mode & 0777;
	if (node->type == NODE_FILE)
		node->content.blob = &f->blob;
	if (node->content.offset > blob_size || node->content.size > blob_size - node->content.offset ||
	    !node->path[0] || (node->type == NODE_LINK) != (node->target != NULL))
		return json_fail(n, e, "does not fit its blob");
	return true;
}

/* What older ones did not write down is not told. */
static bool read_unused(struct arena *a, const struct json_node *root, const char *key,
			struct fragment_unused *out, struct error *e)
{
	struct json_node array, item;

	if (!json_get(root, key, &array))
		return true;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		if (!json_as_u64(&item, list_push(a, out), e))
			return false;
	}
	return true;
}

static int parse(struct arena *a, const struct store *s, struct str text, struct fragment *out,
		 struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, entries, item;
	const char *hex = "";
	uint64_t size = 0;
	int got;

	if (!json_parse("a compiled fragment in the store", text, &doc, e))
		return -1;
	root = json_root(&doc);
	if (!json_opt_string(a, &root, "blob", &hex, e) || !json_opt_u64(&root, "size", &size, e) ||
	    !json_need(&root, "entries", &entries, e) ||
	    !read_unused(a, &root, "unused-keep", &out->unused_keep, e) ||
	    !read_unused(a, &root, "unused-drop", &out->unused_drop, e))
		return -1;
	if (!digest_parse(str_of(hex), &out->blob_digest)) {
		json_fail(&root, e, "has no blob");
		return -1;
	}
	got = store_open_blob(s, &out->blob_digest, size, &out->blob.fd, e);
	if (got <= 0)
		return got;
	out->blob.name = "a compiled fragment";
	out->blob.digest = &out->blob_digest;
	for (size_t i = 0; json_item(&entries, i, &item); i++) {
		if (!read_entry(a, &item, out, size, e))
			return -1;
	}
	return 1;
}

int fragment_open(struct arena *a, const struct store *s, const struct digest *key,
		  struct fragment *out, struct error *e)
{
	struct str text;
	int got = store_get_action(a, s, key, &text, e);

	*out = (struct fragment){ .blob = { .fd = -1 }, .cached = true };
	if (got <= 0)
		return got;
	got = parse(a, s, text, out, e);
	if (got <= 0)
		fragment_close(out);
	return got;
}

void fragment_close(struct fragment *f)
{
	fd_closep(&f->blob.fd);
}
