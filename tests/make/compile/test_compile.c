/* SPDX-License-Identifier: Apache-2.0 */
/* The compile stage from recipe to fragment, with a toolchain of one program. */

#include "make/compile/compile.h"
#include "make/compile/compile_key.h"
#include "make/compile/launcher.h"
#include "make/compile/workplace.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input/release/clearsign.h"
#include "support/fixture_files.h"
#include "support/fixture_workshop.h"
#include "support/gen_archive.h"

#define KEEP(w, pattern) \
	(*list_push(&(w)->depot.a, &(w)->source.keep) = (struct glob){ .text = (pattern) })

static void open_simple(struct workshop *w)
{
	workshop_open(w);
	WORKSHOP_STEP(w, "make", "args", "${destdir}/usr/bin/x", "first");
	KEEP(w, "/usr/bin/x");
}

static void must_compile_with(struct workshop *w, unsigned jobs, struct fragment *f)
{
	const char *text;
	enum err_kind kind;

	cr_assert(workshop_compile(w, jobs, f, &text, &kind), "%u: %s\n%s", jobs, text,
		  buf_cstr(&w->said));
}

Test(compile, words_of_a_step_are_passed_as_they_are)
{
	struct workshop w;
	struct fragment f;

	workshop_open(&w);
	WORKSHOP_STEP(&w, "make", "args", "${destdir}/usr/bin/x", "$(touch /build/out/hacked)",
		      "; exit 7", "`id`", "a\nb", "*", "'\"\\", "../..", "", "-j${jobs}",
		      "${target}", "${source}", "${unknown}", "${cargo-target}");
	KEEP(&w, "/usr/bin/x");
	KEEP(&w, "/hacke?");
	must_compile_with(&w, 3, &f);
	cr_expect_str_eq(
		str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/x")),
		"$(touch /build/out/hacked)\n; exit 7\n`id`\na\nb\n*\n'\"\\\n../..\n\n-j3\n"
		"x86_64-linux-gnu\n/build/src\n${unknown}\nx86_64-unknown-linux-gnu\n");
	cr_expect_eq(f.nodes.n, 1);
	fragment_close(&f);
	workshop_close(&w);
}

Test(compile, the_environment_is_the_recipes_and_nothing_of_the_host)
{
	struct workshop w;
	struct fragment f;

	setenv("IMGBUILD_TEST_SECRET", "1", 1);
	workshop_open(&w);
	*list_push(&w.depot.a, &w.source.env) = (struct variable){ "CFLAGS", "-O2 -I${source}" };
	WORKSHOP_STEP(&w, "make", "env", "${destdir}/usr/bin/x", "CFLAGS", "IMGBUILD_TEST_SECRET",
		      "TZ", "LC_ALL", "SOURCE_DATE_EPOCH", "HOME", "PATH");
	KEEP(&w, "/usr/bin/x");
	must_compile_with(&w, 1, &f);
	cr_expect_str_eq(
		str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/x")),
		"CFLAGS=-O2 -I/build/src\nIMGBUILD_TEST_SECRET=(unset)\nTZ=UTC0\nLC_ALL=C.UTF-8\n"
		"SOURCE_DATE_EPOCH=1\nHOME=/build\nPATH=/usr/sbin:/usr/bin\n");
	fragment_close(&f);
	workshop_close(&w);
}

Test(compile, a_failing_step_shows_forty_lines_and_keeps_all)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text, *said, *log;

	workshop_open(&w);
	KEEP(&w, "/usr/bin/x");
	WORKSHOP_STEP(&w, "configure", "nothing");
	WORKSHOP_STEP(&w, "make", "fail", "7");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_INPUT);
	cr_expect(
		strstr(text,
		       "compile thing: step \"make\" failed with exit status 7; the whole log is in "),
		"%s", text);
	said = buf_cstr(&w.said);
	cr_expect(strstr(said, "  | line 21\n") && strstr(said, "  | line 60\n"), "%s", said);
	cr_expect_null(strstr(said, "  | line 20\n"));
	log = files_get(&w.depot.a, strstr(text, w.depot.path));
	cr_expect(strstr(log, "== configure: /usr/bin/tool nothing\n") &&
			  strstr(log, "== make: /usr/bin/tool fail 7\n") &&
			  strstr(log, "\nline 1\n") && strstr(log, "\nline 60\n"),
		  "%s", log);
	workshop_close(&w);
}

