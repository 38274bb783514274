/* SPDX-License-Identifier: Apache-2.0 */
/* Config and manifest of a rebased image: what comes from which of the three. */

#include "trust/rebase/rebase_documents.h"

#include <criterion/criterion.h>

#define OCI "application/vnd.oci.image.layer.v1.tar+gzip"
#define DOCKER "application/vnd.docker.image.rootfs.diff.tar.gzip"

/* An image of the old base's layer and one of its own; a new base of two layers. */
struct documents_world {
	struct arena a;
	struct image_facts facts[3];
	struct rebase_documents d;
	struct rebase_obstacles obstacles;
	struct str config, manifest;
	struct error e;
	const char *message, *rebased; /* the digest of the new base */
};

static void documents_layers(struct documents_world *w, struct image_facts *f, const char *names,
			     const char *type)
{
	for (; *names; names++)
		*list_push(&w->a, &f->layers) = (struct image_layer){
			.media_type = type,
			.diff_id = content_digest_of((struct str){ names, 1 }, false),
		};
}

static void documents_open(struct documents_world *w, const char *const configs[3])
{
	static const char *const names[] = { "image", "old", "new" }, *const layers[] = { "ox", "o",
											  "nm" };
	struct rebase_document *docs[3];

	*w = (struct documents_world){ .message = "" };
	docs[0] = &w->d.image;
	docs[1] = &w->d.old;
	docs[2] = &w->d.now;
	for (int i = 0; i < 3; i++) {
		struct image_facts *f = &w->facts[i];

		f->os = "linux";
		f->architecture = "amd64";
		f->manifest = content_digest_of(str_of(names[i]), false);
		documents_layers(w, f, layers[i], OCI);
		*docs[i] = (struct rebase_document){
			names[i], f, STR("{\"config\":{\"digest\":\"x\"},\"layers\":[]}"),
			str_of(configs[i])
		};
	}
	w->rebased = content_digest_text(&w->a, &w->facts[2].manifest);
}

static void documents_close(struct documents_world *w)
{
	arena_free(&w->a);
}

static enum err_kind documents_write(struct documents_world *w)
{
	char text[1600] = "";
	bool ok = rebase_write(&w->a, &w->d, &w->config, &w->manifest, &w->obstacles, &w->e);
	enum err_kind kind = w->e.kind;

	cr_expect_eq(ok, kind == ERR_NONE);
	if (!ok)
		err_format(&w->e, text, sizeof(text));
	w->message = arena_strdup(&w->a, text);
	err_clear(&w->e);
	return kind;
}

/* What obstacles say, or "". */
static const char *documents_obstacles(struct documents_world *w)
{
	struct buf text = { .a = &w->a };

	list_each(o, &w->obstacles)
		buf_printf(&text, "%s%s", text.n ? "; " : "", o->text);
	return text.n ? buf_cstr(&text) : "";
}

Test(rebase_documents, a_config_is_the_images_with_layers_and_history_of_the_new_base)
{
	struct documents_world w;

	documents_open(
		&w, (const char *const[]){
			    "{\"os\":\"linux\",\"config\":{\"Env\":[\"A=1\"],\"Labels\":{\"own\":"
			    "\"x\",\"from\":\"old\",\"kept\":\"mine\"},\"N\":{\"a\":[1,null,"
			    "true]}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"o\","
			    "\"x\"]},\"history\":[{\"o\":1},{\"x\":1.5}],\"odd\":\"\\u00e9\"}",
			    "{\"config\":{\"Env\":[\"A=1\"],\"Labels\":{\"from\":\"old\","
			    "\"kept\":\"base\"}}}",
			    "{\"config\":{\"Env\":[\"A=1\"],\"Labels\":{\"from\":\"new\","
			    "\"kept\":\"base2\",\"more\":\"1\",\"vnd.imgbuild.x\":\"1\"}},"
			    "\"rootfs\":{\"diff_ids\":[\"n\",\"m\"]},\"history\":[{\"n\":1}]}",
		    });
	list_push(&w.a, &w.facts[0].history)->created_by = "o";
	list_push(&w.a, &w.facts[0].history)->created_by = "x";
	list_push(&w.a, &w.facts[1].history)->created_by = "o";
	cr_assert_eq(documents_write(&w), ERR_NONE, "%s", w.message);
	cr_expect_str_eq(documents_obstacles(&w), "");
	cr_expect_str_eq(
		str_dup(&w.a, w.config),
		arena_printf(&w.a,
			     "{\"os\":\"linux\",\"config\":{\"Env\":[\"A=1\"],\"Labels\":{\"from\":"
			     "\"new\",\"kept\":\"mine\",\"more\":\"1\",\"own\":\"x\","
			     "\"vnd.imgbuild.rebased\":\"%s\"},\"N\":{\"a\":[1,null,true]}},"
			     "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"n\",\"m\",\"x\"]},"
			     "\"history\":[{\"n\":1},{\"x\":1.5}],\"odd\":\"\303\251\"}",
			     w.rebased));
	documents_close(&w);
}

