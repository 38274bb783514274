/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_PYTHON_WHEEL_H
#define EXPLAIN_CODE_PYTHON_WHEEL_H

/* A folder with a pyproject.toml becomes a wheel, which is installed: by the back end that it
 * names, but for uv_build. */

#include "explain/code/project.h"

/* Whether a back end is uv_build, which Debian has not: hatchling reads the same [project], and by
 * itself takes the files that uv_build takes by default. NULL: there is none. */
bool python_wheel_is_uv(const char *back_end);

/* ERR_INPUT: the file ("packages/lib/pyproject.toml", which need not be there) has settings of
 * uv_build that hatchling would not follow. */
MUST_CHECK bool python_wheel_check(const struct own_project *p, const char *file, struct error *e);

/* Adds the steps; `label` is "" for the project's own. */
void python_wheel_add(struct own_project *p, const char *folder, const char *label);

#endif
