/* SPDX-License-Identifier: Apache-2.0 */
/* lintian and the Perl modules that this machine lacks. */

#include "e2e/lintian.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_run.h"
#include "support/fixture_files.h"

#define LINTIAN_UNPACKED "build/lintian"

static void skip_lintian(const char *why)
{
	run_lacks("lintian", why);
	cr_skip_test("not run: lintian: %s", why);
}

/* Downloads what it needs and is not installed; a folder that is complete gets its name last. */
static bool unpack_lintian(struct arena *a, const char *cwd)
{
	const char *part = arena_printf(a, "%s/" LINTIAN_UNPACKED ".part", cwd);
	const char *done = arena_printf(a, "%s/" LINTIAN_UNPACKED, cwd);
	const char *archives = arena_printf(a, "%s/cache/archives", part);
	struct oracle_run r;

	if (access(arena_printf(a, "%s/usr/bin/lintian", done), R_OK) == 0)
		return true;
	if (access(part, F_OK) == 0)
		files_remove(part);
	files_put(arena_printf(a, "%s/partial/x", archives), "");
	r = oracle_run(a, (const char *const[]){ "apt-get", "-o", "APT::Sandbox::User=root", "-o",
						 "Debug::NoLocking=true", "-o",
						 arena_printf(a, "Dir::Cache=%s/cache", part),
						 "install", "--yes", "--download-only",
						 "--no-install-recommends", "lintian", NULL });
	if (r.status != 0)
		return false;
	ORACLE(a, "find", archives, "-name", "*.deb", "-exec", "dpkg-deb", "-x", "{}", part, ";",
	       "-delete");
	return rename(part, done) == 0;
}

void lintian_accepts(struct arena *a, const char *package)
{
	const char *cwd = getcwd(arena_alloc(a, 4096), 4096),
		   *root = arena_printf(a, "%s/" LINTIAN_UNPACKED, cwd);
	struct oracle_run r;
	const char *modules;

	if (!unpack_lintian(a, cwd))
		skip_lintian("it cannot be downloaded");
	/* folders of modules are named after perl's version */
	modules = str_dup(
		a,
		str_trim(ORACLE(
			a, "perl", "-MConfig", "-e",
			"print join ':', map { \"$ARGV[0]$_\" } @Config{qw(vendorlib vendorarch privlib archlib)}",
			root)));
	r = oracle_run(a, (const char *const[]){
				  "env", arena_printf(a, "PERL5LIB=%s", modules),
				  arena_printf(a, "PATH=%s/usr/bin:%s", root, getenv("PATH")),
				  "perl", arena_printf(a, "%s/usr/bin/lintian", root),
				  "--allow-root", "--no-tag-display-limit", "--fail-on",
				  "error,warning", package, NULL });
	cr_expect(r.status == 0 && r.out.n == 0, "lintian: %d\n%s%s", r.status, r.out.p, r.err.p);
}
