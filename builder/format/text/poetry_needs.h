/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_POETRY_NEEDS_H
#define FORMAT_TEXT_POETRY_NEEDS_H

/* Which packages of a poetry.lock of Poetry 1 a project needs when it runs: that file says what
 * each package depends on, and [tool.poetry.dependencies] of pyproject.toml where to begin. */

#include "format/text/python_lock.h"

/* Whether r->project is such a pyproject.toml: one that names dependencies there alone. */
MUST_CHECK bool poetry_needs_known(const struct python_lock_reading *r, bool *out, struct error *e);

/* Sets the machines that need each package of the lock, in its order; extras of the project and
 * groups are left out. ERR_INPUT: a package is missing, or several of a name may be meant. */
MUST_CHECK bool poetry_needs_find(const struct python_lock_reading *r,
				  const struct toml_node *packages, unsigned **machines,
				  struct error *e);

#endif
