/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_PACKAGE_SCRIPTS_H
#define EXPLAIN_CODE_PACKAGE_SCRIPTS_H

/* Scripts that packages of npm bring for their authors' own work, and commands for a shell. */

#include "explain/code/project.h"
#include "inspect/audit/audit.h"

/* Leaves out of the image those scripts below node_modules, and those among installed commands,
 * which the audit refuses, as nothing in the image runs them; in patterns without versions, so that
 * they last. true: there are new ones,
 * and it is worth another build. */
bool package_scripts_drop(struct own_project *p, const struct audit_result *r);

#endif
