/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_EVENT_H
#define INSPECT_LAYERS_LAYER_EVENT_H

/* What happens while a runtime unpacks one layer, entry by entry: something is made, or a whiteout
 * removes something. Sorted by path, and for each path in the order of the tar, so that what stood
 * at a path at a given time can be looked up. */

#include "inspect/layers/layer.h"

struct layer_event {
	const char *path;
	size_t at;	   /* its place among the entries of the tar */
	struct item *item; /* what is made, or NULL: */
	struct removal *gone;
};

struct events {
	struct layer_event *v;
	size_t n;
	const struct items *lower; /* what the layers below have */
	struct arena *a;
	struct model *m;
	size_t layer; /* its index */
};

/* All that `change` says, in an array of the arena. */
void events_sort(struct arena *scratch, struct events *e, const struct change *change);

/* The item that the last event before index `at` has put at `path`, or NULL. */
struct item *events_before(const struct events *e, const char *path, size_t at);

/* A remark about the layer. `path` may be NULL. */
void events_remark(const struct events *e, const char *rule, const char *path, const char *text);

#endif
