/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of referrers: what is entered, what is left alone, and where they end. */

#include "transfer/registry/referrers.h"

#include <criterion/criterion.h>

#include "support/fixture_registry_scene.h"

#define SUBJECT "sha256:" D64("1")
#define D64(d)                                                                                    \
	d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d d \
		d d d d d d d d d d d d d d d d d d d
#define TAG "/v2/team/app/manifests/sha256-" D64("1")
#define API "/v2/team/app/referrers/" SUBJECT
#define CONFIG "\"config\":{\"mediaType\":\"text/x\",\"digest\":\"sha256:" D64("2") "\",\"size\":2}"

/* A manifest with these members more. */
static struct document referrer_of(struct arena *a, const char *more)
{
	const char *text = arena_printf(a, "{\"schemaVersion\":2," CONFIG ",\"layers\":[]%s}",
					more);
	struct document d;
	struct error e = { 0 };

	cr_assert(document_read(a, "x", MANIFEST_TYPE, str_of(text), &d, &e), "%s", e.cause);
	return d;
}

static struct document list_of(struct arena *a, const char *entries)
{
	const char *text = arena_printf(a, "{\"schemaVersion\":2,\"manifests\":[%s]}", entries);
	struct document d;
	struct error e = { 0 };

	cr_assert(document_read(a, "x", INDEX_TYPE, str_of(text), &d, &e), "%s", e.cause);
	return d;
}

Test(referrers, an_entry_says_type_and_annotations)
{
	static const struct {
		const char *more, *entry;
	} cases[] = {
		{ "", ",\"artifactType\":\"text/x\"" },
		{ ",\"artifactType\":\"text/y\"", ",\"artifactType\":\"text/y\"" },
		{ ",\"annotations\":{\"a\":\"1\"}",
		  ",\"artifactType\":\"text/x\",\"annotations\":{\"a\":\"1\"}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct document d = referrer_of(&a, cases[i].more), again;
		const char *old = "{\"mediaType\":\"" MANIFEST_TYPE
				  "\",\"digest\":\"sha256:" D64("3") "\",\"size\":5,\"x\":[1]}";
		struct document list = list_of(&a, old);
		struct error e = { 0 };
		struct str out;
		const char *entry = arena_printf(&a,
						 "{\"mediaType\":\"" MANIFEST_TYPE
						 "\",\"digest\":\"%s\",\"size\":%zu%s}",
						 content_digest_text(&a, &d.digest), d.text.n,
						 cases[i].entry);

		cr_assert(referrers_add(&a, NULL, &d, &out, &e), "%s", e.cause);
		cr_expect_str_eq(str_dup(&a, out),
				 arena_printf(&a,
					      "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE
					      "\",\"manifests\":[%s]}",
					      entry));
		/* what is there stays as it is, and what stands there is not entered again */
		cr_assert(referrers_add(&a, &list, &d, &out, &e), "%s", e.cause);
		cr_expect_str_eq(str_dup(&a, out),
				 arena_printf(&a,
					      "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE
					      "\",\"manifests\":[%s,%s]}",
					      old, entry));
		cr_assert(document_read(&a, "x", INDEX_TYPE, out, &again, &e));
		cr_assert(referrers_add(&a, &again, &d, &out, &e));
		cr_expect_null(out.p);
	}
}

/* ---- the fallback tag ---- */

struct referrers_run {
	struct progress base;
	const char *warning;
	struct arena *a;
};

static void referrers_warn(struct progress *p, const char *text)
{
	struct referrers_run *r = (struct referrers_run *)p;

	r->warning = arena_strdup(r->a, text);
}

/* Notes the referrer; the message of the error, or what was warned of, or "". */
static const char *referrers_run(struct registry_scene *s, const struct document *d)
{
	struct referrers_run run = { { .warn = referrers_warn }, "", s->a };
	const struct session_options options = { .tls = SESSION_TLS_AUTO, .progress = &run.base };
	struct strings scopes = { 0 };
	struct session session;
	struct reference to;
	struct error e = { 0 };
	bool ok;

	cr_assert(reference_parse(s->a, s->target, &to, &e));
	cr_assert(session_open(&session, &to, &options, &scopes, &e));
	ok = referrers_note(&session, d, &e);
	session_close(&session);
	cr_expect_eq(ok, e.kind == ERR_NONE);
	return ok ? run.warning : arena_printf(s->a, "%s%s", e.context, e.cause);
}

#define ABOUT ",\"subject\":{\"digest\":\"" SUBJECT "\"}"

Test(referrers, the_tag_is_made_and_kept)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct document d = referrer_of(&a, ABOUT);
	struct error e = { 0 };
	struct str list;

	registry_scene_begin(&s, &a);
	cr_assert(referrers_add(&a, NULL, &d, &list, &e));
	registry_scene_on(&s, TAG, 404, NULL, STR(""));
	registry_scene_on(&s, TAG, 201, NULL, STR(""));
	registry_scene_on(&s, TAG, 200, "Content-Type: " INDEX_TYPE "\r\n", list);
	cr_expect_str_eq(referrers_run(&s, &d), "");
	cr_expect(faultd_saw(&s.registry, TAG, "PUT "));
	/* it is there: nothing is put */
	cr_expect_str_eq(referrers_run(&s, &d), "");
	cr_expect_eq(faultd_hits(&s.registry, TAG), 3);
	registry_scene_end(&s);
}

