/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_NPM_GRAPH_H
#define FORMAT_TEXT_NPM_GRAPH_H

/* Who needs whom in a project of Node.js, as lock files have it that leave the folders to the
 * program: pnpm-lock.yaml and yarn.lock. What stands where is worked out from it: npm_isolated.h,
 * npm_hoisted.h. */

#include "format/text/npm_lock.h"

struct npm_edge {
	const char *name; /* what code asks for: "c", which may be another one's file */
	size_t to;	  /* the number of the package; NPM_OF_PROJECT: a folder of the project */
	const char *link; /* that folder; else NULL */
	bool optional;
	bool dev; /* of the project: only for development */
};

struct npm_edges LIST(struct npm_edge);

struct npm_package {
	const char *key;	/* unique: "react-redux@8.1.3(react@18.3.1)" */
	struct npm_entry entry; /* without a place; what it needs is in `edges` */
	struct npm_edges edges;
	bool reached; /* the project needs it */
};

/* The project itself, and each of its workspaces. */
struct npm_importer {
	const char *folder; /* "packages/a"; "" is the project's own */
	struct npm_edges edges;
	const char *engine; /* the Node.js that it wants, or NULL */
	unsigned line;
};

struct npm_graph {
	struct LIST(struct npm_package) packages;
	struct LIST(struct npm_importer) importers;
};

/* Finds out which packages the project needs, which of them only for development, and which it can
 * do without: sets `reached`, and `dev` and `optional` of the entries. */
void npm_graph_mark(struct npm_graph *g);

/* A package, and how many there are between it and the project. */
struct npm_step {
	size_t package, depth;
};

/* The packages as they are reached, the nearest to the project first, those that are only for
 * development at the end. Gives how many; `out` has room for all. */
size_t npm_graph_order(const struct npm_graph *g, struct npm_step *out);

/* Adds what the project and its workspaces are to entries: links to workspaces go to `out`, the
 * folders themselves, with the names that they need, to `others`. */
void npm_graph_add_project(struct arena *a, const struct npm_graph *g, struct npm_entries *out,
			   struct npm_entries *others);

/* What an entry needs, by name. */
void npm_graph_add_needs(struct arena *a, const struct npm_edges *edges, struct npm_entry *x);

#endif
