/* SPDX-License-Identifier: Apache-2.0 */
#include "full/fixture_debian13.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "support/fixture_files.h"

#define ROOT "build-full/debian13"
#define PACKAGES                                                                            \
	"gcc,make,pkg-config,libc6-dev,libcurl4-openssl-dev,libarchive-dev,libjansson-dev," \
	"libssl-dev,libdeflate-dev,libzstd-dev,liblzma-dev,zlib1g-dev,libseccomp-dev,"      \
	"libyaml-dev,libexpat1-dev,libpcre2-dev,libisal-dev,bubblewrap,sqv,gpgv,"           \
	"debian-archive-keyring,ca-certificates,"                                           \
	"libcriterion-dev,curl,openssl,podman,runc,conmon,catatonit,netavark,aardvark-dns," \
	"iptables,nftables,python3"
#define MADE_OF ROOT "/packages" /* what it was made of: others have it made anew */
#define STORE "/host-store"

/* The mirror of Debian that the host uses itself. */
static const char *host_mirror(struct arena *a)
{
	struct str all = ORACLE(a, "apt-get", "indextargets", "--format", "$(REPO_URI)"), line;

	while (str_next(&all, '\n', &line)) {
		if (str_ends(str_trim(line), STR("/debian/")))
			return str_dup(a, str_trim(line));
	}
	cr_skip_test("the host's apt knows no mirror of Debian");
	return NULL;
}

/* What the host's apt knows is what imgbuild finds its mirrors by. */
static void take_mirrors(struct arena *a, const char *root)
{
	const char *apt = arena_printf(a, "%s/etc/apt", root);

	if (access("/etc/apt/sources.list", F_OK) == 0)
		ORACLE(a, "cp", "/etc/apt/sources.list", apt);
	if (access("/etc/apt/sources.list.d", F_OK) == 0)
		ORACLE(a, "cp", "--recursive", "/etc/apt/sources.list.d", apt);
}

const char *debian13_root(struct arena *a)
{
	const char *made = ROOT ".new";
	struct oracle_run r;

	oracle_need("mmdebstrap");
	oracle_need("bwrap");
	if (geteuid() != 0)
		cr_skip_test("only root can make a Debian this way");
	if (access(MADE_OF, F_OK) == 0 && strcmp(files_get(a, MADE_OF), PACKAGES) == 0)
		return ROOT;
	ORACLE(a, "rm", "--recursive", "--force", "--one-file-system", made, ROOT);
	ORACLE(a, "mkdir", "--parents", "build-full");
	r = oracle_run(a, (const char *const[]){ "mmdebstrap", "--quiet", "--mode=root",
						 "--variant=apt", "--include=" PACKAGES,
						 "--aptopt=Acquire::Languages \"none\"", "trixie",
						 made, host_mirror(a), NULL });
	if (r.status)
		cr_skip_test("mmdebstrap cannot make a Debian 13 here: %s", r.err.p);
	take_mirrors(a, made);
	cr_assert_eq(rename(made, ROOT), 0);
	files_put(MADE_OF, PACKAGES);
	return ROOT;
}

static const char *host_store(struct arena *a)
{
	const char *named = getenv("IMGBUILD_CACHE_DIR");

	return named ? named : arena_printf(a, "%s/.cache/imgbuild", getenv("HOME"));
}

/* Sandboxes are made within it, so it must not be a chroot, and its /proc must be whole. */
struct oracle_run debian13_run(struct arena *a, const char *const *words)
{
	const char *const outside[] = { "bwrap",
					"--die-with-parent",
					"--cap-add",
					"ALL",
					"--bind",
					debian13_root(a),
					"/",
					"--dev-bind",
					"/dev",
					"/dev",
					"--dev-bind",
					"/proc",
					"/proc",
					"--dev-bind",
					"/sys",
					"/sys",
					"--perms",
					"1777",
					"--tmpfs",
					"/tmp",
					"--bind-try",
					host_store(a),
					STORE,
					"--ro-bind",
					"/etc/resolv.conf",
					"/etc/resolv.conf",
					"--ro-bind",
					"/etc/hosts",
					"/etc/hosts",
					"--setenv",
					"HOME",
					"/root",
					"--dir",
					"/src",
					"--chdir",
					"/src",
					"--unsetenv",
					"IMGBUILD_CACHE_DIR",
					"--unsetenv",
					"XDG_CACHE_HOME",
					"--unsetenv",
					"MAKEFLAGS",
					"--unsetenv",
					"MAKELEVEL",
					"--unsetenv",
					"BXFI_MAP" }; /* by which a test knows that it is one */
	struct strings argv = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(outside); i++)
		*list_push(a, &argv) = outside[i];
	while (*words)
		*list_push(a, &argv) = *words++;
	*list_push(a, &argv) = NULL;
	return oracle_run(a, argv.v);
}

void debian13_copy(struct arena *a, const char *to)
{
	struct error e = { 0 };

	ORACLE(a, "rm", "--recursive", "--force", "--one-file-system", to);
	cr_assert(file_mkdirs(AT_FDCWD, to, &e), "%s", e.cause);
	ORACLE(a, "cp", "--recursive", "Makefile", "builder", "docs", "images.json", "locks",
	       "recipes", "rootfs", "scripts-free", "tests", to);
}
