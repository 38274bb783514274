/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ROFF_H
#define CLI_ROFF_H

/* Text of manual pages, in the macros of man(7). */

#include <stdio.h>

#include "base/arena.h"

/* The text as roff takes it: a backslash, a hyphen, a tilde and a quote are shown as they are. */
const char *roff_escaped(struct arena *a, const char *text);

/* Writes a filled paragraph. */
void roff_print(struct arena *a, FILE *out, const char *text);

/* Writes a paragraph with a bold tag, which is escaped already. */
void roff_tagged(struct arena *a, FILE *out, const char *tag, const char *text);

#endif
