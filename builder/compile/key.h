/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILE_KEY_H
#define COMPILE_KEY_H

/* The key of a compiled result: a digest of everything that can change it, and nothing else. */

#include "compile/compile.h"

/* The text the key is the digest of: one "name value" line for each input, so that two of them can
 * be compared to say which input changed. Local folders count by their names and bytes. */
MUST_CHECK bool compile_key_text(struct arena *a, const struct compile_request *rq, struct str *text,
				 struct error *e);

/* The name of the first input in which the two texts differ, in `a`. */
const char *compile_key_difference(struct arena *a, struct str before, struct str now);

#endif