Test(referrers, what_stands_under_the_tag_and_is_no_list_is_left_alone)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct document d = referrer_of(&a, ABOUT);
	const char *says;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n", s.manifest);
	says = referrers_run(&s, &d);
	cr_expect(strstr(says, "the tag sha256-111111111111... is not a list of referrers and is "
			       "left as it is: nobody will find sha256:"),
		  "%s", says);
	cr_expect_not(faultd_saw(&s.registry, TAG, "PUT "));
	registry_scene_end(&s);
}

Test(referrers, others_who_change_it_all_the_time_win_in_the_end)
{
	static const char headers[] = "Content-Type: " INDEX_TYPE "\r\nETag: \"e\"\r\n";

	for (int tries = 4; tries <= 5; tries++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct document d = referrer_of(&a, ABOUT);
		const char *says;

		registry_scene_begin(&s, &a);
		for (int i = 0; i < tries; i++) {
			registry_scene_on(&s, TAG, 200, headers,
					  STR("{\"schemaVersion\":2,\"manifests\":[]}"));
			registry_scene_on(&s, TAG, 412, NULL, STR(""));
		}
		registry_scene_on(&s, TAG, 200, headers,
				  STR("{\"schemaVersion\":2,\"manifests\":[]}"));
		registry_scene_on(&s, TAG, 201, NULL, STR(""));
		says = referrers_run(&s, &d);
		if (tries == 4)
			cr_expect_str_eq(says, "");
		else
			cr_expect_str_eq(says,
					 arena_printf(&a,
						      "127.0.0.1:%u/team/app: others change the "
						      "tag sha256-" D64("1") " all the time",
						      s.registry.port));
		cr_expect(faultd_saw(&s.registry, TAG, "If-Match: \"e\""));
		registry_scene_end(&s);
	}
}

/* A value that is read, and deeper than one that is written. */
#define DEEP10 "[[[[[[[[[["
#define END10 "]]]]]]]]]]"
#define DEEP DEEP10 DEEP10 DEEP10 DEEP10 END10 END10 END10 END10

Test(referrers, what_cannot_be_entered_is_told)
{
	static const struct {
		const char *more, *says;
		int status;
	} cases[] = {
		{ "", "subject", 404 },
		{ ",\"subject\":{}", "subject: names no sha256 or sha512 digest", 404 },
		{ ",\"subject\":{\"digest\":\"md5:0\"}",
		  "subject: names no sha256 or sha512 digest", 404 },
		{ ABOUT, "HTTP 403", 403 },
		{ ABOUT ",\"annotations\":{\"x\":" DEEP "}", "is nested too deeply", 404 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct document d = { .media_type = MANIFEST_TYPE };
		const char *says;

		registry_scene_begin(&s, &a);
		d.text = str_of(arena_printf(&a, "{\"schemaVersion\":2," CONFIG ",\"layers\":[]%s}",
					     cases[i].more));
		registry_scene_on(&s, TAG, cases[i].status, NULL, STR(""));
		says = referrers_run(&s, &d);
		cr_expect(strstr(says, cases[i].says), "%zu: %s", i, says);
		cr_expect_not(faultd_saw(&s.registry, NULL, "PUT "));
		registry_scene_end(&s);
	}
}

/* ---- lists ---- */

static const char *referrers_listed(struct registry_scene *s)
{
	const struct session_options options = { .tls = SESSION_TLS_AUTO };
	struct strings scopes = { 0 }, out;
	struct session session;
	struct reference to;
	struct error e = { 0 };
	bool ok;

	cr_assert(reference_parse(s->a, s->target, &to, &e));
	cr_assert(session_open(&session, &to, &options, &scopes, &e));
	ok = referrers_list(s->a, &session, SUBJECT, &out, &e);
	session_close(&session);
	return ok ? (out.n ? strings_join(s->a, &out, " ") : "")
		  : arena_printf(s->a, "%s%s", e.context, e.cause);
}

Test(referrers, a_list_has_so_many)
{
	for (int more = 0; more < 2; more++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct buf text = { .a = &a };
		const char *says;

		registry_scene_begin(&s, &a);
		buf_puts(&text, "{\"schemaVersion\":2,\"manifests\":[");
		for (int i = 0; i < 1000 + more; i++)
			buf_printf(&text, "%s{\"digest\":\"sha256:%064d\"}", i ? "," : "", i);
		buf_puts(&text, "]}");
		registry_scene_on(&s, API, 200, NULL, buf_str(&text));
		says = referrers_listed(&s);
		cr_expect_eq(strstr(says, "more than 1000 referrers") != NULL, more == 1, "%.200s",
			     says);
		registry_scene_end(&s);
	}
}

Test(referrers, a_manifest_under_the_fallback_tag_is_no_list)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, API, 404, NULL, STR(""));
	registry_scene_on(&s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n", s.manifest);
	cr_expect_str_eq(referrers_listed(&s), "");
	registry_scene_end(&s);
}

