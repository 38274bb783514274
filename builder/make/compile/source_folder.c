/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a folder of the repository as git would. Knows nothing of languages. */

#include "make/compile/source_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "format/text/gitignore.h"

#define IGNORE_FILE ".gitignore"
#define IGNORE_MAX (1u << 20)
#define FOLDER_DEPTH_MAX 64
#define FOLDER_FILES_MAX 1000000

struct folder_walk {
	struct arena *a;
	const struct source_recipe *source;
	const char *prefix;	   /* the folder below the top of the rules: "" or "x/app" */
	struct ignore_rules git;   /* of the folders that the walk is in */
	struct ignore_rules asked; /* the recipe's */
	struct source_files *out;
};

static const char *folder_join(struct arena *a, const char *dir, const char *name)
{
	return dir[0] ? arena_printf(a, "%s/%s", dir, name) : name;
}

/* Rules of the .gitignore in `folder`, which is `base` below the top. One that is a symlink or no
 * file does not count, as in git. */
static bool folder_add_rules(struct folder_walk *w, const char *folder, const char *base,
			     struct error *e)
{
	const char *file = arena_printf(w->a, "%s/" IGNORE_FILE, folder);
	struct stat st;
	struct str text;

	if (lstat(file, &st) < 0 || !S_ISREG(st.st_mode))
		return true;
	if (!io_read_file(w->a, AT_FDCWD, file, IGNORE_MAX, &text, e))
		return false;
	gitignore_read(w->a, text, base, file, &w->git);
	return true;
}

/* The recipe's patterns, then git's: "!" in a recipe takes back what a .gitignore says. */
static const struct ignore_rule *folder_rule(const struct folder_walk *w, const char *name,
					     bool directory)
{
	const struct ignore_rule *rule = gitignore_find(&w->asked, name, directory);

	if (!rule)
		rule = gitignore_find(&w->git, folder_join(w->a, w->prefix, name), directory);
	return rule && !rule->negated ? rule : NULL;
}

static bool folder_walk_below(struct folder_walk *w, const char *path, const char *name,
			      unsigned depth, struct error *e);

static bool folder_add_file(struct folder_walk *w, const char *path, const char *name,
			    const struct stat *st, struct error *e)
{
	struct source_file *f;
	char target[4096];
	ssize_t n = 0;

	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, target, sizeof(target));
		if (n < 0 || (size_t)n == sizeof(target))
			return err_sys(e, "read the symlink %s", path);
	}
	if (w->out->n == FOLDER_FILES_MAX)
		return err_set(e, ERR_INPUT, "%s holds more than %d files", w->source->folder,
			       FOLDER_FILES_MAX);
	f = list_push(w->a, w->out);
	*f = (struct source_file){ .name = name,
				   .path = path,
				   .executable = S_ISREG(st->st_mode) && (st->st_mode & 0100),
				   .state = *st };
	if (S_ISLNK(st->st_mode))
		f->target = arena_strndup(w->a, target, (size_t)n);
	return true;
}

static bool folder_walk_entry(struct folder_walk *w, const char *path, const char *name,
			      unsigned depth, struct error *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_sys(e, "stat %s", path);
	if (strcmp(path_base(name), ".git") == 0 || folder_rule(w, name, S_ISDIR(st.st_mode)))
		return true;
	if (S_ISDIR(st.st_mode))
		return folder_walk_below(w, path, name, depth + 1, e);
	if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
		return true;
	return folder_add_file(w, path, name, &st, e);
}

