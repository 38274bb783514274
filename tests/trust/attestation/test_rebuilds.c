/* SPDX-License-Identifier: Apache-2.0 */
/* Who made an image again, as signed summaries tell: liars, expired keys, changed minds. */

#include <criterion/criterion.h>

#include "trust/attestation/predicate_types.h"
#include "trust/attestation/rebuilds.h"
#include "trust/attestation/summary.h"

static struct key three[3] = { { .file = "ann.pub", .hint = "A" },
			       { .file = "ben.pub", .hint = "B" },
			       { .file = "old.crt", .hint = "C", .from = 10, .until = 100 } };
static const struct keys keys = { three, 3, 3 };

static void rebuild_say(struct arena *a, struct found_attestations *l, const struct key *k,
			bool passed, const char *level, int64_t when)
{
	struct summary s = { .verifier = VERIFIER_REBUILD,
			     .when = when,
			     .resource = "pkg:oci/x",
			     .policy = "urn:imgbuild:policy:rebuild",
			     .passed = passed };

	*list_push(a, &s.levels) = level;
	*list_push(a, &l->v) = (struct found_attestation){ .type = PREDICATE_SUMMARY,
							   .key = k,
							   .predicate = summary_text(a, &s) };
}

Test(rebuilds, each_key_counts_once_and_with_its_newest_result)
{
	AUTO_ARENA a = { 0 };
	struct found_attestations l = { .digest = "" };
	struct rebuilds r;

	rebuild_say(&a, &l, &three[0], true, LEVEL_SAME_BYTES, 50);
	rebuild_say(&a, &l, &three[0], true, LEVEL_SAME_BYTES, 40);
	rebuild_say(&a, &l, &three[1], true, LEVEL_SAME_CONTENT, 60);
	rebuilds_judge(&a, &l, &keys, 70, &r);
	cr_assert_eq(r.v.n, 3);
	cr_expect_eq(r.same, 2);
	cr_expect_eq(r.different, 0);
	cr_expect_eq(r.v.v[0].result, REBUILD_SAME_BYTES);
	cr_expect_eq(r.v.v[0].when, 50);
	cr_expect_eq(r.v.v[1].result, REBUILD_SAME_CONTENT);
	cr_expect_eq(r.v.v[2].result, REBUILD_NONE);
	rebuild_say(&a, &l, &three[1], false, LEVEL_SAME_BYTES, 65);
	rebuilds_judge(&a, &l, &keys, 70, &r);
	cr_expect_eq(r.same, 1);
	cr_expect_eq(r.different, 1);
	cr_expect_eq(r.v.v[1].result, REBUILD_DIFFERENT);
}

Test(rebuilds, of_two_at_the_same_second_the_worse_counts)
{
	for (size_t bad_first = 0; bad_first < 2; bad_first++) {
		AUTO_ARENA a = { 0 };
		struct found_attestations l = { .digest = "" };
		struct rebuilds r;

		rebuild_say(&a, &l, &three[0], !bad_first, LEVEL_SAME_BYTES, 50);
		rebuild_say(&a, &l, &three[0], bad_first, LEVEL_SAME_BYTES, 50);
		rebuilds_judge(&a, &l, &keys, 70, &r);
		cr_expect_eq(r.v.v[0].result, REBUILD_DIFFERENT);
	}
}

Test(rebuilds, an_expired_key_and_one_that_is_not_valid_yet_do_not_count)
{
	AUTO_ARENA a = { 0 };
	struct found_attestations l = { .digest = "" };
	struct rebuilds r;

	rebuild_say(&a, &l, &three[2], true, LEVEL_SAME_BYTES, 50);
	rebuilds_judge(&a, &l, &keys, 100, &r);
	cr_expect_eq(r.v.v[2].result, REBUILD_SAME_BYTES);
	rebuilds_judge(&a, &l, &keys, 101, &r);
	cr_expect_eq(r.v.v[2].result, REBUILD_EXPIRED);
	cr_expect_eq(r.same, 0);
	rebuilds_judge(&a, &l, &keys, 9, &r);
	cr_expect_eq(r.v.v[2].result, REBUILD_EXPIRED);
}

Test(rebuilds, what_is_no_rebuild_or_is_not_signed_does_not_count)
{
	AUTO_ARENA a = { 0 };
	struct found_attestations l = { .digest = "" };
	const struct summary audit = { .verifier = VERIFIER_AUDIT,
				       .when = 50,
				       .resource = "pkg:oci/x",
				       .policy = "p:q",
				       .passed = true };
	struct rebuilds r;

	*list_push(&a, &l.v) = (struct found_attestation){ .type = PREDICATE_SUMMARY,
							   .key = &three[0],
							   .predicate = summary_text(&a, &audit) };
	rebuild_say(&a, &l, NULL, true, LEVEL_SAME_BYTES, 50);
	rebuild_say(&a, &l, &three[1], true, "SLSA_BUILD_LEVEL_3", 50);
	*list_push(&a, &l.v) = (struct found_attestation){ .type = PREDICATE_SUMMARY,
							   .key = &three[0],
							   .predicate = STR("{}") };
	rebuilds_judge(&a, &l, &keys, 70, &r);
	cr_expect_eq(r.same, 0);
	cr_expect_eq(r.unreadable, 2);
	for (size_t i = 0; i < r.v.n; i++)
		cr_expect_eq(r.v.v[i].result, REBUILD_NONE);
}

/* One key under two names is one rebuilder. */
Test(rebuilds, a_key_in_two_files_counts_once)
{
	AUTO_ARENA a = { 0 };
	struct key twice[2] = { { .file = "a.pub", .hint = "A" },
				{ .file = "b.pub", .hint = "A" } };
	const struct keys two = { twice, 2, 2 };
	struct found_attestations l = { .digest = "" };
	struct rebuilds r;

	rebuild_say(&a, &l, &twice[0], true, LEVEL_SAME_BYTES, 50);
	rebuild_say(&a, &l, &twice[1], true, LEVEL_SAME_BYTES, 50);
	rebuilds_judge(&a, &l, &two, 70, &r);
	cr_expect_eq(r.v.n, 1);
	cr_expect_eq(r.same, 1);
}

Test(rebuilds, a_summary_that_is_malformed_is_refused)
{
	AUTO_ARENA a = { 0 };
	static const char *const bad[][2] = {
		{ "{\"verifier\":{}}", "id" },
		{ "{\"verifier\":{\"id\":\"v\"},\"timeVerified\":\"yesterday\"}", "RFC 3339" },
		{ "{\"verifier\":{\"id\":\"v\"},\"timeVerified\":\"2026-01-01T00:00:00Z\","
		  "\"verificationResult\":\"MAYBE\"}",
		  "must be PASSED or FAILED" },
	};
	struct summary s;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error e = { 0 };
		char text[1600];

		cr_expect_not(summary_read(&a, str_of(bad[i][0]), &s, &e));
		err_format(&e, text, sizeof(text));
		cr_expect(e.kind == ERR_INPUT && strstr(text, bad[i][1]), "%s", text);
	}
}
