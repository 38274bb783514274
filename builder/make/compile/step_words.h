/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_STEP_WORDS_H
#define MAKE_COMPILE_STEP_WORDS_H

/* ${words} in steps and their environment. */

#include "base/buf.h"
#include "format/machine/platform.h"

/* The text with each `name` ("${cc}") replaced. In `a`. */
const char *steps_replace(struct arena *a, const char *text, const char *name, const char *value);

/* Fills in the words that each platform spells in its own way: ${cc} (the C compiler for it) and
 * ${branch-protection} (an option of that compiler), ${cargo-release} (where cargo leaves
 * programs), ${cargo-target} (the platform, as cargo calls it). In `a`, or the text itself. */
const char *steps_for_platform(struct arena *a, const struct platform *p, const char *text);

#endif
