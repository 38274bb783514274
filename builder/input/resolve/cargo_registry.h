/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_CARGO_REGISTRY_H
#define INPUT_RESOLVE_CARGO_REGISTRY_H

/* Where crates may be had: the sparse index of their registry says it
 * (doc.rust-lang.org/cargo: registry index, config.json). The index is named by the recipe, or by
 * settings of cargo: source replacement in .cargo/config.toml of the folder and of those above it
 * in the repository, and in $CARGO_HOME or ~/.cargo; else by Cargo.lock itself. */

#include "input/resolve/archive_state.h"
#include "input/resolve/dependency_offer.h"

/* Gives for each dependency of `r` the addresses of its .crate file, best first. ERR_INPUT where
 * nobody names an index; ERR_NETWORK. */
MUST_CHECK bool cargo_addresses(struct arena *a, const struct source_recipe *r,
				struct dependency_offer *offers, struct error *e);

/* What "dl" of a config.json means for a crate: its markers filled in, or the path that cargo
 * appends. In `a`. */
const char *cargo_download(struct arena *a, const char *dl, const struct dependency *d);

#endif
