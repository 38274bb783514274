/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_UNPACK_UNPACK_FOLDER_H
#define MAKE_UNPACK_UNPACK_FOLDER_H

/* Archives that a compilation needs unpacked, written into its folder: what the lock file of a
 * language names. */

#include "make/compile/compile_job.h"

/* Writes the files of a locked archive below the folder `dir`, unpacking it in a jail if the store
 * has it not unpacked yet. Files get mode 0644 or 0755 and the time 1 and must not be there,
 * but for those of wheels: the one that is there stays, and is told if it has other bytes. Symlinks
 * on their way are not followed. ERR_INPUT for an archive that is not as it should be, or
 * that brings a symlink; ERR_SYSTEM. */
MUST_CHECK bool unpack_folder(const struct compile_request *rq, const struct locked_file *f,
			      const struct unpacking *how, int dir, struct error *e);

#endif
