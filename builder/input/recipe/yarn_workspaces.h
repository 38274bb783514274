/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_YARN_WORKSPACES_H
#define INPUT_RECIPE_YARN_WORKSPACES_H

/* The package.json of a project and those of the workspaces that it names. */

#include "format/json/json.h"
#include "input/recipe/source_types.h"

struct yarn_workspace {
	const char *folder;	    /* below the project; "" is that itself */
	const char *name, *version; /* or NULL */
	struct json_doc doc;	    /* its package.json */
};

struct yarn_workspaces LIST(struct yarn_workspace);

/* Adds the project, then its workspaces by folder. The files go to `inputs`. ERR_INPUT: there is no
 * package.json, one is malformed, a pattern that leads out of the folder. Whatever it says, release
 * with yarn_workspaces_drop(). */
MUST_CHECK bool yarn_workspaces_load(struct arena *a, const struct dependencies *l,
				     struct strings *inputs, struct yarn_workspaces *out,
				     struct error *e);
void yarn_workspaces_drop(struct yarn_workspaces *l);

#endif
