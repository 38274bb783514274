/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_UV_LOCK_H
#define FORMAT_TEXT_UV_LOCK_H

/* uv.lock (docs.astral.sh/uv: the lock file), version 1. */

#include "format/text/python_lock.h"

/* Reads the text of r->file into r->out, which is empty: what the project in its folder depends on
 * (of a workspace without such a project, what its members do), without extras and groups. Own
 * packages are left out, their folders told. ERR_INPUT at the line: malformed, another version, for
 * other Pythons, a file without hash, a needed package that is not there, or that comes from
 * version control or from a path. */
MUST_CHECK bool uv_lock_read(struct python_lock_reading *r, struct str text, struct error *e);

#endif
