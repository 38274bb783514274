/* SPDX-License-Identifier: Apache-2.0 */
/* Disks of every size, damaged entries, and the order of writes: F2, F3, F13 and F24 of the fault
 * plan over whole builds. IMGBUILD_FAULTS=all takes finer steps. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_registry.h"
#include "support/fixture_files.h"
#include "base/path.h"
#include "support/fixture_minirepo.h"
#include "support/fixture_sandbox.h"
#include "support/fixture_writelog.h"

/* What strace tells: all that changes files and names, and what has them on the disk. */
#define TRACED_CALLS                                                                      \
	"trace=/^(p?write(v|64)?|copy_file_range|f(data)?sync|syncfs|rename.*|link(at)?|" \
	"mkdir(at)?|unlinkat)$"

static bool is_thorough(void)
{
	const char *how = getenv("IMGBUILD_FAULTS");

	return how && strcmp(how, "all") == 0;
}

/* Builds with `dir` on disks that grow until all fits. */
static void sweep_sizes(struct minirepo *m, const char *dir, const char *image)
{
	unsigned step = is_thorough() ? 4 : 8, full = 0, kib = 8;
	struct oracle_run r = { .status = 6 };

	for (; r.status && kib < 4096; kib += step) {
		minirepo_clear(m);
		minirepo_serve(m);
		(void)mkdir(dir, 0700);
		sandbox_tmpfs(dir, kib);
		r = minirepo_build(m);
		full += r.status == 6;
		cr_expect(r.status == 0 || r.status == 6, "%u KiB: %d %s", kib, r.status, r.err.p);
		cr_expect(r.status == 0 || strstr(r.err.p, "No space left on device"), "%u KiB: %s",
			  kib, r.err.p);
		/* also when only the record of the finished build had no room */
		cr_expect(access(m->out, F_OK) != 0 ||
				  strcmp(minirepo_digest(m->a, m->out), image) == 0,
			  "%u KiB: half an image", kib);
		cr_expect_eq(minirepo_temporaries(m->a, m->dir), 0, "%u KiB: leftovers", kib);
		cr_expect(r.status || access(m->out, F_OK) == 0);
		sandbox_unmount(dir);
	}
	cr_expect_eq(r.status, 0, "at last there was room");
	cr_expect_gt(full, 0, "no disk was too small");
	cr_log_info("%s: %u disks too small, %u KiB enough", path_base(dir), full, kib - step);
}

Test(disk, F3_disks_of_every_size, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const char *image;

	if (!sandbox_enter())
		cr_skip_test("no mount namespaces here");
	minirepo_open(&m, &a);
	cr_assert_eq(minirepo_build(&m).status, 0);
	image = minirepo_digest(&a, m.out);
	sweep_sizes(&m, m.store, image);
	sweep_sizes(&m, arena_printf(&a, "%s/out", m.dir), image);
	minirepo_close(&m);
}

enum damage { FLIPPED, CUT, EMPTY, FOLDER, LINK, FIFO, UNREADABLE, DAMAGES };

static void damage_file(const char *path, enum damage how)
{
	struct stat st;
	char byte = 0;
	int fd;

	cr_assert_eq(stat(path, &st), 0);
	chmod(path, 0600);
	fd = open(path, O_RDWR);
	if (how == FLIPPED && pread(fd, &byte, 1, st.st_size / 2) == 1) {
		byte ^= 1;
		cr_assert_eq(pwrite(fd, &byte, 1, st.st_size / 2), 1);
	}
	if (how == CUT || how == EMPTY)
		cr_assert_eq(ftruncate(fd, how == CUT ? st.st_size / 2 : 0), 0);
	close(fd);
	if (how == FOLDER || how == LINK || how == FIFO)
		unlink(path);
	if (how == FOLDER)
		cr_assert_eq(mkdir(path, 0700), 0);
	if (how == LINK)
		cr_assert_eq(symlink("/etc/passwd", path), 0);
	if (how == FIFO)
		cr_assert_eq(mkfifo(path, 0600), 0);
	chmod(path, how == UNREADABLE ? 0 : 0444);
}