/* Documents are read before; who hands others over is told. */
Test(referrers, what_is_no_document_cannot_be_entered)
{
	static const char *const texts[] = { "{", "[", "x" };
	AUTO_ARENA a = { 0 };
	const struct document good = referrer_of(&a, "");
	struct str out;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const struct document bad = { .text = str_of(texts[i]), .media_type = "x" };
		struct error e = { 0 };

		cr_expect_not(referrers_add(&a, NULL, &bad, &out, &e), "%s", texts[i]);
		cr_expect_eq(e.kind, ERR_INPUT);
		err_clear(&e);
		cr_expect_not(referrers_add(&a, &bad, &good, &out, &e), "%s", texts[i]);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect_null(out.p);
	}
}

Test(referrers, a_list_that_cannot_be_copied_is_told)
{
	static const char *const lists[][2] = {
		{ "{}", "the key \"manifests\" is missing" },
		{ "{\"manifests\":[" DEEP "]}", "is nested too deeply" },
		{ "{\"manifests\":[1,{\"x\":" DEEP "}]}", "is nested too deeply" },
	};
	AUTO_ARENA a = { 0 };
	const struct document good = referrer_of(&a, "");
	struct str out;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct document old = { .text = str_of(lists[i][0]), .media_type = "x" };
		struct error e = { 0 };

		cr_expect_not(referrers_add(&a, &old, &good, &out, &e), "%s", lists[i][0]);
		cr_expect(strstr(e.cause, lists[i][1]), "%s", e.cause);
		cr_expect_null(out.p);
	}
}

/* Every page names itself as the next one: what came until then counts. */
Test(referrers, a_list_has_so_many_pages)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, API, 200, "Link: <" API ">; rel=\"next\"\r\n",
			  STR("{\"manifests\":[{\"digest\":\"" SUBJECT "\"}]}"));
	cr_expect_str_eq(referrers_listed(&s), SUBJECT);
	cr_expect_eq(s.registry.accepted, 50, "%zu", s.registry.accepted);
	registry_scene_end(&s);
}

/* A page that is refused, or is none, is an error: it might name what is looked for. */
Test(referrers, a_page_that_does_not_come_is_told)
{
	static const struct {
		int status;
		const char *text, *says;
	} cases[] = {
		{ 403, "{\"errors\":[{\"code\":\"DENIED\"}]}", "HTTP 403" },
		{ 204, "", "HTTP 204" },
		{ 200, "", "not valid JSON" },
		{ 200, "{}", "the key \"manifests\" is missing" },
		{ 200, "{\"manifests\":[{\"digest\":\"md5:1\"}]}",
		  "names no sha256 or sha512 digest" },
		{ 405, "", "" }, /* as 404: there is no such API */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		const char *says;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, API, 200, "Link: <" API "?n=2>; rel=\"next\"\r\n",
				  STR("{\"manifests\":[]}"));
		registry_scene_on(&s, API "?n=2", cases[i].status, NULL, str_of(cases[i].text));
		registry_scene_on(&s, TAG, 404, NULL, STR(""));
		says = referrers_listed(&s);
		cr_expect(cases[i].says[0] ? strstr(says, cases[i].says) != NULL : !says[0],
			  "%zu: %s", i, says);
		registry_scene_end(&s);
	}
}

/* RFC 8288: where a page is the last one, and where a link leads nowhere. */
Test(referrers, only_a_link_to_the_next_page_is_followed)
{
	static const struct {
		const char *link;
		bool follows;
	} cases[] = {
		{ "<" API "?n=2>; rel=\"next\"", true },
		{ "<" API "?n=2>; rel=\"prev\"", false },
		{ API "?n=2; rel=\"next\"", false },
		{ "<" API "?n=2; rel=\"next\"", false },
		{ "<ftp://127.0.0.1/>; rel=\"next\"", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, API, 200, arena_printf(&a, "Link: %s\r\n", cases[i].link),
				  STR("{\"manifests\":[]}"));
		registry_scene_on(&s, API "?n=2", 200, NULL,
				  STR("{\"manifests\":[{\"digest\":\"" SUBJECT "\"}]}"));
		cr_expect_str_eq(referrers_listed(&s), cases[i].follows ? SUBJECT : "", "%zu", i);
		registry_scene_end(&s);
	}
}
