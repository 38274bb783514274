/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of images besides layouts: docker save's before manifest.json, and folders of a manifest.
 */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "base/file.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

static bool audit_form(struct arena *a, const char *image, struct audit_result *out,
		       struct error *e)
{
	return audit_image(a, &(struct audit_request){ .image = image, .now = 1790000000 }, out, e);
}

static const char *form_message(struct arena *a, const struct error *e)
{
	char *text = arena_alloc(a, 4096);

	err_format(e, text, 4096);
	return text;
}

/* Two layers: "top" replaces a file of "base". */
static void make_two_layers(struct imagegen *g)
{
	g->codec = IMAGEGEN_PLAIN;
	imagegen_good(g);
	imagegen_file(g, "srv/which", 0644, STR("base"));
	imagegen_layer(g);
	imagegen_file(g, "srv/which", 0644, STR("of the top"));
	imagegen_layer(g);
}

struct legacy {
	const char *repositories, *top, *base;
};

static const struct legacy good = {
	"{\"demo\":{\"latest\":\"top\",\"also\":\"top\"}}",
	"{\"id\":\"top\",\"parent\":\"base\",\"architecture\":\"arm64\",\"os\":\"linux\",\"config\":"
	"{\"User\":\"65532\",\"Cmd\":[\"/usr/bin/hello\"]}}",
	"{\"id\":\"base\"}",
};

static const char *legacy_archive(struct imagegen *g, const struct legacy *x)
{
	struct imagegen to = { .a = g->a, .tar = { .a = g->a } };
	static const char end[1024];

	make_two_layers(g);
	imagegen_file(&to, "base/VERSION", 0644, STR("1.0"));
	imagegen_file(&to, "base/json", 0644, str_of(x->base));
	imagegen_file(&to, "base/layer.tar", 0644, g->layers.v[0].blob);
	imagegen_file(&to, "top/json", 0644, str_of(x->top));
	imagegen_file(&to, "top/layer.tar", 0644, g->layers.v[1].blob);
	imagegen_file(&to, "repositories", 0644, str_of(x->repositories));
	imagegen_raw(&to, (struct str){ end, sizeof(end) });
	imagegen_put(g, "legacy.tar", buf_str(&to.tar));
	return arena_printf(g->a, "%s/legacy.tar", g->dir);
}

Test(audit, the_archive_of_old_docker_save_is_read_from_its_lowest_layer_up)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	const char *path;

	imagegen_begin(&g, &a);
	path = legacy_archive(&g, &good);
	cr_assert(audit_form(&a, path, &r, &e), "%s", form_message(&a, &e));
	cr_assert(model_at(r.model, "srv/which") != NULL);
	cr_expect(model_at(r.model, "srv/which")->size == 10);
	cr_expect(r.model->layers.v[0].wasted == 4);
	cr_expect_str_eq(r.model->image->architecture, "arm64");
	cr_expect_str_eq(r.model->image->user, "65532");
	cr_expect(!r.model->image->has_digest && r.model->image->names.n == 2);
	cr_assert(audit_form(&a, arena_printf(&a, "docker-archive:%s:demo:also", path), &r, &e));
	cr_expect(!audit_form(&a, arena_printf(&a, "docker-archive:%s:demo:none", path), &r, &e));
	cr_expect(e.kind == ERR_USAGE && strstr(e.cause, "there is: demo:latest, demo:also"), "%s",
		  e.cause);
}

