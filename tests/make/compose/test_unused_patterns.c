/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns that do nothing and components that bring nothing are told, each at its place. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "line/build.h"
#include "make/compose/unused_patterns.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"

/* Builds the recipe with these words in its component, which stand in line 4. */
static struct verb_run build_with_words(struct homestead *h, const char *words)
{
	struct arena *a = &h->depot.a;

	cr_assert(chdir(h->dir) == 0);
	files_put(
		"recipes/app.json",
		arena_printf(a,
			     "{ \"name\": \"app\", \"archive\": \"debian13\",\n"
			     "  \"components\": [ { \"name\": \"tool\",\n"
			     "    \"providers\": [ { \"packages\": [\"tool\"] } ],\n"
			     "    %s } ],\n"
			     "  \"libraries\": [\"libx1\"],\n"
			     "  \"links\": [ { \"path\": \"/lib64\", \"to\": \"usr/lib64\" } ] }\n",
			     words));
	return VERB(a, cmd_build, "build", "--cache-dir", h->depot.path, "--locked", "--offline",
		    "--no-audit", "recipes/app.json");
}

Test(unused_patterns, those_that_match_nothing_are_warned_of_at_their_place)
{
	static const struct {
		const char *words, *warning;
	} cases[] = {
		{ "\"keep\": [\"/usr/**\", \"/usr/bin/tol\"]",
		  "warning: recipes/app.json:4:25: keep: pattern \"/usr/bin/tol\" matches no file of package tool; did you "
		  "mean \"/usr/bin/tool\"?\n" },
		{ "\"keep\": [\"/usr/**\", \"/usr/sbin/tool\"]",
		  "did you mean \"/usr/bin/tool\"?\n" },
		{ "\"keep\": [\"/usr/**\", \"/opt/?\"]",
		  "4:25: keep: pattern \"/opt/?\" matches no file of package tool\n" },
		{ "\"drop\": [\"**/*.sh\"]",
		  "4:14: drop: pattern \"**/*.sh\" matches no file of package tool\n" },
	};
	struct homestead h;

	homestead_open(&h);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct verb_run r = build_with_words(&h, cases[i].words);

		cr_expect(r.ok, "%s", r.message);
		cr_expect(strstr(r.said, cases[i].warning), "%s:\n%s", cases[i].words, r.said);
	}
	homestead_close(&h);
}

Test(unused_patterns, those_that_match_are_not_warned_of)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	r = build_with_words(&h, "\"keep\": [\"/usr/bin/*\", \"/usr/lib64/**\"], \"drop\": "
				 "[\"/usr/lib64/*.la\", \"/usr/share/**\"]");
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.said, "*.la"), "%s", r.said);
	cr_expect(!strstr(r.said, "/usr/bin/*") && !strstr(r.said, "/usr/lib64/**") &&
			  !strstr(r.said, "/usr/share"),
		  "%s", r.said);
	homestead_close(&h);
}

/* Links that packages bring: of the component itself, and of what is in the image already. */
Test(unused_patterns, one_through_a_symlink_is_an_error_with_the_path_to_write)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "/usr/lib/jvm/default/bin/java",
		  "r.json:3:7: keep: \"/usr/lib/jvm/default/bin/java\" goes through the symlink "
		  "/usr/lib/jvm/default; write \"/usr/lib/jvm/java-21/bin/java\"" },
		{ "/var/run/app/*.pid",
		  "r.json:3:7: keep: \"/var/run/app/*.pid\" goes through the symlink /var/run; write "
		  "\"/run/app/*.pid\"" },
		{ "/lib/x/",
		  "r.json:3:7: keep: \"/lib/x/\" goes through the symlink /lib; write \"/usr/lib/x/\"" },
		{ "/usr/lib/jvm/java-21/bin/jvaa", "" },
		{ "**/default/bin/java", "" },
		{ "/usr/lib/jvm/default", "" },
	};
	static struct stock_item items[] = {
		{ "usr/lib/jvm/default", NODE_LINK, "java-21" },
		{ "usr/lib/jvm/java-21/bin/java", NODE_FILE, NULL },
	};
	static const struct owner base = { .kind = OWNER_PACKAGE, .name = "base-files" };
	static const struct node run = {
		.path = "var/run", .type = NODE_LINK, .target = "/run", .owner = &base
	};
	const struct stock stock = { items, 2, 2, "package jre", true };
	const struct compose_order order = { .progress = NULL };
	AUTO_ARENA a = { 0 };
	struct tree t;
	const struct composition c = { .order = &order, .tree = &t };
	struct error e = { 0 };

	tree_init(&t, &a);
	cr_assert(tree_add(&t, &run, &e));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct glob glob = { cases[i].text, { "r.json", 3, 7, NULL } };
		const struct globs globs = { &glob, 1, 1 };
		const bool used = false;
		char text[2048] = "";

		e = (struct error){ 0 };
		if (!patterns_check_used(&c, &stock, "keep", &globs, &used, &e))
			err_format(&e, text, sizeof(text));
		cr_expect_str_eq(text, cases[i].message);
	}
}

