/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_FOLDER_NAMES_H
#define EXPLAIN_CODE_FOLDER_NAMES_H

/* What folders of a project hold, by what people call them. */

#include <stdbool.h>

/* Whether a path has a folder for tests, examples and the like. */
bool folder_is_for_tests(const char *path);

/* Whether it has one where projects keep those of others: "third_party". */
bool folder_is_foreign(const char *path);

/* Whether an option of a build system is for what no image needs, and what takes programs and time:
 * "QPDF_BUILD_TESTS", "man-pages"; not "DISABLE_TESTS". */
bool option_is_aside(const char *name);

#endif