static bool folder_walk_below(struct folder_walk *w, const char *path, const char *name,
			      unsigned depth, struct error *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *base = name[0] ? folder_join(w->a, w->prefix, name) : w->prefix;
	struct strings names = { 0 };
	size_t rules = w->git.n, before = w->out->n;

	if (depth > FOLDER_DEPTH_MAX)
		return err_set(e, ERR_INPUT, "%s is nested more than %d deep", path,
			       FOLDER_DEPTH_MAX);
	if (fd < 0)
		return err_sys(e, "read the folder %s", path);
	if (!file_names(w->a, fd, path, &names, e) || !folder_add_rules(w, path, base, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (!folder_walk_entry(w, arena_printf(w->a, "%s/%s", path, names.v[i]),
				       folder_join(w->a, name, names.v[i]), depth, e))
			return false;
	}
	w->git.n = rules;
	if (w->out->n == before)
		*list_push(w->a, &w->out->bare) = path;
	return true;
}

static bool folder_is_top(struct arena *a, const char *path)
{
	struct stat st;

	return lstat(arena_printf(a, "%s/.git", path), &st) == 0;
}

/* The folder from which rules count: the nearest one upward that holds .git, else the repository.
 */
static bool folder_find_top(struct arena *a, const struct source_recipe *s, const char *real,
			    const char **top, struct error *e)
{
	for (const char *dir = real; dir[0]; dir = arena_printf(a, "/%s", path_dir(a, dir + 1))) {
		if (folder_is_top(a, dir)) {
			*top = dir;
			return true;
		}
		if (!strchr(dir + 1, '/'))
			break;
	}
	return file_real_path(a, s->repository, top, e);
}

/* The rules of the folders above. *ignored: the one that leaves out the folder itself, or NULL. */
static bool folder_open(struct folder_walk *w, const struct ignore_rule **ignored, struct error *e)
{
	const char *real, *top, *dir;
	const char *done = "";
	struct str rest, one;
	size_t n;

	*ignored = NULL;
	for (size_t i = 0; i < w->source->ignore.n; i++)
		gitignore_read(w->a, str_of(w->source->ignore.v[i]), "", w->source->file,
			       &w->asked);
	for (size_t i = 0; i < w->asked.n; i++)
		w->asked.v[i].line = w->source->at.line;
	if (!file_real_path(w->a, w->source->folder, &real, e) ||
	    !folder_find_top(w->a, w->source, real, &top, e))
		return false;
	n = strcmp(top, "/") == 0 ? 0 : strlen(top);
	if (strncmp(real, top, n) != 0 || (real[n] && real[n] != '/'))
		top = real; /* what comes with imgbuild stands elsewhere */
	w->prefix = strcmp(top, real) == 0 ? "" : real + n + 1;
	rest = str_of(w->prefix);
	for (dir = top; str_next(&rest, '/', &one); dir = arena_printf(w->a, "%s/%s", top, done)) {
		const struct ignore_rule *rule;

		if (!folder_add_rules(w, dir, done, e))
			return false;
		done = folder_join(w->a, done, str_dup(w->a, one));
		rule = gitignore_find(&w->git, done, true);
		if (rule && !rule->negated && !*ignored)
			*ignored = rule;
	}
	return true;
}

static int compare_source_files(const void *x, const void *y)
{
	return strcmp(((const struct source_file *)x)->name, ((const struct source_file *)y)->name);
}

bool source_folder_list(struct arena *a, const struct source_recipe *source,
			struct source_files *out, struct error *e)
{
	struct folder_walk w = { .a = a, .source = source, .out = out };
	const struct ignore_rule *ignored;

	if (!source->folder)
		return true;
	if (!folder_open(&w, &ignored, e))
		return false;
	if (ignored) {
		err_set(e, ERR_INPUT,
			"git ignores the folder %s (%s:%u: \"%s\"); remove that pattern or "
			"name another folder",
			source->folder, ignored->file, ignored->line, ignored->pattern);
		return err_at(e, source->at.file, source->at.line, source->at.col);
	}
	if (!folder_walk_below(&w, source->folder, "", 0, e))
		return false;
	if (out->n == 0) {
		err_set(e, ERR_INPUT, "the folder %s holds no file that git does not ignore",
			source->folder);
		return err_at(e, source->at.file, source->at.line, source->at.col);
	}
	qsort(out->v, out->n, sizeof(*out->v), compare_source_files);
	return true;
}

static int source_file_open(const struct source_file *f, struct error *e)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		err_sys(e, "open %s", f->path);
	return fd;
}

