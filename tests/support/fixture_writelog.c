/* SPDX-License-Identifier: Apache-2.0 */
/* Reads lines like
 *   write(5</w/.tmp-a>, "x", 1) = 1
 *   renameat(4</w>, ".tmp-a", 4</w>, "a") = 0 */

#include "support/fixture_writelog.h"

#include <stdlib.h>

#include "support/fixture_files.h"

/* Files with bytes, and folders with names, that are not synced. */
struct unsynced {
	struct arena *a;
	struct strings files, folders;
};

static bool is_path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static void writelog_note(struct arena *a, struct strings *l, const char *path)
{
	if (!strings_has(l, path))
		*list_push(a, l) = path;
}

static void writelog_forget(struct strings *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->v[i], path) == 0)
			l->v[i--] = l->v[--l->n];
	}
}

/* The path in the n-th "<...>", or the n-th quoted string. */
static const char *writelog_between(struct arena *a, struct str line, char open, char close,
				    unsigned n)
{
	for (size_t i = 0; i < line.n; i++) {
		const char *end;

		if (line.p[i] != open)
			continue;
		end = memchr(line.p + i + 1, close, line.n - i - 1);
		if (!end)
			return NULL;
		if (n-- == 0)
			return arena_strndup(a, line.p + i + 1, (size_t)(end - line.p) - i - 1);
		i = (size_t)(end - line.p);
	}
	return NULL;
}

static void writelog_renamed(struct writelog *w, struct unsynced *u, struct str line)
{
	const char *from_dir = writelog_between(w->a, line, '<', '>', 0),
		   *to_dir = writelog_between(w->a, line, '<', '>', 1);
	const char *from = writelog_between(w->a, line, '"', '"', 0), *path;

	if (!from_dir || !to_dir || !from)
		return;
	w->renames++;
	path = arena_printf(w->a, "%s/%s", from_dir, from);
	for (size_t i = 0; i < u->files.n; i++) {
		if (is_path_below(u->files.v[i], path))
			*list_push(w->a, &w->faults) = arena_printf(w->a,
								    "%s is not synced before %.*s",
								    u->files.v[i], STR_ARG(line));
	}
	for (size_t i = 0; i < u->folders.n; i++) {
		if (is_path_below(u->folders.v[i], path))
			*list_push(w->a, &w->faults) = arena_printf(w->a,
								    "%s is not synced before %.*s",
								    u->folders.v[i], STR_ARG(line));
	}
	writelog_note(w->a, &u->folders, to_dir);
}

/* A folder that is gone holds no names that have to last. */
static void writelog_removed(struct writelog *w, struct unsynced *u, struct str line,
			     const char *dir)
{
	const char *name = writelog_between(w->a, line, '"', '"', 0);

	if (name && memmem(line.p, line.n, "AT_REMOVEDIR", strlen("AT_REMOVEDIR")))
		writelog_forget(&u->folders, arena_printf(w->a, "%s/%s", dir, name));
}

static void writelog_take_line(struct writelog *w, struct unsynced *u, struct str line,
			       const char *dir)
{
	const char *path = writelog_between(w->a, line, '<', '>', 0);

	if (!path || !is_path_below(path, dir) || memmem(line.p, line.n, ") = -1 ", 7))
		return;
	if (str_starts(line, STR("rename"))) {
		writelog_renamed(w, u, line);
	} else if (str_starts(line, STR("unlinkat"))) {
		writelog_removed(w, u, line, path);
	} else if (str_starts(line, STR("write")) || str_starts(line, STR("pwrite"))) {
		writelog_note(w->a, &u->files, path);
	} else if (str_starts(line, STR("copy_file_range"))) {
		writelog_note(w->a, &u->files, writelog_between(w->a, line, '<', '>', 1));
	} else if (str_starts(line, STR("fsync")) || str_starts(line, STR("fdatasync"))) {
		writelog_forget(&u->files, path);
		writelog_forget(&u->folders, path);
	}
}

void writelog_add(struct writelog *w, const char *text, const char *dir)
{
	struct unsynced u = { .a = w->a };
	struct str rest = str_of(text), line;

	while (str_next(&rest, '\n', &line))
		writelog_take_line(w, &u, line, dir);
	for (size_t i = 0; i < u.folders.n; i++)
		*list_push(w->a, &w->faults) = arena_printf(w->a, "%s is not synced at the end",
							    u.folders.v[i]);
}

/* By their stamps, which have one width. */
static int writelog_compare(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

const char *writelog_join(struct arena *a, const char *logs)
{
	struct strings files = files_below(a, logs, ""), lines = { 0 };
	struct buf text = { .a = a };

	list_each(file, &files) {
		struct str rest = str_of(files_get(a, *file)), line;

		while (str_next(&rest, '\n', &line))
			*list_push(a, &lines) = str_dup(a, line);
	}
	if (lines.n > 1)
		qsort(lines.v, lines.n, sizeof(*lines.v), writelog_compare);
	list_each(line, &lines) {
		const char *call = strchr(*line, ' ');

		if (call)
			buf_printf(&text, "%s\n", call + 1);
	}
	return buf_cstr(&text);
}