Test(disk, F13_every_entry_of_the_store_damaged_in_every_way, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct strings entries;
	const char *image;
	unsigned done = 0;

	minirepo_open(&m, &a);
	cr_assert_eq(minirepo_build(&m).status, 0);
	image = minirepo_digest(&a, m.out);
	entries = files_below(&a, arena_printf(&a, "%s/blobs", m.store), "");
	for (struct strings more = files_below(&a, arena_printf(&a, "%s/actions", m.store), "");
	     more.n;)
		*list_push(&a, &entries) = more.v[--more.n];
	for (size_t i = 0; i < entries.n; i++) {
		for (enum damage how = 0; how < DAMAGES; how++) {
			struct oracle_run r;
			struct stat st;

			if (!is_thorough() && how != i % DAMAGES)
				continue;
			if (lstat(entries.v[i], &st) < 0 || !S_ISREG(st.st_mode))
				continue; /* a build had no use for it and left it as it was */
			if (done++ % 40 == 0)
				minirepo_serve(&m);
			damage_file(entries.v[i], how);
			files_remove(m.out);
			r = minirepo_build(&m);
			cr_expect_eq(r.status, 0, "%s, damage %d: %s", entries.v[i], how, r.err.p);
			cr_expect_str_eq(minirepo_digest(&a, m.out), image, "%s, damage %d",
					 entries.v[i], how);
		}
	}
	cr_log_info("%u entries damaged", done);
	minirepo_close(&m);
}

/* A package that is decoded is proven by what was decoded; then that and the package are wrong. */
Test(disk, F13_all_blobs_damaged_at_once, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct strings blobs;
	const char *image;

	minirepo_open(&m, &a);
	cr_assert_eq(minirepo_build(&m).status, 0);
	image = minirepo_digest(&a, m.out);
	for (enum damage how = FLIPPED; how <= EMPTY; how++) {
		struct oracle_run r;

		blobs = files_below(&a, arena_printf(&a, "%s/blobs", m.store), "");
		list_each(blob, &blobs)
			damage_file(*blob, how);
		files_remove(m.out);
		minirepo_serve(&m);
		r = minirepo_build(&m);
		cr_expect_eq(r.status, 0, "damage %d: %s", how, r.err.p);
		cr_expect_str_eq(minirepo_digest(&a, m.out), image, "damage %d", how);
	}
	minirepo_close(&m);
}

/* No file has its name before its bytes are on the disk, no name is believed before its folder is:
 * whatever of the rest a power loss takes, what is visible is whole. */
Test(disk, F2_every_rename_comes_after_the_sync_of_what_it_names, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct writelog log = { .a = &a };
	const char *prefix;
	struct oracle_run r;

	oracle_need("strace");
	minirepo_open(&m, &a);
	prefix = arena_printf(&a, "%s/home/log", m.dir);
	r = oracle_run(&a,
		       (const char *const[]){ "strace", "-ff", "-ttt", "-y", "-qq", "-o", prefix,
					      "-e", TRACED_CALLS, minirepo_program,
					      "--progress=quiet", m.recipe, "-o", m.out, NULL });
	if (r.status != 0 && strstr(r.err.p, "ptrace"))
		cr_skip_test("processes cannot be traced here");
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	writelog_add(&log, writelog_join(&a, arena_printf(&a, "%s/home", m.dir)), m.dir);
	cr_expect_gt(log.renames, 10, "only %u renames seen", log.renames);
	cr_expect_eq(log.faults.n, 0, "%zu faults; the first: %s", log.faults.n,
		     log.faults.n ? log.faults.v[0] : "");
	minirepo_close(&m);
}

/* Threads fetch blobs, and their folder is synced once, when all have their names. */
static size_t pull_syncs_names(const char *log)
{
	struct str rest = str_of(log), line;
	size_t n = 0;

	while (str_next(&rest, '\n', &line))
		n += str_starts(line, STR("fsync(")) &&
		     memmem(line.p, line.n, "/store/blobs/sha256>", strlen("/store/blobs/sha256>"));
	return n;
}

Test(disk, F2_a_pull_syncs_files_before_their_names_and_names_once, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *logs = arena_printf(&a, "%s/logs", dir);
	const char *prefix = arena_printf(&a, "%s/log", logs);
	struct writelog log = { .a = &a };
	struct registry r;
	struct oracle_run run;
	const char *text;

	oracle_need("strace");
	registry_open(&r, &a, REGISTRY_OPEN);
	run = IMGBUILD(&a, "push", image_build(&a, dir, "hello"), registry_ref(&r, "hello"));
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	ORACLE(&a, "mkdir", logs);
	run = oracle_run(&a, (const char *const[]){ "strace", "-ff", "-ttt", "-y", "-qq", "-o",
						    prefix, "-e", TRACED_CALLS, "./imgbuild",
						    "--progress=quiet", "pull", "--cache-dir",
						    arena_printf(&a, "%s/store", dir),
						    registry_ref(&r, "hello"), "-o",
						    arena_printf(&a, "%s/copy", dir), NULL });
	if (run.status != 0 && strstr(run.err.p, "ptrace"))
		cr_skip_test("processes cannot be traced here");
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	text = writelog_join(&a, logs);
	writelog_add(&log, text, dir);
	cr_expect_gt(log.renames, 6, "only %u renames seen", log.renames);
	cr_expect_eq(log.faults.n, 0, "%s", log.faults.n ? log.faults.v[0] : "");
	cr_expect_eq(pull_syncs_names(text), 2, "once for the manifest, once for all blobs");
	registry_close(&r);
	files_remove(dir);
}