static bool source_file_digest(const struct source_file *f, struct file_digests *known,
			       struct digest *d, struct error *e)
{
	struct stat before, after;
	AUTO_FD fd = -1;

	if (file_digests_find(known, f->path, &f->state, d))
		return true;
	fd = source_file_open(f, e);
	if (fd < 0)
		return false;
	if (fstat(fd, &before) < 0)
		return err_sys(e, "stat %s", f->path);
	if (!digest_fd(fd, f->path, d, NULL, e))
		return false;
	if (fstat(fd, &after) == 0)
		file_digests_note(known, f->path, &before, &after, d);
	return true;
}

bool source_file_value(struct arena *a, const struct source_file *f, struct file_digests *known,
		       const char **value, struct error *e)
{
	struct digest d;

	if (f->target) {
		d = digest_of(str_of(f->target));
		*value = arena_printf(a, "link %s", digest_hex_dup(a, &d));
		return true;
	}
	if (!source_file_digest(f, known, &d, e))
		return false;
	*value = arena_printf(a, "%s%s", digest_hex_dup(a, &d), f->executable ? " x" : "");
	return true;
}

bool source_file_copy(const struct source_file *f, int dirfd, const char *name,
		      const struct timespec *when, struct error *e)
{
	const struct timespec times[2] = { *when, *when };
	struct fd_source from;
	struct fd_sink to;
	AUTO_FD in = -1, out = -1;

	if (f->target) {
		if (symlinkat(f->target, dirfd, name) < 0 ||
		    utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(e, "create the symlink %s", f->name);
		return true;
	}
	in = source_file_open(f, e);
	if (in < 0)
		return false;
	out = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return err_sys(e, "create %s", f->name);
	fd_source_init(&from, in, 0, FD_SOURCE_ALL, f->path);
	fd_sink_init(&to, out, f->name);
	if (!io_copy(&from.base, &to.base, e))
		return false;
	if (fchmod(out, f->executable ? 0755 : 0644) < 0 || futimens(out, times) < 0)
		return err_sys(e, "set mode and time of %s", f->name);
	return fd_close(&out, f->name, e);
}

bool source_folder_copy(const struct source_files *files, int dirfd, const struct timespec *times,
			struct error *e)
{
	static const struct timespec fixed = { .tv_sec = 1 };
	AUTO_ARENA a = { 0 };
	const char *made = "";

	for (size_t i = 0; i < files->n; i++) {
		const struct source_file *f = &files->v[i];
		const char *dir = path_dir(&a, f->name);

		if (strcmp(dir, made) != 0 && !file_mkdirs(dirfd, dir, e))
			return false;
		made = dir;
		if (!source_file_copy(f, dirfd, f->name, times ? &times[i] : &fixed, e))
			return false;
	}
	return true;
}

/* Looks at each folder on the way, as the walk does. */
const char *source_folder_ignores(struct arena *a, const struct source_recipe *source,
				  const char *name)
{
	struct folder_walk w = { .a = a, .source = source };
	const struct ignore_rule *rule;
	struct error ignored = { 0 };
	const char *done = "";
	struct str rest = str_of(name), one;

	if (!source->folder || !folder_open(&w, &rule, &ignored))
		return NULL;
	while (!rule && str_next(&rest, '/', &one)) {
		const char *folder = done[0] ? arena_printf(a, "%s/%s", source->folder, done)
					     : source->folder;
		const char *base = done[0] ? folder_join(a, w.prefix, done) : w.prefix;

		if (!folder_add_rules(&w, folder, base, &ignored))
			return NULL;
		done = folder_join(a, done, str_dup(a, one));
		rule = folder_rule(&w, done, true);
	}
	return rule ? arena_printf(a, "%s:%u", rule->file, rule->line) : NULL;
}