/* As curl, Go, Node, Python and Rust say it without a network. */
Test(compile, a_step_that_wants_the_network_is_told_that_there_is_none)
{
	static const struct {
		const char *word;
		bool told;
	} cases[] = {
		{ "curl: (6) Could not resolve host: example.test", true },
		{ "dial tcp: lookup example.test: Temporary failure in name resolution", true },
		{ "Error: getaddrinfo EAI_AGAIN example.test", true },
		{ "message: \"Network is unreachable\"", true },
		{ "socket.gaierror: [Errno -3]", true },
		{ "-- Looking for getaddrinfo_a in anl - found", false },
		{ "x.c:1: error: unknown type name", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct workshop w;
		struct fragment f;
		enum err_kind kind;
		const char *text, *told;

		workshop_open(&w);
		KEEP(&w, "/usr/bin/x");
		WORKSHOP_STEP(&w, "make", "fail", "7", cases[i].word);
		cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
		told = strstr(buf_cstr(&w.said),
			      "a step asked for the network, and the sandbox has none: what it "
			      "needs has to be in the folder, a file of \"dependencies\", or a "
			      "Debian package of \"build-depends\" in thing.json\n");
		cr_expect_eq(told != NULL, cases[i].told, "%s", buf_cstr(&w.said));
		workshop_close(&w);
	}
}

Test(compile, a_step_that_hangs_is_a_limit_of_the_machine)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	open_simple(&w);
	w.source.limits.wall_seconds = 1;
	WORKSHOP_STEP(&w, "test", "hang");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_SYSTEM);
	cr_expect(strstr(text, "step \"test\" took longer than the 1 s"), "%s", text);
	workshop_close(&w);
}

Test(compile, failures_leave_neither_results_nor_folders)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	struct strings left;
	const char *text;

	open_simple(&w);
	WORKSHOP_STEP(&w, "test", "fail", "1");
	for (int i = 0; i < 2; i++) /* and it is not remembered as a success */
		cr_expect_not(workshop_compile(&w, 1, &f, &text, &kind));
	left = files_below(&w.depot.a, w.depot.path, "/main.c");
	cr_expect_eq(left.n, 0, "%s", left.n ? left.v[0] : "");
	workshop_close(&w);
}

/* Who asks may remove the build's folder later, and whatever else he does, it is gone then. */
Test(compile, a_folder_that_is_left_goes_when_it_is_closed)
{
	struct workplace left = WORKPLACE_INIT;
	const char *text, *first;
	struct fragment f;
	enum err_kind kind;
	struct workshop w;

	open_simple(&w);
	w.workplace = &left;
	must_compile_with(&w, 1, &f);
	fragment_close(&f);
	first = left.path;
	cr_assert(first && access(first, F_OK) == 0);
	/* another build has another one, also if it fails */
	WORKSHOP_STEP(&w, "test", "fail", "1");
	cr_expect_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect(access(first, F_OK) < 0 && access(left.path, F_OK) == 0);
	workplace_close(&left);
	cr_expect(access(left.path, F_OK) < 0);
	workplace_close(&left);
	workshop_close(&w);
}

Test(compile, what_is_kept_must_have_been_installed)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	open_simple(&w);
	*list_push(&w.depot.a, &w.source.keep) = (struct glob){ "/usr/bin/y",
								{ "thing.json", 9, 2, NULL } };
	cr_expect_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_INPUT);
	cr_expect_str_eq(
		text,
		"thing.json:9:2: compile thing: the build of thing installed no /usr/bin/y, which its "
		"recipe keeps");
	workshop_close(&w);
}

Test(compile, what_was_installed_elsewhere_is_told)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	open_simple(&w);
	w.source.keep.v[0] = (struct glob){ "/usr/sbin/x", { "thing.json", 9, 2, NULL } };
	KEEP(&w, "/usr/bin/y");
	cr_expect_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_INPUT);
	cr_expect_str_eq(text, "thing.json:9:2: compile thing: the build of thing installed no "
			       "/usr/sbin/x, which its recipe keeps; it installed "
			       "/usr/bin/x");
	workshop_close(&w);
}

