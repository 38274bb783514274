/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of an image: configuration, manifest, index. */

#include <criterion/criterion.h>

#include "make/image/config_text.h"
#include "support/fixture_files.h"
#include "support/fixture_image_scene.h"

/* An image of two layers that nobody wrote. */
static struct image image_of_two_layers(struct arena *a)
{
	struct image img = { .name = "small:1", .architecture = "arm64", .variant = "v8" };

	*list_push(a, &img.layers.v) = (struct layer){
		.name = "base",
		.media_type = "application/vnd.oci.image.layer.v1.tar+gzip",
		.digest = { { 0x11 } },
		.diff_id = { { 0x22 } },
		.size = 100,
	};
	*list_push(a, &img.layers.v) = (struct layer){
		.name = "app",
		.media_type = "application/vnd.oci.image.layer.v1.tar+zstd",
		.digest = { { 0x33 } },
		.diff_id = { { 0x44 } },
		.size = 200,
	};
	return img;
}

#define ZEROS "00000000000000000000000000000000000000000000000000000000000000"

Test(image, the_texts_are_canonical_json_with_every_setting)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = image_scene_recipe(&a);
	struct image img = image_of_two_layers(&a),
		     base = { .name = "ground", .manifest_digest = { { 0x55 } } };
	struct error e = { 0 };
	char config[DIGEST_TEXT], manifest[DIGEST_TEXT];

	cr_assert(image_describe(&a, &r, &base, &img, &e), "%s", e.cause);
	cr_expect_str_eq(
		img.config.p,
		"{\"architecture\":\"arm64\",\"config\":{\"Cmd\":[\"fast\"],"
		"\"Entrypoint\":[\"/usr/bin/app\",\"--serve\"],"
		"\"Env\":[\"PATH=/usr/bin\",\"LANG=C.UTF-8\"],"
		"\"ExposedPorts\":{\"3128/tcp\":{},\"8080/tcp\":{}},"
		"\"Healthcheck\":{\"Interval\":30000000000,\"Retries\":3,\"StartPeriod\":1500000000,"
		"\"Test\":[\"CMD\",\"/usr/bin/app\"],\"Timeout\":5000000000},"
		"\"Labels\":{\"a.example\":\"first \\\"quoted\\\"\",\"z.example\":\"last\"},"
		"\"StopSignal\":\"SIGTERM\",\"User\":\"1000:0\",\"Volumes\":{\"/var/spool/app\":{}},"
		"\"WorkingDir\":\"/var/spool/app\"},\"created\":\"2023-11-14T22:13:20Z\","
		"\"history\":[{\"created\":\"2023-11-14T22:13:20Z\",\"created_by\":\"imgbuild layer base\"},"
		"{\"created\":\"2023-11-14T22:13:20Z\",\"created_by\":\"imgbuild layer app\"}],"
		"\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[\"sha256:22" ZEROS
		"\",\"sha256:44" ZEROS "\"],"
		"\"type\":\"layers\"},\"variant\":\"v8\"}");
	digest_hex(&img.config_digest, config);
	digest_hex(&img.manifest_digest, manifest);
	cr_expect_str_eq(
		img.manifest.p,
		arena_printf(
			&a,
			"{\"annotations\":{\"org.opencontainers.image.base.digest\":\"sha256:55" ZEROS
			"\","
			"\"org.opencontainers.image.base.name\":\"localhost/ground:latest\","
			"\"org.opencontainers.image.title\":\"small\"},"
			"\"config\":{\"digest\":\"sha256:%s\","
			"\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"size\":%zu},"
			"\"layers\":[{\"digest\":\"sha256:11" ZEROS "\","
			"\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"size\":100},"
			"{\"digest\":\"sha256:33" ZEROS "\","
			"\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+zstd\",\"size\":200}],"
			"\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"schemaVersion\":2}",
			config, img.config.n));
	cr_expect_str_eq(
		img.index.p,
		arena_printf(
			&a,
			"{\"manifests\":[{\"annotations\":{\"io.containerd.image.name\":\"localhost/small:1\","
			"\"org.opencontainers.image.ref.name\":\"small:1\"},\"digest\":\"sha256:%s\","
			"\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
			"\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"},"
			"\"size\":%zu}],\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
			"\"schemaVersion\":2}",
			manifest, img.manifest.n));
}

