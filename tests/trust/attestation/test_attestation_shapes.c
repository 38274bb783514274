/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of attestations: their exact text, and every value and member of them wrong. */

#include <criterion/criterion.h>

#include "base/version.h"
#include "support/fixture_json_sweep.h"
#include "trust/attestation/kept_inputs.h"
#include "trust/attestation/provenance.h"
#include "trust/attestation/summary.h"
#include "trust/cache/cache_record.h"

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" /* of no bytes */

static bool shape_read_kept(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct kept_inputs l;

	(void)of;
	return kept_inputs_read(&a, text, &l, e);
}

Test(attestation_shapes, every_value_and_every_member_of_a_list_of_files_is_checked)
{
	/* a file, a link and a folder have other members: what one may leave out another may not */
	static const char *const texts[] = {
		"{\"path\":\"repository/a\",\"sha256\":\"" SUM
		"\",\"offset\":3,\"size\":4,\"executable\":true}",
		"{\"path\":\"repository/a\",\"link\":\"b\"}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO_ARENA a = { 0 };

		json_sweep(&(struct json_sweep){
			.text = arena_printf(&a,
					     "{\"format\":1,\"archive\":{\"sha256\":\"" SUM
					     "\",\"size\":100},\"files\":[%s]}",
					     texts[i]),
			.read = shape_read_kept,
			.optional = (const char *const[]){ "files[].executable", NULL },
		});
	}
}

static bool shape_read_summary(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct summary s;

	(void)of;
	return summary_read(&a, text, &s, e);
}

Test(attestation_shapes, every_value_and_every_member_of_a_summary_is_checked)
{
	json_sweep(&(struct json_sweep){
		.text = "{\"verifier\":{\"id\":\"urn:x\"},\"timeVerified\":\"2026-01-02T03:04:05Z\","
			"\"verificationResult\":\"PASSED\",\"verifiedLevels\":[\"ONE\"]}",
		.read = shape_read_summary,
		.optional = (const char *const[]){ "verifiedLevels", NULL },
		.nulls = true,
		.open = true,
	});
}

static bool shape_read_record(void *of, struct str text, struct error *e)
{
	static const struct keys nobody = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };
	struct cache_record r;
	struct digest key = digest_of(STR(""));

	(void)of;
	return cache_record_read(&a, text, &nobody, &key, &r, e);
}

Test(attestation_shapes, every_value_and_every_member_of_a_cached_record_is_checked)
{
	json_sweep(&(struct json_sweep){
		.text = "{\"key\":\"" SUM "\",\"name\":\"thing\",\"result\":{\"sha256\":\"" SUM
			"\",\"size\":1},\"blobs\":[{\"sha256\":\"" SUM "\",\"size\":2}]}",
		.read = shape_read_record,
		.optional = (const char *const[]){ "name", NULL },
		.nulls = true,
		.open = true,
	});
}

/* ---- what is read of a summary ---- */

