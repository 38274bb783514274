/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_VERSION_POETRY_CONSTRAINT_H
#define FORMAT_VERSION_POETRY_CONSTRAINT_H

/* Constraints as Poetry has them in pyproject.toml and poetry.lock (python-poetry.org: "Dependency
 * specification"): those of PEP 440, and "^1.2", "~1.2", "1.2.*", "1.2", "A || B". */

#include "base/str.h"

/* Whether the constraint takes the version. What is malformed takes any. */
bool poetry_constraint_fits(struct str version, struct str constraint);

#endif
