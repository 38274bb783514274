/* SPDX-License-Identifier: Apache-2.0 */
/* Builds that are killed, and disks that are full: nothing half-written, and the next run works. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "support/fixture_files.h"

static const char *manifest_of(struct arena *a, struct oracle_run r)
{
	const char *at = strstr(r.out.p, "sha256:");

	cr_assert(r.status == 0 && at, "%d: %s%s", r.status, r.out.p, r.err.p);
	return arena_strndup(a, at, strlen("sha256:") + 64);
}

/* Starts a build of hello and kills it after some microseconds; what it was doing then is chance.
 */
static void build_and_kill(const char *layout, unsigned delay)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(127);
		execl("./imgbuild", "./imgbuild", "recipes/hello.json", "-o", layout, (char *)NULL);
		_exit(127);
	}
	usleep(delay);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

Test(bad_days, F1_killed_at_any_moment_leaves_the_old_image_or_the_new_one, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = arena_printf(&a, "%s/hello", dir);
	const char *want = manifest_of(&a, IMGBUILD(&a, "recipes/hello.json", "-o", layout));
	struct error e = { 0 };

	oracle_need("skopeo");
	for (unsigned i = 0; i < 24; i++) {
		const char *index = arena_printf(&a, "%s/index.json", layout);

		if (i % 2)
			cr_assert(file_remove_tree(AT_FDCWD, layout, &e), "%s", e.cause);
		else
			unlink(arena_printf(&a, "%s/oci-layout", layout));
		build_and_kill(layout, 4000 + i * 23000);
		if (access(index, F_OK) == 0 &&
		    access(arena_printf(&a, "%s/oci-layout", layout), F_OK) == 0)
			ORACLE(&a, "skopeo", "inspect",
			       arena_printf(&a, "oci:%s:hello:latest", layout));
		cr_expect_str_eq(manifest_of(&a, IMGBUILD(&a, "recipes/hello.json", "-o", layout)),
				 want);
	}
	files_remove(dir);
}

Test(bad_days, F3_full_disk_is_said_once_and_the_next_run_works, .timeout = 600)
{
	static const char *const sizes[] = { "64k", "1m", "4m", "9m" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = arena_printf(&a, "%s/small/hello", dir);

	manifest_of(&a, IMGBUILD(&a, "recipes/hello.json", "-o", arena_printf(&a, "%s/fine", dir)));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const char *command = arena_printf(
			&a,
			"mkdir -p %s/small && mount -t tmpfs -o size=%s none %s/small && "
			"./imgbuild recipes/hello.json -o %s; s=$?; ls -A %s/small >&2; exit $s",
			dir, sizes[i], dir, layout, dir);
		struct oracle_run r = oracle_run(&a, (const char *const[]){ "unshare", "--user",
									    "--map-root-user",
									    "--mount", "sh", "-c",
									    command, NULL });

		cr_expect_eq(r.status, 6, "%s: %d %s", sizes[i], r.status, r.err.p);
		cr_expect(strstr(r.err.p, "No space left on device"), "%s: %s", sizes[i], r.err.p);
		cr_expect(str_ends(str_trim(r.err), STR("device")), "%s: something was left: %s",
			  sizes[i], r.err.p);
	}
	manifest_of(&a,
		    IMGBUILD(&a, "recipes/hello.json", "-o", arena_printf(&a, "%s/after", dir)));
	files_remove(dir);
}

Test(bad_days, F19_closed_standard_output_is_an_error, .timeout = 600)
{
	static const char *const commands[] = {
		"./imgbuild version > /dev/full",
		"./imgbuild version >&-",
		"./imgbuild explain >&-",
		/* libraries are missing, which is status 1, but nobody can read which */
		"./imgbuild elf --root . /imgbuild > /dev/full",
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct oracle_run r = oracle_run(&a, (const char *const[]){ "sh", "-c", commands[i],
									    NULL });

		cr_expect_eq(r.status, 6, "%s: %s", commands[i], r.err.p);
		cr_expect(strstr(r.err.p, "write standard output"), "%s: %s", commands[i], r.err.p);
	}
}

