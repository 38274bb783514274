/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_GITIGNORE_H
#define FORMAT_TEXT_GITIGNORE_H

/* Files that git leaves alone, as gitignore(5) says it: patterns of .gitignore files. The last
 * pattern that matches decides, and "!" takes one back. Nothing below a directory that is ignored
 * can be taken back: the caller does not go into it. */

#include "base/str.h"

struct ignore_rule {
	const char *pattern; /* without "!", and without a final slash */
	const char *base;    /* directory of its file, below the top: "" or "a/b" */
	const char *file;    /* where it stands, for messages */
	unsigned line;
	bool negated;	/* "!": files that match are not ignored */
	bool directory; /* a final slash: matches only directories */
	bool anchored;	/* a slash elsewhere: matches the path below `base`, not the name alone */
};

struct ignore_rules LIST(struct ignore_rule);

/* Appends the patterns of the file `file`, which stands in the directory `base`. Every text is
 * accepted: a pattern that is malformed matches nothing. Contents live in `a`; `base` and `file`
 * are kept. */
void gitignore_read(struct arena *a, struct str text, const char *base, const char *file,
		    struct ignore_rules *out);

/* The rule that decides about a path below the top, or NULL: none does. */
const struct ignore_rule *gitignore_find(const struct ignore_rules *rules, const char *path,
					 bool is_directory);

#endif
