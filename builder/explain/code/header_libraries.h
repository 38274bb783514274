/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_HEADER_LIBRARIES_H
#define EXPLAIN_CODE_HEADER_LIBRARIES_H

/* Libraries that sources in C and C++ include headers of, for build systems that look for them in
 * ways of their own, as many a configure script does. Of headers those are known that many programs
 * include. */

#include "explain/code/project.h"

/* Notes the libraries of the project's sources, but for those of tests. */
MUST_CHECK bool header_libraries_add(struct own_project *p, struct error *e);

#endif
