/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_WRAPPED_H
#define CLI_WRAPPED_H

#include <stdio.h>

#define WRAPPED_COLUMNS 96

/* Prints the words of `text` in lines of at most `columns` bytes, and ends the last. The line
 * stands at column `at` now; further lines are indented to it. */
void wrapped_print(FILE *out, const char *text, unsigned at, unsigned columns);

#endif
