/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the files of a source with what was written the last time. The sandbox had the folder:
 * nothing in it is opened through a symlink. */

#include "make/compile/kept_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strmap.h"
#include "make/compile/compile_key.h"
#include "make/compile/folder_below.h"
#include "make/compile/incremental.h"

#define TREE "src"
#define NOTES "files"
#define NOTES_MAX ((size_t)256 << 20)

/* What was written: a line "INODE SIZE MTIME CTIME VALUE\tNAME", each time in two numbers. Above
 * all of them stands how the folder was compiled (compile_key_setup()): configured otherwise, it is
 * another. */
struct kept_file {
	uint64_t inode, size, seconds, nanoseconds, changed, changed_ns;
	struct str value; /* source_file_value() */
	bool wanted;	  /* the source has a file of this name */
};

struct kept_sync {
	struct arena *a;
	const struct compile_request *rq;
	int tree;
	uid_t owner;
	struct timespec now;
	const char *setup;
	struct strmap known; /* struct kept_file by name */
	struct strings names;
	struct buf notes; /* of this time */
};

bool kept_tree_serves(const struct compile_request *rq)
{
	const struct source_recipe *s = rq->source;

	return incremental_wants_launcher(rq) && !rq->afresh && s->folder && s->trees.n == 0 &&
	       s->patches.n == 0 && !s->dependencies.form && !s->of_image &&
	       !lock_source(rq->lock, s->name);
}

static bool kept_read_line(struct str line, struct str *name, struct kept_file *out)
{
	uint64_t *numbers[] = { &out->inode,	   &out->size,	  &out->seconds,
				&out->nanoseconds, &out->changed, &out->changed_ns };
	struct str word;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (!str_cut(line, ' ', &word, &line) || !str_u64(word, numbers[i]))
			return false;
	}
	return str_cut(line, '\t', &out->value, name);
}

/* What is noted of the last time; nothing of it counts unless all can be read. */
static bool kept_read_notes(struct kept_sync *k, int dir)
{
	struct error none = { 0 };
	struct str text, line, name;

	if (!io_read_file(k->a, dir, NOTES, NOTES_MAX, &text, &none) ||
	    !str_next(&text, '\n', &line) || !str_eq(line, str_of(k->setup)))
		return false;
	while (str_next(&text, '\n', &line)) {
		struct kept_file *f = arena_alloc(k->a, sizeof(*f));

		if (!kept_read_line(line, &name, f))
			return false;
		*list_push(k->a, &k->names) = str_dup(k->a, name);
		*strmap_slot(k->a, &k->known, name) = f;
	}
	return true;
}

/* Somebody can have set the time of writing back, and another mode: then its bytes tell, and the
 * mode is set. false: it is to be written anew. */
