/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_COMPARE_GRAPH_H
#define INSPECT_COMPARE_GRAPH_H

/* Who needs what in an image, as a picture: files in boxes by package, arrows from a file to what
 * it loads. Files alike (one package, one folder, needed by nobody, not programs: modules and
 * plug-ins) are drawn as one, unless all are wanted. */

#include "inspect/model/model_loader.h"
#include "base/buf.h"

enum graph_by { GRAPH_FILES, GRAPH_PACKAGES };

struct graph_node {
	const char *label;	 /* "/usr/sbin/squid", "14 files in /usr/lib/x", "libz1" */
	const struct item *item; /* one of its files; NULL: a name that is not in the image */
	const char *cluster;	 /* package, or NULL */
	uint64_t bytes;
	size_t files;
	bool missing, program;
};

struct graph_edge {
	size_t from, to; /* indexes of nodes */
	enum need_kind kind;
};

struct graph {
	const char *image;
	struct LIST(struct graph_node) nodes; /* by cluster, then label */
	struct LIST(struct graph_edge) edges; /* by from, to; each once */
};

/* Files that need nothing and that nobody needs are left out. */
void graph_make(struct arena *a, const struct model *m, const struct needs *needs, enum graph_by by,
		bool all, struct graph *out);

/* Graphviz, Mermaid (flowchart), {"format":1,"nodes":[...],"edges":[...]}. */
void graph_dot(const struct graph *g, struct buf *out);
void graph_mermaid(const struct graph *g, struct buf *out);
void graph_json(const struct graph *g, struct buf *out);

#endif