Test(disk, F2_a_log_with_a_missing_sync_is_found)
{
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{ "write(5</w/.tmp-a>, \"x\", 1) = 1\nfsync(5</w/.tmp-a>) = 0\n"
		  "renameat(4</w>, \".tmp-a\", 4</w>, \"a\") = 0\nfsync(4</w>) = 0\n",
		  NULL },
		{ "write(5</w/.tmp-a>, \"x\", 1) = 1\n"
		  "renameat(4</w>, \".tmp-a\", 4</w>, \"a\") = 0\nfsync(4</w>) = 0\n",
		  "/w/.tmp-a" },
		{ "fsync(5</w/.tmp-a>) = 0\nwrite(5</w/.tmp-a>, \"x\", 1) = 1\n"
		  "renameat(4</w>, \".tmp-a\", 4</w>, \"a\") = 0\nfsync(4</w>) = 0\n",
		  "/w/.tmp-a" },
		{ "write(5</w/.tmp-a>, \"x\", 1) = 1\nfsync(5</w/.tmp-a>) = 0\n"
		  "renameat(4</w>, \".tmp-a\", 4</w>, \"a\") = 0\n",
		  "/w " },
		{ "renameat(4</w/d/e>, \"a\", 5</w/d>, \".tmp-a\") = 0\n", "/w/d " },
		{ "renameat(4</w/d/e>, \"a\", 5</w/d>, \".tmp-a\") = 0\nunlinkat(4</w>, \"d\", AT_REMOVEDIR) = 0\n",
		  NULL },
		{ "write(5</w/.tmp-d/f>, \"x\", 1) = 1\nfsync(5</w/.tmp-d>) = 0\n"
		  "renameat2(4</w>, \".tmp-d\", 4</w>, \"d\", RENAME_NOREPLACE) = 0\nfsync(4</w>) = 0\n",
		  "/w/.tmp-d/f" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct writelog log = { .a = &a };

		writelog_add(&log, cases[i].text, "/w");
		cr_expect_eq(log.faults.n, cases[i].fault != NULL, "case %zu", i);
		if (cases[i].fault && log.faults.n)
			cr_expect(strstr(log.faults.v[0], cases[i].fault), "case %zu: %s", i,
				  log.faults.v[0]);
	}
}

Test(disk, T14_F24_odd_surroundings, .timeout = 600)
{
	static const struct {
		const char *what, *command;
		int status;
		bool made;
	} cases[] = {
		{ "closed descriptors", "exec \"$0\" \"$@\" <&- >&- 2>&-", 6, true },
		{ "closed input and messages", "exec \"$0\" \"$@\" <&- 2>&-", 0, true },
		{ "no rights for new files", "umask 0777; exec \"$0\" \"$@\"", 0, true },
		{ "all rights for new files", "umask 0; exec \"$0\" \"$@\"", 0, true },
		{ "no home", "unset HOME; exec \"$0\" \"$@\"", 0, true },
		{ "no place for temporary files", "TMPDIR=/nonexistent exec \"$0\" \"$@\"", 6,
		  false },
	};
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const char *image;

	minirepo_open(&m, &a);
	cr_assert_eq(minirepo_build(&m).status, 0);
	image = minirepo_digest(&a, m.out);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oracle_run r;

		minirepo_clear(&m);
		minirepo_serve(&m);
		r = oracle_run(&a, (const char *const[]){ "sh", "-c", cases[i].command,
							  minirepo_program, m.recipe, "-o", m.out,
							  NULL });
		cr_expect_eq(r.status, cases[i].status, "%s: %d %s", cases[i].what, r.status,
			     r.err.p);
		if (!cases[i].made)
			cr_expect(strstr(r.err.p, "/nonexistent"), "%s", r.err.p);
		else
			cr_expect_str_eq(minirepo_digest(&a, m.out), image, "%s", cases[i].what);
	}
	minirepo_close(&m);
}
