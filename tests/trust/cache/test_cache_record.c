/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed of an entry, against the openssl program; and what must not pass for it. */

#include <criterion/criterion.h>
#include <time.h>

#include "format/text/base64.h"
#include "support/fixture_files.h"
#include "support/fixture_keypair.h"
#include "support/fixture_oracle.h"
#include "trust/cache/action_result.h"
#include "trust/cache/cache_record.h"
#include "trust/signature/dsse.h"

struct record_scene {
	struct arena a;
	const char *dir;
	struct key signer; /* of ann, or of ben on Ed25519 */
	struct keys known; /* ann's public key */
	struct cache_record record;
};

static const char *record_scene_path(struct record_scene *s, const char *name)
{
	return arena_printf(&s->a, "%s/%s", s->dir, name);
}

static void record_load_signer(struct record_scene *s, const char *name)
{
	struct error e = { 0 };

	key_drop(&s->signer);
	cr_assert(key_load_private(&s->a, record_scene_path(s, name), (struct str){ NULL, 0 },
				   &s->signer, &e),
		  "%s", e.cause);
}

static void record_scene_open(struct record_scene *s, bool ed25519)
{
	struct error e = { 0 };

	*s = (struct record_scene){ .signer = KEY_INIT };
	s->dir = files_temporary(&s->a);
	keypair_make(&s->a, s->dir, "ann", ed25519);
	record_load_signer(s, "ann.pem");
	cr_assert(key_load_public(&s->a, record_scene_path(s, "ann.pub"),
				  list_push(&s->a, &s->known), &e));
	s->record = (struct cache_record){ .key = digest_of(STR("all inputs")), .name = "thing" };
	s->record.result = (struct cache_blob){ digest_of(STR("list")), 4 };
	*list_push(&s->a, &s->record.blobs) = (struct cache_blob){ digest_of(STR("bytes")), 5 };
}

static void record_scene_close(struct record_scene *s)
{
	key_drop(&s->signer);
	keys_drop(&s->known);
	files_remove(s->dir);
	arena_free(&s->a);
}

static struct str record_signed(struct record_scene *s)
{
	struct error e = { 0 };
	struct str text;

	cr_assert(cache_record_text(&s->a, &s->record, &s->signer, &text, &e), "%s", e.cause);
	return text;
}

static void record_refused(struct record_scene *s, struct str text, const char *says)
{
	struct cache_record found;
	struct error e = { 0 };

	cr_expect_not(cache_record_read(&s->a, text, &s->known, &s->record.key, &found, &e), "%s",
		      says);
	cr_expect(strstr(e.cause, says) && (e.kind == ERR_VERIFY || e.kind == ERR_INPUT), "%s: %s",
		  says, e.cause);
}

Test(cache_record, openssl_verifies_what_is_signed_of_it)
{
	for (int ed25519 = 0; ed25519 < 2; ed25519++) {
		struct record_scene s;
		struct dsse_bundle envelope;
		struct cache_record found;
		struct error e = { 0 };
		struct str text, pae;

		record_scene_open(&s, ed25519);
		text = record_signed(&s);
		cr_assert(cache_record_read(&s.a, text, &s.known, &s.record.key, &found, &e), "%s",
			  e.cause);
		cr_expect(cache_record_eq(&s.record, &found));
		cr_expect_str_eq(found.name, "thing");
		cr_assert(dsse_envelope_read(&s.a, text, &envelope, &e));
		pae = dsse_pae(&s.a, CACHE_RECORD_TYPE, envelope.payload);
		cr_assert(file_write_path(record_scene_path(&s, "pae"), 0600, pae, &e));
		cr_assert(file_write_path(record_scene_path(&s, "sig"), 0600,
					  envelope.signatures.v[0], &e));
		ORACLE(&s.a, "openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey",
		       record_scene_path(&s, "ann.pub"), "-in", record_scene_path(&s, "pae"),
		       "-sigfile", record_scene_path(&s, "sig"));
		record_scene_close(&s);
	}
}

