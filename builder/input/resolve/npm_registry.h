/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_NPM_REGISTRY_H
#define INPUT_RESOLVE_NPM_REGISTRY_H

/* Where the files of packages of npm may be had. The lock file names an address for most. The
 * recipe ("from"), else settings of npm take the place of its beginning: npm_config_registry, the
 * .npmrc beside the lock file, the user's ($NPM_CONFIG_USERCONFIG or ~/.npmrc). As with npm, these
 * settings stand for the public registry only (replace-registry-host); what the lock file has from
 * elsewhere is fetched from there. A package without an address is asked of the registry, whose
 * answer (github.com/npm/registry, package metadata) names it; but pnpm leaves out the address that
 * follows from the package's name (decision 110). */

#include "input/resolve/archive_state.h"
#include "input/resolve/dependency_offer.h"

/* Gives for the dependencies of `r` whose numbers stand in `of` the addresses of their files, best
 * first. ERR_INPUT where nobody names a registry; ERR_NETWORK. */
MUST_CHECK bool npm_addresses(struct arena *a, const struct source_recipe *r, const size_t *of,
			      size_t n, struct dependency_offer *offers, struct error *e);

/* The files of npm's settings for a project, there or not: what the first one says wins. */
struct strings npm_setting_files(struct arena *a, const struct dependencies *l);

/* The address in a registry that stands for that of the lock file: "https://a.test/npm" for
 * "https://b.test/x/-/x-1.0.0.tgz" of the package x gives "https://a.test/npm/x/-/x-1.0.0.tgz".
 * NULL where the address has not the form of registries. In `a`. */
const char *npm_address_at(struct arena *a, const char *registry, const struct dependency *d);

#endif
