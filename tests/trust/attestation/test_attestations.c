/* SPDX-License-Identifier: Apache-2.0 */
/* Attestations in a registry that keeps what is put into it: attached once, found in each form,
 * and whose they are. */

#include "trust/attestation/attestations.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_hub.h"
#include "support/fixture_keypair.h"
#include "trust/attestation/attached_inputs.h"
#include "trust/attestation/predicate_types.h"
#include "trust/signature/statement.h"

#define INDEX "application/vnd.oci.image.index.v1+json"
#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define ZEROS "sha256:0000000000000000000000000000000000000000000000000000000000000000"

struct attest_world {
	struct arena a;
	struct hub h;
	const char *dir, *digest, *message;
	struct key ann, ben;
	struct reference image;
	struct session_options options;
	struct error e;
};

static void attest_read_key(struct attest_world *w, const char *name, bool ed25519, struct key *out)
{
	keypair_make(&w->a, w->dir, name, ed25519);
	cr_assert(key_load_private(&w->a, arena_printf(&w->a, "%s/%s.pem", w->dir, name),
				   (struct str){ NULL, 0 }, out, &w->e));
}

static void attest_name(struct attest_world *w, const char *name)
{
	cr_assert(reference_parse(&w->a, hub_image(&w->h, name), &w->image, &w->e));
}

static void attest_open(struct attest_world *w, bool has_referrers)
{
	*w = (struct attest_world){ .message = "" };
	w->dir = files_temporary(&w->a);
	setenv("HOME", w->dir, 1);
	setenv("XDG_RUNTIME_DIR", w->dir, 1);
	unsetenv("REGISTRY_AUTH_FILE");
	unsetenv("DOCKER_CONFIG");
	attest_read_key(w, "ann", false, &w->ann);
	attest_read_key(w, "ben", true, &w->ben);
	hub_open(&w->h, has_referrers);
	w->digest = hub_put_image(&w->h, "team/app", "1",
				  "{\"os\":\"linux\",\"architecture\":\"amd64\"}", "");
	attest_name(w, "team/app:1");
}

static void attest_close(struct attest_world *w)
{
	hub_close(&w->h);
	key_drop(&w->ann);
	key_drop(&w->ben);
	files_remove(w->dir);
	arena_free(&w->a);
}

/* The kind of the error, whose text is in w->message. */
static enum err_kind attest_end(struct attest_world *w, bool ok)
{
	char text[1600] = "";
	enum err_kind kind = w->e.kind;

	cr_expect_eq(ok, kind == ERR_NONE);
	if (!ok)
		err_format(&w->e, text, sizeof(text));
	w->message = arena_strdup(&w->a, text);
	err_clear(&w->e);
	return kind;
}

static struct attestation attest_statement(struct attest_world *w, const char *digest,
					   const char *type, const char *predicate)
{
	const struct strings subjects = { (const char *[]){ digest }, 1, 1 };

	return (struct attestation){ digest, type,
				     statement_text(&w->a, &subjects, type, str_of(predicate)) };
}

static enum err_kind attest_put(struct attest_world *w, const struct keys *keys,
				const struct attestation *v, size_t n, struct attach_result *out)
{
	const struct signing_order order = { &w->image, keys, &w->options, NULL };
	const struct attestation_list list = { (struct attestation *)(uintptr_t)v, n, n };

	return attest_end(w, attestations_attach(&w->a, &order, &list, out, &w->e));
}

static enum err_kind attest_find(struct attest_world *w, const struct keys *keys, const char *type,
				 const char *platform, struct found_attestations *out)
{
	const struct signing_order order = { &w->image, keys, &w->options, NULL };
	const struct attestation_query query = { .type = type, .platform = platform };

	return attest_end(w, attestations_read(&w->a, &order, &query, out, &w->e));
}