Test(cache_record, T42_what_no_known_key_signed_does_not_count)
{
	struct record_scene s;
	struct error e = { 0 };
	struct str text;
	char *changed;

	record_scene_open(&s, false);
	text = record_signed(&s);
	/* one character of the payload, in base64 */
	changed = str_dup(&s.a, text);
	changed[strlen("{\"payload\":\"") + 20] ^= 1;
	record_refused(&s, (struct str){ changed, text.n }, "none of the keys of --cache-key");
	keypair_make(&s.a, s.dir, "eve", false);
	record_load_signer(&s, "eve.pem");
	record_refused(&s, record_signed(&s),
		       "none of the keys of --cache-key has signed its record");
	cr_assert(cache_record_text(&s.a, &s.record, NULL, &text, &e));
	record_refused(&s, text, "its record is not signed");
	record_refused(&s, STR("{}"), "its record is not signed");
	record_refused(&s, STR("not json"), "its record is not signed");
	record_scene_close(&s);
}

/* A key that signs images, too, has not signed results thereby. */
Test(cache_record, T42_signature_of_something_else_does_not_count)
{
	struct record_scene s;
	struct error e = { 0 };
	struct dsse_bundle envelope;
	struct str signature;

	record_scene_open(&s, false);
	cr_assert(dsse_envelope_read(&s.a, record_signed(&s), &envelope, &e));
	cr_assert(key_sign(&s.a, &s.signer, dsse_pae(&s.a, DSSE_STATEMENT_TYPE, envelope.payload),
			   &signature, &e));
	record_refused(&s,
		       dsse_envelope_text(&s.a, DSSE_STATEMENT_TYPE, envelope.payload, signature),
		       "what is signed is not the record of a cache");
	record_refused(&s, dsse_envelope_text(&s.a, CACHE_RECORD_TYPE, envelope.payload, signature),
		       "none of the keys of --cache-key has signed its record");
	record_scene_close(&s);
}

Test(cache_record, T42_good_under_one_key_is_not_good_under_another)
{
	struct record_scene s;
	struct str text;

	record_scene_open(&s, false);
	text = record_signed(&s);
	s.record.key = digest_of(STR("other inputs"));
	record_refused(&s, text, "its record is of another key, ");
	record_scene_close(&s);
}

Test(cache_record, without_keys_hashes_alone_speak)
{
	struct record_scene s;
	struct cache_record found;
	struct error e = { 0 };
	struct str text;

	record_scene_open(&s, false);
	cr_assert(cache_record_text(&s.a, &s.record, NULL, &text, &e));
	keys_drop(&s.known);
	cr_expect(cache_record_read(&s.a, text, &s.known, &s.record.key, &found, &e), "%s",
		  e.cause);
	cr_expect(cache_record_eq(&s.record, &found));
	cr_expect(cache_record_read(&s.a, record_signed(&s), &s.known, &s.record.key, &found, &e));
	record_scene_close(&s);
}

static const struct {
	const char *payload, *says;
} record_faults[] = {
	{ "[]", "expected an object" },
	{ "{}", "\"key\"" },
	{ "{\"key\":\"abc\"}", "must be 64 lower-case hexadecimal digits" },
	{ "{\"key\":\"%s\",\"name\":\"x\"}", "\"result\"" },
	{ "{\"key\":\"%s\",\"name\":\"x\",\"result\":{\"sha256\":\"%s\",\"size\":-1}}", "size" },
	{ "{\"key\":\"%s\",\"name\":\"x\",\"result\":{\"sha256\":\"%sa\",\"size\":1}}",
	  "must be 64 lower-case hexadecimal digits" },
	{ "nonsense", "not valid JSON" },
	{ "{\"key\":\"%s\",\"name\":\"x\",\"result\":{\"sha256\":\"%s\",\"size\":99999999}}",
	  "is larger than 67108864 bytes" },
	{ "{\"key\":\"%s\",\"name\":\"x\",\"result\":{\"sha256\":\"%s\",\"size\":1}}",
	  "\"blobs\"" },
	{ "{\"key\":\"%s\",\"name\":\"x\",\"result\":{\"sha256\":\"%s\",\"size\":1},\"blobs\":1}",
	  "expected an array" },
};

