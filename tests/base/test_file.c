/* SPDX-License-Identifier: Apache-2.0 */
/* Publication: a file is whole or not there. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture_files.h"

static size_t count_files(struct arena *a, const char *dir)
{
	/* temporary files begin with a dot, so look with the shell's eyes off */
	struct strings all = files_below(a, dir, "");

	return all.n;
}

/* Counts what is told, and keeps the last of it. */
struct teller {
	struct progress base;
	unsigned n;
	char last[1024];
};

static void teller_warn(struct progress *p, const char *text)
{
	struct teller *t = (struct teller *)p;

	t->n++;
	snprintf(t->last, sizeof(t->last), "%s", text);
}

/* Never freed: for children that end soon. */
static const char *files_join(const char *dir, const char *name)
{
	char *path = malloc(strlen(dir) + strlen(name) + 2);

	sprintf(path, "%s/%s", dir, name);
	return path;
}

Test(file, folders_are_made_with_those_above_them)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = -1;
	const char *dir = files_temporary(&a);
	struct error e = { 0 };
	struct stat st;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(file_mkdirs(fd, "a/b/c", &e) && file_mkdirs(fd, "a/b", &e), "%s", e.cause);
	cr_expect(fstatat(fd, "a/b/c", &st, 0) == 0 && S_ISDIR(st.st_mode));
	cr_expect(file_mkdirs(fd, "", &e), "a file without a folder in its path: %s", e.cause);
	files_remove(dir);
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
	e = (struct error){ 0 };
	cr_expect(!file_write_path(arena_printf(&a, "%s/y", dir), 0644,
				   (struct str){ large, 65536 }, &e));
	cr_expect(strstr(e.cause, arena_printf(&a, "write %s/y", dir)), "%s", e.cause);
	files_remove(dir);
}

Test(file, folder_is_not_written_to)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *const paths[] = { dir, arena_printf(&a, "%s/", dir), "/" };
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		e = (struct error){ 0 };
		cr_expect(!file_write_path(paths[i], 0644, STR("x"), &e));
		cr_expect(strstr(e.cause, " is a folder; name a file to write to"), "%s", e.cause);
	}
	e = (struct error){ 0 };
	cr_expect(!file_write_path(arena_printf(&a, "%s/new/", dir), 0644, STR("x"), &e));
	cr_expect(strstr(e.cause, "/new/ names no file to write to"), "%s", e.cause);
	cr_expect_eq(count_files(&a, dir), 0u);
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

/* A tree that a step of a build could leave: deeper than any path may be long, folders that their
 * owner may neither read nor enter, one of the names that lifted folders get. */
static void make_deep(const char *dir, unsigned depth)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY);

	for (unsigned i = 0; i < depth; i++) {
		int below;

		cr_assert_eq(mkdirat(at, "d", 0700), 0);
		if (i % 100 == 0)
			cr_assert_eq(mkdirat(at, "locked", 0), 0);
		below = openat(at, "d", O_RDONLY | O_DIRECTORY);
		cr_assert_geq(below, 0);
		if (i % 50 == 1)
			fchmod(at, 0);
		close(at);
		at = below;
	}
	close(at);
}

/* As somebody who is not root: who may do everything never meets a mode. */
static void as_nobody(void)
{
	if (geteuid() == 0 &&
	    (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0))
		_exit(99);
}

static int in_child(void (*work)(const char *dir), const char *dir)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		as_nobody();
		work(dir);
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void make_and_remove(const char *dir)
{
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct rlimit few = { 32, 32 };
	struct error e = { 0 };

	if (mkdirat(fd, "tree", 0700) < 0)
		_exit(98);
	make_deep(files_join(dir, "tree"), 3000);
	setrlimit(RLIMIT_NOFILE, &few);
	if (!file_remove_tree(fd, "tree", &e) || faccessat(fd, "tree", F_OK, 0) == 0)
		_exit(1);
}

Test(file, T14_remove_tree_takes_any_depth_and_mode)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	cr_assert_eq(chmod(dir, 0777), 0);
	cr_expect_eq(in_child(make_and_remove, dir), 0);
	files_remove(dir);
}

/* Something of root's in a folder of nobody's: what lies beside it goes, and what stays is told. */
static void remove_and_collect(const char *dir)
{
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	const char *name = ".tmp-00112233445566778899aabbccddeeff";
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct teller t = { .base = { .warn = teller_warn } };
	struct error e = { 0 };

	if (file_remove_tree(fd, name, &e) || e.kind != ERR_SYSTEM || !strstr(e.context, name))
		_exit(1);
	if (access(files_join(files_join(dir, name), "z"), F_OK) == 0)
		_exit(2);
	utimensat(fd, name, old, 0); /* its removal has just changed it */
	file_remove_leftovers(fd);
	utimensat(fd, name, old, 0);
	file_collect_leftovers(fd, dir, &t.base);
	if (t.n != 1 || !strstr(t.last, name) || !strstr(t.last, "cannot be removed: "))
		_exit(3);
}

Test(file, what_cannot_be_removed_is_told)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a),
		   *left = arena_printf(&a, "%s/.tmp-00112233445566778899aabbccddeeff", dir);
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	if (geteuid() != 0)
		cr_skip_test("needs two users");
	files_put(arena_printf(&a, "%s/a/roots", left), "x");
	files_put(arena_printf(&a, "%s/z", left), "x");
	cr_assert(chmod(dir, 0777) == 0 && chown(left, 65534, 65534) == 0 &&
		  utimensat(AT_FDCWD, left, old, 0) == 0);
	cr_expect_eq(in_child(remove_and_collect, dir), 0);
	files_remove(dir);
}

