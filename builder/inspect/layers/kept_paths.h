/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_KEPT_PATHS_H
#define INSPECT_LAYERS_KEPT_PATHS_H

/* Which files' texts are kept while layers are read, by their paths alone: what rules and documents
 * are made from. */

#include <stdbool.h>

/* What a language's installer says in a file of this path. */
enum kept_language {
	KEPT_NONE,
	KEPT_PYTHON_METADATA, /* NAME.dist-info/METADATA, NAME.egg-info/PKG-INFO */
	KEPT_PYTHON_RECORD,   /* NAME.dist-info/RECORD */
	KEPT_NODE_PACKAGE,    /* node_modules/NAME/package.json, node_modules/@SCOPE/NAME/... */
};
enum kept_language kept_language(const char *path);

/* Is a folder node_modules part of the path? */
bool kept_in_modules(const char *path);

/* Whether the text of a file is kept in any case. */
bool kept_always(const char *path);

#endif
