/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_LIBRARY_PACKAGES_H
#define EXPLAIN_CODE_LIBRARY_PACKAGES_H

/* From the libraries that a build system asks for to the Debian packages that have their headers:
 * the one that has the module's file NAME.pc, the package of CMake, or the library to link with. */

#include "explain/code/project.h"
#include "input/lock/lock_order.h"

/* Adds to p->build_depends what the archive of the order has for p->libraries; what is found is
 * taken away from there. As contents_find(). */
MUST_CHECK bool library_packages_find(struct own_project *p, const struct lock_order *o,
				      struct error *e);

/* Leaves to decide which packages have the rest of p->libraries; `asked`: the archive has none. */
void library_packages_leave(const struct own_project *p, bool asked);

/* What packages of build_depends ask of the image: a base with OpenSSL; a locale for what edits
 * text on a terminal. */
void library_packages_shape_image(struct own_project *p);

#endif
