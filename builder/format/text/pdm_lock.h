/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PDM_LOCK_H
#define FORMAT_TEXT_PDM_LOCK_H

/* pdm.lock (pdm-project.org), lock_version 4.4 and 4.5, with the strategy inherit_metadata, which
 * PDM has by default: each package has the groups and the marker for which it is needed. */

#include "format/text/python_lock.h"

/* Reads the text of r->file into r->out, which is empty: packages of the group default whose
 * markers hold on a machine; extras of the project are left out. Folders of the project are told.
 * ERR_INPUT at the line: malformed, another version or strategy, for other Pythons, a file without
 * hash, a package from version control, a file, or a folder elsewhere. */
MUST_CHECK bool pdm_lock_read(struct python_lock_reading *r, struct str text, struct error *e);

#endif
