/* SPDX-License-Identifier: Apache-2.0 */
/* Images of a registry that keeps what is put into it: signed once, in every form, down to the last
 * manifest of an index. */

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "format/text/base64.h"
#include "support/fixture_files.h"
#include "support/fixture_hub.h"
#include "support/fixture_keypair.h"
#include "support/fixture_verb.h"

#define INDEX "application/vnd.oci.image.index.v1+json"
#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define ZEROS "sha256:0000000000000000000000000000000000000000000000000000000000000000"

struct signer_world {
	struct arena a;
	struct hub h;
	const char *dir, *image, *digest, *pem, *pub;
};

static void world_open(struct signer_world *w, bool has_referrers)
{
	*w = (struct signer_world){ .a = { 0 } };
	w->dir = files_temporary(&w->a);
	setenv("HOME", w->dir, 1);
	setenv("XDG_RUNTIME_DIR", w->dir, 1);
	unsetenv("REGISTRY_AUTH_FILE");
	unsetenv("DOCKER_CONFIG");
	keypair_make(&w->a, w->dir, "ann", false);
	keypair_make(&w->a, w->dir, "ben", true);
	w->pem = arena_printf(&w->a, "%s/ann.pem", w->dir);
	w->pub = arena_printf(&w->a, "%s/ann.pub", w->dir);
	hub_open(&w->h, has_referrers);
	w->digest = hub_put_image(&w->h, "team/app", "1",
				  "{\"os\":\"linux\",\"architecture\":\"amd64\"}", "");
	w->image = hub_image(&w->h, "team/app:1");
}

static void world_close(struct signer_world *w)
{
	hub_close(&w->h);
	files_remove(w->dir);
	arena_free(&w->a);
}

static const char *world_path(struct signer_world *w, const char *name)
{
	return arena_printf(&w->a, "%s/%s", w->dir, name);
}

static struct verb_run world_sign(struct signer_world *w)
{
	return VERB(&w->a, cmd_sign, "sign", w->image, "--key", w->pem, "--json");
}

/* One member of the manifest that cosign's tag holds: all up to the next quote. */
static const char *world_between(struct signer_world *w, struct str text, const char *before)
{
	const char *at = memmem(text.p, text.n, before, strlen(before)), *end;

	cr_assert(at, "%s is not in " STR_FMT, before, STR_ARG(text));
	at += strlen(before);
	end = strchr(at, '"');
	return str_dup(&w->a, (struct str){ at, (size_t)(end - at) });
}

Test(image_signer, what_is_signed_is_not_signed_again_and_openssl_verifies_it)
{
	for (int api = 0; api < 2; api++) {
		struct signer_world w;
		struct verb_run r;
		struct str simple, raw;
		const char *tag, *payload;
		struct hub_thing *blob = NULL;
		struct error e = { 0 };

		world_open(&w, api);
		r = world_sign(&w);
		cr_assert(r.ok, "%s", r.message);
		cr_expect_str_eq(r.out,
				 arena_printf(&w.a,
					      "{\"name\":\"127.0.0.1:%u/team/app\",\"digest\":"
					      "\"%s\",\"signed-with\":[\"%s\"],"
					      "\"manifests\":1,\"signatures\":2,"
					      "\"present\":0}\n",
					      w.h.port, w.digest, w.pem));
		tag = arena_printf(&w.a, "team/app:sha256-%s.sig", w.digest + 7);
		simple = hub_get(&w.h, tag);
		cr_assert(simple.p);
		payload = world_between(&w, simple,
					"simplesigning.v1+json\",\"size\":240,\"digest\":\"");
		list_each(b, &w.h.blobs) {
			if (strcmp(b->name, payload) == 0)
				blob = b;
		}
		cr_assert(blob);
		cr_expect(memmem(blob->text.p, blob->text.n, w.digest, strlen(w.digest)));
		cr_assert(base64_decode(&w.a,
					str_of(world_between(&w, simple, "cosign/signature\":\"")),
					&raw));
		cr_assert(file_write_path(world_path(&w, "sig"), 0644, raw, &e));
		cr_assert(file_write_path(world_path(&w, "payload"), 0644, blob->text, &e));
		ORACLE(&w.a, "openssl", "dgst", "-sha256", "-verify", w.pub, "-signature",
		       world_path(&w, "sig"), world_path(&w, "payload"));
		r = world_sign(&w);
		cr_expect(r.ok && strstr(r.out, "\"signatures\":0,\"present\":2}"), "%s%s", r.out,
			  r.message);
		/* a second key signs beside it, and both verify */
		r = VERB(&w.a, cmd_sign, "sign", w.image, "--key", w.pem, "--key",
			 world_path(&w, "ben.pem"), "--json");
		cr_expect(r.ok && strstr(r.out, "\"signatures\":2,\"present\":2}"), "%s%s", r.out,
			  r.message);
		r = VERB(&w.a, cmd_verify_signature, "verify-signature", w.image, "--key", w.pub,
			 "--key", world_path(&w, "ben.pub"));
		cr_expect(r.ok && strstr(r.out, "(simple signing, bundle)"), "%s%s", r.out,
			  r.message);
		/* the fallback tag is there where the API is not */
		cr_expect_eq(hub_get(&w.h, arena_printf(&w.a, "team/app:sha256-%s", w.digest + 7))
					     .p != NULL,
			     !api);
		world_close(&w);
	}
}

