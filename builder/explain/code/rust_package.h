/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_RUST_PACKAGE_H
#define EXPLAIN_CODE_RUST_PACKAGE_H

/* What a Cargo.toml tells: the programs of a package, the members of a workspace. */

#include "explain/code/project.h"

#define CARGO_TOML "Cargo.toml"

struct rust_program {
	const char *name, *path; /* NULL: nothing tells */
	struct strings features; /* without which it is not compiled */
};

struct rust_package {
	const char *folder; /* below the project's; "" is that itself */
	const char *name, *version, *default_run;
	const char *release, *members_release; /* of Rust, that are asked for; or NULL */
	unsigned release_line, members_release_line;
	bool release_of_workspace;
	bool no_discovery; /* autobins = false */
	struct LIST(struct rust_program) programs;
	bool workspace;
	struct strings members, default_members, exclude; /* as it has them: patterns */
	const char *members_version;			  /* workspace.package.version */
	const char *outside; /* a folder that it needs, and that is not below the project's */
	unsigned outside_line;
};

/* "crates/cli/Cargo.toml" */
const char *rust_join(struct arena *a, const char *folder, const char *name);

/* Reads Cargo.toml of `r->folder`. */
MUST_CHECK bool rust_package_take(struct own_project *p, struct rust_package *r, struct error *e);

/* ERR_INPUT, if it needs a folder outside of the project's. */
MUST_CHECK bool rust_package_check(const struct own_project *p, const struct rust_package *r,
				   struct error *e);

/* The folders that patterns of a workspace mean, below the project's, less what it leaves out. */
MUST_CHECK bool rust_members_find(struct own_project *p, const struct rust_package *root,
				  const struct strings *patterns, struct strings *out,
				  struct error *e);

#endif
