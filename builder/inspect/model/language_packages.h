/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_LANGUAGE_PACKAGES_H
#define INSPECT_MODEL_LANGUAGE_PACKAGES_H

/* What installers of languages leave behind, whoever ran them: Python's .dist-info and .egg-info
 * (packaging.python.org: recording installed projects), packages below node_modules, and what
 * programs of Go and Rust and jars say they were built from (inspect/layers/embedded.h). What a
 * package record lists is Debian's and is left to its record. */

#include "inspect/model/image_component.h"
#include "inspect/model/model.h"

/* Adds a component for each, with the package URL of its ecosystem: pkg:pypi, pkg:npm,
 * pkg:golang, pkg:cargo, pkg:maven. One that is
 * there several times in one version is added once. A file that cannot be read becomes a problem.
 * ERR_SYSTEM. */
MUST_CHECK bool language_components(struct arena *a, const struct model *m, struct components *out,
				    struct remarks *problems, struct error *e);

/* Marks as owned what RECORD of a .dist-info lists, what stands in the folder of a package below
 * node_modules, and programs and jars that say what they were built from. ERR_SYSTEM. */
MUST_CHECK bool language_own(struct model *m, struct error *e);

#endif
