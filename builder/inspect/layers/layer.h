/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_H
#define INSPECT_LAYERS_LAYER_H

/* One layer: its blob is hashed, and expanded, hashed again and read as a tar in one pass; it
 * becomes a list of what it adds and a list of what it removes. All but the first of these is done
 * by a child in a jail (layer_parse.h). Private to inspect/layers. */

#include "inspect/layers/layer_memo.h"
#include "inspect/layers/rootfs_feed.h"
#include "inspect/layers/layer_parse.h"
#include "base/jail.h"

#define ENTRIES_MAX 1000000    /* in all layers (T6) */
#define NAMES_MAX (256u << 20) /* bytes of all names */
#define SAID_GIB 4u	       /* of all that is said of them, with the texts kept */

struct removal {
	const char *path;
	bool opaque; /* what is below goes, the folder stays */
	bool kept;   /* for some runtimes only: layer_settle.c says when */
	size_t at;   /* entries that stand before it in the tar */
};

struct change {
	struct items adds; /* in the order of the tar, then sorted; later ones win */
	struct LIST(struct removal) removes;
};

/* Budget of all layers together. */
struct layer_budget {
	size_t entries;
	size_t names;
	uint64_t said;
	const struct keep_rule *keep; /* how much of a file is kept; NULL: the usual */
};

/* A layer that a child is reading. Starts as LAYER_READER_INIT, must not be moved, and is released
 * with layer_drop() in any case. */
struct layer_reader {
	struct layer_job job;
	struct part part;
	struct jail jail;
	int scratch;		 /* the child's notes; kept for the next layer */
	struct rootfs_feed feed; /* of a root file system in a folder */
	bool remembers;		 /* what is said is known, or is to be remembered: */
	struct digest key;
	struct layer_saying *known; /* held; NULL: a child reads the layer */
	struct progress *progress;
	pid_t told; /* a child whose begin was told; 0: none */
};
#define LAYER_READER_INIT { .part = PART_INIT, .scratch = -1, .feed = ROOTFS_FEED_INIT }

/* Starts reading layer `index` of the image; what it holds is for layer_collect(). `keep` may be
 * NULL. ERR_INPUT, ERR_SYSTEM; the caller names the layer. */
MUST_CHECK bool layer_start(struct layer_reader *r, const struct bundle *b,
			    const struct image_facts *image, size_t index,
			    const struct keep_rule *keep, struct error *e);

/* What a child said, checked: items and remarks are in `a`, the lists in `lists`, texts that are
 * kept in the model's file. ERR_INPUT with the offset where the layer is malformed. */
MUST_CHECK bool layer_collect(struct arena *a, struct arena *lists, struct source *said,
			      struct model *m, size_t index, struct layer_budget *budget,
			      struct change *out, struct error *e);

/* Checks the blob's digest, collects, and makes the reader ready for another layer. */
MUST_CHECK bool layer_finish(struct layer_reader *r, struct arena *a, struct arena *lists,
			     struct model *m, struct layer_budget *budget, struct change *out,
			     struct error *e);
void layer_drop(struct layer_reader *r);

#endif