Test(audit, old_archives_that_do_not_fit_are_errors)
{
	static const struct {
		struct legacy x;
		enum err_kind kind;
		const char *text;
	} cases[] = {
		{ { "[]", "{}", "{}" }, ERR_INPUT, "repositories:1:1" },
		{ { "{}", "{}", "{}" }, ERR_INPUT, "holds no image" },
		{ { "{\"a\":\"top\"}", "{}", "{}" }, ERR_INPUT, "expected an object" },
		{ { "{\"a\":{\"b\":7}}", "{}", "{}" }, ERR_INPUT, "expected a string" },
		{ { "{\"a\":{\"b\":\"top\",\"c\":\"base\"}}", "{}", "{}" },
		  ERR_USAGE,
		  "several images" },
		{ { "{\"a\":{\"b\":\"none\"}}", "{}", "{}" },
		  ERR_INPUT,
		  "none/json is not in the archive" },
		{ { "{\"a\":{\"b\":\"../top\"}}", "{}", "{}" },
		  ERR_INPUT,
		  "is not in the archive" },
		{ { "{\"a\":{\"b\":\"top\"}}", "{\"parent\":\"top\"}", "{}" },
		  ERR_INPUT,
		  "more than 512 layers" },
		{ { "{\"a\":{\"b\":\"top\"}}", "{\"config\":{\"Env\":7}}", "{}" },
		  ERR_INPUT,
		  "top/json:1:" },
		{ { "{\"a\":{\"b\":\"top\"}}", "nothing", "{}" }, ERR_INPUT, "top/json:1:" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		imagegen_begin(&g, &a);
		cr_expect(!audit_form(&a, legacy_archive(&g, &cases[i].x), &r, &e), "case %zu", i);
		cr_expect(e.kind == cases[i].kind && strstr(form_message(&a, &e), cases[i].text),
			  "case %zu: %s", i, form_message(&a, &e));
	}
}

/* The layout's manifest and blobs, as "dir:" has them. */
static const char *flat_folder(struct imagegen *g, const char *manifest_from,
			       const char *manifest_to)
{
	const struct digest *blobs[] = { &g->config_digest, &g->layers.v[0].digest,
					 &g->layers.v[1].digest };
	struct error e = { 0 };
	struct str text;

	g->edit_manifest = (struct imagegen_edit){ manifest_from, manifest_to };
	imagegen_write(g);
	cr_assert(file_mkdirs(AT_FDCWD, arena_printf(g->a, "%s/flat", g->dir), &e));
	for (size_t i = 0; i < 3; i++) {
		cr_assert(io_read_file(g->a, AT_FDCWD, imagegen_blob(g, blobs[i]), 1u << 20, &text,
				       &e));
		imagegen_put(g, arena_printf(g->a, "flat/%s", digest_hex_dup(g->a, blobs[i])),
			     text);
	}
	cr_assert(io_read_file(g->a, AT_FDCWD, imagegen_blob(g, &g->manifest_digest), 1u << 20,
			       &text, &e));
	imagegen_put(g, "flat/manifest.json", text);
	return arena_printf(g->a, "%s/flat", g->dir);
}

Test(audit, a_folder_with_a_manifest_and_its_blobs_is_an_image)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	const char *path;

	imagegen_begin(&g, &a);
	make_two_layers(&g);
	path = flat_folder(&g, NULL, NULL);
	cr_assert(audit_form(&a, path, &r, &e), "%s", form_message(&a, &e));
	cr_expect(r.model->image->has_digest &&
		  content_digest_eq(&r.model->image->manifest,
				    &(struct content_digest[]){
					    content_digest_sha256(g.manifest_digest) }[0]));
	cr_assert(audit_form(&a, arena_printf(&a, "dir:%s", path), &r, &e), "%s",
		  form_message(&a, &e));
	cr_expect(model_at(r.model, "srv/which")->size == 10);
	cr_expect(!audit_form(&a, arena_printf(&a, "oci:%s", path), &r, &e));
	cr_expect(e.kind == ERR_INPUT);
}