Test(attestations, what_is_attached_is_found_in_both_forms_and_not_attached_again)
{
	for (int api = 0; api < 2; api++) {
		struct attest_world w;
		struct attach_result made;
		struct found_attestations found;
		struct attestation v[2];
		struct keys both;

		attest_open(&w, api);
		both = (struct keys){ (struct key[]){ w.ann, w.ben }, 2, 2 };
		v[0] = attest_statement(&w, w.digest, PREDICATE_SPDX, "{\"name\":\"one\"}");
		v[1] = attest_statement(&w, w.digest, PREDICATE_OPENVEX, "{\"name\":\"two\"}");
		cr_expect_eq(attest_put(&w, &(struct keys){ &w.ann, 1, 1 }, v, 2, &made), ERR_NONE,
			     "%s", w.message);
		cr_expect(made.made == 4 && made.there == 0, "%zu %zu", made.made, made.there);
		cr_expect_eq(attest_put(&w, &both, v, 2, &made), ERR_NONE, "%s", w.message);
		cr_expect(made.made == 4 && made.there == 4, "%zu %zu", made.made, made.there);
		/* other words of the same type are another attestation */
		v[0] = attest_statement(&w, w.digest, PREDICATE_SPDX, "{\"name\":\"three\"}");
		cr_expect_eq(attest_put(&w, &(struct keys){ &w.ann, 1, 1 }, v, 1, &made), ERR_NONE,
			     "%s", w.message);
		cr_expect(made.made == 2 && made.there == 0, "%zu %zu", made.made, made.there);
		cr_expect_eq(attest_find(&w, &(struct keys){ &w.ann, 1, 1 }, PREDICATE_SPDX, NULL,
					 &found),
			     ERR_NONE, "%s", w.message);
		cr_expect_str_eq(found.digest, w.digest);
		/* ann's two, each in two forms; ben's, which is of no key that is asked for */
		cr_expect_eq(found.v.n, 3 + 0, "%zu", found.v.n);
		for (size_t i = 0; i < found.v.n; i++) {
			const struct found_attestation *f = &found.v.v[i];

			cr_expect_str_eq(f->type, PREDICATE_SPDX);
			cr_expect_eq(f->where.n, 2, "%zu: %zu", i, f->where.n);
			cr_expect(f->forms[SIGNATURE_ENVELOPE] && f->forms[SIGNATURE_BUNDLE]);
			cr_expect_eq(!f->key, f->why != NULL);
		}
		cr_expect_eq(attest_find(&w, &both, NULL, NULL, &found), ERR_NONE, "%s", w.message);
		cr_expect_eq(found.v.n, 5, "%zu", found.v.n);
		attest_close(&w);
	}
}

Test(attestations, nobody_is_asked_for_and_all_are_read)
{
	struct attest_world w;
	struct attach_result made;
	struct found_attestations found;
	struct attestation v;
	const struct keys nobody = { NULL, 0, 0 };

	attest_open(&w, true);
	v = attest_statement(&w, w.digest, PREDICATE_SPDX, "{\"name\":\"one\"}");
	cr_expect_eq(attest_put(&w, &(struct keys){ &w.ann, 1, 1 }, &v, 1, &made), ERR_NONE);
	cr_expect_eq(attest_find(&w, &nobody, PREDICATE_SPDX, NULL, &found), ERR_NONE, "%s",
		     w.message);
	cr_assert_eq(found.v.n, 1);
	cr_expect_null(found.v.v[0].key);
	cr_expect_null(found.v.v[0].why);
	cr_expect(str_eq(found.v.v[0].statement, v.statement));
	cr_expect(str_eq(found.v.v[0].predicate, STR("{\"name\":\"one\"}")));
	attest_close(&w);
}

Test(attestations, none_is_told_with_its_type)
{
	struct attest_world w;
	struct attach_result made;
	struct found_attestations found;
	struct attestation v;
	const struct keys nobody = { NULL, 0, 0 };

	attest_open(&w, true);
	cr_expect_eq(attest_find(&w, &nobody, NULL, NULL, &found), ERR_FINDINGS);
	cr_expect_str_eq(w.message,
			 arena_printf(&w.a, "127.0.0.1:%u/team/app@%s has no attestation", w.h.port,
				      w.digest));
	v = attest_statement(&w, w.digest, PREDICATE_SPDX, "{}");
	cr_expect_eq(attest_put(&w, &(struct keys){ &w.ann, 1, 1 }, &v, 1, &made), ERR_NONE);
	cr_expect_eq(attest_find(&w, &nobody, PREDICATE_OPENVEX, NULL, &found), ERR_FINDINGS);
	cr_expect(strstr(w.message, " has no attestation of the type " PREDICATE_OPENVEX), "%s",
		  w.message);
	attest_name(&w, "team/app:2");
	cr_expect_eq(attest_find(&w, &nobody, NULL, NULL, &found), ERR_NETWORK);
	cr_expect_str_eq(w.message,
			 arena_printf(&w.a, "127.0.0.1:%u/team/app has no image 2", w.h.port));
	attest_name(&w, "team/app@" ZEROS);
	cr_expect_eq(attest_find(&w, &nobody, NULL, NULL, &found), ERR_NETWORK);
	cr_expect(strstr(w.message, "has no image " ZEROS), "%s", w.message);
	attest_close(&w);
}