Test(image_signer, a_key_that_did_not_sign_is_told_what_the_others_are)
{
	struct signer_world w;
	struct verb_run r;

	world_open(&w, true);
	r = world_sign(&w);
	cr_assert(r.ok, "%s", r.message);
	r = VERB(&w.a, cmd_verify_signature, "verify-signature", w.image, "--key",
		 world_path(&w, "ben.pub"));
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, arena_printf(&w.a,
						 "none of the 2 signatures of %s is of the key %s: "
						 "simple signing sha256-",
						 w.digest, world_path(&w, "ben.pub"))) &&
			  strstr(r.message, "; bundle sha256:"),
		  "%s", r.message);
	/* the first key alone does not do */
	r = VERB(&w.a, cmd_verify_signature, "verify-signature", w.image, "--key", w.pub, "--key",
		 world_path(&w, "ben.pub"));
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	world_close(&w);
}

static const char *world_index(struct signer_world *w, const char *tag, const char *const *digests,
			       size_t n)
{
	struct buf text = { .a = &w->a };

	buf_puts(&text, "{\"schemaVersion\":2,\"mediaType\":\"" INDEX "\",\"manifests\":[");
	for (size_t i = 0; i < n; i++) {
		struct str part = hub_get(&w->h, arena_printf(&w->a, "team/app@%s", digests[i]));
		const char *type = part.p && memmem(part.p, part.n, INDEX, strlen(INDEX))
					   ? INDEX
					   : MANIFEST;

		buf_printf(&text, "%s%s", i ? "," : "",
			   hub_descriptor(&w->h, type, digests[i], part.p ? part.n : 5, ""));
	}
	buf_puts(&text, "]}");
	return hub_put(&w->h, "team/app", tag, INDEX, buf_str(&text));
}

Test(image_signer, an_index_is_signed_after_each_manifest_once)
{
	struct signer_world w;
	struct verb_run r;
	const char *other, *index;

	world_open(&w, true);
	other = hub_put_image(&w.h, "team/app", NULL,
			      "{\"os\":\"linux\",\"architecture\":\"arm64\"}", "");
	/* one of them stands there twice */
	index = world_index(&w, "1", (const char *const[]){ w.digest, other, w.digest }, 3);
	r = world_sign(&w);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "\"manifests\":3,\"signatures\":6,\"present\":0}"), "%s", r.out);
	cr_expect(strstr(r.out, index), "%s", r.out);
	r = VERB(&w.a, cmd_verify_signature, "verify-signature",
		 hub_image(&w.h, arena_printf(&w.a, "team/app@%s", other)), "--key", w.pub);
	cr_expect(r.ok, "%s", r.message);
	world_close(&w);
}

Test(image_signer, an_index_that_names_what_is_not_there_stays_unsigned)
{
	struct signer_world w;
	struct verb_run r;
	const char *index;

	world_open(&w, true);
	index = world_index(&w, "1", (const char *const[]){ w.digest, ZEROS }, 2);
	r = world_sign(&w);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message,
			 arena_printf(&w.a, ZEROS ", which the index %s names, is not there",
				      index)),
		  "%s", r.message);
	cr_expect_null(hub_get(&w.h, arena_printf(&w.a, "team/app:sha256-%s.sig", index + 7)).p);
	world_close(&w);
}