static const char *summary_refused(struct arena *a, const char *time, const char *result)
{
	struct error e = { 0 };
	struct summary s;
	char text[1600];

	cr_expect_not(summary_read(a,
				   str_of(arena_printf(a,
						       "{\"verifier\":{\"id\":\"x\"},"
						       "\"timeVerified\":\"%s\","
						       "\"verificationResult\":\"%s\"}",
						       time, result)),
				   &s, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	err_format(&e, text, sizeof(text));
	return arena_strdup(a, text);
}

Test(attestation_shapes, a_summary_says_when_and_with_what_result)
{
	AUTO_ARENA a = { 0 };
	struct summary s = { .verifier = VERIFIER_AUDIT,
			     .when = 1000000000,
			     .resource = "pkg:oci/x",
			     .policy = "urn:policy",
			     .policy_sha256 = SUM,
			     .input = "00",
			     .passed = true };
	struct summary read;
	struct error e = { 0 };
	const char *message;

	*list_push(&a, &s.levels) = LEVEL_AUDIT;
	cr_expect_str_eq(
		str_dup(&a, summary_text(&a, &s)),
		"{\"verifier\":{\"id\":\"urn:imgbuild:verifier:audit\",\"version\":{"
		"\"imgbuild\":\"" IMGBUILD_VERSION "\"}},"
		"\"timeVerified\":\"2001-09-09T01:46:40Z\",\"resourceUri\":\"pkg:oci/x\","
		"\"policy\":{\"uri\":\"urn:policy\",\"digest\":{\"sha256\":\"" SUM "\"}},"
		"\"inputAttestations\":[{\"digest\":{\"sha256\":\"00\"}}],"
		"\"verificationResult\":\"PASSED\",\"verifiedLevels\":[\"IMGBUILD_AUDIT\"],"
		"\"slsaVersion\":\"1.1\"}");
	cr_assert(summary_read(&a, summary_text(&a, &s), &read, &e));
	cr_expect(read.passed && read.when == 1000000000 && read.levels.n == 1);
	cr_expect_str_eq(read.version, IMGBUILD_VERSION);
	cr_expect_str_eq(read.policy, "urn:policy");
	cr_expect_str_eq(read.resource, "pkg:oci/x");
	s.passed = false;
	s.policy_sha256 = s.input = NULL;
	cr_expect_str_eq(str_dup(&a, summary_text(&a, &s)),
			 "{\"verifier\":{\"id\":\"urn:imgbuild:verifier:audit\",\"version\":{"
			 "\"imgbuild\":\"" IMGBUILD_VERSION "\"}},"
			 "\"timeVerified\":\"2001-09-09T01:46:40Z\",\"resourceUri\":\"pkg:oci/x\","
			 "\"policy\":{\"uri\":\"urn:policy\"},"
			 "\"verificationResult\":\"FAILED\",\"verifiedLevels\":[\"FAILED\"],"
			 "\"slsaVersion\":\"1.1\"}");
	cr_assert(summary_read(&a, summary_text(&a, &s), &read, &e));
	cr_expect_not(read.passed);
	/* of somebody who says less */
	cr_assert(summary_read(&a,
			       STR("{\"verifier\":{\"id\":\"x\"},\"timeVerified\":"
				   "\"2001-09-09T01:46:40Z\",\"verificationResult\":\"PASSED\"}"),
			       &read, &e));
	cr_expect(read.passed && !read.version && !read.policy && !read.resource &&
		  read.levels.n == 0);
	message = summary_refused(&a, "yesterday", "PASSED");
	cr_expect(strstr(message, "timeVerified: is no time as RFC 3339 has it"), "%s", message);
	message = summary_refused(&a, "2001-09-09T01:46:40Z", "passed");
	cr_expect(strstr(message, "verificationResult: must be PASSED or FAILED"), "%s", message);
}

Test(attestation_shapes, a_resource_is_a_package_url_of_an_image)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(summary_resource(&a, "hello", "sha256:00", NULL),
			 "pkg:oci/hello@sha256%3A00");
	cr_expect_str_eq(summary_resource(&a, "hello", "sha256:00", "registry.example/team/hello"),
			 "pkg:oci/hello@sha256%3A00?repository_url=registry.example/team/hello");
}

/* ---- provenance ---- */

Test(attestation_shapes, materials_are_sorted_and_each_stands_once)
{
	AUTO_ARENA a = { 0 };
	static const struct {
		const char *kind, *name, *bytes;
	} given[] = {
		{ "recipe", "b", "1" }, { "package", "z", "1" }, { "recipe", "a", "2" },
		{ "recipe", "a", "1" }, { "recipe", "b", "1" },	 { "recipe", "a", "2" },
	};
	struct materials l = { NULL, 0, 0 };
	struct digest one = digest_of(STR("1")), two = digest_of(STR("2"));
	bool one_first = memcmp(one.b, two.b, sizeof(one.b)) < 0;

	materials_sort(&l);
	cr_expect_eq(l.n, 0);
	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		*list_push(&a,
			   &l) = (struct material){ .kind = given[i].kind,
						    .name = given[i].name,
						    .sha256 = digest_of(str_of(given[i].bytes)) };
	materials_sort(&l);
	cr_assert_eq(l.n, 4);
	cr_expect_str_eq(l.v[0].name, "z");
	cr_expect_str_eq(l.v[1].name, "a");
	cr_expect_str_eq(l.v[2].name, "a");
	cr_expect_str_eq(l.v[3].name, "b");
	cr_expect(digest_eq(&l.v[1].sha256, one_first ? &one : &two));
	cr_expect(digest_eq(&l.v[2].sha256, one_first ? &two : &one));
}

Test(attestation_shapes, provenance_tells_variant_and_tag_where_there_are_any)
{
	AUTO_ARENA a = { 0 };
	struct provenance p = { .recipe = "recipes/hello.json", .locked = true };
	const char *text = str_dup(&a, provenance_text(&a, &p));

	cr_expect(strstr(text, "\"externalParameters\":{\"recipe\":\"recipes/hello.json\","
			       "\"platforms\":[],\"locked\":true,\"offline\":false,\"audit\":false,"
			       "\"incremental\":false}"),
		  "%s", text);
	cr_expect_null(strstr(text, "byproducts"));
	p.variant = "debug";
	p.tag = "1.0";
	p.audited = true;
	text = str_dup(&a, provenance_text(&a, &p));
	cr_expect(strstr(text, "\"recipe\":\"recipes/hello.json\",\"variant\":\"debug\","
			       "\"platforms\":[],\"tag\":\"1.0\",\"locked\":true,\"offline\":false,"
			       "\"audit\":true,"),
		  "%s", text);
}

/* What is not known of a material is not there. */
Test(attestation_shapes, provenance_tells_what_is_known_of_its_materials)
{
	AUTO_ARENA a = { 0 };
	struct provenance p = { .recipe = "r" };
	const char *text;

	*list_push(&a, &p.materials) = (struct material){ .kind = "file", .name = "a" };
	*list_push(&a, &p.materials) = (struct material){ .kind = "package",
							  .name = "b",
							  .uri = "pkg:b",
							  .location = "http://x/b",
							  .detail = "signed" };
	text = str_dup(&a, provenance_text(&a, &p));
	cr_expect(strstr(text, "\"resolvedDependencies\":[{\"name\":\"a\",\"digest\":"), "%s",
		  text);
	cr_expect(strstr(text, "\"annotations\":{\"kind\":\"file\"}},{\"name\":\"b\",\"uri\":"
			       "\"pkg:b\",\"digest\":"),
		  "%s", text);
	cr_expect(strstr(text, "\"downloadLocation\":\"http://x/b\",\"annotations\":{\"kind\":"
			       "\"package\",\"detail\":\"signed\"}}]"),
		  "%s", text);
}

#define RUN(byproducts) "{\"runDetails\":{\"byproducts\":" byproducts "}}"
#define LIST_TYPE "\"mediaType\":\"" KEPT_LIST_TYPE "\""

Test(attestation_shapes, the_list_of_files_is_found_among_what_a_build_made)
{
	static const struct {
		const char *text, *says;
		int got;
	} cases[] = {
		{ "{", "provenance", -1 },
		{ "{}", NULL, 0 },
		{ "{\"runDetails\":{}}", NULL, 0 },
		{ RUN("{}"), "expected an array", -1 },
		{ RUN("[]"), NULL, 0 },
		{ RUN("[{\"mediaType\":\"text/plain\"},{}]"), NULL, 0 },
		{ RUN("[{" LIST_TYPE "}]"), "digest", -1 },
		{ RUN("[{" LIST_TYPE ",\"digest\":{}}]"),
		  "has no \"sha256\" of 64 hexadecimal digits", -1 },
		{ RUN("[{" LIST_TYPE ",\"digest\":{\"sha256\":\"00\"}}]"),
		  "has no \"sha256\" of 64 hexadecimal digits", -1 },
		{ RUN("[{" LIST_TYPE ",\"digest\":{\"sha256\":\"" SUM "\"}}]"), NULL, 1 },
		/* the first one counts */
		{ RUN("[{},{" LIST_TYPE ",\"digest\":{\"sha256\":\"" SUM "\"}},{" LIST_TYPE
		      ",\"digest\":{}}]"),
		  NULL, 1 },
	};
	struct digest sum = digest_of(STR(""));

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct digest list;
		char text[1600] = "";

		cr_expect_eq(provenance_inputs(&a, str_of(cases[i].text), &list, &e), cases[i].got,
			     "%s", cases[i].text);
		if (cases[i].got > 0)
			cr_expect(digest_eq(&list, &sum));
		if (cases[i].says) {
			err_format(&e, text, sizeof(text));
			cr_expect_eq(e.kind, ERR_INPUT);
			cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].text, text);
		}
	}
}
