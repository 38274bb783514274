/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MANIFEST_H
#define AUDIT_MANIFEST_H

/* What an image says of itself: its layers and its config, with every reference between the
 * parts checked (OCI image-spec v1.1.1; the Docker image formats that are read beside it). */

#include "inspect/image/bundle.h"
#include "base/digest.h"
#include "format/json/json.h"

#define DOCUMENT_MAX (4u << 20)		/* bytes of an index, manifest or config (T31) */
#define LAYERS_MAX 512			/* layers an image may have; runtimes stop at 127 */

struct image_layer {
	const char *part;	/* its name in the bundle */
	const char *media_type;	/* NULL in a docker archive */
	bool has_digest;	/* docker archives have none */
	struct digest digest;	/* of the blob */
	uint64_t size;		/* of the blob */
	struct digest diff_id;	/* of the tar in it */
	const char *created_by;	/* its line in the history, or NULL */
	bool foreign;		/* its descriptor has urls to load it from */
};

struct history_line {
	const char *created_by;	/* never NULL */
	bool empty;		/* made no layer */
};

struct env_var {
	const char *name, *value;
};

struct image_facts {
	const char *os, *architecture, *variant;	/* variant: NULL when none */
	const char *ref_name;		/* tag in the index, or NULL */
	struct strings names;		/* "registry/space/name:tag", as far as somebody says */
	const char *created;		/* or NULL */
	bool has_digest;		/* a manifest was there */
	struct digest manifest, config;
	const char *config_part;	/* its name in the bundle */
	uint64_t manifest_size, config_size;
	const char *user, *workdir, *stop_signal;	/* NULL when not said */
	struct strings entrypoint, cmd, expose, volumes;
	struct { struct env_var *v; size_t n, cap; } env, labels, annotations;
	bool has_health;		/* a Healthcheck that is not ["NONE"] */
	struct strings health;
	struct { struct history_line *v; size_t n, cap; } history;
	struct { struct image_layer *v; size_t n, cap; } layers;
	struct strings platforms;	/* all that the index offers */
	struct strings remarks;		/* odd, but no runtime minds: for a finding */
};

/* Finds the image in the bundle. `platform` may be NULL. ERR_INPUT, naming the descriptor, for
 * anything that does not fit together; ERR_USAGE for a platform or tag that is not there. Layer
 * blobs are not read yet: layer_read() checks them. */
MUST_CHECK bool manifest_read(struct arena *a, const struct bundle *b, const char *platform,
			      struct image_facts *out, struct error *e);

/* For the two readers: fills what the config document says, and joins its diff_ids and history
 * with the layers that are there already. */
MUST_CHECK bool image_config_read(struct arena *a, const char *name, struct str text,
			    struct image_facts *out, struct error *e);
/* Its member "config" alone: user, programs, environment, health. */
MUST_CHECK bool image_execution_read(struct arena *a, const struct json_node *root,
				     struct image_facts *out, struct error *e);
MUST_CHECK bool docker_read(struct arena *a, const struct bundle *b, struct image_facts *out,
			    struct error *e);
MUST_CHECK bool docker_v1_read(struct arena *a, const struct bundle *b, struct image_facts *out,
			       struct error *e);

/* This machine's OCI name: "amd64". */
const char *machine_name(void);

#endif
