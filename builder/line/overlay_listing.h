/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_OVERLAY_LISTING_H
#define LINE_OVERLAY_LISTING_H

/* What stands in a file or folder of the repository that a recipe's `files` names, as text: two
 * states that would make two images have two texts. */

#include "base/buf.h"

/* Appends the text. What cannot become part of an image (a socket, too deep a folder) is not
 * refused here: whoever reads the folder into the image says what is wrong with it. */
MUST_CHECK bool inputs_add(struct arena *a, struct buf *out, const char *path, struct error *e);

#endif
