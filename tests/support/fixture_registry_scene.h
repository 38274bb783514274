/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_REGISTRY_SCENE_H
#define SUPPORT_FIXTURE_REGISTRY_SCENE_H

/* A registry that says what a test scripts, a second server that is another host to it, a small
 * image to push, and an environment without anybody's credentials. */

#include "support/fixture_faultd.h"
#include "support/fixture_verb.h"
#include "support/gen_image.h"

#define REGISTRY_REPLIES 64
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"

struct registry_scene {
	struct arena *a;
	struct imagegen image; /* config, two layers, manifest */
	struct faultd registry, other;
	struct fault_reply replies[REGISTRY_REPLIES], others[REGISTRY_REPLIES];
	const char *target; /* "docker://127.0.0.1:PORT/team/app:1" */
	const char *store;
	struct str manifest; /* the image's, and its digest */
	const char *digest;  /* "sha256:..." */
};

void registry_scene_begin(struct registry_scene *s, struct arena *a);
void registry_scene_end(struct registry_scene *s);

/* The next reply for a path; `headers` may be NULL. */
struct fault_reply *registry_scene_on(struct registry_scene *s, const char *path, int status,
				      const char *headers, struct str body);
struct fault_reply *registry_scene_on_other(struct registry_scene *s, const char *path, int status,
					    const char *headers, struct str body);

/* Replies that let a push or a pull of the image succeed. */
void registry_scene_takes(struct registry_scene *s);
void registry_scene_gives(struct registry_scene *s);

/* "/v2/team/app/blobs/sha256:..." */
const char *registry_scene_blob(struct registry_scene *s, const struct digest *d);

/* What is put to an upload that was opened at "/up?id=1". */
const char *registry_scene_put(struct registry_scene *s, const struct digest *d);

/* Runs push (of the image to the target) or pull (into DIR/out) with more arguments,
 * NULL-terminated. */
struct verb_run registry_scene_push(struct registry_scene *s, const char *const *more);
struct verb_run registry_scene_pull(struct registry_scene *s, const char *const *more);
#define PUSH(s, ...) \
	registry_scene_push((s), (const char *const[]){ NULL, ##__VA_ARGS__, NULL } + 1)
#define PULL(s, ...) \
	registry_scene_pull((s), (const char *const[]){ NULL, ##__VA_ARGS__, NULL } + 1)

/* A file of credentials below the scene's folder, and its path. */
const char *registry_scene_auth(struct registry_scene *s, const char *json);

#endif
