/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild index: images of one repository become one, each for its platform. */

#include <criterion/criterion.h>

#include "base/digest.h"
#include "support/fixture_files.h"
#include "support/fixture_hub.h"
#include "support/fixture_verb.h"

#define INDEX "application/vnd.oci.image.index.v1+json"
#define MANIFEST "application/vnd.oci.image.manifest.v1+json"

struct joined_world {
	struct arena a;
	struct hub h;
	const char *dir, *amd64, *arm;
};

static void joined_open(struct joined_world *w)
{
	*w = (struct joined_world){ .a = { 0 } };
	w->dir = files_temporary(&w->a);
	setenv("HOME", w->dir, 1);
	setenv("XDG_RUNTIME_DIR", w->dir, 1);
	unsetenv("REGISTRY_AUTH_FILE");
	unsetenv("DOCKER_CONFIG");
	hub_open(&w->h, true);
	w->amd64 = hub_put_image(&w->h, "team/app", "amd64",
				 "{\"os\":\"linux\",\"architecture\":\"amd64\"}", "");
	w->arm = hub_put_image(&w->h, "team/app", "arm",
			       "{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"}",
			       "");
}

static void joined_close(struct joined_world *w)
{
	hub_close(&w->h);
	files_remove(w->dir);
	arena_free(&w->a);
}

static struct verb_run joined_run(struct joined_world *w, const char *one, const char *two)
{
	return VERB(&w->a, cmd_index, "index", hub_image(&w->h, one), hub_image(&w->h, two),
		    "--tag", "all", "--tag", "latest", "--json");
}

/* What buildx writes: an image with its variant, and an attestation that is none. */
static void joined_put_index(struct joined_world *w, const char *platform)
{
	size_t size = hub_get(&w->h, "team/app:arm").n;

	hub_put(&w->h, "team/app", "index", INDEX,
		str_of(arena_printf(
			&w->a, "{\"schemaVersion\":2,\"manifests\":[%s,%s]}",
			hub_descriptor(&w->h, MANIFEST, w->arm, size, platform),
			hub_descriptor(&w->h, MANIFEST, w->amd64, size,
				       ",\"platform\":{\"os\":\"unknown\",\"architecture\":"
				       "\"unknown\"}"))));
}

Test(joined_index, images_and_indexes_are_joined)
{
	struct joined_world w;
	struct verb_run r;
	struct str text;
	struct digest d;

	joined_open(&w);
	joined_put_index(&w, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":"
			     "\"v7\"}");
	for (int whole = 0; whole < 2; whole++) {
		r = joined_run(&w, "team/app:amd64", whole ? "team/app:index" : "team/app:arm");
		cr_assert(r.ok, "%s", r.message);
		text = hub_get(&w.h, "team/app:all");
		cr_assert(text.p);
		d = digest_of(text);
		cr_expect_str_eq(r.out,
				 arena_printf(&w.a,
					      "{\"name\":\"127.0.0.1:%u/team/app\",\"digest\":"
					      "\"sha256:%s\",\"platforms\":[\"linux/amd64\","
					      "\"linux/arm/v7\"]}\n",
					      w.h.port, digest_hex_dup(&w.a, &d)));
		cr_expect(str_eq(hub_get(&w.h, "team/app:latest"), text));
		cr_expect(memmem(text.p, text.n, w.amd64, strlen(w.amd64)) &&
				  memmem(text.p, text.n, w.arm, strlen(w.arm)),
			  STR_FMT, STR_ARG(text));
		cr_expect_null(memmem(text.p, text.n, "unknown", 7));
	}
	joined_close(&w);
}

Test(joined_index, what_an_index_cannot_hold_is_refused)
{
	static const struct {
		const char *config, *other, *says;
		enum err_kind kind;
	} cases[] = {
		{ "{\"os\":\"linux\",\"architecture\":\"amd64\"}", "team/app:x",
		  "there are two images for linux/amd64; an index has one for each platform",
		  ERR_INPUT },
		{ "{\"os\":\"linux\"}", "team/app:x", "does not say its platform", ERR_INPUT },
		{ "{\"architecture\":\"amd64\"}", "team/app:x", "does not say its platform",
		  ERR_INPUT },
		{ "[]", "team/app:x", "expected an object", ERR_INPUT },
		{ "{", "team/app:x", "config", ERR_INPUT },
		{ "{}", "team/app:nothing", "/team/app:nothing is not there", ERR_NETWORK },
		{ "{}", "team/other:x",
		  "is in another repository than docker://127.0.0.1:", ERR_USAGE },
		{ "{}", "team/app:index", "does not say its platform", ERR_INPUT },
		{ "{}", "team/app:empty", "team/app:empty: this index names no image", ERR_INPUT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct joined_world w;
		struct verb_run r;

		joined_open(&w);
		joined_put_index(&w, "");
		hub_put_image(&w.h, "team/app", "x", cases[i].config, "");
		hub_put(&w.h, "team/app", "empty", INDEX,
			STR("{\"schemaVersion\":2,\"manifests\":[]}"));
		r = joined_run(&w, "team/app:amd64", cases[i].other);
		cr_expect_eq(r.e.kind, cases[i].kind, "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, cases[i].says), "%zu: %s", i, r.message);
		cr_expect_eq(w.h.put, 0);
		joined_close(&w);
	}
}

/* armv7 and armv6 are two platforms; the same variant is one. */
Test(joined_index, the_variant_is_a_part_of_the_platform)
{
	static const char *const variants[] = { "v6", "v7" };

	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		struct joined_world w;
		struct verb_run r;

		joined_open(&w);
		hub_put_image(&w.h, "team/app", "x",
			      arena_printf(&w.a,
					   "{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":"
					   "\"%s\",\"x\":1}",
					   variants[i]),
			      "");
		r = joined_run(&w, "team/app:arm", "team/app:x");
		cr_expect_eq(r.ok, i == 0, "%s", r.message);
		cr_expect(i == 0 || strstr(r.message, "two images for linux/arm/v7"), "%s",
			  r.message);
		joined_close(&w);
	}
}

Test(joined_index, what_the_registry_refuses_is_told)
{
	static const char *const refused[] = { "GET /v2/team/app/manifests/",
					       "GET /v2/team/app/blobs/",
					       "PUT /v2/team/app/manifests/latest" };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct joined_world w;
		struct verb_run r;

		joined_open(&w);
		w.h.refuses = refused[i];
		r = joined_run(&w, "team/app:amd64", "team/app:arm");
		cr_expect_eq(r.e.kind, ERR_NETWORK, "%s: %s", refused[i], r.message);
		cr_expect(strstr(r.message, "HTTP 403"), "%s: %s", refused[i], r.message);
		joined_close(&w);
	}
}
