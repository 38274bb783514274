/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_ROOTFS_WALK_H
#define INSPECT_LAYERS_ROOTFS_WALK_H

/* A root file system in a folder, as frames for the child that looks at contents (rootfs_parse.h):
 * the child can open nothing, and the walk looks into nothing. No symbolic link is followed. What
 * cannot be read, and what is left out, is told. */

#include "base/frames.h"
#include "inspect/layers/layer_items.h"

enum rootfs_frame {
	ROOTFS_ENTRY = 'H', /* an item, without what its content tells (layer_wire_put_head) */
	ROOTFS_BYTES = 'C', /* the next bytes of the file that came last */
	ROOTFS_END = 'E', /* all of its bytes came; or a flag: nobody may read them, and its size */
	ROOTFS_REMARK = 'R', /* rule, path or NULL, text */
};
#define ROOTFS_FRAMES "HCER"

/* Writes all that is below the folder. `expand_max`: how much larger files may be than the room
 * they take on disk; 0: what that allows. ERR_INPUT beyond it, ERR_SYSTEM. */
MUST_CHECK bool rootfs_walk(int dir, uint64_t expand_max, struct sink *out, struct error *e);

#endif
