/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild verify: an image is built again, and the first difference found. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "inspect/image/expand.h"
#include "inspect/model/inspect.h"
#include "cli/commands.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/gen_image.h"
#include "support/fixture_verb.h"

#define TAR_END 1024 /* bytes of zeros, which imagegen adds itself */

static struct verb_run verify_image(struct homestead *h, const char *image, const char *option)
{
	return VERB(&h->depot.a, cmd_verify, "verify", "--cache-dir", h->depot.path, "--offline",
		    image, option);
}

static struct str tar_of(struct arena *a, const struct inspection *in, size_t layer)
{
	AUTO_PART part = PART_INIT;
	AUTO_EXPAND x = { .state = NULL };
	struct buf out = { .a = a };
	struct fd_source file;
	struct error e = { 0 };
	struct str chunk;

	cr_assert(bundle_part(&in->bundle, in->facts.layers.v[layer].part, &part, &e));
	fd_source_init(&file, part.fd, part.offset, part.size, "layer");
	cr_assert(expand_open(&x, &file.base, LAYER_GZIP, UINT64_MAX, &e));
	while (x.base.next(&x.base, &chunk, &e) == 1)
		buf_add(&out, chunk);
	return buf_str(&out);
}

static const char *settings_of(struct arena *a, const struct inspection *in)
{
	struct error e = { 0 };
	struct str text;
	const char *from, *to;

	cr_assert(bundle_text(a, &in->bundle, in->facts.config_part, DOCUMENT_MAX, &text, &e));
	from = strstr(text.p, "\"config\":") + strlen("\"config\":");
	to = strstr(from, ",\"created\":");
	return arena_strndup(a, from, (size_t)(to - from));
}

/* A copy of the image by hand of another writer, with every `from` in its layers made `to`. */
static const char *tampered_image(struct homestead *h, struct imagegen *g, const char *from,
				  const char *to)
{
	struct arena *a = &h->depot.a;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct error e = { 0 };

	cr_assert(inspect_image(a, &(struct inspect_request){ .image = h->image }, &in, &e), "%s",
		  e.cause);
	imagegen_begin(g, a);
	g->config = settings_of(a, &in);
	for (size_t i = 0; i < in.facts.layers.n; i++) {
		struct str tar = tar_of(a, &in, i);
		char *p = arena_strndup(a, tar.p, tar.n), *at;

		while (from && (at = memmem(p, tar.n, from, strlen(from))))
			memcpy(at, to, strlen(to));
		imagegen_raw(g, (struct str){ p, tar.n - TAR_END });
		imagegen_layer(g);
	}
	imagegen_write(g);
	return g->path;
}

Test(verify, an_image_made_again_is_the_same_bytes)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	homestead_build(&h);
	r = verify_image(&h, h.image, NULL);
	cr_expect(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, ": made again from recipes/app.json: the same bytes, sha256:") !=
			  NULL,
		  "%s", r.out);
	cr_assert(chdir("recipes") == 0);
	r = verify_image(&h, h.image, NULL);
	cr_expect(r.ok && strstr(r.out, "made again from ../recipes/app.json"), "%s%s", r.message,
		  r.out);
	homestead_close(&h);
}

Test(verify, a_flipped_byte_is_found_by_layer_file_and_offset)
{
	struct homestead h;
	AUTO_IMAGEGEN g;
	struct verb_run r;

	homestead_open(&h);
	homestead_build(&h);
	r = verify_image(&h, tampered_image(&h, &g, "colour = blue", "colour = blux"), NULL);
	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS, "%s", r.message);
	cr_expect(
		strstr(r.out,
		       "layer 3 (layer 2) -> /etc/app.conf -> offset 12: byte 0x78, in the rebuild 0x65\n"),
		"%s", r.out);
	r = verify_image(&h, g.path, "--format=json");
	cr_expect(
		strstr(r.out,
		       "\"path\": \"/etc/app.conf\",\n    \"offset\": 12,\n    \"what\": \"byte 0x78, in "
		       "the rebuild 0x65\""),
		"%s", r.out);
	homestead_close(&h);
}

Test(verify, an_image_that_was_written_anew_is_told_apart_from_one_that_was_changed)
{
	struct homestead h;
	AUTO_IMAGEGEN g;
	struct verb_run r;

	homestead_open(&h);
	homestead_build(&h);
	r = verify_image(&h, tampered_image(&h, &g, NULL, NULL), NULL);
	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS, "%s", r.message);
	cr_expect(strstr(r.out, "  config -> offset "), "%s", r.out);
	cr_expect(strstr(r.out, "the layers and the settings that run it are equal"), "%s", r.out);
	homestead_close(&h);
}

