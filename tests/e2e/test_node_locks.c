/* SPDX-License-Identifier: Apache-2.0 */
/* Projects with lock files of pnpm and yarn, as people have them: imgbuild init, a container, and
 * node_modules as these programs install it (pnpm 10.34 and yarn 1.22, without development). */

#include <criterion/criterion.h>

#include "e2e/fixture_node_locks.h"

#ifdef __aarch64__
#define NODE_CPU "arm64"
#else
#define NODE_CPU "x64"
#endif

/* Two versions of one package, a package that is given two peers, an alias, a workspace, packages
 * for other platforms, one that finds what it does not name, and one for development. */
Test(node_locks, pnpm_lock_yaml, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct node_locks n;
	struct oracle_run r;

	node_locks_open(&n, &a, "pnpm");
	r = node_locks_init(&n);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(strstr(r.out.p, "out/shop: passes strict") &&
			  strstr(r.out.p, "pnpm/pnpm-lock.yaml is that of package.json's "
					  "\"packageManager\""),
		  "%s", r.out.p);
	web_stop(&n.web);
	cr_expect_str_eq(node_locks_answer(&n),
			 "a=a@1.0.0(b@1.0.0 only-" NODE_CPU "@1.0.0)\n"
			 "b-old=b@1.0.0\n"
			 "c=c@1.0.0(b@2.0.0(@s/e@1.0.0) d@2.0.0)\n"
			 "d=d@2.0.0\n"
			 "phantom=phantom@1.0.0(@s/e@1.0.0)\n"
			 "w=w@0.0.1(c@1.0.0(b@2.0.0(@s/e@1.0.0) d@1.0.0) d@1.0.0)\n");
	node_locks_expect_placed(&n);
	node_locks_close(&n);
}

/* As yarn says it: c is in node_modules of the project, so that it finds the project's d. What is
 * for another platform only its own package.json says. */
Test(node_locks, yarn_lock, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct node_locks n;
	struct oracle_run r;

	node_locks_open(&n, &a, "yarn");
	r = node_locks_init(&n);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(strstr(r.out.p, "out/shop: passes strict") &&
			  strstr(r.out.p, "yarn/yarn.lock is that of package.json's "
					  "\"packageManager\""),
		  "%s", r.out.p);
	cr_expect(strstr(r.err.p, ": packages for other platforms are left out, with what only "
				  "they need: mac-helper/-/mac-helper-1.0.0.tgz, "),
		  "%s", r.err.p);
	web_stop(&n.web);
	cr_expect_str_eq(node_locks_answer(&n),
			 "a=a@1.0.0(b@1.0.0 only-" NODE_CPU "@1.0.0)\n"
			 "b-old=b@1.0.0\n"
			 "c=c@1.0.0(b@2.0.0(@s/e@1.0.0) d@2.0.0)\n"
			 "d=d@2.0.0\n"
			 "phantom=phantom@1.0.0(@s/e@1.0.0)\n"
			 "w=w@0.0.1(c@1.0.0(b@2.0.0(@s/e@1.0.0) d@2.0.0) d@1.0.0)\n");
	node_locks_expect_placed(&n);
	node_locks_close(&n);
}
