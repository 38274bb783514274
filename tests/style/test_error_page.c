/* SPDX-License-Identifier: Apache-2.0 */
/* docs/reference/errors.md is what the code says. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/gen_error_page.h"

Test(style, error_page_is_what_the_code_says)
{
	struct arena a = { 0 };
	const char *page = gen_error_page(&a);

	/* texts of each form of call: a plain one, on top of another, with a macro in it */
	cr_expect(strstr(page, "\n- `no recipe and no verb given`\n"));
	cr_expect(strstr(page, "\n- `a member size that is not a decimal number`\n"));
	cr_expect(strstr(page, "\n- `nested more than … deep`"));
	cr_expect(strcmp(page, files_get(&a, "docs/reference/errors.md")) == 0,
		  "docs/reference/errors.md is not what the code says: run make docs");
	arena_free(&a);
}
