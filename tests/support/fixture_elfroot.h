/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_ELFROOT_H
#define SUPPORT_FIXTURE_ELFROOT_H

/* Root folders in which the host's own loader is run (chroot: for root only). Failures end the
 * test. */

#include "base/str.h"

#define ELFROOT_LOADER "/lib64/ld-linux-x86-64.so.2"

/* Ends the test as skipped unless we are root on x86-64. */
void elfroot_need(void);

/* Writes `bytes` to root/path with mode 0755, making the folders above it; makes a link; copies a
 * file of the host, following links. */
void elfroot_write(const char *root, const char *path, struct str bytes);
void elfroot_link(const char *root, const char *path, const char *target);
void elfroot_copy(const char *root, const char *path, const char *from);

/* Runs argv (NULL-terminated) with `root` as root and working folder, and LD_BIND_NOW as
 * the only variable of its environment.
 * Gives standard output and error together; *status is the exit status, or 128 + signal. */
struct str elfroot_run(struct arena *a, const char *root, const char *const *argv, int *status);

#endif