static bool kept_put_right(const struct source_file *f, struct str value, int dir, const char *base,
			   struct stat *st)
{
	AUTO_FD fd = openat(dir, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const mode_t mode = f->executable ? 0755 : 0644;
	struct error ignored = { 0 };
	char hex[DIGEST_TEXT];
	struct digest d;

	if (fd < 0 || fstat(fd, st) < 0 || !S_ISREG(st->st_mode) ||
	    !digest_fd(fd, base, &d, NULL, &ignored))
		return false;
	digest_hex(&d, hex);
	return str_starts(value, str_of(hex)) &&
	       ((st->st_mode & 07777) == mode || fchmod(fd, mode) == 0) && fstat(fd, st) == 0;
}

/* Whether it is what was written the last time; *st is what it is now. */
static bool kept_is_as_written(const struct kept_file *known, const struct source_file *f, int dir,
			       const char *base, struct stat *st)
{
	if (fstatat(dir, base, st, AT_SYMLINK_NOFOLLOW) < 0 || known->inode != st->st_ino ||
	    known->size != (uint64_t)st->st_size ||
	    known->seconds != (uint64_t)st->st_mtim.tv_sec ||
	    known->nanoseconds != (uint64_t)st->st_mtim.tv_nsec)
		return false;
	return (known->changed == (uint64_t)st->st_ctim.tv_sec &&
		known->changed_ns == (uint64_t)st->st_ctim.tv_nsec) ||
	       kept_put_right(f, known->value, dir, base, st);
}

/* The build's user writes beside the file, and may write to it. */
static bool kept_give(const struct kept_sync *k, const char *name, struct error *e)
{
	AUTO_ARENA a = { 0 };

	if (geteuid() != 0)
		return true;
	for (const char *end = name; end; end = strchr(end + 1, '/')) {
		const char *one = end == name ? name
					      : arena_strndup(&a, name, (size_t)(end - name));
		AUTO_FD dir = folder_below_open(k->tree, path_dir(&a, one), e);

		if (dir < 0)
			return false;
		if (fchownat(dir, path_base(one), k->owner, k->owner, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(e, "give %s to the build's user", one);
	}
	return true;
}

static bool kept_write_file(const struct kept_sync *k, const struct source_file *f, int dir,
			    const char *base, struct error *e)
{
	return file_remove_tree(dir, base, e) && source_file_copy(f, dir, base, &k->now, e) &&
	       kept_give(k, f->name, e);
}

static bool kept_sync_file(struct kept_sync *k, const struct source_file *f, struct error *e)
{
	const char *base = path_base(f->name), *value;
	AUTO_FD dir = folder_below_open(k->tree, path_dir(k->a, f->name), e);
	const struct kept_file *known = strmap_get(&k->known, str_of(f->name));
	struct stat st;

	if (dir < 0 || !source_file_value(k->a, f, k->rq->options->digests, &value, e))
		return false;
	if (!known || !str_eq(known->value, str_of(value)) ||
	    !kept_is_as_written(known, f, dir, base, &st)) {
		if (!kept_write_file(k, f, dir, base, e))
			return false;
		if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(e, "stat %s", f->name);
	}
	buf_printf(&k->notes, "%llu %llu %lld %ld %lld %ld %s\t%s\n", (unsigned long long)st.st_ino,
		   (unsigned long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
		   (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec, value, f->name);
	return true;
}

/* The folders that a removed file leaves empty: a source has none. */
static bool kept_remove_empty(struct kept_sync *k, const char *folder, struct error *e)
{
	while (folder[0]) {
		AUTO_FD dir = folder_below_open(k->tree, path_dir(k->a, folder), e);

		if (dir < 0)
			return false;
		if (unlinkat(dir, path_base(folder), AT_REMOVEDIR) < 0)
			return errno == ENOTEMPTY || err_sys(e, "remove the folder %s", folder);
		folder = path_dir(k->a, folder);
	}
	return true;
}

static bool kept_remove_gone(struct kept_sync *k, struct error *e)
{
	list_each(name, &k->names) {
		const struct kept_file *f = strmap_get(&k->known, str_of(*name));
		const char *folder = path_dir(k->a, *name);
		AUTO_FD dir = -1;

		if (f->wanted)
			continue;
		dir = folder_below_open(k->tree, folder, e);
		if (dir < 0 || !file_remove_tree(dir, path_base(*name), e) ||
		    !kept_remove_empty(k, folder, e))
			return false;
	}
	return true;
}

/* What is gone first: a folder may stand where a file was. */
static bool kept_sync_files(struct kept_sync *k, const struct source_files *files, struct error *e)
{
	list_each(f, files) {
		struct kept_file *known = strmap_get(&k->known, str_of(f->name));

		if (known)
			known->wanted = true;
	}
	if (!kept_remove_gone(k, e))
		return false;
	list_each(f, files) {
		if (!kept_sync_file(k, f, e))
			return false;
	}
	return true;
}

/* From what is there; or, where there are no notes of it or it is in no state that the source could
 * have, from nothing. There are none until kept_tree_note() writes them. */
static bool kept_sync_in(struct kept_sync *k, struct kept_tree *t, const struct source_files *files,
			 bool anew, struct error *e)
{
	const int fd = t->place.fd;
	AUTO_FD tree = -1;
	struct stat st;

	k->notes.n = 0;
	buf_printf(&k->notes, "%s\n", k->setup);
	t->reused = !anew && !kept_place_is_ahead(&t->place, NOTES, &k->now) &&
		    kept_read_notes(k, fd);
	if (!t->reused) {
		k->known = (struct strmap){ 0 };
		k->names.n = 0;
	}
	if (unlinkat(fd, NOTES, 0) < 0 && errno != ENOENT)
		return err_sys(e, "remove the notes of %s", t->path);
	if (!t->reused && (!file_remove_tree(fd, TREE, e) || !file_mkdirs(fd, TREE, e)))
		return false;
	tree = file_open_dir(fd, TREE, e);
	if (tree < 0)
		return false;
	if (fstat(tree, &st) < 0)
		return err_sys(e, "stat %s", t->path);
	k->tree = tree;
	k->owner = st.st_uid;
	if (!kept_sync_files(k, files, e))
		return false;
	t->notes = buf_str(&k->notes);
	return true;
}

static bool kept_can_note(const struct source_files *files)
{
	list_each(f, files) {
		if (strpbrk(f->name, "\n\t"))
			return false;
	}
	return true;
}

bool kept_tree_open(struct arena *a, const struct compile_request *rq,
		    const struct source_files *files, struct kept_tree *t, struct error *e)
{
	struct kept_sync k = { .a = a, .rq = rq, .notes = { .a = a } };
	struct error why = { 0 };
	struct digest setup;

	if (!kept_can_note(files))
		return true;
	if (!compile_key_setup(a, rq, &setup, e) || !kept_place_open(a, rq, ".tree", &t->place, e))
		return false;
	if (!t->place.ours)
		return true;
	t->path = arena_printf(a, "%s/" TREE, t->place.path);
	k.setup = digest_hex_dup(a, &setup);
	clock_gettime(CLOCK_REALTIME, &k.now);
	return kept_sync_in(&k, t, files, false, &why) || kept_sync_in(&k, t, files, true, e);
}

void kept_tree_note(const struct kept_tree *t)
{
	struct error ignored = { 0 };

	if (t->path && !file_write(t->place.fd, NOTES, 0600, t->notes, &ignored))
		unlinkat(t->place.fd, NOTES, 0);
}

void kept_tree_forget(struct arena *a, const struct compile_request *rq)
{
	AUTO_KEPT_TREE t = KEPT_TREE_INIT;
	struct error ignored = { 0 };

	if (kept_place_open(a, rq, ".tree", &t.place, &ignored) && t.place.ours)
		unlinkat(t.place.fd, NOTES, 0);
}

void kept_tree_close(struct kept_tree *t)
{
	kept_place_close(&t->place);
}
