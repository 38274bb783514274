/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_INIT_CODE_FILES_H
#define EXPLAIN_CODE_INIT_CODE_FILES_H

/* The files that init writes beside a project: all of them, or none. One that is there already with
 * the very text was written by an init whose build failed or was interrupted; it stays. One that
 * has the text to which such an init changed it, as its builds taught, is replaced. */

#include "explain/code/project.h"
#include "explain/init/init.h"

struct code_making {
	struct arena *a;
	const struct init_order *order;
	struct init_result *out;
	struct own_project p;
	struct init_place place; /* scratch: NULL once the files have their places */
};

/* Before any work: ERR_INPUT for what is in the way. Sets out->recipe. */
MUST_CHECK bool code_files_check(struct code_making *m, struct error *e);

/* Writes the files into a scratch folder, calls `ask`, which may change the project and write the
 * recipe again, and moves all to their places. After an error the folder is as it was. */
MUST_CHECK bool code_files_make(struct code_making *m,
				bool (*ask)(struct code_making *m, struct error *e),
				struct error *e);

/* The recipe, and the source unless that is a program of the recipe. */
MUST_CHECK bool code_files_write_recipe(struct code_making *m, struct error *e);

/* An image came of them: they are a person's from now on. */
MUST_CHECK bool code_files_settle(struct code_making *m, struct error *e);

/* Writes a recipe with the same base into the scratch folder, which asks for nothing else: for who
 * wants to know its archive before the recipe has its place. Gives its path. */
MUST_CHECK bool code_files_stand_in(struct code_making *m, const char **path, struct error *e);

#endif
