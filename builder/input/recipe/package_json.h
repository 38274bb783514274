/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_PACKAGE_JSON_H
#define INPUT_RECIPE_PACKAGE_JSON_H

/* The package.json files beside a lock file of Node.js and in its workspaces. */

#include "format/json/json.h"
#include "input/recipe/source_types.h"

/* Reads that of a folder below the lock file's ("": its own) and adds its name to `inputs`. 1: it
 * is an object, `doc` has it. 0: there is none. -1. */
MUST_CHECK int package_json_load(struct arena *a, const struct dependencies *l, const char *folder,
				 struct strings *inputs, struct json_doc *doc, struct error *e);

/* The Node.js that it wants ("engines"), or NULL. */
const char *package_json_engine(struct arena *a, const struct json_node *root);

#endif
