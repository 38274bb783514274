/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PACKAGE_PROBE_H
#define INPUT_RESOLVE_PACKAGE_PROBE_H

/* A look into one .deb at lock time, before anything is unpacked. */

#include "input/recipe/recipe_types.h"
#include "transfer/store/store.h"
#include "input/resolve/package_index.h"

/* For each of the component's needs_files a '1' or '0' in *answer: whether the package has the
 * file; then for each of configured_with: whether the program (an ELF file) that holds most of
 * these options in its bytes holds this one. The .deb must be in the store. It is read by a child
 * process without authority. ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool probe_package(struct arena *a, const struct store *s, const struct index_package *p,
			      const struct component *c, struct str *answer, struct error *e);

/* Whether a program records that it was configured with an option: in one of its C strings that
 * is a list of options (as configure records them, quoted, or several in a row), the option is a
 * word; an option without value also matches one with a value. A message that mentions it does
 * not count. */
bool probe_has_option(struct str program, struct str option);

#endif
