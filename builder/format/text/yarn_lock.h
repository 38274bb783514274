/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_YARN_LOCK_H
#define FORMAT_TEXT_YARN_LOCK_H

/* yarn.lock of version 1 (classic.yarnpkg.com: yarn.lock): which package answers "name@range". It
 * says neither where packages stand, nor what is for development, nor which platform they are for.
 */

#include "base/error.h"
#include "base/str.h"

struct yarn_need {
	const char *name, *range;
	bool optional;
};

struct yarn_entry {
	struct strings patterns; /* "b@^1.0.0", "b-old@npm:b@^1.0.0" */
	const char *name;	 /* of the package itself: "b" */
	const char *version;	 /* or NULL */
	const char *resolved;	 /* an address, with "#SHA-1"; or NULL */
	const char *integrity;	 /* or NULL */
	struct LIST(struct yarn_need) needs;
	unsigned line;
};

struct yarn_entries LIST(struct yarn_entry);

/* What is wrong with the lock file of yarn 2 and later. */
#define YARN_LOCK_IS_NEW                                                                        \
	"this is of yarn 2 or later, whose checksums are those of archives that yarn makes "    \
	"itself, not of files that a registry has; write another lock file: "                   \
	"npm_config_package_manager_strict=false pnpm import (with the same versions), or npm " \
	"install --package-lock-only"

/* Reads the file `file`. ERR_INPUT at the line: malformed, or what yarn 2 and later write, whose
 * checksums are not those of any file that a registry has. */
MUST_CHECK bool yarn_lock_read(struct arena *a, struct str text, const char *file,
			       struct yarn_entries *out, struct error *e);

/* The line on which yarn 2 and later say that the file is theirs; 0: it is none of theirs. */
unsigned yarn_lock_is_new(struct str text);

#endif
