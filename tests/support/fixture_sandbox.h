/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_SANDBOX_H
#define SUPPORT_FIXTURE_SANDBOX_H

/* Mounts of a test's own, which die with its process. */

#include <stdbool.h>

/* Gives this process a mount namespace in which it may mount, without root. false where the machine
 * forbids it. Call it before any thread is started. */
bool sandbox_enter(void);

/* Mounts a tmpfs of `kib` KiB at `dir`; remounts what is there read-only. The test ends if it
 * cannot. */
void sandbox_tmpfs(const char *dir, unsigned kib);
void sandbox_readonly(const char *dir);

/* Undoes one of these. */
void sandbox_unmount(const char *dir);

#endif
