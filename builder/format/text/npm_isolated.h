/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_NPM_ISOLATED_H
#define FORMAT_TEXT_NPM_ISOLATED_H

/* Where pnpm puts packages (pnpm.io: symlinked node_modules structure): each in a folder of its
 * own, node_modules/.pnpm/KEY/node_modules/NAME, with symlinks beside it to what it needs, and
 * symlinks in node_modules of the project and its workspaces to what they name. */

#include "format/text/npm_graph.h"

/* Adds the packages that the project needs, with `aliases`, and its own links, to `out`; the
 * folders of the project to `others`. npm_graph_mark() comes first. With `hoist` those that
 * packages need are also in node_modules of the project, as with shamefully-hoist; without, as by
 * default, only packages find each other without naming each other. */
void npm_isolated_place(struct arena *a, const struct npm_graph *g, bool hoist,
			struct npm_entries *out, struct npm_entries *others);

#endif