Test(verify, every_kind_of_difference_has_a_text)
{
	static const struct {
		const char *from, *to, *text;
	} cases[] = {
		{ "\"mode\": \"0770\"", "\"mode\": \"0750\"",
		  "layer 3 (imgbuild layer app/files) -> /var/lib/app: mode 0770, in the rebuild 0750" },
		{ "\"1000:0\", \"mode\"", "\"1001:0\", \"mode\"",
		  "-> /var/lib/app: owner 1000:0, in the rebuild 1001:0" },
		{ "\"to\": \"tool\"", "\"to\": \"fool\"",
		  "-> /usr/bin/alias: target tool, in the rebuild fool" },
		{ "/usr/bin/alias", "/usr/bin/alias2",
		  "-> /usr/bin/alias: the rebuild has no such entry" },
		{ "/usr/bin/alias", "/usr/bin/aaa",
		  "-> /usr/bin/aaa: it is missing; the rebuild has it" },
		{ "\"user\": \"1000:0\"", "\"user\": \"0\"", "config -> user: 1000:0 -> 0" },
		{ "\"HOME\": \"/var/lib/app\"", "",
		  "config -> env HOME: /var/lib/app; the rebuild does not have it" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct homestead h;
		const char *recipe, *at;
		struct verb_run r;

		homestead_open(&h);
		homestead_build(&h);
		recipe = files_get(&h.depot.a, "recipes/app.json");
		at = strstr(recipe, cases[i].from);
		cr_assert(at, "%s", cases[i].from);
		files_put("recipes/app.json",
			  arena_printf(&h.depot.a, "%.*s%s%s", (int)(at - recipe), recipe,
				       cases[i].to, at + strlen(cases[i].from)));
		r = verify_image(&h, h.image, "--anyway");
		cr_expect(!r.ok && r.e.kind == ERR_FINDINGS, "%s", r.message);
		cr_expect(strstr(r.out, cases[i].text), "no \"%s\" in\n%s%s", cases[i].text, r.out,
			  r.message);
		cr_expect(strstr(r.said, "has changed since the image was made"), "%s", r.said);
		homestead_close(&h);
	}
}

static void verify_expect_error(struct verb_run r, enum err_kind kind, const char *text)
{
	cr_expect(!r.ok && r.e.kind == kind, "%d %s", r.e.kind, r.message);
	cr_expect(strstr(r.message, text) != NULL, "no \"%s\" in \"%s\"", text, r.message);
}

Test(verify, says_what_stands_in_its_way)
{
	struct homestead h;
	const char *lock, *at;

	homestead_open(&h);
	homestead_build(&h);
	verify_expect_error(VERB(&h.depot.a, cmd_verify, "verify"), ERR_USAGE,
			    "verify: name an image");
	verify_expect_error(verify_image(&h, h.image, "--format=xml"), ERR_USAGE,
			    "--format is text or json");
	verify_expect_error(verify_image(&h, h.image, "--recipe=recipes/none.json"), ERR_INPUT,
			    "recipes/none.json");
	files_put("recipes/other.json", files_get(&h.depot.a, "recipes/app.json"));
	files_put("recipes/other.lock.json", files_get(&h.depot.a, "recipes/app.lock.json"));
	verify_expect_error(verify_image(&h, h.image, "--recipe=recipes/other.json"), ERR_VERIFY,
			    "the image was made from recipes/app.json, not from "
			    "recipes/other.json; go to the version");
	lock = files_get(&h.depot.a, "recipes/app.lock.json");
	at = strstr(lock, "asked for by a test");
	cr_assert(at);
	files_put("recipes/app.lock.json",
		  arena_printf(&h.depot.a, "%.*sasked for by another%s", (int)(at - lock), lock,
			       at + strlen("asked for by a test")));
	verify_expect_error(verify_image(&h, h.image, NULL), ERR_VERIFY,
			    "the lock of recipes/app.json has changed since the image was made");
	files_put("recipes/app.lock.json", lock);
	cr_assert(unlink("recipes/app.json") == 0);
	files_remove(arena_printf(&h.depot.a, "%s.attest", h.image));
	verify_expect_error(verify_image(&h, h.image, NULL), ERR_INPUT,
			    "the image was made from recipes/app.json, which is not in this "
			    "repository");
	homestead_close(&h);
}

Test(verify, an_image_of_others_needs_a_recipe)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	verify_expect_error(VERB(&a, cmd_verify, "verify", g.path), ERR_INPUT,
			    "it does not record the recipe it was made from; name it with --recipe "
			    "FILE");
}

Test(verify, a_damaged_image_is_bad_input_and_nothing_is_built)
{
	struct homestead h;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct error e = { 0 };

	homestead_open(&h);
	homestead_build(&h);
	cr_assert(
		inspect_image(&h.depot.a, &(struct inspect_request){ .image = h.image }, &in, &e));
	cr_assert(truncate(arena_printf(&h.depot.a, "%s/%s", h.image, in.facts.layers.v[1].part),
			   7) == 0);
	verify_expect_error(verify_image(&h, h.image, NULL), ERR_INPUT,
			    "the blob has 7 bytes, its descriptor says");
	homestead_close(&h);
}
