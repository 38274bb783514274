/* SPDX-License-Identifier: Apache-2.0 */
/* What wheels need beside those that the requirements file names: where pip --require-hashes says
 * "all requirements must have their versions pinned", a warning. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "make/compile/python_needs.h"
#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

static const struct {
	const char *folder, *metadata;
} wheels[] = {
	{ "shop-1.0.dist-info",
	  "Metadata-Version: 2.1\nName: shop\nRequires-Dist: Charset_Normalizer (<4,>=2)\n"
	  "Requires-Dist: speed>=2\nrequires-dist: tomli ; python_version < \"3.11\"\n"
	  "Requires-Dist: lxml ; extra == 'xml'\nRequires-Dist: colorama; sys_platform=='win32'\n"
	  "Requires-Dist: typing.extensions\r\nRequires-Dist: broken ; (\n\n"
	  "Requires-Dist: no-header\n" },
	{ "more-2.dist-info", "Name: more\nRequires-Dist: speed\n" },
	{ "none-1.dist-info", "Name: none\n" },
};

Test(python_needs, what_no_requirement_names_is_told_once)
{
	struct workshop w;
	struct compile_request rq;
	struct error e = { 0 };
	const char *dir;
	int fd;

	workshop_open(&w);
	dir = arena_printf(&w.depot.a, "%s/modules", w.depot.dir);
	for (size_t i = 0; i < ARRAY_SIZE(wheels); i++)
		files_put(arena_printf(&w.depot.a, "%s/%s/METADATA", dir, wheels[i].folder),
			  wheels[i].metadata);
	files_put(arena_printf(&w.depot.a, "%s/shop.py", dir), "");
	w.source.dependencies.file = "app/requirements.txt";
	w.source.dependencies.again = "pip-compile --generate-hashes";
	list_push(&w.depot.a, &w.source.dependencies.v)->name = "shop";
	list_push(&w.depot.a, &w.source.dependencies.v)->name = "charset-normalizer";
	rq = (struct compile_request){ .source = &w.source,
				       .lock = &w.lock,
				       .progress = &w.progress };
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	cr_assert(python_tell_needs(&rq, fd, &e), "%s", e.cause);
	cr_expect_str_eq(
		buf_cstr(&w.said),
		"more-2 needs speed, which requirements.txt does not name: pip-compile "
		"--generate-hashes adds it (if no Debian package of the image has it)\n"
		"shop-1.0 needs typing-extensions, which requirements.txt does not name: pip-compile "
		"--generate-hashes adds it (if no Debian package of the image has it)\n");
	workshop_close(&w);
}

Test(python_needs, what_is_for_another_python_is_refused)
{
	struct workshop w;
	struct compile_request rq;
	struct error e = { 0 };
	const char *dir;
	int fd;

	workshop_open(&w);
	dir = arena_printf(&w.depot.a, "%s/modules", w.depot.dir);
	files_put(arena_printf(&w.depot.a, "%s/Old.Shop-1.0.dist-info/METADATA", dir),
		  "Name: Old.Shop\nrequires-python: >=3.6,<3.11\n\nRequires-Python: <2\n");
	w.source.dependencies.file = "app/requirements.txt";
	*list_push(&w.depot.a, &w.source.dependencies.v) = (struct dependency){ .name = "shop",
										.line = 2 };
	*list_push(&w.depot.a, &w.source.dependencies.v) = (struct dependency){ .name = "old-shop",
										.line = 7 };
	rq = (struct compile_request){ .source = &w.source,
				       .lock = &w.lock,
				       .progress = &w.progress };
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	cr_assert_not(python_tell_needs(&rq, fd, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(e.cause, "Old.Shop-1.0 is for Python >=3.6,<3.11 (Requires-Python), and "
				  "Debian 13 has another; name a version that is for it");
	cr_expect(strcmp(e.at.file, "app/requirements.txt") == 0 && e.at.line == 7, "%s:%u",
		  e.at.file, e.at.line);
	workshop_close(&w);
}
