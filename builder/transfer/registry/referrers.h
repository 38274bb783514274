/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_REFERRERS_H
#define TRANSFER_REGISTRY_REFERRERS_H

/* Which manifests are about an image: the referrers API of distribution-spec v1.1.1, and where a
 * registry has none, the fallback tag "ALGORITHM-HEX" (an index) that clients keep. */

#include "transfer/registry/manifest_document.h"
#include "transfer/registry/session.h"

#define REFERRERS_MAX 1000

/* The digests of the manifests that are said to be about `subject` ("sha256:..."). That is what
 * the registry or another client says: who uses one reads the manifest. ERR_NETWORK, ERR_INPUT when
 * the list is malformed or has more than REFERRERS_MAX entries. */
MUST_CHECK bool referrers_list(struct arena *a, struct session *s, const char *subject,
			       struct strings *out, struct error *e);

/* Enters a manifest with a subject, which was just pushed, into the fallback tag of its subject. A
 * tag that holds something else is left alone, with a warning. ERR_NETWORK. */
MUST_CHECK bool referrers_note(struct session *s, const struct document *d, struct error *e);

/* The entry of a manifest in the list `old` (NULL: there is none yet); NULL when it is there
 * already. For tests, too. ERR_INPUT. */
MUST_CHECK bool referrers_add(struct arena *a, const struct document *old, const struct document *d,
			      struct str *out, struct error *e);

#endif
