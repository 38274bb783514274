/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_debs.h"

#include <stdio.h>
#include <unistd.h>

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
	const char *cwd = getcwd(arena_alloc(a, 4096), 4096);

	return cwd ? arena_printf(a, "%s/build/debs/%s", cwd, name) : NULL;
}

const char *debs_unpack(struct arena *a, const char *name, const char *const *packages)
{
	const char *done = debs_folder(a, name);
	struct strings list = { 0 };

	while (*packages)
		*list_push(a, &list) = *packages++;
	return done && (access(done, F_OK) == 0 || debs_fill(a, done, &list)) ? done : NULL;
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
	struct strings list = { 0 };

	if (done && access(done, F_OK) == 0)
		return done;
	return done && debs_list_lacking(a, packages, &list) && debs_fill(a, done, &list) ? done
											  : NULL;
}

const char *debs_libraries(struct arena *a, const char *folder)
{
	const char *triplet =
		str_dup(a, str_trim(ORACLE(a, "dpkg-architecture", "-qDEB_HOST_MULTIARCH")));

	return arena_printf(a, "%s/usr/lib/%s", folder, triplet);
}