Test(cli, mistakes_are_answered_with_what_to_do)
{
	static const struct {
		const char *args[4];
		int status;
		const char *says;
	} cases[] = {
		{ { NULL }, 2, "no recipe and no verb given" },
		{ { "buidl", "x" }, 2, "did you mean \"build\"?" },
		{ { "build" }, 2, "no recipe given" },
		{ { "build", "--archve", "x.tar" }, 2, "did you mean \"--archive\"?" },
		{ { "build", "recipes/hello.json", "-o" }, 2, "-o needs a value" },
		{ { "recipes/cephallo.json" },
		  3,
		  "there is no recipe recipes/cephallo.json; did you mean recipes/cephalo.json?" },
		{ { "nowhere/at-all.json" }, 3, "there is no recipe nowhere/at-all.json" },
		{ { "--progres=plain", "recipes/hello.json" }, 2, "did you mean \"--progress\"?" },
		{ { "--progress=loud", "recipes/hello.json" },
		  2,
		  "--progress is auto, plain, tty, json or quiet" },
		{ { "-j", "many", "recipes/hello.json" }, 2, "-j takes a number" },
		{ { "recipes/hello.json", "--platform", "linux/vax" },
		  2,
		  "known are linux/amd64, linux/arm64" },
		{ { "recipes/hello.json", "recipes/cephalo.json", "--tag=x" },
		  2,
		  "one recipe only" },
		{ { "--locked=yes", "version" }, 2, "--locked takes no value" },
		{ { "fetch" }, 2, "fetch" },
		{ { "lock" }, 2, "lock" },
		{ { "audit", "out/nothing-here" }, 3, "no image at" },
		{ { "test", "out/nothing-here", "none.json" }, 3, "there is no file none.json" },
		{ { "test", "out/nothing-here", "none.yaml" }, 3, "there is no file none.yaml" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oracle_run r = imgbuild_run(&a, cases[i].args);

		cr_expect_eq(r.status, cases[i].status, "case %zu: %d\n%s", i, r.status, r.err.p);
		cr_expect(strstr(r.err.p, cases[i].says), "case %zu says:\n%s", i, r.err.p);
	}
}

/* A compile may take long: what its end would refuse is refused at once. */
Test(cli, a_place_or_name_that_cannot_be_is_told_before_the_work)
{
	static const struct {
		const char *option, *value, *says;
		int status;
	} cases[] = {
		{ "-o", "Makefile", "layout Makefile: Makefile is there and is not a folder", 3 },
		{ "-o", "tests", "is not replaced", 3 },
		{ "--archive", "tests", "archive tests: tests is there and is not a regular file",
		  3 },
		{ "--archive", "images.json",
		  "archive images.json: images.json is there and is not an archive; it is not replaced",
		  3 },
		{ "--tag", "No Name", "a tag has 1 to 128 letters", 2 },
		{ "--tag", "hello:team/app", "\"hello:team\" is not a host", 2 },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oracle_run r = IMGBUILD(&a, "--progress=plain", "recipes/hello.json",
					       cases[i].option, cases[i].value);

		cr_expect_eq(r.status, cases[i].status, "case %zu: %d\n%s", i, r.status, r.err.p);
		cr_expect(strstr(r.err.p, cases[i].says) && !strstr(r.err.p, "fetch]"),
			  "case %zu says:\n%s", i, r.err.p);
	}
}

Test(cli, help_of_every_verb_is_a_result)
{
	AUTO_ARENA a = { 0 };
	static const char *const verbs[] = { "build", "lock",	 "update", "fetch",
					     "audit", "explain", "diff",   "why",
					     "graph", "verify",	 "test",   "elf",
					     "gc",    "store",	 "schema", "version" };
	struct oracle_run r = IMGBUILD(&a, "--help");

	cr_expect_eq(r.status, 0);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		struct oracle_run one = IMGBUILD(&a, verbs[i], "--help");

		cr_expect(strstr(r.out.p, arena_printf(&a, "\n  %s ", verbs[i])),
			  "%s is not listed", verbs[i]);
		cr_expect(one.status == 0 && strstr(one.out.p, "Usage: imgbuild "), "%s: %s%s",
			  verbs[i], one.out.p, one.err.p);
	}
}
