/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels and policies that lack what the parsers' jail is made of: said, or refused, never passed
 * over in silence (F21 of the fault plan). */

#include <criterion/criterion.h>

#include "support/fixture_elfroot.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"
#include "support/gen_elf.h"

Test(jail_kernels, F21_missing_protection_is_reported_and_a_broken_one_refused, .timeout = 120)
{
	static const struct {
		const char *inject;
		int status;
		const char *says;
	} cases[] = {
		{ "landlock_create_ruleset:error=EOPNOTSUPP", 0,
		  "this kernel has no Landlock: untrusted files are" },
		{ "landlock_create_ruleset:error=ENOSYS", 0, "this kernel has no Landlock" },
		{ "landlock_restrict_self:error=EPERM", 6, "the sandbox for the parser of" },
		{ "seccomp:error=EPERM", 6, "the sandbox for the parser of" },
		{ "prctl:error=EINVAL", 6, "the sandbox for the parser of" },
		{ "prlimit64:error=EPERM", 6, "the sandbox for the parser of" },
		{ "close_range:error=EINVAL", 6, "the sandbox for the parser of" },
		{ "close_range:error=ENOSYS", 0, "" }, /* an older kernel: one by one */
		{ "close_range:error=EPERM", 0, "" },  /* a policy that does not know it */
		{ "pidfd_open:error=ENOSYS", 0, "" },
	};
	AUTO_ARENA a = { 0 };
	struct minirepo m;

	oracle_need("strace");
	minirepo_open(&m, &a);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char *const verbs[] = { "build", "lock" };

		for (size_t k = 0; k < 2; k++) {
			struct oracle_run r;

			minirepo_clear(&m);
			minirepo_serve(&m);
			r = oracle_run(&a, (const char *const[]){
						   "strace", "-f", "-qq", "-o", "/dev/null", "-e",
						   arena_printf(&a, "inject=%s", cases[i].inject),
						   minirepo_program, verbs[k], m.recipe,
						   k == 0 ? "-o" : NULL, m.out, NULL });
			if (r.status != cases[i].status && strstr(r.err.p, "invalid system call"))
				continue; /* a strace that is older than the call */
			cr_expect_eq(r.status, cases[i].status, "%s: %d %s", cases[i].inject,
				     r.status, r.err.p);
			cr_expect(strstr(r.err.p, cases[i].says), "%s: %s", cases[i].inject,
				  r.err.p);
		}
	}
	minirepo_close(&m);
}

/* A reader that dies at its third answer, as if the third file of five had broken it. */
Test(jail_kernels, an_elf_file_that_breaks_its_reader_is_malformed_and_spoils_no_other,
     .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	const char *root = files_temporary(&a);
	struct oracle_run r;

	oracle_need("strace");
	for (const char *name = "a\0b\0c\0d\0e\0"; *name; name += 2)
		elfroot_write(root, arena_printf(&a, "usr/lib/lib%s.so", name),
			      elfgen_make(&a, &(struct elfgen){ .soname = name,
								.needed = { "none.so" } }));
	r = oracle_run(&a, (const char *const[]){ "strace", "-f", "-qq", "-o", "/dev/null", "-e",
						  "trace=write", "-e",
						  "inject=write:error=EIO:signal=SIGSEGV:when=3",
						  minirepo_program, "elf", "--root", root, NULL });
	cr_expect_eq(r.status, 1, "%d %s", r.status, r.err.p);
	for (const char *name = "a\0b\0d\0e\0"; *name; name += 2)
		cr_expect(strstr(r.out.p,
				 arena_printf(
					 &a, "/usr/lib/lib%s.so\n    none.so MISSING (not found)\n",
					 name)),
			  "%s: %s", name, r.out.p);
	cr_expect(
		strstr(r.out.p,
		       "/usr/lib/libc.so\n    MALFORMED (the file crashes its parser (signal 11); "
		       "nothing of it was used)\n"),
		"%s", r.out.p);
	files_remove(root);
}
