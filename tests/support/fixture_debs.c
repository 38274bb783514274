/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_debs.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "support/fixture_files.h"

static bool debs_fetch(struct arena *a, const char *part, const char *package)
{
	struct oracle_run r = oracle_run(a, (const char *const[]){ "env", "-C", part, "apt-get",
								   "-o", "APT::Sandbox::User=root",
								   "download", package, NULL });

	if (r.status != 0)
		return false;
	ORACLE(a, "env", "-C", part, "find", ".", "-maxdepth", "1", "-name", "*.deb", "-exec",
	       "dpkg-deb", "-x", "{}", ".", ";", "-delete");
	return true;
}

/* A folder that is complete gets its name last. */
static bool debs_fill(struct arena *a, const char *done, const struct strings *packages)
{
	const char *part = arena_printf(a, "%s.part", done);

	if (access(part, F_OK) == 0)
		files_remove(part);
	ORACLE(a, "mkdir", "--parents", part);
	for (size_t i = 0; i < packages->n; i++) {
		if (!debs_fetch(a, part, packages->v[i]))
			return false;
	}
	return rename(part, done) == 0;
}

static const char *debs_folder(struct arena *a, const char *name)
{
	char cwd[4096];

	return arena_printf(a, "%s/build/debs/%s", getcwd(cwd, sizeof(cwd)) ? cwd : ".", name);
}

/* Tests run side by side: the first one unpacks, the others wait. Held until it is closed; -1: it
 * cannot be had, or there is no need. */
static int debs_lock(struct arena *a, const char *done)
{
	int fd;

	if (access(done, F_OK) == 0)
		return -1;
	ORACLE(a, "mkdir", "--parents",
	       arena_strndup(a, done, (size_t)(strrchr(done, '/') - done)));
	fd = open(arena_printf(a, "%s.lock", done), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		flock(fd, LOCK_EX);
	return fd;
}

const char *debs_unpack(struct arena *a, const char *name, const char *const *packages)
{
	const char *done = debs_folder(a, name);
	AUTO_FD lock = debs_lock(a, done);
	struct strings list = { 0 };

	while (*packages)
		*list_push(a, &list) = *packages++;
	return access(done, F_OK) == 0 || debs_fill(a, done, &list) ? done : NULL;
}

/* What apt-get would install: lines "Inst NAME ...". */
static bool debs_list_lacking(struct arena *a, const char *const *packages, struct strings *out)
{
	struct strings argv = { 0 };
	struct oracle_run r;
	struct str line, word;

	*list_push(a, &argv) = "apt-get";
	*list_push(a, &argv) = "install";
	*list_push(a, &argv) = "--simulate";
	*list_push(a, &argv) = "--reinstall"; /* those named are listed when they are there, too */
	*list_push(a, &argv) = "--no-install-recommends";
	while (*packages)
		*list_push(a, &argv) = *packages++;
	*list_push(a, &argv) = NULL;
	r = oracle_run(a, argv.v);
	while (r.status == 0 && str_next(&r.out, '\n', &line)) {
		if (str_next(&line, ' ', &word) && str_eq(word, STR("Inst")) &&
		    str_next(&line, ' ', &word))
			*list_push(a, out) = str_dup(a, word);
	}
	return r.status == 0;
}

const char *debs_unpack_closure(struct arena *a, const char *name, const char *const *packages)
{
	const char *done = debs_folder(a, name);
	AUTO_FD lock = debs_lock(a, done);
	struct strings list = { 0 };

	if (access(done, F_OK) == 0)
		return done;
	return debs_list_lacking(a, packages, &list) && debs_fill(a, done, &list) ? done : NULL;
}

const char *debs_libraries(struct arena *a, const char *folder)
{
	const char *triplet =
		str_dup(a, str_trim(ORACLE(a, "dpkg-architecture", "-qDEB_HOST_MULTIARCH")));

	return arena_printf(a, "%s/usr/lib/%s", folder, triplet);
}

/* The mirror of Debian that the host uses itself, or NULL. */
static const char *debs_mirror(struct arena *a)
{
	struct oracle_run r = oracle_run(a,
					 (const char *const[]){ "apt-get", "indextargets",
								"--format", "$(REPO_URI)", NULL });
	struct str line;

	while (r.status == 0 && str_next(&r.out, '\n', &line)) {
		if (str_ends(str_trim(line), STR("/debian/")))
			return str_dup(a, str_trim(line));
	}
	return NULL;
}

/* apt-get with a state of its own, which knows no installed package. */
static bool debs_apt(struct arena *a, const char *dir, const char *const *words)
{
	struct strings argv = { 0 };
	const char *const options[] = {
		arena_printf(a, "Dir::Etc::SourceList=%s/sources.list", dir),
		"Dir::Etc::SourceParts=/nonexistent",
		arena_printf(a, "Dir::State=%s/state", dir),
		"Dir::State::status=/dev/null",
		arena_printf(a, "Dir::Cache=%s/cache", dir),
		"APT::Sandbox::User=root",
		"Debug::NoLocking=true",
		"Acquire::Languages=none",
		"APT::Install-Recommends=false",
	};

	*list_push(a, &argv) = "apt-get";
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		*list_push(a, &argv) = "-o";
		*list_push(a, &argv) = options[i];
	}
	while (*words)
		*list_push(a, &argv) = *words++;
	*list_push(a, &argv) = NULL;
	return oracle_run(a, argv.v).status == 0;
}

/* Into the folder `apt`, beside the state of apt-get. */
static bool debs_fetch_suite(struct arena *a, const char *apt, const char *suite,
			     const char *const *packages)
{
	const char *mirror = debs_mirror(a);
	struct strings words = { 0 };

	if (!mirror)
		return false;
	files_put(arena_printf(a, "%s/state/lists/partial/x", apt), "");
	files_put(arena_printf(a, "%s/cache/archives/partial/x", apt), "");
	files_put(arena_printf(a, "%s/sources.list", apt),
		  arena_printf(a,
			       "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s "
			       "%s main\n",
			       mirror, suite));
	*list_push(a, &words) = "install";
	*list_push(a, &words) = "--yes";
	*list_push(a, &words) = "--download-only";
	while (*packages)
		*list_push(a, &words) = *packages++;
	*list_push(a, &words) = NULL;
	return debs_apt(a, apt, (const char *const[]){ "update", NULL }) &&
	       debs_apt(a, apt, words.v);
}

const char *debs_unpack_suite(struct arena *a, const char *name, const char *suite,
			      const char *const *packages)
{
	const char *done = debs_folder(a, name);
	const char *part = arena_printf(a, "%s.part", done), *apt = arena_printf(a, "%s.apt", done);
	AUTO_FD lock = debs_lock(a, done);

	if (access(done, F_OK) == 0)
		return done;
	if (access(part, F_OK) == 0)
		files_remove(part);
	if (!debs_fetch_suite(a, apt, suite, packages))
		return NULL;
	ORACLE(a, "mkdir", "--parents", part);
	ORACLE(a, "find", apt, "-name", "*.deb", "-exec", "dpkg-deb", "-x", "{}", part, ";");
	files_remove(apt);
	return rename(part, done) == 0 ? done : NULL;
}
