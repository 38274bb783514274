/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_REBASE_REBASE_DOCUMENTS_H
#define TRUST_REBASE_REBASE_DOCUMENTS_H

/* Config and manifest of a rebased image (image-spec v1.1.1), made of those of the image and of
 * both bases. Members that nobody here knows stay as they are. */

#include "base/content_digest.h"
#include "trust/rebase/rebase.h"

/* In the config of a rebased image: the digest of the base that it stands on now. */
#define LABEL_REBASED "vnd.imgbuild.rebased"

/* The documents of one image, as they are. */
struct rebase_document {
	const char *name; /* for messages */
	const struct image_facts *facts;
	struct str manifest, config;
};

struct rebase_documents {
	struct rebase_document image, old, now;
	const char *base_name; /* of the new base: "registry.example/team/base:1"; or NULL */
};

/* Whether the lower layers of the image are the old base's: ERR_INPUT if not. */
MUST_CHECK bool rebase_stands_on(const struct rebase_documents *d, struct error *e);

/* Writes both texts, in `a`. What a user of the image would see of another base than its layers -
 * settings that the bases have differently - becomes obstacles. ERR_INPUT for documents that do not
 * fit together: another platform, Docker's media types beside OCI's, a history of other length. */
MUST_CHECK bool rebase_write(struct arena *a, const struct rebase_documents *d, struct str *config,
			     struct str *manifest, struct rebase_obstacles *out, struct error *e);

#endif
