/* SPDX-License-Identifier: Apache-2.0 */
/* What labels say an image was made from is read, or the image has none. */

#include <criterion/criterion.h>

#include "line/made_from_labels.h"
#include "support/fixture_files.h"

Test(made_from_labels, a_file_that_cannot_be_read_is_an_error)
{
	const struct platform *amd64 = platform_find(STR("linux/amd64"));
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *inputs[2];
	struct recipe r = { .name = "x", .repository = dir, .inputs = { inputs, 2, 2 } };
	struct made_from m = { .recipe = NULL };
	struct error e = { 0 };

	r.file = inputs[0] = arena_printf(&a, "%s/x.json", dir);
	inputs[1] = arena_printf(&a, "%s/parent.json", dir);
	files_put(r.file, "{}");
	cr_expect_not(made_from_now(&a, &r, amd64, NULL, &m, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.cause, "parent.json: No such file"), "%s", e.cause);
	/* then the lock is the one that is missing */
	files_put(inputs[1], "{}");
	e = (struct error){ 0 };
	cr_expect_not(made_from_now(&a, &r, amd64, NULL, &m, &e));
	cr_expect(strstr(e.cause, "x.lock.json: run imgbuild lock"), "%s", e.cause);
	/* and a recipe that a link brings in from elsewhere has no name there */
	r.repository = arena_printf(&a, "%s/other", dir);
	files_put(arena_printf(&a, "%s/y", r.repository), "");
	e = (struct error){ 0 };
	cr_expect_not(made_from_now(&a, &r, amd64, NULL, &m, &e));
	cr_expect(strstr(e.cause, "is a link to a file outside its repository"), "%s", e.cause);
	files_remove(dir);
}