Test(image, what_a_recipe_does_not_set_is_left_out)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = { .name = "bare", .file = "bare.json" };
	struct image img = image_of_two_layers(&a);
	struct error e = { 0 };

	img.variant = NULL;
	cr_assert(image_describe(&a, &r, NULL, &img, &e));
	cr_expect(strstr(img.config.p, "\"config\":{},\"created\":\"1970-01-01T00:00:00Z\""), "%s",
		  img.config.p);
	cr_expect(!strstr(img.config.p, "variant"));
	cr_expect(!strstr(img.manifest.p, "annotations"));
}

Test(image, settings_of_the_base_are_inherited_as_from_does)
{
	AUTO_ARENA a = { 0 };
	struct recipe base = image_scene_recipe(&a), r = { .base = &base };
	struct image_config c;

	*list_push(&a, &r.config.env) = (struct variable){ "PORT", "1" };
	*list_push(&a, &r.config.env) = (struct variable){ "PATH", "/usr/local/bin" };
	*list_push(&a, &r.config.labels) = (struct variable){ "z.example", "own" };
	*list_push(&a, &r.config.expose) = "53/udp";
	*list_push(&a, &r.config.entrypoint) = "/usr/bin/other";
	r.config.user = "65532";
	image_effective_config(&a, &r, NULL, &c);
	cr_assert_eq(c.env.n, 3);
	cr_expect_str_eq(c.env.v[0].name, "PATH", "a variable keeps its place");
	cr_expect_str_eq(c.env.v[0].value, "/usr/local/bin", "and takes the nearest value");
	cr_expect_str_eq(c.env.v[1].name, "LANG");
	cr_expect_str_eq(c.env.v[2].name, "PORT");
	cr_assert_eq(c.labels.n, 2);
	cr_expect_str_eq(c.labels.v[1].value, "own");
	cr_assert_eq(c.expose.n, 3);
	cr_expect_str_eq(c.expose.v[1], "53/udp", "ports are sorted");
	cr_expect_str_eq(c.entrypoint.v[0], "/usr/bin/other");
	cr_expect_eq(c.entrypoint.n, 1);
	cr_expect_eq(c.cmd.n, 0, "arguments of another entrypoint mean nothing to this one");
	cr_expect_str_eq(c.user, "65532");
	cr_expect_str_eq(c.workdir, "/var/spool/app");
	cr_expect_str_eq(c.stop_signal, "SIGTERM");
	cr_expect(c.health.present);
	cr_expect_eq(c.annotations.n, 0);
	cr_expect_eq(base.config.env.n, 2, "the base is not touched");
	cr_expect_eq(base.config.expose.n, 2);
}

Test(image, settings_of_an_image_of_others_lie_below_all)
{
	AUTO_ARENA a = { 0 };
	struct recipe base = image_scene_recipe(&a), r = { .base = &base };
	struct image_config below = { .user = "7", .workdir = "/below" }, c;

	*list_push(&a, &below.env) = (struct variable){ "FIRST", "1" };
	*list_push(&a, &below.env) = (struct variable){ "PATH", "/below" };
	*list_push(&a, &below.cmd) = "lost";
	base.config.user = NULL;
	image_effective_config(&a, &r, &below, &c);
	cr_assert_eq(c.env.n, 3);
	cr_expect_str_eq(c.env.v[0].name, "FIRST");
	cr_expect_str_neq(c.env.v[1].value, "/below");
	cr_expect_str_eq(c.user, "7");
	cr_expect_str_eq(c.workdir, "/var/spool/app");
	cr_expect_str_neq(c.cmd.v[0], "lost");
}

