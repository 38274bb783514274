/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_NODE_PREBUILDS_H
#define MAKE_COMPILE_NODE_PREBUILDS_H

/* Add-ons that a package of npm brings compiled for every platform, as prebuildify packs them and
 * node-gyp-build finds them: prebuilds/linux-x64/name.glibc.node. */

#include "base/error.h"

/* Removes from a package's folder those that are not for Linux with glibc on this processor, as
 * Node calls it ("x64"), and the folder prebuilds/ where none is. Names of other forms stay.
 * ERR_SYSTEM. */
MUST_CHECK bool node_prebuilds_keep(int dir, const char *cpu, struct error *e);

#endif
