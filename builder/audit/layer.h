/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LAYER_H
#define AUDIT_LAYER_H

/* One layer: its blob is hashed, expanded, hashed again and read as a tar, all in one pass, and
 * becomes a list of what it adds and a list of what it removes. Private to audit/. */

#include "audit/intake.h"

#define ENTRIES_MAX 1000000		/* in all layers (T6) */
#define NAMES_MAX (256u << 20)		/* bytes of all names */

struct removal {
	const char *path;
	bool opaque;		/* what is below goes, the folder stays */
};

struct change {
	struct items adds;	/* in the order of the tar, then sorted; later ones win */
	struct { struct removal *v; size_t n, cap; } removes;
};

/* Budget of all layers together. */
struct layer_budget {
	size_t entries;
	size_t names;
};

/* Reads layer `index` of the model's image. Items live in `a`, the lists in `lists`. ERR_INPUT
 * with the offset when it is malformed; the caller names the layer. */
MUST_CHECK bool layer_read(struct arena *a, struct arena *lists, const struct bundle *b,
			   struct intake *in, size_t index, struct layer_budget *budget,
			   struct change *out, struct error *e);

#endif
