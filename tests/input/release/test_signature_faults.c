/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that fail while a signature is checked: a check that did not end is not a good one.
 */

#include "input/release/signature.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "support/fixture_fault_sweep.h"
#include "support/fixture_files.h"
#include "support/gen_archive.h"

/* A program in the place of sqv that says this on its standard error and ends with 1. */
static const char *verifier_told(struct archivegen *g, const char *says)
{
	const char *path = arena_printf(g->a, "%s/fake/sqv", g->dir);
	const char *before = arena_strdup(g->a, getenv("PATH"));
	const struct signature s = { STR("text"), STR("signature"), &g->keyrings, &g->signers, 0 };
	struct strings signers = { 0 };
	struct error e = { 0 };

	files_put(path, arena_printf(g->a, "#!/bin/sh\nprintf '%s' >&2\nexit 1\n", says));
	chmod(path, 0755);
	setenv("PATH", arena_printf(g->a, "%s/fake:%s", g->dir, before), 1);
	cr_expect_eq(signature_check_by(g->a, SIGNATURE_SQV, &s, &signers, &e), -1);
	setenv("PATH", before, 1);
	cr_expect_eq(e.kind, ERR_VERIFY);
	return arena_strdup(g->a, e.cause);
}

Test(signature, the_last_line_of_a_verifier_is_passed_on)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;

	archivegen_open(&g, &a);
	cr_expect_str_eq(verifier_told(&g, ""),
			 "no good signature by a key that the recipe trusts");
	cr_expect_str_eq(verifier_told(&g, " \\n"),
			 "no good signature by a key that the recipe trusts");
	cr_expect_str_eq(verifier_told(&g, "first\\n  last \\n \\n"),
			 "no good signature by a key that the recipe trusts (sqv says: last)");
	archivegen_close(&g);
}

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
