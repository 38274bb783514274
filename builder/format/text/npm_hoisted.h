/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_NPM_HOISTED_H
#define FORMAT_TEXT_NPM_HOISTED_H

/* Where yarn 1 puts packages: in node_modules of the project, as long as no other version stands
 * there, else as near to it as can be. */

#include "format/text/npm_graph.h"

/* Adds the packages that the project needs to `out`, one entry for each place, and its own links;
 * the folders of the project to `others`. The first importer has to be the project itself, and
 * npm_graph_mark() comes first. false with *e, which names no place: they would be too many. */
bool npm_hoisted_place(struct arena *a, const struct npm_graph *g, struct npm_entries *out,
		       struct npm_entries *others, struct error *e);

#endif
