/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_WIRE_H
#define INSPECT_LAYERS_LAYER_WIRE_H

/* Entries of a layer as bytes (base/wire.h), between the child that parses the layer and its
 * parent. */

#include "inspect/layers/layer_items.h"
#include "base/wire.h"

/* Raised when the bytes change, or what they mean: they are kept in the store, and signed for
 * others (trust/attestation/layer_facts.h). */
#define LAYER_WIRE_FORM 1

/* What the child writes, in the order of the tar. */
enum layer_frame {
	LAYER_TEXT = 'T',    /* the next bytes of the file that comes next: its text is kept */
	LAYER_ITEM = 'I',    /* an entry (layer_wire.h) */
	LAYER_REMOVAL = 'W', /* a whiteout: path; opaque or not */
	LAYER_REMARK = 'R',  /* rule, path or NULL, text */
	LAYER_END = 'E',     /* size of the tar */
};
#define LAYER_FRAMES "TIWRE"

/* What a header tells of an entry: all but its content. Nothing is checked but the ranges of
 * numbers. */
void layer_wire_put_head(struct buf *out, const struct item *i);
void layer_wire_get_head(struct wire *w, struct item *i);

/* `kept`: the text of the file went before. */
void layer_wire_put_item(struct buf *out, const struct item *i, bool kept);

/* An item in w->a, with everything checked that a layer's entry must be; NULL: this is none. */
struct item *layer_wire_get_item(struct wire *w, bool *kept);

#endif