Test(attestations, what_is_not_pushed_takes_none)
{
	struct attest_world w;
	struct attach_result made;
	struct attestation v;

	attest_open(&w, true);
	v = attest_statement(&w, ZEROS, PREDICATE_SPDX, "{}");
	cr_expect_eq(attest_put(&w, &(struct keys){ &w.ann, 1, 1 }, &v, 1, &made), ERR_FINDINGS);
	cr_expect_str_eq(w.message, arena_printf(&w.a,
						 "127.0.0.1:%u/team/app does not have " ZEROS
						 "; push the image first",
						 w.h.port));
	cr_expect_eq(w.h.put, 0);
	attest_close(&w);
}

Test(attestations, an_index_has_its_own_and_each_platform_has)
{
	struct attest_world w;
	struct attach_result made;
	struct found_attestations found;
	struct attestation v[3];
	const struct keys nobody = { NULL, 0, 0 };
	const char *arm, *index;
	size_t size;

	attest_open(&w, true);
	arm = hub_put_image(&w.h, "team/app", NULL, "{\"os\":\"linux\",\"architecture\":\"arm64\"}",
			    "");
	size = hub_get(&w.h, arena_printf(&w.a, "team/app@%s", arm)).n;
	index = hub_put(
		&w.h, "team/app", "all", INDEX,
		str_of(arena_printf(
			&w.a, "{\"schemaVersion\":2,\"manifests\":[%s,%s,%s]}",
			hub_descriptor(
				&w.h, MANIFEST, w.digest, size,
				",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}"),
			hub_descriptor(
				&w.h, MANIFEST, arm, size,
				",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}"),
			hub_descriptor(
				&w.h, MANIFEST, ZEROS, size,
				",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\"}"))));
	v[0] = attest_statement(&w, arm, PREDICATE_SPDX, "{\"of\":\"arm64\"}");
	v[1] = attest_statement(&w, index, PREDICATE_SPDX, "{\"of\":\"index\"}");
	v[2] = attest_statement(&w, arm, PREDICATE_OPENVEX, "{\"of\":\"arm64\"}");
	cr_expect_eq(attest_put(&w, &(struct keys){ &w.ann, 1, 1 }, v, 3, &made), ERR_NONE, "%s",
		     w.message);
	cr_expect_eq(made.made, 6);
	attest_name(&w, "team/app:all");
	cr_expect_eq(attest_find(&w, &nobody, PREDICATE_SPDX, "linux/arm64", &found), ERR_NONE,
		     "%s", w.message);
	cr_expect_str_eq(found.digest, arm);
	cr_assert_eq(found.v.n, 1);
	cr_expect(str_eq(found.v.v[0].predicate, STR("{\"of\":\"arm64\"}")));
	cr_expect_eq(attest_find(&w, &nobody, PREDICATE_SPDX, NULL, &found), ERR_NONE, "%s",
		     w.message);
	cr_expect_str_eq(found.digest, index);
	cr_expect(str_eq(found.v.v[0].predicate, STR("{\"of\":\"index\"}")));
	cr_expect_eq(attest_find(&w, &nobody, NULL, "linux/amd64", &found), ERR_FINDINGS);
	cr_expect_eq(attest_find(&w, &nobody, NULL, "linux/s390x", &found), ERR_USAGE);
	cr_expect(strstr(w.message, "/team/app has no image for linux/s390x"), "%s", w.message);
	cr_expect_eq(attest_find(&w, &nobody, NULL, "linux/arm", &found), ERR_NETWORK);
	cr_expect(strstr(w.message, "/team/app has no image " ZEROS), "%s", w.message);
	/* an image that is no index is the one for every platform */
	attest_name(&w, arena_printf(&w.a, "team/app@%s", arm));
	cr_expect_eq(attest_find(&w, &nobody, NULL, "linux/s390x", &found), ERR_NONE);
	cr_expect_eq(found.v.n, 2);
	attest_close(&w);
}