/* Also who is trusted may have another version, or a fault. */
Test(cache_record, signed_nonsense_is_refused)
{
	struct record_scene s;
	const char *hex;

	record_scene_open(&s, true);
	hex = digest_hex_dup(&s.a, &s.record.key);
	for (size_t i = 0; i < ARRAY_SIZE(record_faults); i++) {
		struct buf payload = { .a = &s.a };
		const char *rest = record_faults[i].payload, *at;
		struct error e = { 0 };
		struct str signature;

		for (; (at = strstr(rest, "%s")); rest = at + 2)
			buf_printf(&payload, "%.*s%s", (int)(at - rest), rest, hex);
		buf_puts(&payload, rest);
		cr_assert(key_sign(&s.a, &s.signer,
				   dsse_pae(&s.a, CACHE_RECORD_TYPE, buf_str(&payload)), &signature,
				   &e));
		record_refused(&s,
			       dsse_envelope_text(&s.a, CACHE_RECORD_TYPE, buf_str(&payload),
						  signature),
			       record_faults[i].says);
	}
	record_scene_close(&s);
}

/* Ann's key as if it came out of a certificate. */
Test(cache_record, T42_key_out_of_a_certificate_counts_in_its_time)
{
	static const struct {
		int64_t from, until; /* from now; 0: it has none */
		bool good;
	} cases[] = {
		{ 0, 0, true },	       { -3600, 0, true },	{ 0, 3600, true },
		{ -3600, 3600, true }, { 3600, 0, false },	{ 0, -3600, false },
		{ 3600, 7200, false }, { -7200, -3600, false },
	};
	struct record_scene s;
	struct str text;

	record_scene_open(&s, true);
	text = record_signed(&s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t now = (int64_t)time(NULL);
		struct key *k = &s.known.v[0];
		struct cache_record found;
		struct error e = { 0 };

		k->from = cases[i].from ? now + cases[i].from : 0;
		k->until = cases[i].until ? now + cases[i].until : 0;
		cr_expect_eq(cache_record_read(&s.a, text, &s.known, &s.record.key, &found, &e),
			     cases[i].good, "%zu: %s", i, e.cause);
		if (!cases[i].good)
			cr_expect_str_eq(e.cause, "none of the keys of --cache-key has signed its "
						  "record");
		err_clear(&e);
		k->from = now; /* from this second on */
		k->until = 0;
		cr_expect(cache_record_read(&s.a, text, &s.known, &s.record.key, &found, &e));
	}
	record_scene_close(&s);
}

/* The second of two keys, and the second of two signatures. */
Test(cache_record, one_of_the_keys_is_enough)
{
	struct record_scene s;
	struct error e = { 0 };
	struct cache_record found;
	struct str text;

	record_scene_open(&s, true);
	text = record_signed(&s);
	keypair_make(&s.a, s.dir, "eve", true);
	cr_assert(key_load_public(&s.a, record_scene_path(&s, "eve.pub"), list_push(&s.a, &s.known),
				  &e));
	cr_expect(cache_record_read(&s.a, text, &s.known, &s.record.key, &found, &e), "%s",
		  e.cause);
	record_load_signer(&s, "eve.pem");
	cr_expect(cache_record_read(&s.a, record_signed(&s), &s.known, &s.record.key, &found, &e),
		  "%s", e.cause);
	record_scene_close(&s);
}

/* As many blobs as there may be, and one more; a text as long as it may be, and one longer. */
Test(cache_record, T26_has_bounds)
{
	struct record_scene s;
	struct error e = { 0 };
	struct cache_record found;
	struct str text;
	char *spaces;

	record_scene_open(&s, true);
	keys_drop(&s.known);
	while (s.record.blobs.n < CACHE_BLOBS_MAX)
		*list_push(&s.a, &s.record.blobs) = s.record.result;
	cr_assert(cache_record_text(&s.a, &s.record, NULL, &text, &e));
	cr_expect(cache_record_read(&s.a, text, &s.known, &s.record.key, &found, &e), "%s",
		  e.cause);
	cr_expect(cache_record_eq(&s.record, &found));
	spaces = arena_alloc(&s.a, CACHE_RECORD_MAX + 1);
	memset(spaces, ' ', CACHE_RECORD_MAX + 1);
	memcpy(spaces, text.p, text.n);
	text = (struct str){ spaces, CACHE_RECORD_MAX };
	cr_expect(cache_record_read(&s.a, text, &s.known, &s.record.key, &found, &e), "%s",
		  e.cause);
	text.n++;
	record_refused(&s, text, "its record is larger than 262144 bytes");
	*list_push(&s.a, &s.record.blobs) = s.record.result;
	cr_assert(cache_record_text(&s.a, &s.record, NULL, &text, &e));
	record_refused(&s, text, "more than 16 blobs");
	record_scene_close(&s);
}