Test(audit, a_folder_with_something_else_is_none)
{
	static const struct {
		const char *from, *to, *text;
	} cases[] = {
		{ "image.manifest.v1", "image.index.v1", "is not an image manifest" },
		{ "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",", "",
		  "mediaType" },
		{ "\"config\":", "\"manifests\":[],\"config\":", "may not have \"manifests\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		imagegen_begin(&g, &a);
		make_two_layers(&g);
		cr_expect(!audit_form(&a, flat_folder(&g, cases[i].from, cases[i].to), &r, &e),
			  "case %zu", i);
		cr_expect(e.kind == ERR_INPUT && strstr(form_message(&a, &e), cases[i].text),
			  "case %zu: %s", i, form_message(&a, &e));
		err_clear(&e);
		cr_expect(!audit_form(&a, arena_printf(&a, "dir:%s", g.dir), &r, &e));
		cr_expect(strstr(form_message(&a, &e), "holds no image"), "%s",
			  form_message(&a, &e));
	}
}

Test(audit, damage_in_a_compressed_layer_is_told_with_its_offset)
{
	for (int codec = IMAGEGEN_GZIP; codec <= IMAGEGEN_ZSTD; codec++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };
		struct imagegen_layer *l;
		unsigned long long at = 0;
		struct buf content = { .a = &a };
		char *blob;
		const char *said;

		imagegen_begin(&g, &a);
		g.codec = (enum imagegen_codec)codec;
		for (size_t i = 0; i < 20000; i++)
			buf_printf(&content, "%zu\n", i * i);
		imagegen_file(&g, "squares", 0644, buf_str(&content));
		imagegen_layer(&g);
		l = &g.layers.v[0];
		blob = str_dup(&a, l->blob);
		memset(blob + l->blob.n / 2, 0xff, 200);
		l->blob.p = blob;
		l->digest = digest_of(l->blob);
		imagegen_write(&g);
		cr_assert(!audit_form(&a, g.path, &r, &e));
		said = strstr(form_message(&a, &e), "at offset ");
		cr_expect(e.kind == ERR_INPUT && said &&
				  strstr(form_message(&a, &e), "layer 1 (blobs/sha256/"),
			  "%s", form_message(&a, &e));
		cr_expect(said && sscanf(said, "at offset %llu", &at) == 1 && at <= l->blob.n, "%s",
			  form_message(&a, &e));
	}
}

/* Other files than images, and a tar of which one byte is wrong. */
Test(audit, a_file_that_is_no_image_is_told_apart_from_a_damaged_one)
{
	static const struct {
		const char *name, *text, *says;
	} cases[] = {
		{ "app.json", "{ \"name\": \"app\" }",
		  "app.json is JSON and no image: if it is a recipe, imgbuild " },
		{ "README.md", "# app\n",
		  "README.md is no image: neither a folder with index.json nor an archive, " },
		{ "zeros", "", "zeros holds no image" },
		{ "image.tar", NULL, "image.tar: tar entry at offset 512: the checksum of its " },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = arena_printf(&a, "%s/%s", dir, cases[i].name);
		struct audit_result r = { 0 };
		struct error e = { 0 };

		if (cases[i].text) {
			files_put(path, cases[i].text);
		} else {
			ORACLE(&a, "tar", "--create", "--file", path, "/etc/hostname");
			ORACLE(&a, "sed", "--in-place", "s/hostname/Hostname/", path);
		}
		cr_expect_not(audit_form(&a, path, &r, &e), "%s", path);
		cr_expect(e.kind == ERR_INPUT && strstr(form_message(&a, &e), cases[i].says), "%s",
			  form_message(&a, &e));
	}
	files_remove(dir);
}

/* What an index says of an image with this tag. */
static const char *form_tagged(struct arena *a, const char *tag, const char *digit)
{
	return arena_printf(
		a,
		"{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":1,"
		"\"digest\":\"sha256:%063d%s\",\"annotations\":{\"%s\":\"%s\"}}",
		0, digit, "org.opencontainers.image.ref.name", tag);
}

