/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild why: over an image built from a recipe, and over one of others. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"
#include "support/gen_elf.h"
#include "support/gen_image.h"

#define WHY(a, ...) VERB((a), cmd_why, "why", __VA_ARGS__)

static void expect_text(struct verb_run r, const char *text)
{
	cr_expect(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, text) != NULL, "no\n%s\nin\n%s", text, r.out);
}

static void why_expect_error(struct verb_run r, enum err_kind kind, const char *text)
{
	cr_expect(!r.ok && r.e.kind == kind, "%d %s", r.e.kind, r.message);
	cr_expect(strstr(r.message, text) != NULL, "no \"%s\" in \"%s\"", text, r.message);
}

Test(why, leads_from_a_library_to_the_line_of_the_component)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	homestead_build(&h);
	r = WHY(&h.depot.a, h.image, "libx.so.1");
	expect_text(r, "/usr/lib/x86_64-linux-gnu/libx.so.1\n    layer 2 of 3 (app/libraries)");
	expect_text(r, ", package libx1 1.0-1\n    a library that files of app need\n"
		       "    package libx1 1.0-1 of trixie  (recipes/app.lock.json)\n"
		       "    needed by /usr/bin/tool as libx.so.1\n/usr/bin/tool\n"
		       "    layer 1 of 3 (app/tool)");
	expect_text(r, "    component tool keeps \"/usr/bin/*\"  (recipes/app.json:4:5)\n"
		       "    taken from packages  (recipes/app.json:5:22)\n"
		       "    tool 1.0-1 (package)  (recipes/app.lock.json)\n");
	homestead_close(&h);
}

Test(why, knows_every_kind_of_recipe_line)
{
	static const struct {
		const char *what, *text;
	} cases[] = {
		{ "/usr/bin/tool", "component tool keeps \"/usr/bin/*\"  (recipes/app.json:4:5)" },
		{ "/usr/bin/alias",
		  "/usr/bin/alias -> tool\n    layer 3 of 3 (app/files)\n    a link of the "
		  "recipe  (recipes/app.json:10:14)" },
		{ "alias", "/usr/bin/tool\n    layer 1 of 3" },
		{ "/var/lib/app", "a folder of the recipe  (recipes/app.json:9:13)" },
		{ "/etc/app.conf", "copied from rootfs  (recipes/app.json:8:14)" },
		{ "tool", "package tool 1.0-1\n    2 files" },
		{ "libx1", "needed by /usr/bin/tool\n" },
		{ "/usr/share/doc/tool/copyright",
		  "it comes along with what component tool keeps" },
		{ "/var/lib/dpkg/status.d/tool",
		  "a record for scanners of what component tool brings" },
		{ "/var/lib/dpkg/status.d/libx1",
		  "it belongs to a library that files of app need" },
	};
	struct homestead h;

	homestead_open(&h);
	homestead_build(&h);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_text(WHY(&h.depot.a, h.image, cases[i].what), cases[i].text);
	homestead_close(&h);
}

Test(why, names_the_recipe_that_said_it_last_and_where_it_began)
{
	struct homestead h;
	const char *common, *app;
	struct verb_run r;

	homestead_open(&h);
	app = arena_printf(&h.depot.a, "%s/recipes/app.json", h.dir);
	common = arena_printf(&h.depot.a, "%s/recipes/common.json", h.dir);
	files_put(common, files_get(&h.depot.a, app));
	files_put(app, "{ \"name\": \"app\", \"extends\": \"common.json\",\n"
		       "  \"dirs\": [ { \"path\": \"/var/lib/app\", \"mode\": \"0700\" } ] }\n");
	homestead_lock(&h);
	homestead_build(&h);
	expect_text(
		WHY(&h.depot.a, h.image, "/var/lib/app"),
		"a folder of the recipe  (recipes/app.json:2:13, in place of recipes/common.json:9:13)\n");
	expect_text(WHY(&h.depot.a, h.image, "/usr/bin/alias"),
		    "a link of the recipe  (recipes/common.json:10:14)\n");
	r = WHY(&h.depot.a, h.image, "/var/lib/app", "--format", "json");
	expect_text(
		r,
		"\"place\": \"recipes/app.json:2:13\", \"inPlaceOf\": \"recipes/common.json:9:13\"");
	homestead_close(&h);
}

