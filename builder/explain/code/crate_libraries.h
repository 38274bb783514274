/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_CRATE_LIBRARIES_H
#define EXPLAIN_CODE_CRATE_LIBRARIES_H

/* Crates that are linked with a library of the system, as their build scripts ask pkg-config for
 * it. Those that bring its source along, where the system has none, are not among them. */

#include "explain/code/project.h"

/* Notes the libraries of the crates of a Cargo.lock. What is wrong with that is for those to say
 * who need it. */
void crate_libraries_add(struct own_project *p, const char *lock);

#endif
