/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LAYER_WIRE_H
#define AUDIT_LAYER_WIRE_H

/* Entries of a layer as bytes (base/wire.h), between the child that parses the layer and its
 * parent. */

#include "inspect/model/model.h"
#include "base/wire.h"

/* `kept`: the text of the file went before. */
void layer_wire_put_item(struct buf *out, const struct item *i, bool kept);

/* An item in w->a, with everything checked that a layer's entry must be; NULL: this is none. */
struct item *layer_wire_get_item(struct wire *w, bool *kept);

#endif