Test(rebase_documents, an_image_without_settings_or_labels_gets_the_new_bases)
{
	static const struct {
		const char *image, *now, *written;
	} cases[] = {
		{ "{}", "{}", "{\"config\":{\"Labels\":{\"vnd.imgbuild.rebased\":\"%s\"}}}" },
		{ "{}", "{\"config\":{\"Labels\":{\"a\":\"1\"}}}",
		  "{\"config\":{\"Labels\":{\"a\":\"1\",\"vnd.imgbuild.rebased\":\"%s\"}}}" },
		{ "{\"config\":{}}", "{\"config\":{}}",
		  "{\"config\":{\"Labels\":{\"vnd.imgbuild.rebased\":\"%s\"}}}" },
		{ "{\"history\":[],\"rootfs\":{\"diff_ids\":[]}}", "{\"rootfs\":{}}",
		  "{\"history\":[],\"rootfs\":{\"diff_ids\":[]},\"config\":{\"Labels\":{"
		  "\"vnd.imgbuild.rebased\":\"%s\"}}}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct documents_world w;
		const char *before, *at;

		documents_open(&w, (const char *const[]){ cases[i].image, "{}", cases[i].now });
		cr_assert_eq(documents_write(&w), ERR_NONE, "%zu: %s", i, w.message);
		at = strstr(cases[i].written, "%s");
		before = str_dup(&w.a,
				 (struct str){ cases[i].written, (size_t)(at - cases[i].written) });
		cr_expect_str_eq(str_dup(&w.a, w.config),
				 arena_printf(&w.a, "%s%s%s", before, w.rebased, at + 2));
		documents_close(&w);
	}
}

Test(rebase_documents, settings_that_the_bases_have_differently_are_obstacles)
{
	static const struct {
		const char *image, *old, *now, *obstacle;
	} cases[] = {
		{ "{}", "{\"config\":{\"Env\":[\"A=1\"]}}", "{\"config\":{\"Env\":[\"A=2\"]}}",
		  "the setting Env of the bases differs: [\"A=1\"], and now [\"A=2\"]" },
		{ "{}", "{\"config\":{\"Env\":[]}}", "{}",
		  "the setting Env of the bases differs: [], and now none" },
		{ "{}", "{}", "{\"config\":{\"Volumes\":{\"/v\":{}}}}",
		  "the setting Volumes of the bases differs: none, and now {\"/v\":{}}" },
		/* an image that sets it itself minds only what it joins */
		{ "{\"config\":{\"User\":\"7\"}}", "{\"config\":{\"User\":\"1\"}}",
		  "{\"config\":{\"User\":\"2\"}}", "" },
		{ "{\"config\":{\"User\":\"1\"}}", "{\"config\":{\"User\":\"1\"}}",
		  "{\"config\":{\"User\":\"2\"}}",
		  "the setting User of the bases differs: \"1\", and now \"2\"" },
		{ "{\"config\":{\"Env\":[\"B=1\"]}}", "{\"config\":{\"Env\":[\"A=1\"]}}", "{}",
		  "the setting Env of the bases differs: [\"A=1\"], and now none" },
		{ "{}", "{}", "{\"config\":{\"Cmd\":[\"x\"]}}",
		  "the setting Cmd of the bases differs: none, and now [\"x\"]" },
		/* docker's notes about its containers */
		{ "{}", "{\"config\":{\"Image\":\"a\",\"Hostname\":\"b\",\"Domainname\":\"c\"}}",
		  "{}", "" },
		{ "{}", "{\"config\":{\"StopSignal\":\"a\",\"X\":1}}",
		  "{\"config\":{\"StopSignal\":\"b\",\"X\":2}}",
		  "the setting X of the bases differs: 1, and now 2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct documents_world w;
		bool sets = strstr(cases[i].old, "StopSignal") != NULL;

		documents_open(&w,
			       (const char *const[]){ sets ? "{\"config\":{\"StopSignal\":\"c\"}}"
							   : cases[i].image,
						      cases[i].old, cases[i].now });
		cr_assert_eq(documents_write(&w), ERR_NONE, "%zu: %s", i, w.message);
		cr_expect_str_eq(documents_obstacles(&w), cases[i].obstacle);
		documents_close(&w);
	}
}

/* A value that is read, and deeper than one that is written. */
#define DEEP10 "[[[[[[[[[["
#define END10 "]]]]]]]]]]"
#define DEEP DEEP10 DEEP10 DEEP10 DEEP10 END10 END10 END10 END10

Test(rebase_documents, malformed_configs_are_told_by_their_place)
{
	static const struct {
		int of;
		const char *text, *says;
	} cases[] = {
		{ 0, "{", "config of image" },
		{ 1, "{", "config of old" },
		{ 2, "{", "config of new" },
		{ 0, "{\"config\":{\"Labels\":[]}}", "config.Labels: expected an object" },
		{ 1, "{\"config\":{\"Labels\":[]}}", "config.Labels: expected an object" },
		{ 2, "{\"config\":{\"Labels\":{\"a\":1}}}", "config.Labels.a: expected a string" },
		{ 0, "{\"rootfs\":{\"diff_ids\":{}}}", "rootfs.diff_ids: expected an array" },
		{ 0, "{\"history\":1}", "history: expected an array" },
		{ 0, "{\"x\":" DEEP "}", "x[0][0][0]" },
		{ 0, "{\"config\":{\"x\":" DEEP "}}", "config.x[0]" },
		{ 1, "{\"config\":{\"x\":" DEEP "}}", "config.x[0]" },
		{ 2, "{\"config\":{\"x\":" DEEP "}}", "config.x[0]" },
		{ 0, "{\"rootfs\":{\"x\":" DEEP "}}", "rootfs.x[0]" },
		{ 0, "{\"rootfs\":{\"diff_ids\":[1," DEEP "]}}", "rootfs.diff_ids[1][0]" },
		{ 0, "{\"history\":[" DEEP "]}", "history[0][0]" },
		{ 2, "{\"rootfs\":{\"diff_ids\":[" DEEP "]}}", "rootfs.diff_ids[0][0]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *configs[] = { "{}", "{}", "{}" };
		struct documents_world w;

		if (cases[i].of == 2) /* what is joined of both */
			configs[0] = "{\"rootfs\":{\"diff_ids\":[]}}";
		configs[cases[i].of] = cases[i].text;
		documents_open(&w, configs);
		cr_expect_eq(documents_write(&w), ERR_INPUT, "%zu", i);
		cr_expect(strstr(w.message, cases[i].says), "%zu: %s", i, w.message);
		documents_close(&w);
	}
}

Test(rebase_documents, a_manifest_is_the_images_with_layers_of_the_new_base)
{
	static const char *const configs[] = { "{}", "{}", "{}" };

	for (int named = 0; named < 2; named++) {
		struct documents_world w;
		struct digest config;
		const char *name = "";

		documents_open(&w, configs);
		w.d.base_name = named ? "registry.example/base:1" : NULL;
		w.d.image.manifest = STR(
			"{\"schemaVersion\":2,\"annotations\":{\"z\":\"1\","
			"\"org.opencontainers.image.base.digest\":\"sha256:00\"},\"config\":{"
			"\"mediaType\":\"t\",\"digest\":\"sha256:11\",\"size\":5},\"layers\":["
			"{\"o\":1},{\"x\":1}]}");
		w.d.now.manifest = STR("{\"layers\":[{\"n\":1},{\"m\":1}]}");
		cr_assert_eq(documents_write(&w), ERR_NONE, "%s", w.message);
		config = digest_of(w.config);
		if (named)
			name = "\"org.opencontainers.image.base.name\":\"registry.example/"
			       "base:1\",";
		cr_expect_str_eq(
			str_dup(&w.a, w.manifest),
			arena_printf(&w.a,
				     "{\"annotations\":{\"org.opencontainers.image.base.digest\":"
				     "\"%s\",%s\"z\":\"1\"},\"schemaVersion\":2,\"config\":{"
				     "\"mediaType\":\"t\",\"digest\":\"sha256:%s\",\"size\":%zu},"
				     "\"layers\":[{\"n\":1},{\"m\":1},{\"x\":1}]}",
				     w.rebased, name, digest_hex_dup(&w.a, &config), w.config.n));
		documents_close(&w);
	}
}

Test(rebase_documents, malformed_manifests_are_told_by_their_place)
{
	static const struct {
		int of;
		const char *text, *says;
	} cases[] = {
		{ 0, "{", "manifest of image" },
		{ 1, "{", "manifest of old" },
		{ 2, "{", "manifest of new" },
		{ 0, "{\"annotations\":1}", "annotations: expected an object" },
		{ 0, "{\"layers\":1}", "layers: expected an array" },
		{ 0, "{\"x\":" DEEP "}", "x[0][0]" },
		{ 0, "{\"config\":{\"x\":" DEEP "}}", "config.x[0]" },
		{ 0, "{\"layers\":[1," DEEP "]}", "layers[1][0]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char *const configs[] = { "{}", "{}", "{}" };
		struct documents_world w;
		struct rebase_document *docs[] = { &w.d.image, &w.d.old, &w.d.now };

		documents_open(&w, configs);
		docs[cases[i].of]->manifest = str_of(cases[i].text);
		cr_expect_eq(documents_write(&w), ERR_INPUT, "%zu", i);
		cr_expect(strstr(w.message, cases[i].says), "%zu: %s", i, w.message);
		documents_close(&w);
	}
}

Test(rebase_documents, images_that_do_not_fit_together_are_refused)
{
	static const char *const configs[] = { "{}", "{}", "{}" };
	struct documents_world w;

	documents_open(&w, configs);
	w.facts[2].architecture = "arm64";
	cr_expect_eq(documents_write(&w), ERR_INPUT);
	cr_expect_str_eq(w.message, "image is for linux/amd64, new for linux/arm64");
	w.facts[2].architecture = NULL;
	cr_expect_eq(documents_write(&w), ERR_INPUT);
	cr_expect_str_eq(w.message, "image is for linux/amd64, new for linux/");
	w.facts[2].architecture = "amd64";
	w.facts[0].os = NULL;
	cr_expect_eq(documents_write(&w), ERR_INPUT);
	cr_expect_str_eq(w.message, "image is for /amd64, new for linux/amd64");
	w.facts[0].os = "linux";
	list_push(&w.a, &w.facts[1].history)->created_by = "o";
	cr_expect_eq(documents_write(&w), ERR_INPUT);
	cr_expect_str_eq(w.message, "the history of image is shorter than that of its base");
	w.facts[1].history.n = 0;
	for (int i = 0; i < 4; i++) {
		/* Docker's layers on OCI's, OCI's on Docker's, and layers of no type */
		w.facts[2].layers.v[1].media_type = i == 0 ? DOCKER : i == 2 ? NULL : OCI;
		w.facts[0].layers.v[0].media_type = i == 1 ? DOCKER : i == 3 ? NULL : OCI;
		cr_expect_eq(documents_write(&w), ERR_INPUT, "%d", i);
		cr_expect_str_eq(w.message, "of image and new one has the media types of OCI, the "
					    "other those of Docker; skopeo copy --format oci makes "
					    "one of OCI");
	}
	w.facts[2].layers.v[0].media_type = w.facts[2].layers.v[1].media_type = DOCKER;
	w.facts[0].layers.v[0].media_type = DOCKER;
	cr_expect_eq(documents_write(&w), ERR_NONE, "%s", w.message);
	documents_close(&w);
}

Test(rebase_documents, an_image_stands_on_the_base_whose_layers_it_begins_with)
{
	static const struct {
		const char *image, *old, *says;
	} cases[] = {
		{ "ab", "a", NULL },
		{ "a", "a", NULL },
		{ "a", "", NULL },
		{ "ab", "b", "its layer 1 is another one" },
		{ "abc", "ac", "its layer 2 is another one" },
		{ "a", "ab", "its layer 2 is another one" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char *const configs[] = { "{}", "{}", "{}" };
		struct documents_world w;
		char text[1600] = "";

		documents_open(&w, configs);
		w.facts[0].layers.n = w.facts[1].layers.n = 0;
		documents_layers(&w, &w.facts[0], cases[i].image, OCI);
		documents_layers(&w, &w.facts[1], cases[i].old, OCI);
		cr_expect_eq(rebase_stands_on(&w.d, &w.e), cases[i].says == NULL, "%zu", i);
		if (cases[i].says) {
			err_format(&w.e, text, sizeof(text));
			cr_expect_str_eq(text,
					 arena_printf(&w.a,
						      "image does not stand on old: %s; name the "
						      "base that it stands on with --from IMAGE",
						      cases[i].says));
		}
		documents_close(&w);
	}
}