/* One whose maker closed it even to itself, as a step of a build can. */
static void collect_closed(const char *dir)
{
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct file_workdir w = FILE_WORKDIR_INIT;
	struct error e = { 0 };

	if (!file_workdir_make(fd, &w, &e) || mkdirat(w.fd, "d", 0) < 0 ||
	    futimens(w.fd, old) < 0 || fchmod(w.fd, 0) < 0)
		_exit(1);
	close(w.fd);
	file_remove_leftovers(fd);
	if (faccessat(fd, w.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		_exit(2);
}

Test(file, a_closed_leftover_is_collected)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	cr_assert_eq(chmod(dir, 0777), 0);
	cr_expect_eq(in_child(collect_closed, dir), 0);
	files_remove(dir);
}

Test(file, scratch_folders_are_in_TMPDIR_and_go)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct file_scratch s = FILE_SCRATCH_INIT;
	struct error e = { 0 };

	setenv("TMPDIR", dir, 1);
	cr_assert(file_scratch_make(&a, &s, &e), "%s", e.cause);
	cr_expect(str_starts(str_of(s.path), str_of(dir)));
	files_put(arena_printf(&a, "%s/x/y", s.path), "");
	cr_expect(file_scratch_remove(&s, &e), "%s", e.cause);
	cr_expect(file_scratch_remove(&s, &e), "twice is fine");
	cr_expect_eq(count_files(&a, dir), 0u);
	files_remove(dir);
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
	cr_expect(!io_read_file(&a, AT_FDCWD, fifo, 5, &text, &e),
		  "a FIFO must not be read, nor hang");
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
		io_map_pass(&m, str_from(m.bytes, m.bytes.n / 2));
		io_map_pass(&m, str_from(m.bytes, m.bytes.n));
		cr_expect(str_eq(m.bytes, (struct str){ text + at, 10000 - at }));
	}
	io_map_pass(&(struct mapping){ .base = NULL }, STR("text that is in memory"));
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
	/* a link to a device is not a file either */
	cr_assert_eq(symlink("/dev/null", arena_printf(&a, "%s/link", dir)), 0);
	cr_expect(file_write_path(arena_printf(&a, "%s/link", dir), 0644, STR("x"), &e), "%s",
		  e.cause);
	cr_expect(lstat(arena_printf(&a, "%s/link", dir), &st) == 0 && S_ISLNK(st.st_mode));
	files_remove(dir);
}

Test(file, abandoned_folders_go_and_held_ones_stay)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct file_workdir held = FILE_WORKDIR_INIT, left = FILE_WORKDIR_INIT,
			    young = FILE_WORKDIR_INIT;
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct error e = { 0 };

	cr_assert(file_workdir_make(fd, &held, &e) && file_workdir_make(fd, &left, &e) &&
			  file_workdir_make(fd, &young, &e),
		  "%s", e.cause);
	cr_assert_str_neq(held.name, left.name);
	files_put(arena_printf(&a, "%s/%s/src/deep/file", dir, left.name), "x");
	files_put(arena_printf(&a, "%s/%s/file", dir, held.name), "x");
	cr_assert(futimens(held.fd, old) == 0 && futimens(left.fd, old) == 0);
	cr_assert(close(left.fd) == 0 && close(young.fd) == 0); /* their process has ended */
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
	cr_expect_str_eq(e.cause, "cannot read the folder there: Bad file descriptor");
}

Test(file, batch_gives_all_names_at_its_end)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY), below = -1;
	AUTO_FILE_BATCH b = { .a = &a };
	struct error e = { 0 };
	struct stat st;

	cr_assert(file_mkdirs(fd, "d", &e) && (below = file_open_dir(fd, "d", &e)) >= 0);
	cr_assert(file_batch_write(&b, fd, "for/messages/x", 0600, STR("first"), &e));
	cr_assert(file_batch_write(&b, below, "y", 0644, STR("y"), &e));
	cr_assert(file_batch_write(&b, fd, "x", 0640, STR("second"), &e));
	cr_expect_neq(fstatat(fd, "x", &st, 0), 0);
	cr_assert(file_batch_commit(&b, &e), "%s", e.cause);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/x", dir)), "second");
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/d/y", dir)), "y");
	cr_assert_eq(fstatat(fd, "x", &st, 0), 0);
	cr_expect_eq(st.st_mode & 07777, 0640u);
	cr_expect_eq(count_files(&a, dir), 2);
	files_remove(dir);
}

Test(file, batch_that_ends_early_leaves_nothing_under_another_name)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct file_batch b = { .a = &a };
	struct error e = { 0 };

	cr_assert(file_batch_write(&b, fd, "x", 0600, STR("x"), &e));
	file_batch_abort(&b);
	cr_expect_eq(count_files(&a, dir), 0);
	files_put(arena_printf(&a, "%s/y/in the way", dir), "");
	cr_assert(file_batch_write(&b, fd, "x", 0600, STR("x"), &e));
	cr_assert(file_batch_write(&b, fd, "y", 0600, STR("y"), &e));
	cr_assert(file_batch_write(&b, fd, "z", 0600, STR("z"), &e));
	cr_expect_not(file_batch_commit(&b, &e));
	cr_expect(e.kind == ERR_SYSTEM && strstr(e.cause, "rename to y"), "%s", e.cause);
	file_batch_abort(&b);
	cr_expect_eq(count_files(&a, dir), 2, "x, and what was in the way");
	files_remove(dir);
}
