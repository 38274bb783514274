/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_DEPENDENCY_STEPS_H
#define MAKE_COMPILE_DEPENDENCY_STEPS_H

/* Commands that make dependencies ready in the sandbox, before the recipe's own steps. */

#include "input/recipe/recipe.h"

struct dependency_steps LIST(struct step);

#endif
