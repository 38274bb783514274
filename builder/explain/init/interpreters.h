/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_INTERPRETERS_H
#define EXPLAIN_INIT_INTERPRETERS_H

/* The interpreter of the script that the image is for, where its package is one that every Debian
 * has: nobody's Depends name perl-base. */

#include "explain/init/collect.h"

/* *interpreter: what a script names and the image does not have; NULL: it is not a script, or can
 * run. ERR_SYSTEM. */
MUST_CHECK bool interpreter_lacking(struct collecting *c, const struct node *n,
				    const char **interpreter, struct error *e);

/* Whether a script is a module, by its path: an interpreter loads it, whatever its first line says
 * of starting it. */
bool interpreter_loads(const char *path);

/* Adds its package to the draft's packages, unless it is a shell's. *added becomes true: the image
 * has to be composed again. ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool interpreters_add(struct collecting *c, bool *added, struct error *e);

#endif
