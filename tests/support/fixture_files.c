/* SPDX-License-Identifier: Apache-2.0 */
/* Files for tests. */

#include "support/fixture_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "make/tree/tree.h"

static void files_walk(struct arena *a, const char *dir, const char *suffix, struct strings *out)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	cr_assert(d, "open %s", dir);
	while ((entry = readdir(d))) {
		const char *path = arena_printf(a, "%s/%s", dir, entry->d_name);
		struct stat st;

		if (entry->d_name[0] == '.' || lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			files_walk(a, path, suffix, out);
		else if (S_ISREG(st.st_mode) && str_ends(str_of(path), str_of(suffix)))
			*list_push(a, out) = path;
	}
	closedir(d);
}

struct strings files_below(struct arena *a, const char *dir, const char *suffix)
{
	struct strings out = { 0 };

	files_walk(a, dir, suffix, &out);
	strings_sort(&out);
	return out;
}

const char *files_temporary(struct arena *a)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = arena_printf(a, "%s/imgbuild-test-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");

	cr_assert(mkdtemp(dir), "make a temporary folder");
	return dir;
}

void files_remove(const char *dir)
{
	struct error e = { 0 };

	cr_expect(file_remove_tree(AT_FDCWD, dir, &e), "%s", e.cause);
}

void files_put(const char *path, const char *text)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	const char *dir = path_dir(&a, path);

	if (dir[0])
		cr_assert(file_mkdirs(AT_FDCWD, dir, &e), "%s", e.cause);
	cr_assert(file_write_path(path, 0644, str_of(text), &e), "%s", e.cause);
}

const char *files_get(struct arena *a, const char *path)
{
	struct error e = { 0 };
	struct str text;

	cr_assert(io_read_file(a, AT_FDCWD, path, 64u << 20, &text, &e), "%s", e.cause);
	return text.p;
}
