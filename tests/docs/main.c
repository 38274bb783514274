/* SPDX-License-Identifier: Apache-2.0 */
/* Prints docs/reference/errors.md for `make docs`. */

#include <stdio.h>

#include "support/gen_error_page.h"

int main(void)
{
	struct arena a = { 0 };
	int failed = fputs(gen_error_page(&a), stdout) < 0 || fflush(stdout) != 0;

	arena_free(&a);
	return failed;
}
