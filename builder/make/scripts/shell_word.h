/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SHELL_WORD_H
#define MAKE_SCRIPTS_SHELL_WORD_H

/* Words of a shell script: quotes, expansions and substitutions. Private to make/scripts/shell.c.
 */

#include "base/buf.h"
#include "make/scripts/shell_script.h"

#define SHELL_DEPTH_MAX 64

struct shell {
	struct arena *a;
	struct str text;
	size_t i;		 /* where we are */
	unsigned depth;		 /* of nested lists and expansions */
	bool in_backquotes;	 /* the next backquote ends what is read */
	struct strings heredocs; /* that begin after this line: '-' or '=', then the delimiter */
	struct shell_script *out;
};

/* The byte `ahead` of here, or '\0' behind the end. */
char shell_peek(const struct shell *s, size_t ahead);

/* Reads a word that begins here (empty where none does) into the arena, without its quotes;
 * commands in substitutions go to the script. false when quotes or brackets do not end. */
MUST_CHECK bool shell_word(struct shell *s, const char **out);

/* Reads the commands of a substitution, behind its opening bracket or backquote, and moves behind
 * its end. (In shell.c.) */
MUST_CHECK bool shell_substitution(struct shell *s, bool backquote);

#endif
