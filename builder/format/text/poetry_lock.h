/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_POETRY_LOCK_H
#define FORMAT_TEXT_POETRY_LOCK_H

/* poetry.lock (python-poetry.org), lock-version 2.1, which Poetry 2 writes, and 1.1 and 2.0, which
 * Poetry 1 did: files by name and hash, without addresses. */

#include "format/text/python_lock.h"

/* Reads the text of r->file into r->out, which is empty: packages of the group main whose markers
 * hold on a machine; extras are left out. Folders of the project are told. ERR_INPUT at the line:
 * malformed, another version, for other Pythons, a file without hash, a package from version
 * control, a path or a folder elsewhere. */
MUST_CHECK bool poetry_lock_read(struct python_lock_reading *r, struct str text, struct error *e);

#endif