Test(why, names_what_is_near_when_there_is_no_such_thing)
{
	struct homestead h;

	homestead_open(&h);
	homestead_build(&h);
	why_expect_error(WHY(&h.depot.a, h.image, "libx.so.2"), ERR_USAGE,
			 "the image has no file, library or package libx.so.2; did you mean "
			 "libx.so.1?");
	why_expect_error(WHY(&h.depot.a, h.image, "/usr/bin/tol"), ERR_USAGE,
			 "the image has no file /usr/bin/tol; did you mean /usr/bin/tool?");
	why_expect_error(WHY(&h.depot.a, h.image, "/../x"), ERR_USAGE,
			 "the image has no file /../x");
	why_expect_error(WHY(&h.depot.a, h.image, "copyright"), ERR_USAGE,
			 "2 files are called copyright; name one of them: "
			 "/usr/share/doc/libx1/copyright, "
			 "/usr/share/doc/tool/copyright");
	why_expect_error(WHY(&h.depot.a, h.image), ERR_USAGE, "why: name an image, and");
	why_expect_error(WHY(&h.depot.a, h.image, "x", "y"), ERR_USAGE, "unknown argument \"y\"");
	why_expect_error(WHY(&h.depot.a, h.image, "x", "--formt=json"), ERR_USAGE,
			 "did you mean \"--format\"?");
	why_expect_error(WHY(&h.depot.a, h.image, "x", "--format=xml"), ERR_USAGE,
			 "--format is text or json, not \"xml\"");
	why_expect_error(WHY(&h.depot.a, "nowhere", "x"), ERR_INPUT, "image nowhere: ");
	homestead_close(&h);
}

Test(why, says_when_the_recipe_is_not_the_same_any_more)
{
	struct homestead h;
	const char *recipe;

	homestead_open(&h);
	homestead_build(&h);
	recipe = files_get(&h.depot.a, "recipes/app.json");
	files_put("recipes/app.json", arena_printf(&h.depot.a, "%s\n", recipe));
	expect_text(
		WHY(&h.depot.a, h.image, "tool"),
		"recipes/app.json, or a recipe it names, has changed since the image was made: the "
		"image records sha256:");
	cr_assert(chdir("/") == 0);
	expect_text(
		WHY(&h.depot.a, h.image, "libx.so.1"),
		"the image was made from recipes/app.json, which is not here, and no folder from here upward holds "
		"an images.json");
	expect_text(WHY(&h.depot.a, h.image, "libx.so.1", "--recipe",
			arena_printf(&h.depot.a, "%s/recipes/app.json", h.dir)),
		    "component tool keeps");
	homestead_close(&h);
}

Test(why, json_is_json)
{
	struct homestead h;
	struct verb_run r;

	oracle_need("python3");
	homestead_open(&h);
	homestead_build(&h);
	r = WHY(&h.depot.a, h.image, "libx.so.1", "--format", "json");
	files_put("why.json", r.out);
	cr_expect_str_eq(
		ORACLE(&h.depot.a, "python3", "-c",
		       "import json\nd = json.load(open('why.json'))\n"
		       "print(d['kind'], d['recipe'], [(s['path'], s.get('package')) for s in d['chain']],"
		       " d['chain'][0]['neededAs'], d['neededBy'])")
			.p,
		"library recipes/app.json [('/usr/lib/x86_64-linux-gnu/libx.so.1', 'libx1'), "
		"('/usr/bin/tool', 'tool')] libx.so.1 ['/usr/bin/tool']\n");
	homestead_close(&h);
}

Test(why, explains_images_of_others_by_needs_and_owners)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const struct elfgen broken = { .program = true,
				       .needed = { "libgone.so.1", "libdemo.so.1" } };
	struct verb_run r;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_file(&g, "opt/broken", 0755, elfgen_make(&a, &broken));
	imagegen_file(&g, "opt/evil\033[31m", 0644, STR("x"));
	imagegen_write(&g);
	r = WHY(&a, g.path, "libdemo.so.1");
	expect_text(r, "/usr/lib/x86_64-linux-gnu/libdemo.so.1\n    layer 1 of 1");
	expect_text(
		r,
		"needed by /opt/broken as libdemo.so.1\n    also needed by /usr/bin/hello\n/opt/broken\n");
	expect_text(r, "the image does not record a recipe");
	expect_text(WHY(&a, g.path, "libgone.so.1"),
		    "libgone.so.1 is not in the image\n    needed by /opt/broken\n");
	expect_text(WHY(&a, g.path, "hello"), "package hello 1.0-1\n");
	expect_text(WHY(&a, g.path, "/opt/evil\033[31m"), "/opt/evil\\x1b[31m\n");
}

