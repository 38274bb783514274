/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_SUBMODULES_H
#define EXPLAIN_CODE_SUBMODULES_H

/* Submodules of git (.gitmodules), which a clone has as empty folders until they are asked for. */

#include "explain/code/project.h"

/* Tells those whose folder holds nothing. */
void submodules_tell(struct own_project *p);

#endif
