/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_NODE_WORKSPACES_H
#define EXPLAIN_CODE_NODE_WORKSPACES_H

/* The packages of one repository that have one lock file. */

#include "explain/code/project.h"

struct node_workspace {
	const char *folder, *name; /* "packages/app", "@team/app" or NULL */
	bool builds;		   /* it has a script "build" */
	bool taken;
	struct strings needs; /* names, of others too */
};

struct node_workspaces {
	struct LIST(struct node_workspace) v;
};

/* Those of the package.json, or pnpm-workspace.yaml, in the project's folder. */
MUST_CHECK bool node_workspaces_take(struct own_project *p, struct node_workspaces *out,
				     struct error *e);

/* The folders of a workspace and of those that it needs, which come before it, if they build
 * anything. */
void node_workspaces_order(struct arena *a, struct node_workspaces *w, const char *folder,
			   struct strings *out);

/* Whether packages stand where pnpm puts them: those of a workspace in its own folder. */
bool node_is_pnpm(const struct own_project *p);

#endif
