/* SPDX-License-Identifier: Apache-2.0 */
/* One digest for a whole folder. Links are read, never followed. */

#include "transfer/store/store_root.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 256

static struct digest note_key(struct arena *a, const char *name)
{
	return digest_of(str_of(arena_printf(a, "root-content/1\n%s\n", name)));
}

/* What a file holds, or where a link leads; "" for anything else. */
static bool content_of(struct arena *a, int fd, const char *name, const struct stat *st,
		       const char **out, struct error *e)
{
	char target[PATH_MAX];
	struct digest d;
	ssize_t n;

	*out = "";
	if (S_ISLNK(st->st_mode)) {
		n = readlinkat(fd, name, target, sizeof(target));
		if (n < 0)
			return err_sys(e, "read the link %s", name);
		*out = arena_strndup(a, target, (size_t)n);
	} else if (S_ISREG(st->st_mode)) {
		AUTO_FD file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

		if (file < 0)
			return err_sys(e, "open %s", name);
		if (!digest_fd(file, name, &d, NULL, e))
			return false;
		*out = digest_hex_dup(a, &d);
	}
	return true;
}

static bool root_add_folder(struct hash *h, int fd, const char *path, unsigned depth,
			    struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings names = { 0 };

	if (depth > DEPTH_MAX)
		return err_set(e, ERR_SYSTEM, "%s is nested more than %d deep", path, DEPTH_MAX);
	if (!file_names(&a, fd, path, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *below = arena_printf(&a, "%s/%s", path, names.v[i]), *content;
		AUTO_FD dir = -1;
		struct stat st;

		if (fstatat(fd, names.v[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(e, "examine %s", below);
		if (!content_of(&a, fd, names.v[i], &st, &content, e))
			return false;
		/* names and targets hold no NUL: no two folders give the same bytes */
		digest_add(h, (struct str){ below, strlen(below) + 1 });
		digest_add(h, (struct str){ content, strlen(content) + 1 });
		digest_add(h, str_of(arena_printf(&a, "%o\n", st.st_mode)));
		if (!S_ISDIR(st.st_mode))
			continue;
		dir = file_open_dir(fd, names.v[i], e);
		if (dir < 0 || !root_add_folder(h, dir, below, depth + 1, e))
			return false;
	}
	return true;
}

static bool digest_root(int fd, struct digest *out, struct error *e)
{
	AUTO_HASH h = { 0 };

	digest_begin(&h);
	if (!root_add_folder(&h, fd, "", 0, e))
		return false;
	*out = digest_end(&h);
	return true;
}

bool store_root_seal(const struct store *s, int fd, const char *name, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct digest key = note_key(&a, name), content;

	return digest_root(fd, &content, e) &&
	       store_put_action(s, &key, str_of(digest_hex_dup(&a, &content)), e);
}

/* -1 if this process had no means to read the folder, which says nothing of it. */
static int unless_exhausted(const struct error *why, int otherwise, struct error *e)
{
	if (!why->exhausted)
		return otherwise;
	*e = *why;
	return -1;
}

int store_root_check(const struct store *s, const char *name, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD roots = file_open_dir(s->fd, "roots", e);
	AUTO_FD fd = roots < 0 ? -1 : store_open_entry(roots, name, O_DIRECTORY);
	struct digest key = note_key(&a, name), noted, found;
	struct error unreadable = { 0 };
	struct str text;
	int got;

	if (roots < 0)
		return -1;
	if (fd < 0) {
		err_sys(&unreadable, "open the folder roots/%s", name);
		return unless_exhausted(&unreadable, 2, e); /* it has gone meanwhile */
	}
	got = store_get_action(&a, s, &key, &text, e);
	if (got <= 0 || !digest_parse(text, &noted))
		return got < 0 ? -1 : 2;
	if (digest_root(fd, &found, &unreadable) && digest_eq(&noted, &found))
		return 1;
	if (unless_exhausted(&unreadable, 0, e) < 0)
		return -1;
	progress_warn(s->progress, "%s/roots/%s is not as it was made%s", s->path, name,
		      s->readonly ? "" : "; removed");
	return s->readonly || file_remove_tree(roots, name, e) ? 0 : -1;
}
