/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_AUTOTOOLS_H
#define EXPLAIN_CODE_AUTOTOOLS_H

/* A project with a configure script, or with what autoreconf makes one of: configure.ac and the
 * files Makefile.am. None of them is run here. */

#include "explain/code/project.h"

bool autotools_are_there(const struct own_project *p);

/* The Debian package that has a macro of configure.ac; NULL: none that is known. */
const char *autotools_package(const char *macro);

/* Adds the steps, what they need, and the program: the first of bin_PROGRAMS, else that of the
 * project's name. */
MUST_CHECK bool autotools_add(struct own_project *p, struct error *e);

#endif
