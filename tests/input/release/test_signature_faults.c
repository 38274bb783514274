/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that fail while a signature is checked: a check that did not end is not a good one.
 */

#include "input/release/signature.h"

#include <criterion/criterion.h>

#include "support/fixture_fault_sweep.h"
#include "support/gen_archive.h"

struct check_scene {
	struct archivegen *g;
	struct signature s;
	enum signature_tool tool;
	bool installed;
};

/* By one program, or by the first that is there. */
static bool check_once(void *user, struct error *e)
{
	struct check_scene *c = user;
	AUTO_ARENA a = { 0 };
	struct strings signers = { 0 };
	int got = signature_check_by(&a, c->tool, &c->s, &signers, e);

	c->installed = got != 0;
	return got >= 0 && (got == 0 || signers.n == 1);
}

static bool check_by_any(void *user, struct error *e)
{
	struct check_scene *c = user;
	AUTO_ARENA a = { 0 };
	struct strings signers = { 0 };

	return signature_check(&a, &c->s, &signers, e) && signers.n == 1;
}

Test(signature, T16_a_check_that_fails_is_not_a_good_signature, .timeout = 120)
{
	static const char *const needed[] = { "memfd_create", "lseek", "pread64", NULL };
	static const char *const all[] = { "memfd_create", "write",  "fcntl",	   "lseek",
					   "pread64",	   "clone",  "clone3",	   "wait4",
					   "waitid",	   "access", "faccessat2", NULL };
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct check_scene c;
	struct error e = { 0 };

	archivegen_open(&g, &a);
	c = (struct check_scene){
		.g = &g,
		.s = { STR("text"),
		       str_of(strstr(archivegen_sign(&g, "text",
						     (const char *[]){ g.key.fingerprint, NULL }),
				     "-----BEGIN PGP SIGNATURE")),
		       &g.keyrings, &g.signers, 0 },
	};
	for (c.tool = SIGNATURE_SQV; c.tool <= SIGNATURE_GPGV; c.tool++) {
		cr_assert(check_once(&c, &e), "%s", e.cause);
		if (!c.installed)
			continue;
		cr_expect_geq(fault_sweep(&(struct fault_sweep){ needed, check_once, &c, true }),
			      4u);
		cr_expect_gt(fault_sweep(&(struct fault_sweep){ all, check_once, &c, false }), 8u);
	}
	cr_expect_geq(fault_sweep(&(struct fault_sweep){ needed, check_by_any, &c, true }), 4u);
	archivegen_close(&g);
}
