/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_TRACKER_H
#define AUDIT_TRACKER_H

/* The Debian security tracker's JSON: {SOURCE: {CVE: {"releases": {CODENAME: {"status": ...}}}}}. The
 * file (some 70 MB) is read as a stream; only the member of a source package that the image has is
 * ever in memory. */

#include "audit/check.h"

#define TRACKER_MEMBER_MAX (16u << 20)	/* the entry of one source package (linux is the largest) */

/* Adds findings for the packages of the model. ERR_INPUT with the offset if the file is no such
 * JSON, ERR_USAGE if the image's release is none the tracker knows by name here, ERR_SYSTEM. */
MUST_CHECK bool tracker_check(struct audit_run *r, const char *file, struct error *e);

#endif
