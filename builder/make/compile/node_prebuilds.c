/* SPDX-License-Identifier: Apache-2.0 */
/* By their names, as node-gyp-build reads them: PLATFORM-ARCH[+ARCH...]/[TAG.]...node. */

#include "make/compile/node_prebuilds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/str.h"

static bool prebuilds_fit(const char *name, const char *cpu)
{
	static const char *const others[] = { "aix",	"android", "darwin", "freebsd",
					      "netbsd", "openbsd", "sunos",  "win32" };
	struct str platform, rest, arch;

	if (!str_cut(str_of(name), '-', &platform, &rest))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (str_eq(platform, str_of(others[i])))
			return false;
	}
	if (!str_eq(platform, STR("linux")))
		return true;
	while (str_next(&rest, '+', &arch)) {
		if (str_eq(arch, str_of(cpu)))
			return true;
	}
	return false;
}

/* "bcrypt.musl.node" */
static bool prebuilds_for_musl(const char *name)
{
	struct str rest = str_of(name), tag;

	while (str_ends(str_of(name), STR(".node")) && str_next(&rest, '.', &tag)) {
		if (str_eq(tag, STR("musl")))
			return true;
	}
	return false;
}

static bool prebuilds_names(struct arena *a, int dir, const char *folder, struct strings *out,
			    struct error *e)
{
	int fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *x;
	DIR *d;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ||
		       err_sys(e, "open %s", folder);
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return err_sys(e, "read %s", folder);
	}
	while ((x = readdir(d))) {
		if (strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0)
			*list_push(a, out) = arena_printf(a, "%s/%s", folder, x->d_name);
	}
	closedir(d);
	return true;
}

/* Those of another C library in a folder that fits. */
static bool prebuilds_keep_glibc(struct arena *a, int dir, const char *folder, struct error *e)
{
	struct strings files = { 0 };

	if (!prebuilds_names(a, dir, folder, &files, e))
		return false;
	list_each(file, &files) {
		if (prebuilds_for_musl(path_base(*file)) && !file_remove_tree(dir, *file, e))
			return false;
	}
	return true;
}

bool node_prebuilds_keep(int dir, const char *cpu, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings folders = { 0 };

	if (!prebuilds_names(&a, dir, "prebuilds", &folders, e))
		return false;
	list_each(folder, &folders) {
		if (!(prebuilds_fit(path_base(*folder), cpu)
			      ? prebuilds_keep_glibc(&a, dir, *folder, e)
			      : file_remove_tree(dir, *folder, e)))
			return false;
	}
	(void)!unlinkat(dir, "prebuilds", AT_REMOVEDIR); /* only when it is empty */
	return true;
}
