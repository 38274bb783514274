/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_HUB_H
#define SUPPORT_FIXTURE_HUB_H

/* A registry that keeps what is put into it, in memory (OCI distribution v1.1): manifests of any
 * repository by tag and digest, blobs by digest, and referrers where it has that API. It runs in a
 * thread of the test's own process and answers one request on each connection. */

#include <pthread.h>

#include "base/buf.h"
#include "support/fixture_oracle.h"

struct hub_thing {
	const char *name; /* "team/app:1", "team/app@sha256:...", or the digest of a blob */
	const char *type; /* of a manifest */
	struct str text;
};

struct hub {
	struct arena a;
	int listener;
	unsigned port;
	pthread_t thread;
	pthread_mutex_t lock;
	bool has_referrers; /* the API */
	struct LIST(struct hub_thing) manifests, blobs;
	size_t put;	     /* manifests that were put */
	const char *refuses; /* the start of a request, "PUT /v2/": answered with 403; or NULL */
};

void hub_open(struct hub *h, bool has_referrers);
void hub_close(struct hub *h);

/* "docker://127.0.0.1:PORT/NAME" */
const char *hub_image(struct hub *h, const char *name);

/* Puts a manifest under its digest, and under a tag that is not NULL; gives the digest. A blob, and
 * its digest. */
const char *hub_put(struct hub *h, const char *repository, const char *tag, const char *type,
		    struct str text);
const char *hub_put_blob(struct hub *h, struct str text);

/* An image for a platform whose configuration is this text, with these layers ("" is none); under
 * the tag if that is not NULL. Gives its digest. */
const char *hub_put_image(struct hub *h, const char *repository, const char *tag,
			  const char *config, const char *layers);

/* {"mediaType":TYPE,"digest":DIGEST,"size":N MORE}: MORE begins with a comma or is "". */
const char *hub_descriptor(struct hub *h, const char *type, const char *digest, size_t size,
			   const char *more);

/* A manifest ("team/app:1", "team/app@sha256:..."), NULL bytes where there is none. */
struct str hub_get(struct hub *h, const char *name);

/* Every blob and every manifest with `from` in it has `to` instead, under its old name. */
void hub_spoil(struct hub *h, const char *from, const char *to);

#endif
