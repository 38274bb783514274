/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_STEP_ADVICE_H
#define MAKE_COMPILE_STEP_ADVICE_H

/* What a person can do about a build that failed: read from the end of its log and from the steps
 * of its source. A guess, told besides the log. */

#include "input/recipe/source_types.h"

/* One line, in `a`, or NULL. */
const char *step_advice(struct arena *a, const struct source_recipe *s, struct str log);

/* Of a ${word} in the steps or the environment that stands for nothing and is nearly one that does;
 * "" or what begins with "; ". */
const char *step_advice_words(struct arena *a, const struct source_recipe *s);

#endif
