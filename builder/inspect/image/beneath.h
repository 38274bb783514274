/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_BENEATH_H
#define INSPECT_IMAGE_BENEATH_H

/* Opens a path below a folder for reading without following links or waiting for a FIFO's writer;
 * more `flags` as of open(). -1 with errno. */
int beneath_open(int dirfd, const char *name, int flags);

#endif
