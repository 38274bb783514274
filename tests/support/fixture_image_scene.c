/* SPDX-License-Identifier: Apache-2.0 */
/* A small image for tests. */

#include "support/fixture_image_scene.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static void add_strings(struct arena *a, struct strings *l, const char *first, const char *second)
{
	*list_push(a, l) = first;
	if (second)
		*list_push(a, l) = second;
}

struct recipe image_scene_recipe(struct arena *a)
{
	struct recipe r = { .name = "small", .file = "recipes/small.json", .epoch = 1700000000 };
	struct image_config *c = &r.config;

	add_strings(a, &c->entrypoint, "/usr/bin/app", "--serve");
	add_strings(a, &c->cmd, "fast", NULL);
	add_strings(a, &c->expose, "8080/tcp", "3128/tcp");
	add_strings(a, &c->volumes, "/var/spool/app", NULL);
	add_strings(a, &c->health.test, "CMD", "/usr/bin/app");
	c->health.interval_ms = 30000;
	c->health.timeout_ms = 5000;
	c->health.start_period_ms = 1500;
	c->health.retries = 3;
	c->health.present = true;
	c->user = "1000:0";
	c->workdir = "/var/spool/app";
	c->stop_signal = "SIGTERM";
	*list_push(a, &c->env) = (struct variable){ "PATH", "/usr/bin" };
	*list_push(a, &c->env) = (struct variable){ "LANG", "C.UTF-8" };
	*list_push(a, &c->labels) = (struct variable){ "z.example", "last" };
	*list_push(a, &c->labels) = (struct variable){ "a.example", "first \"quoted\"" };
	*list_push(a, &c->annotations) = (struct variable){ "org.opencontainers.image.title",
							    "small" };
	return r;
}

struct image image_scene(struct scene *s, const char *name)
{
	struct recipe r = image_scene_recipe(s->a);
	struct image img = { .name = name, .architecture = "amd64" };
	struct compressor with = compressor_host(COMPRESS_GZIP);
	struct layer_order order = { 0 };
	struct error e = { 0 };

	add_strings(s->a, &order.names, "base", "app");
	cr_assert(layer_write_all(s->a, &s->store, &s->tree, &order, &with, &img.layers, &e) &&
			  image_describe(s->a, &r, NULL, &img, &e),
		  "%s%s", e.context, e.cause);
	return img;
}

void image_scene_podman(const struct scene *s)
{
	const char *conf = arena_printf(s->a, "%s/containers.conf", s->dir);
	const char *storage = arena_printf(s->a, "%s/storage.conf", s->dir);

	oracle_need("podman");
	files_put(conf, "[engine]\ncgroup_manager = \"cgroupfs\"\nruntime = \"runc\"\n");
	files_put(storage, arena_printf(s->a,
					"[storage]\ndriver = \"vfs\"\ngraphroot = \"%s/graph\"\n"
					"runroot = \"%s/run\"\n"
					"[storage.options.vfs]\nignore_chown_errors = \"true\"\n",
					s->dir, s->dir));
	cr_assert_eq(setenv("HOME", s->dir, 1), 0);
	cr_assert_eq(setenv("CONTAINERS_CONF", conf, 1), 0);
	cr_assert_eq(setenv("CONTAINERS_STORAGE_CONF", storage, 1), 0);
}
