/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/source_states.h"

#include <sys/stat.h>

#include "base/buf.h"
#include "make/compile/local_files.h"
#include "make/compile/source_folder.h"

static void states_add(struct buf *out, const char *path, const struct stat *st)
{
	buf_printf(out, "%zu %s %llu %llu %lld.%ld %lld.%ld\n", strlen(path), path,
		   (unsigned long long)st->st_ino, (unsigned long long)st->st_size,
		   (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		   (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

static bool states_add_local(struct arena *a, struct buf *out, const struct strings *paths,
			     struct error *e)
{
	list_each(path, paths) {
		struct local_files files = { .v = NULL };

		if (!local_list(a, *path, &files, e))
			return false;
		list_each(f, &files) {
			struct stat st;

			if (lstat(f->path, &st) < 0)
				return err_sys(e, "stat %s", f->path);
			states_add(out, f->path, &st);
		}
	}
	return true;
}

/* The next line's length of a path, path and rest; a path may have line ends in it. */
static bool states_next(struct str *text, struct str *path, struct str *state)
{
	struct str length, rest;
	uint64_t n;

	if (!str_cut(*text, ' ', &length, &rest) || !str_u64(length, &n) || n >= rest.n)
		return false;
	*path = (struct str){ rest.p, (size_t)n };
	*text = str_from(rest, (size_t)n + 1);
	return str_next(text, '\n', state);
}

const char *source_states_differ(struct arena *a, struct str before, struct str after)
{
	struct str x = { "", 0 }, y = { "", 0 }, old, now;
	bool more = states_next(&before, &x, &old), newer = states_next(&after, &y, &now);

	while (more && newer && str_eq(x, y) && str_eq(old, now)) {
		more = states_next(&before, &x, &old);
		newer = states_next(&after, &y, &now);
	}
	if (!more && !newer)
		return "a source file";
	/* sorted: one that is gone, or new, comes before the other's */
	return str_dup(a, !newer || (more && str_cmp(x, y) < 0) ? x : y);
}

bool source_states(struct arena *a, const struct source_recipe *s, struct str *text,
		   struct error *e)
{
	struct source_files files = { .v = NULL };
	struct buf out = { .a = a };

	if (!source_folder_list(a, s, &files, e))
		return false;
	list_each(f, &files)
		states_add(&out, f->path, &f->state);
	if (!states_add_local(a, &out, &s->trees, e) || !states_add_local(a, &out, &s->patches, e))
		return false;
	*text = buf_str(&out);
	return true;
}
