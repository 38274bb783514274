/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_INIT_CODE_H
#define EXPLAIN_CODE_INIT_CODE_H

/* From a project in a folder of the working folder to its image: recipes/NAME.json,
 * recipes/sources/NAME.json, images.json and .gitignore where there are none. */

#include "explain/init/init.h"

enum code_language {
	CODE_NONE,
	CODE_C,
	CODE_CXX,
	CODE_GO,
	CODE_RUST,
	CODE_PYTHON,
	CODE_NODE,
	CODE_JAVA,
	CODE_LANGUAGES
};

/* Reads the project in `folder`, writes the files, locks and builds. Of `o` counts all but packages
 * and program. ERR_INPUT for a folder that is no such project, or a file that is in the way: then
 * nothing has been written. When the build fails, the files stay, to be changed. */
MUST_CHECK bool init_code(struct arena *a, const struct init_order *o, enum code_language language,
			  const char *folder, struct init_result *out, struct error *e);

#endif
