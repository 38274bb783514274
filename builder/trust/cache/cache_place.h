/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_CACHE_CACHE_PLACE_H
#define TRUST_CACHE_CACHE_PLACE_H

/* Where a shared cache is, as a person writes it: values of --cache-from and --cache-to, in the
 * manner of docker buildx. Nothing here is opened.
 *
 *   type=local,dir=DIR
 *   type=http,url=URL
 *   type=registry,ref=HOST/NAME */

#include "transfer/registry/reference.h"

enum cache_kind { CACHE_LOCAL, CACHE_HTTP, CACHE_REGISTRY };

struct cache_place {
	enum cache_kind kind;
	const char *shown;    /* for messages: the folder, the URL, docker://HOST/NAME */
	const char *address;  /* DIR; URL without a final slash */
	struct reference ref; /* of CACHE_REGISTRY; without tag */
};

struct cache_places LIST(struct cache_place);

/* Takes it apart; a relative DIR is below `folder` (NULL: the working folder). Strings live in `a`.
 * `option` is where it stands, for ERR_USAGE. */
MUST_CHECK bool cache_place_parse(struct arena *a, const char *option, const char *text,
				  const char *folder, struct cache_place *out, struct error *e);

#endif
