/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a build installed, by descriptors and without following links, and keeps it. What the
 * build made unreadable is made readable, so that root and others find the same. */

#include "make/compile/fragment.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "make/compile/step_advice.h"
#include "make/tree/path_select.h"

#define DEPTH_MAX 64
#define PROGRAMS_MAX 4 /* that an error names; of other files as many */

/* One thing found below the folder; content stays on disk until it is copied. */
struct found_file {
	const char *path;
	enum node_type type;
	unsigned mode;
	const char *target;
	uint64_t size;
};

struct fragment_walk {
	struct arena *a;
	const struct source_recipe *source;
	struct select_used used;
	struct LIST(struct found_file) found;
	const char *
		*elsewhere; /* of each pattern of "keep", a file of that name in another folder */
	struct strings programs, others; /* that nothing keeps */
};

static bool walk_folder(struct fragment_walk *w, int fd, const char *path, unsigned depth,
			struct error *e);

static bool fragment_add_link(struct fragment_walk *w, int dirfd, const char *name,
			      struct found_file *f, struct error *e)
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

static void note_elsewhere(struct fragment_walk *w, const char *path)
{
	for (size_t i = 0; i < w->source->keep.n; i++) {
		if (strcmp(path_base(w->source->keep.v[i].text), path_base(path)) == 0)
			w->elsewhere[i] = path;
	}
	if (w->programs.n < PROGRAMS_MAX && path_is_command(w->a, path))
		*list_push(w->a, &w->programs) = arena_printf(w->a, "/%s", path);
	if (w->others.n < PROGRAMS_MAX)
		*list_push(w->a, &w->others) = arena_printf(w->a, "/%s", path);
}

/* What people may have meant. */
static const char *installed_note(const struct fragment_walk *w, size_t i)
{
	if (w->elsewhere[i])
		return arena_printf(w->a, "; it installed /%s", w->elsewhere[i]);
	if (w->programs.n)
		return arena_printf(w->a, "; it installed %s",
				    strings_join(w->a, &w->programs, ", "));
	return step_advice_words(w->a, w->source);
}

/* Nothing is left of a build; a recipe without "keep" keeps all that was not dropped. */
static bool fragment_fail_empty(const struct fragment_walk *w, struct error *e)
{
	const struct source_recipe *s = w->source;
	const struct place *at = s->keep.n ? &s->keep.v[0].at : &s->at;

	if (w->others.n)
		err_set(e, ERR_INPUT,
			"the build of %s installed nothing that its recipe keeps; it installed %s%s",
			s->name, strings_join(w->a, &w->others, ", "),
			w->others.n == PROGRAMS_MAX ? " ..." : "");
	else
		err_set(e, ERR_INPUT,
			"the build of %s installed nothing below ${destdir}, from where the files "
			"of the image are taken%s",
			s->name, step_advice_words(w->a, s));
	return !at->file || !at->line ? false : err_at(e, at->file, at->line, at->col);
}

static bool walk_entry(struct fragment_walk *w, int dirfd, const char *name, const char *path,
		       unsigned depth, struct error *e)
{
	struct found_file f = { .path = path };
	struct stat st;
	bool wanted = select_path(&w->source->keep, &w->source->drop, path, &w->used);

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "stat %s", path);
	if (S_ISDIR(st.st_mode)) {
		AUTO_FD fd = file_open_own_dir(dirfd, name, e);

		f.type = NODE_DIR;
		f.mode = 0755;
		if (wanted)
			*list_push(w->a, &w->found) = f;
		return fd >= 0 && walk_folder(w, fd, path, depth + 1, e);
	}
	if (!wanted) {
		note_elsewhere(w, path);
		return true;
	}
	if (S_ISLNK(st.st_mode)) {
		if (!fragment_add_link(w, dirfd, name, &f, e))
			return false;
	} else if (S_ISREG(st.st_mode)) {
		if (st.st_mode & (S_ISUID | S_ISGID))
			return err_set(e, ERR_INPUT, "the build made /%s setuid or setgid", path);
		if (!(st.st_mode & 0400) &&
		    fchmodat(dirfd, name, (st.st_mode & 07777) | 0400, 0) < 0)
			return err_sys(e, "make %s readable", path);
		f.mode = st.st_mode & 0111 ? 0755 : 0644;
		f.size = (uint64_t)st.st_size;
	} else {
		return err_set(e, ERR_INPUT,
			       "the build made /%s, which is not a file, folder or link", path);
	}
	*list_push(w->a, &w->found) = f;
	return true;
}

