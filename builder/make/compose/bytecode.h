/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_BYTECODE_H
#define MAKE_COMPOSE_BYTECODE_H

/* Byte code of the Python modules in an image (PEP 3147), which packages have made when they are
 * installed: without it each start of a program compiles all that it imports, for an image's file
 * system is read only. */

#include "make/compose/composition.h"

/* Adds __pycache__/NAME.cpython-3X.pyc to the tree for each module that the recipe's own layers
 * hold, compiled in the sandbox unless the store has them, if the recipe wants it. Says how many
 * modules could not be compiled. ERR_INPUT, at the recipe's line: the image has no module, or a
 * Python of another version than what compiles. */
MUST_CHECK bool bytecode_add(struct arena *a, struct composition *c, struct error *e);

#endif
