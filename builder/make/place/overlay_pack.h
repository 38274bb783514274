/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_PLACE_OVERLAY_PACK_H
#define MAKE_PLACE_OVERLAY_PACK_H

/* Where the bytes of an overlay's files are, for overlay.c, which opens and closes it, and for its
 * parts, which fill it. */

#include <stdint.h>

/* Holds the contents of the files added, as they were when read: nodes point into it. */
struct overlay {
	int fd; /* an unnamed file; -1: nothing yet */
	uint64_t size;
};
#define OVERLAY_INIT { .fd = -1 }

#endif
