/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_PYTHON_LOCK_H
#define SUPPORT_FIXTURE_PYTHON_LOCK_H

/* Lock files of Python's tools, read for x86_64 and aarch64. */

#include "format/text/python_lock.h"

typedef bool python_lock_reader(struct python_lock_reading *r, struct str text, struct error *e);

#define LOCK_SUM "512761e0bb2578dd7380c6baaa0f4ce03e84f95e960231d1dec8bf4d7d6cbea4"

/* A text in which "SUM" stands for a SHA-256. */
const char *python_lock_with_sums(struct arena *a, const char *text);

/* Reads such a text as `name`: lines "NAME VERSION MACHINES: FILES", sorted; or "LINE: ERROR". */
const char *python_lock_told(struct arena *a, python_lock_reader *read, const char *name,
			     const char *text, struct python_lock *out);

/* The same as a script of Python tells it, which gets the lock's path, and for which pip's own
 * packages are on sys.path. Ends the test as skipped without these. */
const char *python_lock_asked(struct arena *a, const char *script, const char *text);

#endif
