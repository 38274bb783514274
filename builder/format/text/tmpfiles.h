/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_TMPFILES_H
#define FORMAT_TEXT_TMPFILES_H

/* tmpfiles.d(5): which folders, files and links a package wants when the machine starts. Any bytes
 * are read; a line that is none is left out. */

#include "base/str.h"

struct tmpfile {
	char type; /* 'd', 'D', 'f', 'L', ... */
	const char *path;
	const char *mode;	  /* "0755", without "~" and ":"; or NULL */
	const char *user, *group; /* or NULL */
	const char *argument;	  /* or NULL */
	unsigned line;		  /* from 1 */
};

struct tmpfiles LIST(struct tmpfile);

void tmpfiles_read(struct arena *a, struct str text, struct tmpfiles *out);

#endif
