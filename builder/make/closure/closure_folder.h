/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_CLOSURE_FOLDER_H
#define MAKE_CLOSURE_CLOSURE_FOLDER_H

/* A folder of the host (make/tree/tree_folder.h) for the closure: the tree gets what the loader
 * asks for. */

#include "make/closure/closure_candidates.h"
#include "make/tree/tree_folder.h"

struct closure_folder {
	struct closure_candidates base; /* to be given to closure_run */
	struct folder *folder;
};

struct closure_folder closure_folder_of(struct folder *f);

#endif