Test(compile, patterns_that_match_nothing_are_warned_of_each_time)
{
	static const char *const said =
		"thing.json:3:5: keep: pattern \"/usr/lib/**\" matches nothing that the build of thing installs\n"
		"thing.json:4:5: drop: pattern \"**/*.la\" matches nothing that the build of thing installs\n";
	struct workshop w;
	struct fragment f;

	open_simple(&w);
	*list_push(&w.depot.a, &w.source.keep) = (struct glob){ "/usr/lib/**",
								{ "thing.json", 3, 5, NULL } };
	*list_push(&w.depot.a, &w.source.drop) = (struct glob){ "**/*.la",
								{ "thing.json", 4, 5, NULL } };
	for (int i = 0; i < 2; i++) {
		must_compile_with(&w, 1, &f);
		cr_expect_eq(f.cached, i == 1);
		cr_expect(str_ends(buf_str(&w.said), str_of(said)), "%s", buf_cstr(&w.said));
		fragment_close(&f);
	}
	workshop_close(&w);
}

Test(compile, a_source_that_is_nested_too_deep_is_bad_input)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	open_simple(&w);
	files_put(arena_printf(&w.depot.a, "%s/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/x",
			       w.sources),
		  "x");
	cr_expect_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_INPUT);
	cr_expect(strstr(text, "/16/17 is nested more than 16 deep"), "%s", text);
	workshop_close(&w);
}

Test(compile, the_second_time_it_is_taken_from_the_store)
{
	struct workshop w;
	struct fragment f;

	open_simple(&w);
	must_compile_with(&w, 1, &f);
	cr_expect_not(f.cached);
	cr_expect(
		strstr(buf_cstr(&w.said),
		       "compile thing (linux/amd64): made: first build of this on this machine\n"));
	fragment_close(&f);
	must_compile_with(&w, 8, &f);
	cr_expect(f.cached);
	cr_expect(strstr(buf_cstr(&w.said), "compile thing (linux/amd64): reused\n"));
	fragment_close(&f);
	workshop_close(&w);
}

/* Whoever comes second waits for the first, and takes what it has made. */
Test(compile, two_builds_on_one_store_compile_a_source_once)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;
	int status = -1;
	pid_t pid, ended = 0;

	open_simple(&w);
	WORKSHOP_STEP(&w, "slow", "sleep");
	pid = fork();
	if (pid == 0)
		_exit(!workshop_compile(&w, 1, &f, &text, &kind) ? 9 : f.cached);
	while (!ended && files_below(&w.depot.a, w.depot.path, ".log").n == 0) {
		usleep(1000);
		ended = waitpid(pid, &status, WNOHANG);
	}
	must_compile_with(&w, 1, &f);
	cr_assert(ended || waitpid(pid, &status, 0) == pid);
	cr_assert(WIFEXITED(status));
	cr_expect_eq(WEXITSTATUS(status) + f.cached, 1,
		     "one of them has compiled, the other has not");
	cr_expect(!f.cached ||
			  strstr(buf_cstr(&w.said), "thing is being compiled by another imgbuild"),
		  "%s", buf_cstr(&w.said));
	fragment_close(&f);
	workshop_close(&w);
}

Test(compile, explain_names_the_input_that_changed)
{
	struct workshop w;
	struct fragment f;

	open_simple(&w);
	must_compile_with(&w, 1, &f);
	fragment_close(&f);
	files_put(arena_printf(&w.depot.a, "%s/main.c", w.sources), "second");
	must_compile_with(&w, 1, &f);
	cr_expect(strstr(buf_cstr(&w.said),
			 "compile thing (linux/amd64): made: file thing/main.c changed\n"),
		  "%s", buf_cstr(&w.said));
	fragment_close(&f);
	w.source.steps.v[0].run.v[3] = "second";
	must_compile_with(&w, 1, &f);
	cr_expect(strstr(buf_cstr(&w.said), ": made: step make.run changed\n"), "%s",
		  buf_cstr(&w.said));
	fragment_close(&f);
	*list_push(&w.depot.a, &w.source.env) = (struct variable){ "CFLAGS", "-O2" };
	must_compile_with(&w, 1, &f);
	cr_expect(strstr(buf_cstr(&w.said), ": made: env CFLAGS is new\n"), "%s",
		  buf_cstr(&w.said));
	fragment_close(&f);
	*list_push(&w.depot.a, &w.toolchain.links) = (struct link_spec){ .path = "/usr/bin/t",
									 .to = "tool" };
	must_compile_with(&w, 1, &f);
	cr_expect(strstr(buf_cstr(&w.said), ": made: toolchain link /usr/bin/t is new\n"), "%s",
		  buf_cstr(&w.said));
	fragment_close(&f);
	workshop_close(&w);
}