/* As bills of materials and audits name them. */
Test(why, packages_of_languages_are_found_by_name_and_url)
{
	static const struct {
		const char *what, *text;
	} cases[] = {
		{ "ms", "pkg:npm/ms@2.1.3\n    told of by /opt/node_modules/ms/package.json\n"
			"/opt/node_modules/ms/package.json\n    layer " },
		{ "ms@2.1.3", "pkg:npm/ms@2.1.3\n" },
		{ "pkg:npm/ms", "pkg:npm/ms@2.1.3\n" },
		{ "pkg:npm/ms@2.1.3", "pkg:npm/ms@2.1.3\n" },
		{ "@a/b", "pkg:npm/%40a/b@1.0.0\n" },
		{ "pkg:npm/%40a/b@1.0.0", "pkg:npm/%40a/b@1.0.0\n" },
		{ "dep@1.0.0", "pkg:npm/dep@1.0.0\n" },
		{ "linked", "pkg:npm/linked@1.0.0\n" },
		{ "alias", "/opt/node_modules/alias -> linked\n" },
		{ "pkg:deb/debian/hello", "package hello 1.0-1" },
	}, failures[] = {
		{ "ms@2.1.4", "the image has no file, library or package ms@2.1.4" },
		{ "pkg:pypi/ms", "the image has no file, library or package pkg:pypi/ms" },
		{ "pkg:", "the image has no file, library or package pkg:" },
		{ "dep", "2 packages are called dep; name one of them: pkg:npm/dep@1.0.0, "
			 "pkg:npm/dep@2.0.0" },
		{ "node_modules", "the image has no file, library or package node_modules" },
	};
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_file(&g, "opt/node_modules/ms/package.json", 0644,
		      STR("{\"name\":\"ms\",\"version\":\"2.1.3\"}"));
	imagegen_file(&g, "opt/node_modules/@a/b/package.json", 0644,
		      STR("{\"name\":\"@a/b\",\"version\":\"1.0.0\"}"));
	imagegen_file(&g, "opt/node_modules/dep/package.json", 0644,
		      STR("{\"name\":\"dep\",\"version\":\"1.0.0\"}"));
	imagegen_file(&g, "opt/node_modules/ms/node_modules/dep/package.json", 0644,
		      STR("{\"name\":\"dep\",\"version\":\"2.0.0\"}"));
	imagegen_file(&g, "opt/.pnpm/linked@1.0.0/node_modules/linked/package.json", 0644,
		      STR("{\"name\":\"linked\",\"version\":\"1.0.0\"}"));
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "opt/node_modules/linked",
				 .type = '2',
				 .link = "../.pnpm/linked@1.0.0/node_modules/linked" });
	imagegen_add(&g,
		     &(struct imagegen_entry){ .path = "opt/node_modules/ms/node_modules/linked",
					       .type = '2',
					       .link = "../../linked" });
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "opt/node_modules/alias", .type = '2', .link = "linked" });
	imagegen_write(&g);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_text(WHY(&a, g.path, cases[i].what), cases[i].text);
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
		why_expect_error(WHY(&a, g.path, failures[i].what), ERR_USAGE, failures[i].text);
	expect_text(WHY(&a, g.path, "ms", "--format", "json"), "\"purl\": \"pkg:npm/ms@2.1.3\"");
}

Test(why, a_record_that_cannot_be_is_refused)
{
	static const struct {
		const char *labels, *text;
	} cases[] = {
		{ "{\"vnd.imgbuild.recipe\":\"../../etc/x.json\"}", "label vnd.imgbuild.recipe: " },
		{ "{\"vnd.imgbuild.recipe\":\"/etc/x.json\"}",
		  "label vnd.imgbuild.recipe: \"/etc/x.json\" is not a path below a repository" },
		{ "{\"vnd.imgbuild.recipe\":\"x.json\"}",
		  "label vnd.imgbuild.recipe.digest: missing, not \"sha256:\"" },
		{ "{\"vnd.imgbuild.recipe\":\"x.json\",\"vnd.imgbuild.recipe.digest\":\"sha256:0\"}",
		  "label vnd.imgbuild.recipe.digest: \"sha256:0\", not" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;

		imagegen_begin(&g, &a);
		imagegen_good(&g);
		g.config = arena_printf(&a, "{\"Labels\":%s}", cases[i].labels);
		imagegen_write(&g);
		why_expect_error(WHY(&a, g.path, "hello"), ERR_INPUT, cases[i].text);
	}
}