static bool walk_folder(struct fragment_walk *w, int fd, const char *path, unsigned depth,
			struct error *e)
{
	struct strings names = { 0 };

	if (depth > DEPTH_MAX)
		return err_set(e, ERR_INPUT, "/%s is nested more than %d deep", path, DEPTH_MAX);
	if (!file_names(w->a, fd, path, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *below = path[0] ? arena_printf(w->a, "%s/%s", path, names.v[i])
					    : names.v[i];

		if (!walk_entry(w, fd, names.v[i], below, depth, e))
			return false;
	}
	return true;
}

static int compare_found(const void *a, const void *b)
{
	return strcmp(((const struct found_file *)a)->path, ((const struct found_file *)b)->path);
}

static bool check_used(const struct fragment_walk *w, struct error *e)
{
	for (size_t i = 0; i < w->source->keep.n; i++) {
		const struct glob *p = &w->source->keep.v[i];

		if (w->used.keep[i] || strpbrk(p->text, "*?["))
			continue;
		err_set(e, ERR_INPUT, "the build of %s installed no %s, which its recipe keeps%s",
			w->source->name, p->text, installed_note(w, i));
		return err_at(e, p->at.file, p->at.line, p->at.col);
	}
	return true;
}

/* Copies one file's bytes; the build is over, so the size cannot change any more. */
static bool copy_content(int dirfd, const struct found_file *f, struct sink *to, struct error *e)
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

static void note_unused(struct arena *a, const struct globs *l, const bool *used,
			struct fragment_unused *out)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!used[i])
			*list_push(a, out) = i;
	}
}

static struct node found_node(const struct found_file *f, const struct blob *blob, uint64_t offset)
{
	struct node n = { .path = f->path, .type = f->type, .mode = f->mode, .target = f->target };

	if (f->type == NODE_FILE)
		n.content = (struct content){ .blob = blob, .offset = offset, .size = f->size };
	return n;
}

static bool store_found(const struct store *s, int dirfd, struct fragment_walk *w,
			const struct digest *key, struct error *e)
{
	AUTO_PUT put = STORE_PUT_INIT;
	struct fragment f = { .blob = { .fd = -1 } };
	struct buf text = { .a = w->a };
	uint64_t offset = 0;

	if (!store_put_begin(s, &put, w->source->name, e))
		return false;
	list_each(x, &w->found) {
		*list_push(w->a, &f.nodes) = found_node(x, &f.blob, offset);
		if (x->type == NODE_FILE && !copy_content(dirfd, x, &put.sink.base, e))
			return false;
		offset += x->type == NODE_FILE ? x->size : 0;
	}
	note_unused(w->a, &w->source->keep, w->used.keep, &f.unused_keep);
	note_unused(w->a, &w->source->drop, w->used.drop, &f.unused_drop);
	if (!store_put_commit(&put, NULL, &f.blob_digest, &f.size, e))
		return false;
	fragment_index_put(&f, &text);
	return fragment_index_check(buf_str(&text), &f, e) &&
	       store_put_action(s, key, buf_str(&text), e);
}

bool fragment_collect(const struct store *s, int dirfd, const struct source_recipe *source,
		      const struct digest *key, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct fragment_walk w = { .a = &a, .source = source };

	w.used.keep = arena_array(&a, source->keep.n + 1, sizeof(bool));
	w.used.drop = arena_array(&a, source->drop.n + 1, sizeof(bool));
	w.elsewhere = arena_array(&a, source->keep.n + 1, sizeof(*w.elsewhere));
	if (!walk_folder(&w, dirfd, "", 0, e) || !check_used(&w, e))
		return false;
	if (w.found.n == 0)
		return fragment_fail_empty(&w, e);
	qsort(w.found.v, w.found.n, sizeof(*w.found.v), compare_found);
	return store_found(s, dirfd, &w, key, e);
}

int fragment_open(struct arena *a, const struct store *s, const struct digest *key,
		  struct fragment *out, struct error *e)
{
	struct error ignored = { 0 };
	struct str text;
	int got = store_get_action(a, s, key, &text, e);

	*out = (struct fragment){ .blob = { .fd = -1 }, .cached = true };
	if (got <= 0)
		return got;
	if (!fragment_index_get(a, text, out, &ignored))
		return 0; /* damaged, or of another time: it is compiled again */
	got = store_open_blob(s, &out->blob_digest, out->size, &out->blob.fd, e);
	out->blob.name = "a compiled fragment";
	out->blob.digest = &out->blob_digest;
	if (got <= 0)
		fragment_close(out);
	return got;
}

void fragment_close(struct fragment *f)
{
	fd_closep(&f->blob.fd);
}