Test(image_signer, a_manifest_stands_three_indexes_deep_at_most)
{
	for (unsigned depth = 3; depth <= 4; depth++) {
		struct signer_world w;
		struct verb_run r;
		const char *inner;

		world_open(&w, true);
		inner = w.digest;
		for (unsigned i = 0; i < depth; i++)
			inner = world_index(&w, "1", &inner, 1);
		r = world_sign(&w);
		cr_expect_eq(r.e.kind, depth == 3 ? ERR_NONE : ERR_INPUT, "%u: %s", depth,
			     r.message);
		cr_expect(depth == 3 || strstr(r.message, "indexes are nested more than 4 deep"),
			  "%s", r.message);
		world_close(&w);
	}
}

/* A request that the registry refuses fails, whichever it is. */
Test(image_signer, what_the_registry_refuses_is_told)
{
	static const struct {
		const char *refuses, *says;
	} cases[] = {
		{ "GET /v2/team/app/manifests/1", "HTTP 403" },
		{ "GET /v2/team/app/manifests/sha256-", "sign sha256:" },
		{ "GET /v2/team/app/referrers/", "sign sha256:" },
		{ "PUT /v2/team/app/manifests/sha256-", "sign sha256:" },
		{ "PUT /v2/team/app/manifests/sha256:", "sign sha256:" },
		{ "POST /v2/team/app/blobs/uploads/", "sign sha256:" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct signer_world w;
		struct verb_run r;

		world_open(&w, true);
		w.h.refuses = cases[i].refuses;
		r = world_sign(&w);
		cr_expect_eq(r.e.kind, ERR_NETWORK, "%s: %s", cases[i].refuses, r.message);
		cr_expect(strstr(r.message, cases[i].says) && strstr(r.message, "HTTP 403"),
			  "%s: %s", cases[i].refuses, r.message);
		world_close(&w);
	}
}

/* A self-signed certificate for signing code, and others that notation does not take. */
static const char *world_certificate(struct signer_world *w, const char *key, const char *usage)
{
	const char *path = world_path(w, arena_printf(&w->a, "%s.crt", key));

	ORACLE(&w->a, "openssl", "req", "-x509", "-new", "-key",
	       world_path(w, arena_printf(&w->a, "%s.pem", key)), "-subj", "/C=DE/ST=x/O=x/CN=ann",
	       "-days", "30", "-addext", usage, "-addext", "keyUsage=critical,digitalSignature",
	       "-out", path);
	return path;
}

Test(image_signer, a_key_with_a_certificate_signs_as_notation_does)
{
	struct signer_world w;
	struct verb_run r;
	const char *chain;

	world_open(&w, true);
	chain = world_certificate(&w, "ann", "extendedKeyUsage=codeSigning");
	for (int again = 0; again < 2; again++) {
		r = VERB(&w.a, cmd_sign, "sign", w.image, "--key", w.pem, "--key",
			 world_path(&w, "ben.pem"), "--certificate", chain, "--json");
		cr_expect(r.ok && strstr(r.out, again ? "\"signatures\":0,\"present\":5}"
						      : "\"signatures\":5,\"present\":0}"),
			  "%s%s", r.out, r.message);
	}
	r = VERB(&w.a, cmd_verify_signature, "verify-signature", w.image, "--key", w.pub);
	cr_expect(r.ok && strstr(r.out, "(simple signing, bundle, notation)"), "%s%s", r.out,
		  r.message);
	world_close(&w);
}

Test(image_signer, certificates_that_do_not_fit_are_refused)
{
	static const struct {
		const char *key, *usage, *says;
	} cases[] = {
		{ "ann", "extendedKeyUsage=serverAuth",
		  "the first certificate is not for signing code" },
		{ "ann", "subjectAltName=DNS:x", "the first certificate is not for signing code" },
		{ "ben", "extendedKeyUsage=codeSigning", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct signer_world w;
		struct verb_run r;

		world_open(&w, true);
		r = VERB(&w.a, cmd_sign, "sign", w.image, "--key", w.pem, "--certificate",
			 world_certificate(&w, cases[i].key, cases[i].usage));
		cr_expect_not(r.ok, "%zu", i);
		cr_expect(strstr(r.message, cases[i].says), "%zu: %s", i, r.message);
		cr_expect_eq(w.h.put, 0);
		world_close(&w);
	}
}