/* Any digest or size that differs makes it another; a name does not. */
Test(cache_record, is_another_when_anything_of_it_differs)
{
	struct record_scene s;
	struct cache_record other;
	struct cache_blob last, second = { digest_of(STR("more")), 4 };

	record_scene_open(&s, true);
	*list_push(&s.a, &s.record.blobs) = second;
	other = s.record;
	other.name = "of another name";
	cr_expect(cache_record_eq(&s.record, &other));
	other.key = digest_of(STR("x"));
	cr_expect_not(cache_record_eq(&s.record, &other));
	other = s.record;
	other.result.size++;
	cr_expect_not(cache_record_eq(&s.record, &other));
	other = s.record;
	other.result.digest = digest_of(STR("x"));
	cr_expect_not(cache_record_eq(&s.record, &other));
	other = s.record;
	other.blobs.n--;
	cr_expect_not(cache_record_eq(&s.record, &other));
	cr_expect_not(cache_record_eq(&other, &s.record));
	for (size_t i = 0; i < 2; i++) {
		other = s.record;
		other.blobs.v = arena_array(&s.a, 2, sizeof(*other.blobs.v));
		memcpy(other.blobs.v, s.record.blobs.v, 2 * sizeof(*other.blobs.v));
		cr_expect(cache_record_eq(&s.record, &other));
		last = other.blobs.v[i];
		other.blobs.v[i].size++;
		cr_expect_not(cache_record_eq(&s.record, &other), "%zu", i);
		other.blobs.v[i] = last;
		other.blobs.v[i].digest = digest_of(STR("x"));
		cr_expect_not(cache_record_eq(&s.record, &other), "%zu", i);
	}
	record_scene_close(&s);
}

/* What bazel-remote asks of an entry: python's json finds the digests where its protocol has them.
 */
Test(action_result, names_its_blobs_as_the_protocol_has_it)
{
	static const char script[] =
		"import json, sys, base64\n"
		"r = json.loads(sys.argv[1])\n"
		"print([(f['path'], f['digest']['hash'][:8], int(f['digest']['sizeBytes'])) for f in r['outputFiles']], base64.b64decode(r['stdoutRaw']).decode())\n";
	struct record_scene s;
	struct error e = { 0 };
	struct str text, record;

	record_scene_open(&s, false);
	text = action_result_text(&s.a, &s.record, STR("the record"));
	cr_expect_str_eq(ORACLE(&s.a, "python3", "-c", script, str_dup(&s.a, text)).p,
			 arena_printf(&s.a,
				      "[('result', '%.8s', 4), ('blob.0', '%.8s', 5)] the record\n",
				      digest_hex_dup(&s.a, &s.record.result.digest),
				      digest_hex_dup(&s.a, &s.record.blobs.v[0].digest)));
	cr_assert(action_result_read(&s.a, text, &record, &e));
	cr_expect(str_eq(record, STR("the record")));
	cr_expect_not(action_result_read(&s.a, STR("{\"stdoutRaw\":\"*\"}"), &record, &e));
	cr_expect(strstr(e.cause, "is not base64"), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(action_result_read(&s.a, STR("{\"stdoutRaw\":1}"), &record, &e));
	cr_expect(strstr(e.cause, "expected a string"), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(action_result_read(&s.a, STR("[]"), &record, &e));
	cr_expect(strstr(e.cause, "expected an object"), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(action_result_read(&s.a, STR("{}"), &record, &e));
	record_scene_close(&s);
}

/* With the public half of a key nothing can be signed: there is no record then. */
Test(cache_record, a_key_that_cannot_sign_makes_no_record)
{
	struct record_scene s;
	struct error e = { 0 };
	struct str text;

	record_scene_open(&s, false);
	cr_expect_not(cache_record_text(&s.a, &s.record, &s.known.v[0], &text, &e));
	cr_expect(e.kind == ERR_SYSTEM && strstr(e.cause, "cannot sign with this key"), "%s",
		  e.cause);
	record_scene_close(&s);
}
