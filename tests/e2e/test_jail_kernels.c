/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels and policies that lack what the parsers' jail is made of: said, or refused, never passed
 * over in silence (F21 of the fault plan). */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

Test(jail_kernels, F21_missing_protection_is_reported_and_a_broken_one_refused, .timeout = 600)
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