/* What was compiled for another platform in between is not a part of the comparison. */
Test(compile, explain_compares_with_the_last_time_for_the_same_platform)
{
	const struct platform *arm64 = platform_find(STR("linux/arm64"));
	struct workshop w;
	struct fragment f;

	open_simple(&w);
	must_compile_with(&w, 1, &f);
	fragment_close(&f);
	w.lock.architecture = arm64->machine->debian;
	*list_push(&w.depot.a, &w.toolchain.cross) = (struct cross){ .platform = arm64 };
	must_compile_with(&w, 1, &f);
	cr_expect(
		strstr(buf_cstr(&w.said),
		       "compile thing (linux/arm64): made: first build of this on this machine\n"),
		"%s", buf_cstr(&w.said));
	fragment_close(&f);
	files_put(arena_printf(&w.depot.a, "%s/main.c", w.sources), "second");
	w.lock.architecture = "amd64";
	must_compile_with(&w, 1, &f);
	cr_expect(strstr(buf_cstr(&w.said),
			 "compile thing (linux/amd64): made: file thing/main.c changed\n"),
		  "%s", buf_cstr(&w.said));
	fragment_close(&f);
	workshop_close(&w);
}

static void damage_file_byte(const char *path)
{
	int fd;

	cr_assert_eq(chmod(path, 0644), 0);
	fd = open(path, O_WRONLY);
	cr_assert(fd >= 0 && pwrite(fd, "X", 1, 0) == 1 && close(fd) == 0);
}

