/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_GO_PROXIES_H
#define INPUT_RESOLVE_GO_PROXIES_H

/* Where modules of Go may be had: the proxies of the recipe ("from"); else those of GOPROXY, which
 * is a variable of the environment, or stands in the file that `go env -w` writes ($GOENV,
 * ~/.config/go/env). None is built in. */

#include "input/resolve/dependency_offer.h"

/* Gives for the dependencies of `r` whose numbers stand in `of` the addresses that they may have.
 * ERR_INPUT where no proxy is named, and at the line of a module that GONOPROXY or GOPRIVATE keep
 * from the proxies of GOPROXY. */
MUST_CHECK bool go_addresses(struct arena *a, const struct source_recipe *r, const size_t *of,
			     size_t n, struct dependency_offer *offers, struct error *e);

/* The servers of a list as GOPROXY has it ("A,B|direct"): up to "direct" or "off", behind which go
 * asks nobody, and without final slashes. ERR_INPUT for an address that is not http or https, or
 * has credentials in it. */
MUST_CHECK bool go_proxy_list(struct arena *a, const char *list, struct strings *out,
			      struct error *e);

/* Whether a list as GOPRIVATE has it ("*.corp.example,rsc.io/private") names the module: each is a
 * pattern for as many parts of its path as the pattern has. */
bool go_module_is_named(struct arena *a, const char *patterns, const char *module);

#endif
