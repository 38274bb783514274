/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_CODE_H
#define TESTS_SUPPORT_FIXTURE_CODE_H

/* C sources as tests of style read them: by lines and letters, which this code base's form allows.
 */

#include "base/str.h"

/* A text with comments, strings and character constants blanked out; lines stay where they are. */
char *code_only(struct arena *a, const char *text);

struct code_function {
	struct str name;
	bool is_static;
	unsigned lines;	 /* of the body, braces included */
	struct str body; /* of the text that was read, braces included */
};

struct code_functions LIST(struct code_function);

/* The functions that a text defines, in order: their bodies' braces stand in the first column. */
struct code_functions code_functions(struct arena *a, const char *code);

/* The next name that a text includes in quotation marks, as written; false: no more. `number`
 * counts lines. */
bool code_next_include(struct str *text, unsigned *number, struct str *name);

bool code_is_identifier(char c);

#endif