Test(unused_patterns, a_component_that_ends_empty_is_an_error)
{
	static const char *const cases[] = {
		"\"keep\": [\"/usr/bin/tol\"]",
		"\"keep\": [\"/usr/bin\"]",
		"\"drop\": [\"/usr/**\"]",
		"\"keep\": [\"/usr/bin/tool\"], \"drop\": [\"**/tool\"]",
	};
	struct homestead h;

	homestead_open(&h);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct verb_run r = build_with_words(&h, cases[i]);

		cr_expect(!r.ok && r.e.kind == ERR_INPUT, "%s", cases[i]);
		cr_expect_str_eq(
			r.message,
			"recipes/app.json:2:19: image app: component tool: it puts no file into the image; "
			"change its \"keep\" or \"drop\": package tool has /usr/bin/tool, "
			"/usr/lib64/ld-linux-x86-64.so.2");
	}
	homestead_close(&h);
}

Test(unused_patterns, conflicts_of_files_name_both_and_the_key_to_change)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	cr_assert(chdir(h.dir) == 0);
	files_put("rootfs/usr/bin/tool", "mine");
	r = VERB(&h.depot.a, cmd_build, "build", "--cache-dir", h.depot.path, "--locked",
		 "--offline", "--no-audit", "recipes/app.json");
	cr_expect(!r.ok && r.e.kind == ERR_INPUT);
	cr_expect_str_eq(
		r.message,
		"recipes/app.json:8:14: image app: /usr/bin/tool is a file of package tool 1.0-1 "
		"(recipes/app.json:4:5) and a file of recipe entry rootfs (recipes/app.json:8:14); write "
		"\"replace\": true in this entry to put its file in that place");
	homestead_close(&h);
}

Test(unused_patterns, files_go_into_a_directory_that_ends_in_a_slash)
{
	struct homestead h;
	struct arena *a;
	struct error e = { 0 };
	struct recipe r;

	homestead_open(&h);
	a = &h.depot.a;
	cr_assert(chdir(h.dir) == 0);
	files_put("recipes/to.json",
		  "{ \"name\": \"to\", \"archive\": \"debian13\", \"files\": [\n"
		  "  { \"from\": \"../rootfs/etc/app.conf\", \"to\": \"/usr/lib/app/\" },\n"
		  "  { \"from\": \"../rootfs/etc/app.conf\", \"to\": \"/\" },\n"
		  "  { \"from\": \"../rootfs/etc/app.conf\", \"to\": \"/usr/lib/app\" },\n"
		  "  { \"from\": \"../rootfs\", \"to\": \"/\" },\n"
		  "  { \"from\": \"../rootfs\", \"to\": \"/srv/\" } ] }\n");
	cr_assert(recipe_load(a, "recipes/to.json", &r, &e), "%s", e.cause);
	cr_expect_str_eq(r.files.v[0].to, "/usr/lib/app/app.conf");
	cr_expect_str_eq(r.files.v[1].to, "/app.conf");
	cr_expect_str_eq(r.files.v[2].to, "/usr/lib/app");
	cr_expect_str_eq(r.files.v[3].to, "/");
	cr_expect_str_eq(r.files.v[4].to, "/srv");
	homestead_close(&h);
}
