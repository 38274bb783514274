/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_STATE_H
#define BASE_FILE_STATE_H

/* Whether a file that was read before need be read again, by what stat(2) says of it. Whoever
 * writes to a file sets the time of its inode (ctime), and nobody can set that back; but a clock of
 * a few milliseconds, and a file server's cache of attributes, hide a second write that follows
 * soon. */

#include <stdbool.h>
#include <sys/stat.h>

#define FILE_YOUNG_MS 1000

/* Whether it is the same file, with the same size and times. */
bool file_state_same(const struct stat *x, const struct stat *y);

/* Whether the file has changed so shortly before now that it may change again unseen: what is read
 * of it now must not be remembered. */
bool file_state_young(const struct stat *st);

#endif