Test(compile, a_damaged_result_is_noticed_and_made_again)
{
	struct workshop w;
	struct fragment f;

	open_simple(&w);
	must_compile_with(&w, 1, &f);
	fragment_close(&f);
	damage_file_byte(depot_blob_path(&w.depot, &f.blob_digest));
	must_compile_with(&w, 1, &f);
	cr_expect_not(f.cached);
	cr_expect_str_eq(str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/x")), "first\n");
	fragment_close(&f);
	workshop_close(&w);
}

Test(compile, the_number_of_jobs_does_not_change_the_bytes)
{
	const unsigned jobs[] = { 1, 7, 3 };
	struct digest first = { 0 };
	size_t nodes = 0;

	for (size_t i = 0; i < 3; i++) {
		struct workshop w;
		struct fragment f;

		/* each time another store, another folder, another umask */
		umask(i == 1 ? 077 : 022);
		workshop_open(&w);
		WORKSHOP_STEP(&w, "make", "parts", "${destdir}/usr/lib", "${jobs}");
		WORKSHOP_STEP(&w, "more", "args", "${destdir}/usr/bin/x", "x");
		KEEP(&w, "/usr/bin/x");
		KEEP(&w, "/usr/lib/**");
		must_compile_with(&w, jobs[i], &f);
		if (i == 0) {
			first = f.blob_digest;
			nodes = f.nodes.n;
		}
		cr_expect_eq(f.nodes.n, nodes);
		cr_expect(digest_eq(&first, &f.blob_digest));
		for (size_t k = 0; k < f.nodes.n; k++)
			cr_expect(f.nodes.v[k].mode == 0755 || f.nodes.v[k].mode == 0644);
		fragment_close(&f);
		workshop_close(&w);
	}
	cr_expect_geq(nodes, 21);
}

static const struct launcher ccache = { .ccache = true };

Test(compile, a_launcher_is_in_the_path_and_in_no_key)
{
	struct workshop w;
	struct fragment f;
	const char *path = "PATH=/usr/lib/ccache:/opt/own:/usr/bin\nCCACHE_DIR=/cache\n"
			   "CCACHE_NODIRECT=1\n";

	workshop_open(&w);
	*list_push(&w.depot.a, &w.source.env) = (struct variable){ "PATH", "/opt/own:/usr/bin" };
	WORKSHOP_STEP(&w, "see", "env", "${destdir}/usr/bin/x", "PATH", "CCACHE_DIR",
		      "CCACHE_NODIRECT");
	/* what the launcher remembers outlives the build; gcc is found as the launcher */
	*list_push(&w.depot.a, &w.toolchain.links) = (struct link_spec){ .path = "/usr/bin/gcc",
									 .to = "tool" };
	WORKSHOP_STEP(&w, "remember", "args", "/cache/memory", "remembered");
	w.source.steps.v[1].run.v[0] = "/usr/lib/ccache/gcc";
	KEEP(&w, "/usr/bin/x");
	*list_push(&w.depot.a, &w.toolchain.launcher) = "ccache";
	w.options.launcher = &ccache;
	workshop_package(&w, "ccache", "launcher:t");
	must_compile_with(&w, 1, &f);
	cr_expect(str_starts(workshop_file(&w, &f, "usr/bin/x"), str_of(path)));
	cr_expect_str_eq(files_get(&w.depot.a, arena_printf(&w.depot.a, "%s/ccache/thing/memory",
							    w.depot.path)),
			 "remembered\n");
	fragment_close(&f);
	w.options.launcher = NULL;
	must_compile_with(&w, 1, &f);
	cr_expect(f.cached, "the launcher is part of the key");
	fragment_close(&f);
	workshop_close(&w);
}

Test(compile, a_lock_without_the_launcher_compiles_without_it)
{
	struct workshop w;
	struct fragment f;

	open_simple(&w);
	*list_push(&w.depot.a, &w.toolchain.launcher) = "ccache";
	w.options.launcher = &ccache;
	must_compile_with(&w, 1, &f);
	cr_expect(strstr(buf_cstr(&w.said),
			 "names no package ccache for the launcher of toolchain t"));
	fragment_close(&f);
	workshop_close(&w);
}

/* Both sources end with an error: the toolchain has no tar. Only one gets as far as that. */
Test(compile, an_upstream_tarball_must_be_signed_by_a_pinned_key)
{
	struct workshop w;
	struct archivegen g;
	struct clearsign parts;
	struct locked_source *s;
	struct locked_file *f;
	struct fragment ignored;
	struct archivegen_key other;
	struct error e = { 0 };
	enum err_kind kind;
	const char *text, *file;

	open_simple(&w);
	archivegen_open(&g, &w.depot.a);
	other = archivegen_key(&g, "other", "never");
	file = archivegen_sign(&g, "a tarball\n", (const char *const[]){ g.key.fingerprint, NULL });
	cr_assert(clearsign_split(str_of(file), "tarball", &parts, &e));
	s = list_push(&w.depot.a, &w.lock.sources);
	*s = (struct locked_source){
		.name = "thing", .package = "thing", .version = "1", .format = "tarball"
	};
	f = list_push(&w.depot.a, &s->files);
	*f = (struct locked_file){ .name = "thing.tar.xz",
				   .path = "thing.tar.xz",
				   .size = UINT64_MAX };
	cr_assert(store_put_bytes(&w.depot.store, parts.signed_text, &f->sha256, &e));
	w.source.signature.file = arena_printf(&w.depot.a, "%s/thing.asc", w.depot.dir);
	files_put(w.source.signature.file, str_dup(&w.depot.a, parts.signature));
	*list_push(&w.depot.a, &w.source.signature.keyrings) = g.key.keyring;
	*list_push(&w.depot.a, &w.source.signature.signers) = g.key.fingerprint;
	cr_expect_not(workshop_compile(&w, 1, &ignored, &text, &kind));
	cr_expect(kind == ERR_INPUT && strstr(text, "step \"unpack\" failed"), "%s", text);
	/* one byte more */
	cr_assert(store_put_bytes(&w.depot.store, STR("a tarball."), &f->sha256, &e));
	cr_expect_not(workshop_compile(&w, 1, &ignored, &text, &kind));
	cr_expect(kind == ERR_VERIFY && strstr(text, "thing.asc of thing.tar.xz"), "%s", text);
	/* signed, but by nobody the recipe names */
	cr_assert(store_put_bytes(&w.depot.store, parts.signed_text, &f->sha256, &e));
	w.source.signature.keyrings.v[0] = other.keyring;
	w.source.signature.signers.v[0] = other.fingerprint;
	cr_expect_not(workshop_compile(&w, 1, &ignored, &text, &kind));
	cr_expect_eq(kind, ERR_VERIFY, "%s", text);
	archivegen_close(&g);
	workshop_close(&w);
}

static void compile_must_not_begin(struct progress *p, const char *id, const char *text)
{
	(void)p;
	(void)id;
	cr_expect(!strstr(text, "compiling"), "%s", text);
}

/* What a step prints has a place before anything runs. */
Test(compile, without_a_folder_for_logs_nothing_is_compiled)
{
	struct workshop w;
	struct fragment f;
	const char *text, *logs;
	enum err_kind kind;

	open_simple(&w);
	logs = arena_printf(&w.depot.a, "%s/logs", w.depot.path);
	files_remove(logs);
	files_put(logs, "");
	w.progress.begin = compile_must_not_begin;
	cr_expect_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_SYSTEM);
	cr_expect(strstr(text, "logs"), "%s", text);
	workshop_close(&w);
}

/* Bytes that were found good by another signature or keyring are looked at anew. */
