/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_GO_MOD_H
#define FORMAT_TEXT_GO_MOD_H

/* Lines of go.mod and go.work (go.dev/ref/mod): what follows a word, also in its block
 * "use ( ... )". */

#include "base/str.h"

struct go_mod_lines {
	struct str rest; /* the text */
	struct str word; /* "use" */
	bool in_block;
};

/* The next line of that word, without it, without comment and blanks. false: there is none. */
bool go_mod_next(struct go_mod_lines *l, struct str *out);

/* Without the quotes that a path may have. */
struct str go_mod_unquoted(struct str path);

#endif
