/* SPDX-License-Identifier: Apache-2.0 */
/* cosign and podman, as programs. */

#include "e2e/fixture_verifiers.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_run.h"
#include "support/fixture_debs.h"
#include "support/fixture_files.h"

static void verifiers_skip(const char *why)
{
	run_lacks("cosign, notation, podman of Debian 13", why);
	cr_skip_test("not run: cosign, notation, podman of Debian 13: %s", why);
}

static const char *verifiers_unpack(struct arena *a, const char *name, const char *suite,
				    const char *const *packages)
{
	const char *folder = debs_unpack_suite(a, name, suite, packages);

	if (!folder)
		verifiers_skip("the packages cannot be downloaded");
	return folder;
}

const char *verifiers_trixie(struct arena *a)
{
	return verifiers_unpack(a, "trixie", "trixie",
				(const char *const[]){ "base-files", "cosign", "podman", "runc",
						       NULL });
}

const char *verifiers_sid(struct arena *a)
{
	return verifiers_unpack(a, "sid", "sid", (const char *const[]){ "cosign", NULL });
}

struct oracle_run notation_run(struct arena *a, const char *home, const char *const *args)
{
	const char *root = verifiers_unpack(a, "notation", "sid",
					    (const char *const[]){ "notation", NULL });
	struct strings argv = { 0 };

	*list_push(a, &argv) = "env";
	*list_push(a, &argv) = arena_printf(a, "HOME=%s", home);
	*list_push(a, &argv) = arena_printf(a, "XDG_CONFIG_HOME=%s/.config", home);
	*list_push(a, &argv) = arena_printf(a, "%s/usr/bin/notation", root);
	while (*args)
		*list_push(a, &argv) = *args++;
	*list_push(a, &argv) = NULL;
	return oracle_run(a, argv.v);
}

const char *softhsm_token(struct arena *a, const char *home, const char *pem)
{
	const char *suite =
		ORACLE(a, "sh", "-c", ". /etc/os-release && printf %s $VERSION_CODENAME").p;
	const char *root = verifiers_unpack(a, "softhsm", suite,
					    (const char *const[]){ "softhsm2", NULL });
	const char *module = str_dup(a, str_trim(ORACLE(a, "find", root, "-name", "libsofthsm2.so",
							"-type", "f")));
	const char *program = arena_printf(a, "%s/usr/bin/softhsm2-util", root);

	files_put(arena_printf(a, "%s/softhsm2.conf", home),
		  arena_printf(a, "directories.tokendir = %s/tokens\n", home));
	files_put(arena_printf(a, "%s/tokens/x", home), "");
	setenv("SOFTHSM2_CONF", arena_printf(a, "%s/softhsm2.conf", home), 1);
	ORACLE(a, program, "--module", module, "--init-token", "--free", "--label", "team",
	       "--so-pin", "5678", "--pin", "1234");
	ORACLE(a, program, "--module", module, "--import", pem, "--token", "team", "--label",
	       "release", "--id", "01", "--pin", "1234");
	return arena_printf(a, "pkcs11:token=team;object=release?module-path=%s", module);
}

struct oracle_run cosign_run(struct arena *a, const char *root, const char *home,
			     const char *const *args)
{
	struct strings argv = { 0 };

	*list_push(a, &argv) = "env";
	*list_push(a, &argv) = "-C";
	*list_push(a, &argv) = home;
	*list_push(a, &argv) = arena_printf(a, "HOME=%s", home);
	*list_push(a, &argv) = "COSIGN_PASSWORD=secret";
	*list_push(a, &argv) = arena_printf(a, "%s/usr/bin/cosign", root);
	while (*args)
		*list_push(a, &argv) = *args++;
	*list_push(a, &argv) = NULL;
	return oracle_run(a, argv.v);
}

struct oracle_run podman13_run(struct arena *a, const char *home, const char *const *args)
{
	const char *const before[] = {
		"bwrap",
		"--die-with-parent",
		"--cap-add",
		"ALL",
		"--bind",
		verifiers_trixie(a),
		"/",
		"--proc",
		"/proc",
		"--dev",
		"/dev",
		"--ro-bind",
		"/sys",
		"/sys",
		"--tmpfs",
		"/run",
		"--tmpfs",
		"/tmp",
		"--tmpfs",
		"/var/tmp",
		"--bind",
		home,
		home,
		"--setenv",
		"HOME",
		home,
		"podman",
		"--root",
		arena_printf(a, "%s/root", home),
		"--runroot",
		arena_printf(a, "%s/run", home),
		"--storage-driver",
		"vfs",
		"--cgroup-manager",
		"cgroupfs",
		"--events-backend",
		"none",
	};
	struct strings argv = { 0 };

	oracle_need("bwrap");
	if (geteuid() != 0)
		verifiers_skip("podman in a root of its own needs root");
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		*list_push(a, &argv) = before[i];
	while (*args)
		*list_push(a, &argv) = *args++;
	*list_push(a, &argv) = NULL;
	return oracle_run(a, argv.v);
}
