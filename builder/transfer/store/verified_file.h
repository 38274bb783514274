/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_VERIFIED_FILE_H
#define TRANSFER_STORE_VERIFIED_FILE_H

/* Which blobs earlier runs have hashed, for who edits a source and builds again and again
 * (--incremental). A blob counts as read while device, inode, size and both times of its file are
 * as they were noted. Nobody can set ctime back; only a disk that gives other bytes than were
 * written is not noticed. No other build reads this. */

#include "transfer/store/store.h"
#include "transfer/store/store_verified.h"

/* From now on s->verified, which must be there, holds what is noted in the store, and store_put_*
 * notes in it what it writes. What cannot be read is as nothing. */
void verified_file_read(const struct store *s);

/* Notes what this run has seen, for the next one, in a file of the batch; nothing where no earlier
 * notes were read. ERR_SYSTEM. */
MUST_CHECK bool verified_file_add(const struct store *s, struct file_batch *b, struct error *e);

#endif
