/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of repositories and tags, in pages, from a registry that says what is scripted. */

#include <criterion/criterion.h>

#include "support/fixture_registry_scene.h"
#include "transfer/registry/listing.h"

#define CATALOGUE "/v2/_catalog"
#define TAGS "/v2/team/app/tags/list"

static const char *listing_host(struct registry_scene *s)
{
	return arena_printf(s->a, "127.0.0.1:%u", s->registry.port);
}

/* The names, each with a blank behind it; or the error. */
static const char *listing_text(struct arena *a, bool ok, const struct strings *l,
				const struct error *e)
{
	return ok ? (l->n ? strings_join(a, l, " ") : "") : arena_strdup(a, e->cause);
}

static const char *listed_repositories(struct registry_scene *s, const char *prefix)
{
	const struct session_options o = { .tls = SESSION_TLS_AUTO };
	struct strings l = { 0 };
	struct error e = { 0 };
	bool ok = listing_repositories(s->a, &o, listing_host(s), prefix, &l, &e);

	return listing_text(s->a, ok, &l, &e);
}

static const char *listed_tags(struct registry_scene *s)
{
	const struct session_options o = { .tls = SESSION_TLS_AUTO };
	const struct reference ref = { .text = "x", .host = listing_host(s), .name = "team/app" };
	struct strings l = { 0 };
	struct error e = { 0 };
	bool ok = listing_tags(s->a, &o, &ref, &l, &e);

	return listing_text(s->a, ok, &l, &e);
}

Test(listing, repositories_come_in_pages)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, CATALOGUE, 200, "Link: </v2/_catalog?last=c>; rel=\"next\"\r\n",
			  STR("{\"repositories\":[\"team/a\",\"other\",\"team\"]}"));
	registry_scene_on(&s, CATALOGUE "?last=c", 200, NULL,
			  STR("{\"repositories\":[\"team/b\",\"teams/x\"]}"));
	cr_expect_str_eq(listed_repositories(&s, "team/"), "team/a team/b");
	registry_scene_end(&s);
}

Test(listing, tags_of_other_images_are_left_out)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	registry_scene_begin(&s, &a);
	registry_scene_on(
		&s, TAGS, 200, NULL,
		STR("{\"name\":\"team/app\",\"tags\":[\"1\",\"sha256-00.sig\",\"sha256-00\","
		    "\"latest\"]}"));
	cr_expect_str_eq(listed_tags(&s), "1 latest");
	/* as registries answer for one that was emptied */
	registry_scene_on(&s, TAGS, 200, NULL, STR("{\"name\":\"team/app\",\"tags\":null}"));
	cr_expect_str_eq(listed_tags(&s), "");
	/* or, still in the list of repositories, docker-registry */
	registry_scene_on(&s, TAGS, 404, NULL,
			  STR("{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"x\"}]}"));
	cr_expect_str_eq(listed_tags(&s), "");
	registry_scene_on(&s, TAGS, 401, NULL, STR(""));
	cr_expect(strstr(listed_tags(&s), "tags of team/app"), "%s", listed_tags(&s));
	registry_scene_end(&s);
}

Test(listing, what_is_no_list_is_told)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	const char *says;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, CATALOGUE, 404, NULL, STR(""));
	says = listed_repositories(&s, "");
	cr_expect(strstr(says, "list of repositories: HTTP 404"), "%s", says);
	registry_scene_on(&s, TAGS, 200, NULL, STR("[]"));
	says = listed_tags(&s);
	cr_expect(strstr(says, "expected an object"), "%s", says);
	registry_scene_on(&s, TAGS, 200, NULL, STR("{\"tags\":[1]}"));
	says = listed_tags(&s);
	cr_expect(strstr(says, "expected a string"), "%s", says);
	registry_scene_end(&s);
}

Test(listing, a_list_has_so_many_names)
{
	for (unsigned more = 0; more < 2; more++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct buf text = { .a = &a };
		const char *says;

		registry_scene_begin(&s, &a);
		buf_puts(&text, "{\"repositories\":[\"x/other\"");
		for (unsigned i = 0; i < 100000 + more; i++)
			buf_puts(&text, ",\"a\"");
		buf_puts(&text, "]}");
		registry_scene_on(&s, CATALOGUE, 200, NULL, buf_str(&text));
		says = listed_repositories(&s, "a");
		cr_expect_eq(strstr(says, "has more than 100000 names") != NULL, more, "%.100s",
			     says);
		registry_scene_end(&s);
	}
}

Test(listing, a_page_that_is_no_json_or_does_not_come_is_told)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	const char *says;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, CATALOGUE, 200, NULL, STR(""));
	says = listed_repositories(&s, "");
	cr_expect(strstr(says, "not valid JSON"), "%s", says);
	registry_scene_on(&s, TAGS, 200, NULL, STR("{\"tags\":["));
	says = listed_tags(&s);
	cr_expect(strstr(says, "not valid JSON"), "%s", says);
	registry_scene_end(&s);
}