Test(image, a_recipe_that_names_no_working_folder_has_its_bases)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct image_config c;
	struct error e = { 0 };
	struct recipe r;

	files_put(arena_printf(&a, "%s/images.json", dir),
		  "{ \"archives\": { \"d\": { \"suites\": [ { \"codename\": \"trixie\" } ],\n"
		  "\"signers\": [\"0123456789ABCDEF0123456789ABCDEF01234567\"] } },\n"
		  "\"bases\": { \"b\": { \"recipe\": \"b.json\" } } }");
	files_put(arena_printf(&a, "%s/b.json", dir),
		  "{ \"name\": \"b\", \"archive\": \"d\", \"config\": { \"workdir\": \"/srv\" } }");
	files_put(arena_printf(&a, "%s/r.json", dir),
		  "{ \"name\": \"r\", \"base\": \"b\", \"config\": {} }");
	files_put(arena_printf(&a, "%s/s.json", dir), "{ \"name\": \"s\", \"archive\": \"d\" }");
	cr_assert(recipe_load(&a, arena_printf(&a, "%s/r.json", dir), &r, &e), "%s", e.cause);
	image_effective_config(&a, &r, NULL, &c);
	cr_expect_str_eq(c.workdir, "/srv");
	cr_assert(recipe_load(&a, arena_printf(&a, "%s/s.json", dir), &r, &e), "%s", e.cause);
	image_effective_config(&a, &r, NULL, &c);
	cr_expect_str_eq(c.workdir, "/", "and one without a base the root");
	files_remove(dir);
}

Test(image, a_base_without_its_own_entrypoint_hands_down_the_command)
{
	AUTO_ARENA a = { 0 };
	struct recipe base = image_scene_recipe(&a), middle = { .base = &base },
		      r = { .base = &middle };
	struct image_config c;

	image_effective_config(&a, &r, NULL, &c);
	cr_expect_eq(c.entrypoint.n, 2);
	cr_expect_eq(c.cmd.n, 1);
	*list_push(&a, &middle.config.cmd) = "slow";
	image_effective_config(&a, &r, NULL, &c);
	cr_expect_str_eq(c.cmd.v[0], "slow");
	cr_expect_eq(c.entrypoint.n, 2);
}

Test(image, times_are_rfc_3339)
{
	static const struct {
		uint64_t epoch;
		const char *want;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 4102444799, "2099-12-31T23:59:59Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ 253402300800, NULL },
		{ UINT64_MAX, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		const char *got = NULL;

		cr_expect_eq(image_time(&a, cases[i].epoch, &got, &e), cases[i].want != NULL);
		if (cases[i].want && got)
			cr_expect_str_eq(got, cases[i].want);
		else
			cr_expect_eq(e.kind, ERR_INPUT);
	}
}

Test(image, health_checks_are_exact_and_need_no_shell)
{
	static const struct {
		const char *first;
		uint64_t ms;
		const char *want;
	} cases[] = {
		{ "CMD", 1, "\"Healthcheck\":{\"Interval\":1000000,\"Test\":[\"CMD\"]}" },
		{ "/bin/check", 0, "\"Healthcheck\":{\"Test\":[\"CMD\",\"/bin/check\"]}" },
		{ "NONE", 0, "\"Healthcheck\":{\"Test\":[\"NONE\"]}" },
		{ "CMD-SHELL", 0, NULL },
		{ "CMD", 9223372036854, "\"Interval\":9223372036854000000," },
		{ "CMD", 9223372036855, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct recipe r = { .file = "r.json" };
		struct image img = image_of_two_layers(&a);
		struct error e = { 0 };

		r.config.health.present = true;
		r.config.health.interval_ms = cases[i].ms;
		*list_push(&a, &r.config.health.test) = cases[i].first;
		if (!cases[i].want) {
			cr_expect(!image_describe(&a, &r, NULL, &img, &e), "%s", cases[i].first);
			cr_expect_eq(e.kind, ERR_INPUT);
			continue;
		}
		cr_assert(image_describe(&a, &r, NULL, &img, &e), "%s", e.cause);
		cr_expect(strstr(img.config.p, cases[i].want), "%s", img.config.p);
	}
}

Test(image, an_image_without_layers_or_with_a_bad_name_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = { .file = "r.json" };
	struct image empty = { .name = "x", .architecture = "amd64" },
		     img = image_of_two_layers(&a);
	struct error e = { 0 };

	cr_expect(!image_describe(&a, &r, NULL, &empty, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	err_clear(&e);
	img.name = "Upper:1";
	cr_expect(!image_describe(&a, &r, NULL, &img, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
}
