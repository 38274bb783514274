/* SPDX-License-Identifier: Apache-2.0 */
#include "base/near_file.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/path.h"

static bool near_any(const char *name)
{
	return name[0] != '.';
}

const char *near_file(struct arena *a, const char *path, bool (*wanted)(const char *name))
{
	const char *folder = path_dir(a, path), *near;
	AUTO_FD fd = open(folder[0] ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct strings names = { 0 };
	struct error ignored = { 0 };

	if (fd < 0 || !file_names_that(a, fd, folder, wanted ? wanted : near_any, &names, &ignored))
		return NULL;
	near = str_nearest(str_of(path_base(path)), names.v, names.n);
	return near ? arena_printf(a, "%s%s%s", folder, folder[0] ? "/" : "", near) : NULL;
}

const char *near_question(struct arena *a, const char *near)
{
	return near ? arena_printf(a, "; did you mean %s?", near) : "";
}
