/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_OPENED_LIBRARIES_H
#define EXPLAIN_CODE_OPENED_LIBRARIES_H

/* Libraries that a project's modules of Python open by name: python-magic loads libmagic by ctypes,
 * WeasyPrint Pango by cffi, psycopg looks for libpq. Their metadata cannot say so, for it knows no
 * packages of Debian. */

#include "explain/code/project.h"
#include "line/build_order.h"

/* Composes the image of the order's recipe, whose sources are compiled, and gives the draft the
 * packages of libraries that modules name and that the image does not have, and what find_library()
 * asks. What no package of the archive has is left alone: it may be of another system. *changed
 * tells whether there was any. Errors as build_suggest_with(). */
MUST_CHECK bool opened_libraries_choose(struct own_project *p, const struct build_order *o,
					bool *changed, struct error *e);

#endif
