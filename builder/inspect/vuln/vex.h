/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_VEX_H
#define INSPECT_VULN_VEX_H

/* OpenVEX 0.2.0: what somebody who knows has decided about a vulnerability in a product. A product
 * is the image (pkg:oci/NAME, by digest or by name and tag) with or without subcomponents, or a
 * package of it (pkg:deb/debian/NAME, with arch=source the source package; else the purl or CPE of
 * an SPDX document in the image). The latest statement about a vulnerability in a package counts.
 */

#include "inspect/vuln/vuln_set.h"

/* Reads a document; `piece` tells where in its file it stands. ERR_INPUT at the value that is
 * wrong. */
MUST_CHECK bool vex_read(struct vuln_set *s, const struct json_node *n,
			 const struct jsoncut_piece *piece, struct error *e);

/* Applies all statements to what is known, in the order of their times. */
void vex_apply(struct vuln_set *s);

#endif