/* Somebody changes what is kept: nothing of it counts, and it is told. */
Test(attestations, what_was_changed_on_the_way_is_of_no_key)
{
	static const struct {
		const char *from, *to, *says;
	} cases[] = {
		{ "\"payload\":\"", "\"payload\":\"!", "other bytes came" },
		{ "\"subject\":{", "\"subjecT\":{", "other bytes came" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attest_world w;
		struct attach_result made;
		struct found_attestations found;
		struct attestation v;
		size_t told = 0;

		attest_open(&w, false);
		v = attest_statement(&w, w.digest, PREDICATE_SPDX, "{}");
		cr_expect_eq(attest_put(&w, &(struct keys){ &w.ann, 1, 1 }, &v, 1, &made),
			     ERR_NONE);
		hub_spoil(&w.h, cases[i].from, cases[i].to);
		cr_expect_eq(attest_find(&w, &(struct keys){ &w.ann, 1, 1 }, NULL, NULL, &found),
			     ERR_NONE, "%zu: %s", i, w.message);
		for (size_t k = 0; k < found.v.n; k++)
			told += found.v.v[k].why && strstr(found.v.v[k].why, cases[i].says);
		cr_expect_geq(told, 1, "%zu: %zu of %zu", i, told, found.v.n);
		attest_close(&w);
	}
}

/* A request that the registry refuses fails, whichever it is. */
Test(attestations, what_the_registry_refuses_is_told)
{
	static const char *const refused[] = {
		"GET /v2/team/app/manifests/sha256:", "GET /v2/team/app/manifests/sha256-",
		"GET /v2/team/app/referrers/",	      "PUT /v2/team/app/manifests/sha256-",
		"PUT /v2/team/app/manifests/sha256:", "POST /v2/team/app/blobs/uploads/",
	};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct attest_world w;
		struct attach_result made;
		struct attestation v;

		attest_open(&w, true);
		w.h.refuses = refused[i];
		v = attest_statement(&w, w.digest, PREDICATE_SPDX, "{}");
		cr_expect_eq(attest_put(&w, &(struct keys){ &w.ann, 1, 1 }, &v, 1, &made),
			     ERR_NETWORK, "%s: %s", refused[i], w.message);
		cr_expect(strstr(w.message, "HTTP 403"), "%s: %s", refused[i], w.message);
		attest_close(&w);
	}
}

/* ---- the files that the build read ---- */

static const struct kept_texts kept = { STR("{\"list\":1}"), STR("the archive") };

static enum err_kind inputs_put(struct attest_world *w, const char *digest)
{
	const struct signing_order order = { &w->image, NULL, &w->options, NULL };
	const struct strings digests = { &digest, 1, 1 };

	return attest_end(w, attached_inputs_put(&w->a, &order, &digests, &kept, &w->e));
}

static int inputs_get(struct attest_world *w, const char *text, struct kept_texts *out)
{
	const struct signing_order order = { &w->image, NULL, &w->options, NULL };
	struct digest list = digest_of(str_of(text));
	int got = attached_inputs_get(&w->a, &order, w->digest, &list, out, &w->e);

	attest_end(w, got >= 0);
	return got;
}

