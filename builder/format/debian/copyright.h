/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_DEBIAN_COPYRIGHT_H
#define FORMAT_DEBIAN_COPYRIGHT_H

/* A Debian copyright file as the licences it names, with their texts. Files are of two kinds:
 * machine readable ones (DEP-5) name licences in fields; in all others only the pointers to
 * /usr/share/common-licenses can be told from prose. */

#include "base/strmap.h"

struct copyright_licence {
	const char *name; /* "GPL-2+ or Artistic", as it is written there */
	struct str text;  /* n == 0: it is not quoted */
};

struct copyright {
	bool structured;	     /* DEP-5 */
	struct copyright_licence *v; /* each name once, in the order of the text */
	size_t n, cap;
	struct strmap names; /* their numbers, from 1 */
};

#define COPYRIGHT_NAMES_MAX 400
#define COPYRIGHT_NAME_MAX 200		/* bytes; longer ones are left out */
#define COPYRIGHT_TEXT_MAX (256u << 10) /* bytes of one licence; lines beyond are left out */

/* Reads any bytes. The result lives in `a`. */
void copyright_read(struct arena *a, struct str text, struct copyright *out);

/* The text under exactly this name, or an empty slice. */
struct str copyright_text(const struct copyright *c, struct str name);

#endif
