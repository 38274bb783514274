/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_LISTING_H
#define TRANSFER_REGISTRY_LISTING_H

/* What a registry has: its repositories (Docker's registry API, _catalog, which not every registry
 * has) and the tags of one (distribution-spec v1.1.1, Content Discovery). */

#include "transfer/registry/session.h"

#define LISTING_MAX 100000 /* names in one list */

/* The repositories of a host whose names begin with `prefix`. ERR_NETWORK, ERR_INPUT for a list
 * that is malformed or too long. Names live in `a`. */
MUST_CHECK bool listing_repositories(struct arena *a, const struct session_options *o,
				     const char *host, const char *prefix, struct strings *out,
				     struct error *e);

/* The tags of the repository of `ref`, but those that belong to other images: "sha256-HEX" with
 * whatever follows. None of a repository that is not there, as one in the list of repositories may
 * be whose last image was removed. Fails as above. */
MUST_CHECK bool listing_tags(struct arena *a, const struct session_options *o,
			     const struct reference *ref, struct strings *out, struct error *e);

#endif