Test(attestations, files_are_attached_once_and_found_by_their_list)
{
	for (int api = 0; api < 2; api++) {
		struct attest_world w;
		struct kept_texts got;
		size_t there;

		attest_open(&w, api);
		cr_expect_eq(inputs_get(&w, "{\"list\":1}", &got), 0);
		cr_expect_eq(inputs_put(&w, w.digest), ERR_NONE, "%s", w.message);
		there = w.h.manifests.n;
		cr_expect_eq(inputs_put(&w, w.digest), ERR_NONE, "%s", w.message);
		cr_expect_eq(w.h.manifests.n, there, "the same files make the same artifact");
		cr_expect_eq(inputs_get(&w, "{\"list\":1}", &got), 1, "%s", w.message);
		cr_expect(str_eq(got.list, kept.list) && str_eq(got.archive, kept.archive));
		cr_expect_eq(inputs_get(&w, "{\"list\":2}", &got), 0);
		cr_expect_eq(inputs_put(&w, ZEROS), ERR_FINDINGS);
		cr_expect(strstr(w.message,
				 "/team/app does not have " ZEROS "; push the image first"),
			  "%s", w.message);
		hub_spoil(&w.h, "the archive", "the archiv_");
		cr_expect_eq(inputs_get(&w, "{\"list\":1}", &got), -1);
		cr_expect(strstr(w.message, "the files that its build read: "), "%s", w.message);
		attest_close(&w);
	}
}

/* What else refers to the image is passed over, nonsense too. */
Test(attestations, other_referrers_hide_no_files)
{
	static const char *const layers[] = { "", "{}" };
	struct attest_world w;
	struct kept_texts got;
	const char *config, *list, *odd;
	struct digest d = digest_of(kept.list);

	attest_open(&w, true);
	config = hub_descriptor(&w.h, "application/vnd.oci.empty.v1+json",
				hub_put_blob(&w.h, STR("{}")), 2, "");
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++)
		hub_put(&w.h, "team/app", NULL, MANIFEST,
			str_of(arena_printf(&w.a,
					    "{\"schemaVersion\":2,\"subject\":{\"digest\":\"%s\"},"
					    "\"config\":%s,\"layers\":[%s]}",
					    w.digest, config, layers[i])));
	/* the right list, of another type: two layers and three */
	list = arena_printf(&w.a, "sha256:%s", digest_hex_dup(&w.a, &d));
	odd = hub_descriptor(&w.h, "text/plain", list, kept.list.n, "");
	for (size_t i = 0; i < 2; i++)
		hub_put(&w.h, "team/app", NULL, MANIFEST,
			str_of(arena_printf(&w.a,
					    "{\"schemaVersion\":2,\"subject\":{\"digest\":\"%s\"},"
					    "\"config\":%s,\"layers\":[%s%s%s]}",
					    w.digest, config, odd, i ? "," : "", i ? odd : "")));
	cr_expect_eq(inputs_get(&w, "{\"list\":1}", &got), 0, "%s", w.message);
	cr_expect_eq(inputs_put(&w, w.digest), ERR_NONE, "%s", w.message);
	cr_expect_eq(inputs_get(&w, "{\"list\":1}", &got), 1, "%s", w.message);
	cr_expect(str_eq(got.archive, kept.archive));
	w.h.refuses = "GET /v2/team/app/manifests/sha256:";
	cr_expect_eq(inputs_get(&w, "{\"list\":1}", &got), -1);
	w.h.refuses = "GET /v2/team/app/referrers/";
	cr_expect_eq(inputs_get(&w, "{\"list\":1}", &got), -1);
	attest_close(&w);
}

/* ---- names of types ---- */

Test(attestations, types_have_names)
{
	static const struct {
		const char *name, *type;
	} cases[] = {
		{ "provenance", "https://slsa.dev/provenance/v1" },
		{ "spdx", "https://spdx.dev/Document" },
		{ "cyclonedx", "https://cyclonedx.org/bom" },
		{ "vsa", "https://slsa.dev/verification_summary/v1" },
		{ "openvex", "https://openvex.dev/ns" },
		{ "https://example.com/x", "https://example.com/x" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };
		const char *type;

		cr_expect(predicate_type_of(cases[i].name, &type, &e));
		cr_expect_str_eq(type, cases[i].type);
		cr_expect_str_eq(predicate_name(cases[i].type), cases[i].name);
	}
}

Test(attestations, what_is_no_type_is_refused_with_the_nearest)
{
	struct error e = { 0 }, f = { 0 };
	const char *type;
	char text[800];

	cr_expect_not(predicate_type_of("spdy", &type, &e));
	cr_expect_eq(e.kind, ERR_USAGE);
	err_format(&e, text, sizeof(text));
	cr_expect_str_eq(text, "\"spdy\" is no type of attestations: it is provenance, spdx, "
			       "cyclonedx, vsa, facts, openvex, or a predicate type (https://...); "
			       "did you mean \"spdx\"?");
	cr_expect_not(predicate_type_of("nonsense", &type, &f));
	err_format(&f, text, sizeof(text));
	cr_expect(strstr(text, "(https://...)") && !strstr(text, "did you mean"), "%s", text);
}

