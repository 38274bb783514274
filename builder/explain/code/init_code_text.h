/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_INIT_CODE_TEXT_H
#define EXPLAIN_CODE_INIT_CODE_TEXT_H

/* The texts of the recipe and of the source that a project becomes. */

#include "explain/code/project.h"

void code_recipe_text(const struct own_project *p, struct buf *out);
void code_source_text(const struct own_project *p, struct buf *out);

#endif
