/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_RUST_SETTINGS_H
#define EXPLAIN_CODE_RUST_SETTINGS_H

/* Cargo's settings of a project, .cargo/config.toml: what of them counts in a build, and what does
 * not. */

#include "explain/code/project.h"

/* As the toolchain rust has it. */
#define RUST_FLAGS "--remap-path-prefix=/build/src=src --remap-path-prefix=/build/vendor=vendor"

struct rust_settings {
	const char *release; /* the folder in which cargo leaves programs */
	bool vendored;	     /* crates stand in a folder that these settings name */
};

/* Reads the settings in the project's folder; adds to `p` the variables that they ask for, and
 * folders of crates that git leaves out. */
MUST_CHECK bool rust_settings_take(struct own_project *p, struct rust_settings *out,
				   struct error *e);

#endif