/* With the public half of a key nothing can be signed, and nothing is attached, in no form. */
Test(attestations, a_key_that_cannot_sign_attaches_nothing)
{
	struct attest_world w;
	struct key half = KEY_INIT;
	struct attach_result made;
	struct signing_result signed_;
	struct signing_order order = { .chains = NULL };
	struct keys keys = { &half, 1, 1 };
	struct attestation x;
	size_t put;

	attest_open(&w, true);
	cr_assert(key_load_public(&w.a, arena_printf(&w.a, "%s/ann.pub", w.dir), &half, &w.e));
	put = w.h.put;
	x = attest_statement(&w, w.digest, PREDICATE_SPDX, "{}");
	cr_expect_eq(attest_put(&w, &keys, &x, 1, &made), ERR_SYSTEM);
	cr_expect(strstr(w.message, "cannot sign with this key"), "%s", w.message);
	order = (struct signing_order){ &w.image, &keys, &w.options, NULL };
	cr_expect_eq(attest_end(&w, image_sign(&w.a, &order, &signed_, &w.e)), ERR_SYSTEM);
	cr_expect(strstr(w.message, "cannot sign with this key"), "%s", w.message);
	cr_expect_eq(w.h.put, put);
	key_drop(&half);
	attest_close(&w);
}

/* A key that signs in place of libcrypto, and fails once. */
struct failing_key {
	struct key key;
	unsigned calls, fails;
};

static bool failing_sign(struct arena *a, const struct key *k, struct str bytes, struct str *out,
			 struct error *e)
{
	struct failing_key *f = (struct failing_key *)(uintptr_t)k;
	struct key plain = *k;

	plain.sign = NULL;
	return ++f->calls == f->fails ? err_set(e, ERR_SYSTEM, "the token is locked")
				      : key_sign(a, &plain, bytes, out, e);
}

static struct certificates attest_chain(struct attest_world *w)
{
	const char *path = arena_printf(&w->a, "%s/ann.crt", w->dir);
	struct certificates out;

	ORACLE(&w->a, "openssl", "req", "-x509", "-new", "-key",
	       arena_printf(&w->a, "%s/ann.pem", w->dir), "-subj", "/C=DE/ST=x/O=x/CN=ann", "-days",
	       "30", "-addext", "extendedKeyUsage=codeSigning", "-addext",
	       "keyUsage=critical,digitalSignature", "-out", path);
	cr_assert(certificates_load(&w->a, path, &out, &w->e), "%s", w->e.cause);
	return out;
}

/* Each signature of an image, and of what is attached to it, in turn. */
Test(attestations, a_signature_that_is_not_made_is_an_error, .timeout = 60)
{
	for (unsigned fails = 1; fails <= 6; fails++) {
		struct failing_key failing = { .fails = fails };
		struct keys keys = { &failing.key, 1, 1 };
		struct certificates chain;
		struct attest_world w;
		struct signing_order order;
		struct signing_result made;
		struct attach_result attached;
		struct attestation x;
		enum err_kind got;

		attest_open(&w, true);
		failing.key = w.ann;
		failing.key.sign = failing_sign;
		chain = attest_chain(&w);
		order = (struct signing_order){ &w.image, &keys, &w.options,
						&(struct certificate_chains){ &chain, 1, 1 } };
		got = attest_end(&w, image_sign(&w.a, &order, &made, &w.e));
		cr_expect_eq(got, fails <= 3 ? ERR_SYSTEM : ERR_NONE, "%u", fails);
		x = attest_statement(&w, w.digest, PREDICATE_SPDX, "{}");
		if (got == ERR_NONE)
			got = attest_put(&w, &keys, &x, 1, &attached);
		cr_expect_eq(got, fails <= 5 ? ERR_SYSTEM : ERR_NONE, "%u", fails);
		cr_expect(fails > 5 || strstr(w.message, "the token is locked"), "%s", w.message);
		attest_close(&w);
	}
}
