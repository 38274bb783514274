/* SPDX-License-Identifier: Apache-2.0 */
/* Builds that want to write to one place. */

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/commands.h"
#include "format/elf/elf_types.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"
#include "support/gen_elf.h"

#define BUILDS 4
#define ROUNDS 8

static void build_and_exit(struct homestead *h)
{
	struct verb_run r = VERB(&h->depot.a, cmd_build, "build", "--cache-dir", h->depot.path,
				 "--locked", "--offline", "recipes/app.json");

	if (!r.ok)
		fprintf(stderr, "%s\n", r.message);
	_exit(r.ok ? 0 : 1);
}

Test(publish, F14_builds_of_one_image_at_a_time_all_end_well)
{
	struct homestead h;

	homestead_open(&h);
	cr_assert(chdir(h.dir) == 0);
	files_put("recipes/app.json",
		  arena_printf(&h.depot.a, "{ \"audit\": { \"policy\": \"report-only\" }, %s",
			       strchr(files_get(&h.depot.a, "recipes/app.json"), '"')));
	for (int round = 0; round < ROUNDS; round++) {
		int failed = 0;

		files_put("rootfs/etc/app.conf", arena_printf(&h.depot.a, "round = %d\n", round));
		for (int i = 0; i < BUILDS; i++) {
			pid_t child = fork();

			cr_assert(child >= 0);
			if (child == 0)
				build_and_exit(&h);
		}
		for (int i = 0; i < BUILDS; i++) {
			int status = 0;

			cr_assert(wait(&status) > 0);
			failed += status != 0;
		}
		cr_expect_eq(failed, 0, "round %d: %d of %d failed", round, failed, BUILDS);
		cr_expect_eq(access("out/app/index.json", F_OK), 0);
		cr_expect_neq(access("out/app.rejected", F_OK), 0);
	}
	homestead_close(&h);
}

/* An image waits beside its place for the audit; a full disk is told with the place that was asked
 * for. */
Test(publish, F3_a_full_disk_is_told_with_the_output_that_was_asked_for)
{
	struct rlimit small = { 60, 60 };
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	cr_assert(chdir(h.dir) == 0);
	files_put("recipes/app.json",
		  arena_printf(&h.depot.a, "{ \"audit\": { \"policy\": \"report-only\" }, %s",
			       strchr(files_get(&h.depot.a, "recipes/app.json"), '"')));
	r = VERB(&h.depot.a, cmd_build, "build", "--cache-dir", h.depot.path, "--locked",
		 "--offline", "recipes/app.json");
	cr_assert(r.ok, "%s", r.message);
	files_remove("out");
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	r = VERB(&h.depot.a, cmd_build, "build", "--cache-dir", h.depot.path, "--locked",
		 "--offline", "recipes/app.json");
	cr_expect_eq(r.e.kind, ERR_SYSTEM);
	cr_expect(strstr(r.message, "layout out/app: ") && !strstr(r.message, "rejected"), "%s",
		  r.message);
	homestead_close(&h);
}

static void publish_put_elf(struct homestead *h, const char *name, const struct elfgen *g)
{
	struct str bytes = elfgen_make(&h->depot.a, g);
	FILE *f = fopen(arena_printf(&h->depot.a, "rootfs/etc/%s", name), "w");

	cr_assert(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0);
}

static struct verb_run build_reported(struct homestead *h)
{
	return VERB(&h->depot.a, cmd_build, "build", "--cache-dir", h->depot.path, "--locked",
		    "--offline", "--progress=plain", "recipes/app.json");
}

/* Build and audit look at the same files in the same way. */
Test(publish, elf_files_that_nothing_loads_end_no_build)
{
	static const struct elfgen loads = { .program = true,
					     .needed = { "libbroken.so" },
					     .runpath = "/etc" };
	static const struct elfgen takes = {
		.program = true,
		.note_owner = "FDO",
		.note_type = ELF_NOTE_DLOPEN,
		.note_desc = "[{\"soname\":[\"libx.so.1\"],\"priority\":\"required\"}]"
	};
	static const struct elfgen wants = {
		.program = true,
		.note_owner = "FDO",
		.note_type = ELF_NOTE_DLOPEN,
		.note_desc =
			"[{\"soname\":[\"libnone.so.1\"],\"feature\":\"wishes\",\"priority\":\"required\"}]"
	};
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	cr_assert(chdir(h.dir) == 0);
	files_put("recipes/app.json",
		  arena_printf(&h.depot.a, "{ \"audit\": { \"policy\": \"report-only\" }, %s",
			       strchr(files_get(&h.depot.a, "recipes/app.json"), '"')));
	files_put("rootfs/etc/libbroken.so",
		  "\177ELF, and then nothing of the kind, though it is long enough for a header");
	publish_put_elf(&h, "takes", &takes);
	r = build_reported(&h);
	cr_assert(r.ok, "%s %s", r.message, r.said);
	r = VERB(&h.depot.a, cmd_audit, "audit", "out/app", "--format", "json");
	cr_expect(r.ok && strstr(r.out, "\"elf.unreadable\"") &&
			  !strstr(r.out, "\"elf.library-missing\""),
		  "%s", r.out);
	publish_put_elf(&h, "loads", &loads);
	r = build_reported(&h);
	cr_expect_eq(r.e.kind, ERR_INPUT);
	cr_expect(strstr(r.message, "libbroken.so") &&
			  strstr(r.said,
				 "etc/loads > libbroken.so: /etc/libbroken.so is malformed"),
		  "%s %s", r.message, r.said);
	publish_put_elf(&h, "loads", &wants);
	r = build_reported(&h);
	cr_expect_eq(r.e.kind, ERR_INPUT);
	cr_expect(
		strstr(r.message,
		       "libnone.so.1, feature \"wishes\", required by .note.dlopen of /etc/loads"),
		"%s", r.message);
	homestead_close(&h);
}
