/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_SYSUSERS_H
#define FORMAT_TEXT_SYSUSERS_H

/* sysusers.d(5): which users and groups a package wants. Any bytes are read; a line that is none is
 * left out. */

#include "base/str.h"

struct sysuser {
	char type; /* 'u', 'g', 'm' or 'r' */
	const char *name;
	const char *id; /* "-", "33", "33:33", a group (of 'm'), a path; or NULL */
	const char *gecos, *home, *shell; /* or NULL */
	unsigned line;			  /* from 1 */
};

struct sysusers LIST(struct sysuser);

void sysusers_read(struct arena *a, struct str text, struct sysusers *out);

#endif
