/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_REGEX_H
#define FORMAT_TEXT_REGEX_H

/* Regular expressions as Go's regexp reads them, near enough for structure tests: searched for
 * anywhere in the text, '$' only at its very end, \d \w \s are ASCII, (?i) (?s) (?m) and
 * (?P<name>...) are known. Beyond Go, lookaround and back references are understood, too. The only
 * user of PCRE2.
 *
 * The work is bounded: an expression that would take too long on a text gives up. */

#include "base/str.h"

struct regex;

/* In `a`. NULL when it is malformed: *why says what is wrong with it, and at which byte. */
const struct regex *regex_compile(struct arena *a, const char *pattern, const char **why);

/* 1 found, 0 not, -1: it gave up. Nothing matches across bytes that are not UTF-8. */
int regex_search(const struct regex *r, struct str text);

#endif
