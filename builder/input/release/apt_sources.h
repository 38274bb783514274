/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELEASE_APT_SOURCES_H
#define INPUT_RELEASE_APT_SOURCES_H

/* The host's own apt configuration (sources.list(5)), read for one purpose: to learn which mirrors
 * of the Debian archives this machine uses. Keys, options and foreign repositories mean nothing
 * here: what comes from a mirror is verified against the recipe's keys. */

#include "input/release/mirrors.h"

/* Adds the mirrors found in <apt_root>/etc/apt/sources.list and sources.list.d/, files in the order
 * apt reads them. What cannot be read or understood is skipped: the file is not ours to judge. */
void apt_sources_find(struct arena *a, const char *apt_root, struct mirrors *out);

#endif
