/* SPDX-License-Identifier: Apache-2.0 */
/* Publication: a file is whole or not there. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/files.h"

static size_t count_files(struct arena *a, const char *dir)
{
	/* temporary files begin with a dot, so look with the shell's eyes off */
	struct strings all = files_below(a, dir, "");

	return all.n;
}

Test(file, commit_gives_the_name_and_the_mode_whatever_the_umask)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct error e = { 0 };
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct stat st;

	umask(0777);
	cr_expect(file_write(fd, "x", 0644, STR("content"), &e), "%s", e.cause);
	umask(022);
	cr_assert_eq(fstatat(fd, "x", &st, 0), 0);
	cr_expect_eq(st.st_mode & 07777, 0644u);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/x", dir)), "content");
	files_remove(dir);
}

Test(file, abort_leaves_nothing)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct error e = { 0 };
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct file_new f = FILE_NEW_INIT;

	cr_assert(file_begin(&f, fd, "x", 0644, &e));
	file_abort(&f);
	cr_expect_eq(rmdir(dir), 0, "something was left behind");
}

Test(file, full_disk_keeps_the_old_content)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct rlimit small = { 4096, 4096 };
	struct error e = { 0 };
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	char *large = arena_alloc(&a, 65536);

	cr_assert(file_write(fd, "x", 0644, STR("old"), &e));
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	cr_expect(!file_write(fd, "x", 0644, (struct str){ large, 65536 }, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.cause, "write x"), "%s", e.cause);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/x", dir)), "old");
	cr_expect_eq(count_files(&a, dir), 1u);
	files_remove(dir);
}

Test(file, T14_remove_tree_takes_folders_nobody_may_enter_and_no_link_target)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *other = files_temporary(&a);
	const char *locked = arena_printf(&a, "%s/in/locked", dir);
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/keep", other), "me");
	files_put(arena_printf(&a, "%s/file", locked), "x");
	cr_assert_eq(symlink(other, arena_printf(&a, "%s/in/link", dir)), 0);
	cr_assert_eq(chmod(locked, 0), 0);
	cr_expect(file_remove_tree(AT_FDCWD, dir, &e), "%s", e.cause);
	cr_expect_eq(access(dir, F_OK), -1);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/keep", other)), "me");
	cr_expect(file_remove_tree(AT_FDCWD, dir, &e), "removing what is not there is fine");
	files_remove(other);
}

Test(io, read_refuses_what_is_too_large_or_no_file)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/f", dir), *fifo = arena_printf(&a, "%s/p", dir);
	struct error e = { 0 };
	struct str text;

	files_put(path, "12345");
	cr_expect(io_read_file(&a, AT_FDCWD, path, 5, &text, &e) && str_eq(text, STR("12345")));
	cr_expect(!io_read_file(&a, AT_FDCWD, path, 4, &text, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	err_clear(&e);
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	cr_expect(!io_read_file(&a, AT_FDCWD, fifo, 5, &text, &e), "a FIFO must not be read, nor hang");
	cr_expect_eq(e.kind, ERR_INPUT);
	files_remove(dir);
}

Test(io, map_gives_any_part_of_a_file)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/f", dir);
	char *text = arena_alloc(&a, 10001);
	struct error e = { 0 };

	for (int i = 0; i < 10000; i++)
		text[i] = (char)('a' + i % 26);
	files_put(path, text);
	AUTO_FD fd = open(path, O_RDONLY);
	for (uint64_t at = 0; at < 10000; at += 777) {
		AUTO_MAPPING m = { 0 };

		cr_assert(io_map(fd, at, 10000 - at, path, &m, &e), "%s", e.cause);
		cr_expect(str_eq(m.bytes, (struct str){ text + at, 10000 - at }));
	}
	AUTO_MAPPING beyond = { 0 };
	cr_expect(!io_map(fd, 9999, 2, path, &beyond, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	files_remove(dir);
}

Test(file, devices_and_pipes_are_written_to_and_not_replaced)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *fifo = arena_printf(&a, "%s/fifo", dir);
	struct error e = { 0 };
	char text[16] = "";
	struct stat st;
	int reader;

	cr_assert_eq(mkfifo(fifo, 0600), 0);
	reader = open(fifo, O_RDONLY | O_NONBLOCK);
	cr_assert(reader >= 0 && file_write_path(fifo, 0644, STR("a report"), &e), "%s", e.cause);
	cr_expect_eq(read(reader, text, sizeof(text)), 8);
	cr_expect_str_eq(text, "a report");
	cr_expect(stat(fifo, &st) == 0 && S_ISFIFO(st.st_mode));
	/* a link to a device is no file either */
	cr_assert_eq(symlink("/dev/null", arena_printf(&a, "%s/link", dir)), 0);
	cr_expect(file_write_path(arena_printf(&a, "%s/link", dir), 0644, STR("x"), &e), "%s", e.cause);
	cr_expect(lstat(arena_printf(&a, "%s/link", dir), &st) == 0 && S_ISLNK(st.st_mode));
	files_remove(dir);
}

Test(file, abandoned_folders_go_and_held_ones_stay)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct file_workdir held = FILE_WORKDIR_INIT, left = FILE_WORKDIR_INIT, young = FILE_WORKDIR_INIT;
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct error e = { 0 };

	cr_assert(file_workdir_make(fd, &held, &e) && file_workdir_make(fd, &left, &e) &&
		  file_workdir_make(fd, &young, &e), "%s", e.cause);
	cr_assert_str_neq(held.name, left.name);
	files_put(arena_printf(&a, "%s/%s/src/deep/file", dir, left.name), "x");
	files_put(arena_printf(&a, "%s/%s/file", dir, held.name), "x");
	cr_assert(futimens(held.fd, old) == 0 && futimens(left.fd, old) == 0);
	cr_assert(close(left.fd) == 0 && close(young.fd) == 0);	/* their process has ended */
	file_remove_leftovers(fd);
	cr_expect_eq(faccessat(fd, held.name, F_OK, 0), 0);
	cr_expect_eq(faccessat(fd, young.name, F_OK, 0), 0);
	cr_expect_eq(faccessat(fd, left.name, F_OK, 0), -1);
	files_remove(dir);
}

Test(file, names_of_a_folder_are_sorted_whole_and_read_again)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/b/inner", dir), "x");
	files_put(arena_printf(&a, "%s/.hidden", dir), "x");
	files_put(arena_printf(&a, "%s/B", dir), "x");
	for (int i = 0; i < 2; i++) {
		struct strings names = { 0 };

		cr_assert(file_names(&a, fd, dir, &names, &e), "%s", e.cause);
		cr_assert_eq(names.n, 3u);
		cr_expect_str_eq(names.v[0], ".hidden");
		cr_expect_str_eq(names.v[1], "B");
		cr_expect_str_eq(names.v[2], "b");
	}
	files_remove(dir);
}

Test(file, what_is_no_folder_has_no_names)
{
	AUTO_ARENA a = { 0 };
	struct strings names = { 0 };
	struct error e = { 0 };

	cr_expect(!file_names(&a, -1, "there", &names, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect_str_eq(e.cause, "read the folder there: Bad file descriptor");
}