/* An image in another form than it is named by is not one without an image. */
Test(audit, the_form_that_an_image_has_is_told)
{
	static const struct {
		const char *form; /* NULL: `path` is a name that is nowhere */
		const char *path;
		const char *says;
	} cases[] = {
		{ "oci:", "docker",
		  "oci-layout and index.json are not in it; what is in it is read as dir:DIR" },
		{ "oci-archive:", "docker.tar",
		  "oci-layout and index.json are not in it; what is in it is read as "
		  "docker-archive:FILE" },
		{ "dir:", "oci", "manifest.json is not in it; what is in it is read as oci:DIR" },
		{ "docker-archive:", "oci.tar",
		  "manifest.json is not in it; what is in it is read as oci-archive:FILE" },
		{ "docker-archive:", "none.tar", "holds no image: manifest.json is not in it" },
		{ "", "docker",
		  "this is the list of an archive that docker save wrote; name "
		  "the archive itself, docker-archive:FILE" },
		{ "oci:", "oci:three", "no image has the tag three; there is: one, two" },
		{ "oci-archive:", "oci.tar",
		  "several images to choose from; name one with oci-archive:FILE:TAG or "
		  "--platform: one, two" },
		{ NULL, "redis:7",
		  "an image of a registry is named with its host, docker://REGISTRY/NAME[:TAG]" },
		{ NULL, "registry.example/team/app", "docker://REGISTRY/NAME[:TAG]" },
		{ NULL, "nothing", "imgbuild RECIPE.json makes one" },
		{ NULL, "docker-daemon:x", "images of registries (docker://REGISTRY/NAME[:TAG])" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	files_put(arena_printf(&a, "%s/oci/index.json", dir),
		  arena_printf(&a, "{\"schemaVersion\":2,\"manifests\":[%s,%s]}",
			       form_tagged(&a, "one", "1"), form_tagged(&a, "two", "2")));
	files_put(arena_printf(&a, "%s/oci/oci-layout", dir), "{\"imageLayoutVersion\":\"1.0.0\"}");
	files_put(arena_printf(&a, "%s/docker/manifest.json", dir), "[{}]");
	files_put(arena_printf(&a, "%s/none/x", dir), "");
	ORACLE(&a, "sh", "-c",
	       "cd \"$0\" && for x in oci docker none; do tar cf $x.tar -C $x .; done", dir);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *name = cases[i].form ? arena_printf(&a, "%s%s/%s", cases[i].form, dir,
								cases[i].path)
						 : cases[i].path;
		struct audit_result r;
		struct error e = { 0 };

		cr_expect(!audit_form(&a, name, &r, &e), "%s", name);
		cr_expect(strstr(form_message(&a, &e), cases[i].says), "%s: %s", name,
			  form_message(&a, &e));
	}
	files_remove(dir);
}

/* Where no index tells for which platform an image is, its config does. */
Test(audit, an_image_for_another_platform_is_refused)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *forms[3];

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	forms[0] = imagegen_archive(&g, true);
	forms[1] = arena_printf(&a, "dir:%s/flat", g.dir);
	forms[2] = arena_printf(&a, "oci:%s/bare", g.dir);
	ORACLE(&a, "skopeo", "copy", "--quiet", arena_printf(&a, "oci:%s", g.path), forms[1]);
	ORACLE(&a, "skopeo", "copy", "--quiet", arena_printf(&a, "oci:%s", g.path), forms[2]);
	ORACLE(&a, "sed", "--in-place", "s/,\"platform\":{[^}]*}//",
	       arena_printf(&a, "%s/bare/index.json", g.dir));
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct audit_result r;
		struct error e = { 0 };
		struct audit_request q = { .image = forms[i], .platform = "linux/arm64" };

		cr_expect(!audit_image(&a, &q, &r, &e), "%s", forms[i]);
		cr_expect(e.kind == ERR_USAGE &&
				  strstr(form_message(&a, &e), "it is for linux/amd64, not for "
							       "linux/arm64"),
			  "%s: %s", forms[i], form_message(&a, &e));
		e = (struct error){ 0 };
		q.platform = "linux/amd64";
		cr_expect(audit_image(&a, &q, &r, &e), "%s: %s", forms[i], form_message(&a, &e));
	}
}
