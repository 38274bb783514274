/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_registry_scene.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/registry_options.h"
#include "support/fixture_files.h"

#define MANIFESTS "/v2/team/app/manifests/"

static void registry_forget_environment(struct registry_scene *s)
{
	static const char *const names[] = {
		"REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DOCKER_CONFIG",
		"IMGBUILD_NETRC",     "http_proxy",	 "https_proxy",	    "HTTPS_PROXY",
		"ALL_PROXY",	      "all_proxy",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
	setenv("HOME", s->image.dir, 1);
	setenv("XDG_RUNTIME_DIR", s->image.dir, 1);
}

void registry_scene_begin(struct registry_scene *s, struct arena *a)
{
	*s = (struct registry_scene){ .a = a };
	imagegen_begin(&s->image, a);
	imagegen_file(&s->image, "one", 0644, STR("first"));
	imagegen_layer(&s->image);
	imagegen_file(&s->image, "two", 0644, STR("second"));
	imagegen_write(&s->image);
	s->manifest = str_of(files_get(a, imagegen_blob(&s->image, &s->image.manifest_digest)));
	s->digest = arena_printf(a, "sha256:%s", digest_hex_dup(a, &s->image.manifest_digest));
	s->store = arena_printf(a, "%s/store", s->image.dir);
	registry_forget_environment(s);
	faultd_start(&s->registry, s->replies, 0);
	faultd_start(&s->other, s->others, 0);
	s->target = arena_printf(a, "docker://127.0.0.1:%u/team/app:1", s->registry.port);
}

void registry_scene_end(struct registry_scene *s)
{
	faultd_stop(&s->registry);
	faultd_stop(&s->other);
	imagegen_end(&s->image);
}

static struct fault_reply *registry_add_reply(struct faultd *d, struct fault_reply *replies,
					      const struct fault_reply *r)
{
	cr_assert_lt(d->n, REGISTRY_REPLIES);
	replies[d->n] = *r;
	return &replies[d->n++];
}

struct fault_reply *registry_scene_on(struct registry_scene *s, const char *path, int status,
				      const char *headers, struct str body)
{
	return registry_add_reply(&s->registry, s->replies,
				  &(struct fault_reply){ .path = path,
							 .status = status,
							 .headers = headers,
							 .body = body });
}

struct fault_reply *registry_scene_on_other(struct registry_scene *s, const char *path, int status,
					    const char *headers, struct str body)
{
	return registry_add_reply(&s->other, s->others,
				  &(struct fault_reply){ .path = path,
							 .status = status,
							 .headers = headers,
							 .body = body });
}

const char *registry_scene_blob(struct registry_scene *s, const struct digest *d)
{
	return arena_printf(s->a, "/v2/team/app/blobs/sha256:%s", digest_hex_dup(s->a, d));
}

const char *registry_scene_put(struct registry_scene *s, const struct digest *d)
{
	return arena_printf(s->a, "/up?id=1&digest=sha256:%s", digest_hex_dup(s->a, d));
}

void registry_scene_takes(struct registry_scene *s)
{
	registry_scene_on(s, "/v2/team/app/blobs/uploads/", 202, "Location: /up?id=1\r\n", STR(""));
	registry_scene_on(s, registry_scene_put(s, &s->image.config_digest), 201, NULL, STR(""));
	for (size_t i = 0; i < s->image.layers.n; i++)
		registry_scene_on(s, registry_scene_put(s, &s->image.layers.v[i].digest), 201, NULL,
				  STR(""));
	/* HEAD finds no tag; then it is put */
	registry_scene_on(s, MANIFESTS "1", 404, NULL, STR(""));
	registry_scene_on(s, MANIFESTS "1", 201, NULL, STR(""));
}

static struct str blob_text(struct registry_scene *s, const struct digest *d)
{
	struct error e = { 0 };
	struct str text;

	cr_assert(io_read_file(s->a, AT_FDCWD, imagegen_blob(&s->image, d), 1 << 20, &text, &e));
	return text;
}

void registry_scene_gives(struct registry_scene *s)
{
	struct imagegen *g = &s->image;

	registry_scene_on(s, MANIFESTS "1", 200,
			  "Content-Type: " MANIFEST_TYPE "; charset=utf-8\r\n", s->manifest);
	registry_scene_on(s, registry_scene_blob(s, &g->config_digest), 200, NULL,
			  blob_text(s, &g->config_digest));
	for (size_t i = 0; i < g->layers.n; i++)
		registry_scene_on(s, registry_scene_blob(s, &g->layers.v[i].digest), 200, NULL,
				  blob_text(s, &g->layers.v[i].digest));
}

static struct verb_run registry_run_verb(struct registry_scene *s, const struct command *verb,
					 struct strings *words, const char *const *more)
{
	while (*more)
		*list_push(s->a, words) = *more++;
	*list_push(s->a, words) = NULL;
	return verb_run(s->a, verb, words->v);
}

struct verb_run registry_scene_push(struct registry_scene *s, const char *const *more)
{
	struct strings words = { 0 };

	*list_push(s->a, &words) = "push";
	*list_push(s->a, &words) = s->image.path;
	*list_push(s->a, &words) = s->target;
	return registry_run_verb(s, &cmd_push, &words, more);
}

struct verb_run registry_scene_pull(struct registry_scene *s, const char *const *more)
{
	struct strings words = { 0 };

	*list_push(s->a, &words) = "pull";
	*list_push(s->a, &words) = s->target;
	*list_push(s->a, &words) = "-o";
	*list_push(s->a, &words) = arena_printf(s->a, "%s/out", s->image.dir);
	*list_push(s->a, &words) = "--cache-dir";
	*list_push(s->a, &words) = s->store;
	return registry_run_verb(s, &cmd_pull, &words, more);
}

const char *registry_scene_auth(struct registry_scene *s, const char *json)
{
	const char *path = arena_printf(s->a, "%s/auth.json", s->image.dir);

	files_put(path, json);
	return path;
}
