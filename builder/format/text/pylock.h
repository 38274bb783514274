/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PYLOCK_H
#define FORMAT_TEXT_PYLOCK_H

/* pylock.toml, the lock file of all tools (packaging.python.org: PEP 751), version 1. */

#include "format/text/python_lock.h"

/* Reads the text of r->file into r->out, which is empty. Packages whose marker holds on no machine
 * are left out, the project's own folder (".") too. ERR_INPUT at the line: malformed, another
 * version, for other Pythons, a file without hash, a package that comes from version control or
 * from a folder. */
MUST_CHECK bool pylock_read(struct python_lock_reading *r, struct str text, struct error *e);

#endif
