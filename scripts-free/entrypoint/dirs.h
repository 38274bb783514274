/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_DIRS_H
#define ENTRYPOINT_DIRS_H

/* Can we write there? Found out by doing it, without leaving a trace. */

#include "entrypoint/supervisor.h"

/* 0 if a file with content can be made in `dir`, else the errno that says why not. Where the file
 * system has no unnamed files, permissions and free space are asked for instead. */
int dirs_write_error(const char *dir);

/* Makes `dir`, and what it lies in, 0770 where it is missing. 0, or the errno that says why not. */
int dirs_make(const char *dir);

/* Checks the five directories that must be writable; makes those that are missing. Logs each that
 * cannot be used. */
bool dirs_check(struct supervisor *s);

#endif
