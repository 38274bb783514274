/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_COPY_OUT_H
#define ENTRYPOINT_COPY_OUT_H

/* `entrypoint --copy-out PATH`: a tar archive of PATH on stdout, since there is no tar in the image
 * for `kubectl cp`. Only below Squid's own directories, and never a file with a private key. */

#include "common/paths.h"

/* Writes the archive. Messages go to stderr. Exit status 0, or 1 if anything could not be read. */
int copy_out(const struct paths *p, const char *path);

#endif
