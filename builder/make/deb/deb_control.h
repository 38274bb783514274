/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_CONTROL_H
#define MAKE_DEB_DEB_CONTROL_H

/* The control file of a package (deb-control(5)): one stanza, checked before anyone uses a field of
 * it or copies it into an image. */

#include "make/deb/deb_contents.h"

/* The value of a field (first line, trimmed; names compare without case), or p == NULL. */
struct str control_field(struct str control, const char *name);

/* The control file is one well-formed stanza of UTF-8-safe text with each field once, ends in a
 * newline, and its Package, Version and Architecture are those of the lock (else ERR_VERIFY);
 * the package's name is a valid one, so that it can be a file name. ERR_INPUT otherwise. */
MUST_CHECK bool control_check(const struct deb *deb, struct error *e);

/* md5sums has only lines of 32 hexadecimal digits, two spaces and a relative path; scanners drop
 * whole packages over one bad line. ERR_INPUT otherwise. */
MUST_CHECK bool md5sums_check(struct str text, struct error *e);

#endif
