/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_WHEEL_TAGS_H
#define FORMAT_TEXT_WHEEL_TAGS_H

/* What a wheel is for: its compatibility tags "cp313-cp313-manylinux_2_17_x86_64"
 * (packaging.python.org: platform compatibility tags). */

#include "base/str.h"

#define WHEEL_GLIBC 41 /* of Debian 13: 2.41 */

/* A CPython 3 of Debian 13. */
struct wheel_target {
	unsigned minor;	     /* 13 for Python 3.13 */
	const char *machine; /* "x86_64", "aarch64" */
};

/* The Python whose modules stand in this folder: "/usr/local/lib/python3.12/site-packages" is of
 * 3.12. Where the path does not say it, Debian 13's: 3.13. */
unsigned wheel_python_of(const char *to);

/* Whether the tag is one that this Python takes; each of its three parts may be a set ("py2.py3").
 * false also for what is not a tag. */
bool wheel_tag_fits(struct str tag, const struct wheel_target *t);

/* How well it fits: 0 not at all; of several wheels pip takes that of the greatest number. */
unsigned wheel_tag_rank(struct str tag, const struct wheel_target *t);

#endif
