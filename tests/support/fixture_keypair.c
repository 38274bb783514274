/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_keypair.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "support/fixture_oracle.h"

void keypair_make(struct arena *a, const char *dir, const char *name, bool ed25519)
{
	const char *pem = arena_printf(a, "%s/%s.pem", dir, name);

	oracle_need("openssl");
	ORACLE(a, "openssl", "genpkey", "-out", pem, "-algorithm", ed25519 ? "ED25519" : "EC",
	       ed25519 ? NULL : "-pkeyopt", "ec_paramgen_curve:P-256");
	cr_assert_eq(chmod(pem, 0600), 0);
	ORACLE(a, "openssl", "pkey", "-in", pem, "-pubout", "-out",
	       arena_printf(a, "%s/%s.pub", dir, name));
}
