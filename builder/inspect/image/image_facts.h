/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_IMAGE_FACTS_H
#define INSPECT_IMAGE_IMAGE_FACTS_H

/* What an image says of itself in its manifest and its config. */

#include "base/content_digest.h"
#include "base/str.h"

#define DOCUMENT_MAX (4u << 20) /* bytes of an index, manifest or config (T31) */
#define LAYERS_MAX 512		/* layers an image may have; runtimes stop at 127 */

struct image_layer {
	const char *part;	       /* its name in the bundle */
	const char *media_type;	       /* NULL in a docker archive */
	bool has_digest;	       /* docker archives have none */
	struct content_digest digest;  /* of the blob */
	uint64_t size;		       /* of the blob */
	struct content_digest diff_id; /* of the tar in it */
	const char *created_by;	       /* its line in the history, or NULL */
	bool foreign;		       /* its descriptor has urls to load it from */
};

struct history_line {
	const char *created_by;			/* never NULL */
	const char *created, *author, *comment; /* NULL when not said */
	bool empty;				/* made no layer */
};

/* How a health check is repeated; 0: not said. */
struct health_pace {
	uint64_t interval_ns, timeout_ns, start_period_ns, retries;
};

struct env_var {
	const char *name, *value;
};

struct image_facts {
	bool rootfs; /* a folder: no config, no layers but one that stands for it */
	const char *os, *architecture, *variant; /* variant: NULL when none */
	const char *ref_name;			 /* tag in the index, or NULL */
	struct strings names; /* "registry/space/name:tag", as far as somebody says */
	const char *created;  /* or NULL */
	bool has_digest;      /* a manifest was there */
	struct content_digest manifest, config;
	const char *config_part; /* its name in the bundle */
	uint64_t manifest_size, config_size;
	const char *user, *workdir, *stop_signal; /* NULL when not said */
	struct strings entrypoint, cmd, expose, volumes;
	struct LIST(struct env_var) env, labels, annotations;
	bool has_health; /* a Healthcheck that is not ["NONE"] */
	struct strings health;
	struct health_pace pace;
	struct LIST(struct history_line) history;
	struct LIST(struct image_layer) layers;
	struct strings platforms; /* all that the index offers */
	struct strings remarks;	  /* odd, but no runtime minds: for a finding */
};

#endif
