/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of npm that are for another Node.js than the image's. That npm leaves out and warns of
 * the same ones is tested with whole images (tests/e2e/test_node_projects.c). */

#include "input/relock/node_engines.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "support/fixture_files.h"
#include "support/fixture_relock.h"

#define SUM                                                                                           \
	"sha512-9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV" \
	"1w=="
#define PACKAGE(name, more) \
	"\"node_modules/" name "\": { \"version\": \"1.0.0\", \"integrity\": \"" SUM "\"" more " }"
#define WANTS(range) ", \"engines\": { \"node\": \"" range "\" }"

/* What is said of it. */
struct engines_told {
	struct progress base;
	struct arena *a;
	const char *note, *warning;
};

static void engines_note(struct progress *p, const char *text)
{
	struct engines_told *t = (struct engines_told *)p;

	t->note = arena_strdup(t->a, text);
}

static void engines_warn(struct progress *p, const char *text)
{
	struct engines_told *t = (struct engines_told *)p;

	t->warning = arena_strdup(t->a, text);
}

struct engines_scene {
	struct relock_scene s;
	struct engines_told told;
	struct lock base;
	const char *npmrc;
};

static void engines_open(struct engines_scene *t, const char *packages)
{
	struct arena *a = &t->s.a;
	struct dependencies *l = &t->s.source.dependencies;
	struct locked_source *locked;
	const char *text;

	relock_open(&t->s);
	text = arena_printf(a, "{ \"lockfileVersion\": 3, \"packages\": {\n%s\n} }", packages);
	*l = (struct dependencies){ .form = DEPENDENCY_NPM };
	l->file = arena_printf(a, "%s/package-lock.json", t->s.d.dir);
	t->npmrc = arena_printf(a, "%s/.npmrc", t->s.d.dir);
	cr_assert(npm_lock_read(a, str_of(text), l->file, &l->entries, &l->others, &t->s.e), "%s",
		  t->s.e.cause);
	t->s.source.debian_source = NULL;
	relock_add_provider(&t->s, relock_add_component(&t->s, "app", NULL), NULL);
	locked = list_push(a, &t->s.lock.sources);
	*locked = (struct locked_source){ .name = "app", .format = LOCK_NPM };
	list_each(x, &l->entries) {
		if (!x->dev)
			*list_push(a, &locked->files) = (struct locked_file){ .path = x->file };
	}
	t->base = (struct lock){ .architecture = "amd64" };
	*list_push(a, &t->base.packages) = (struct locked_package){ .name = "nodejs",
								    .version = "20.19.2+dfsg-1",
								    .architecture = "amd64" };
	*list_push(a, &t->base.packages.v[0].roles) = "image";
	*list_push(a, &t->s.bases) = &t->base;
	t->told = (struct engines_told){ .base = { .note = engines_note, .warn = engines_warn },
					 .a = a,
					 .note = "",
					 .warning = "" };
	setenv("NPM_CONFIG_USERCONFIG", arena_printf(a, "%s/none", t->s.d.dir), 1);
	unsetenv("npm_config_engine_strict");
	unsetenv("NPM_CONFIG_ENGINE_STRICT");
}

static bool engines_check(struct engines_scene *t)
{
	struct lock_order o = relock_order(&t->s);

	o.progress = &t->told.base;
	t->s.e = (struct error){ 0 };
	return node_engines_check(&t->s.a, &o, &t->s.lock, &t->s.e);
}

static void engines_close(struct engines_scene *t)
{
	unsetenv("NPM_CONFIG_USERCONFIG");
	unsetenv("npm_config_engine_strict");
	relock_close(&t->s);
}

/* The paths of the files that the lock has. */
static const char *engines_files(struct engines_scene *t)
{
	struct strings out = { NULL, 0, 0 };

	list_each(f, &t->s.lock.sources.v[0].files)
		*list_push(&t->s.a, &out) = f->path;
	return strings_join(&t->s.a, &out, " ");
}

Test(node_engines, packages_for_another_node_are_warned_of)
{
	struct engines_scene t = { .npmrc = NULL };
	const char *file;

	engines_open(
		&t,
		"\"\": { \"name\": \"app\"" WANTS("22") " },\n" PACKAGE("a", WANTS(">=18")) ",\n" PACKAGE(
			"b",
			WANTS(">=21")) ",\n" PACKAGE("c",
						     ", \"dev\": true" WANTS(
							     ">=21")) ",\n" PACKAGE("d",
										    "") ",\n"
											"\"packages/w\": { \"version\": \"1.0.0\"" WANTS(
												"latest") " }");
	file = t.s.source.dependencies.file;
	cr_assert(engines_check(&t), "%s", t.s.e.cause);
	cr_expect_str_eq(t.told.warning,
			 arena_printf(&t.s.a,
				      "%s: the image has Node.js 20.19.2, and some packages want "
				      "another (npm: EBADENGINE): the project itself (22), "
				      "packages/w (latest), b 1.0.0 (>=21)",
				      file));
	cr_expect_str_eq(engines_files(&t), "a/-/a-1.0.0.tgz b/-/b-1.0.0.tgz d/-/d-1.0.0.tgz");
	engines_close(&t);
}

Test(node_engines, where_all_fit_or_no_node_is_known_nothing_is_said)
{
	struct engines_scene t = { .npmrc = NULL };

	engines_open(&t, PACKAGE("a", WANTS("^18.17.0 || ^20.3.0 || >=21.0.0")));
	cr_expect(engines_check(&t));
	cr_expect_str_eq(t.told.warning, "");
	t.base.packages.v[0].version = "18.16.0";
	cr_expect(engines_check(&t));
	cr_expect(t.told.warning[0]);
	t.told.warning = "";
	t.base.packages.v[0].name = "nodejs-doc";
	cr_expect(engines_check(&t));
	cr_expect_str_eq(t.told.warning, "");
	*list_push(&t.s.a, &t.s.lock.packages) = (struct locked_package){ .name = "nodejs",
									  .version = "18.16.0",
									  .architecture = "amd64" };
	t.s.lock.architecture = "amd64";
	*list_push(&t.s.a, &t.s.lock.packages.v[0].roles) = "toolchain:node";
	cr_expect(engines_check(&t));
	cr_expect_str_eq(t.told.warning, "", "the image does not have it");
	t.s.lock.packages.v[0].roles.v[0] = "image";
	cr_expect(engines_check(&t));
	cr_expect(t.told.warning[0]);
	engines_close(&t);
}

Test(node_engines, engine_strict_makes_it_an_error)
{
	struct engines_scene t = { .npmrc = NULL };
	const char *file;

	engines_open(&t, PACKAGE("a", "") ",\n" PACKAGE("b", WANTS(">=21")));
	file = t.s.source.dependencies.file;
	files_put(t.npmrc, "; strict\nengine-strict = true\n");
	cr_assert(!engines_check(&t));
	cr_expect_eq(t.s.e.kind, ERR_INPUT);
	cr_expect_str_eq(t.s.e.cause,
			 "b 1.0.0 wants Node.js >=21, the image has 20.19.2, and npm is set to "
			 "engine-strict; take another version of it, or a base with another "
			 "Node.js");
	cr_expect_str_eq(t.s.e.at.file, file);
	cr_expect_eq(t.s.e.at.line, 3u);
	setenv("npm_config_engine_strict", "false", 1);
	cr_expect(engines_check(&t), "the environment goes first");
	unsetenv("npm_config_engine_strict");
	files_put(t.npmrc, "registry=http://127.0.0.1:9\n");
	cr_expect(engines_check(&t));
	files_put(getenv("NPM_CONFIG_USERCONFIG"), "engine-strict\n");
	cr_expect(!engines_check(&t), "the user's settings");
	engines_close(&t);
}

Test(node_engines, optional_packages_for_another_node_are_left_out)
{
	struct engines_scene t = { .npmrc = NULL };

	engines_open(
		&t,
		"\"\": { \"optionalDependencies\": { \"o\": \"1\", \"p\": \"1\" }, "
		"\"dependencies\": { \"both\": \"1\" } },\n" PACKAGE("both", "") ",\n" PACKAGE(
			"o",
			", \"optional\": true, \"dependencies\": { \"only\": \"1\", "
			"\"both\": \"1\" }" WANTS(
				">=21")) ",\n" PACKAGE("only",
						       ", \"optional\": true") ",\n" PACKAGE("p",
											     ", \"optional\": true" WANTS(
												     ">=20")));
	files_put(t.npmrc, "engine-strict=true\n");
	cr_assert(engines_check(&t), "%s", t.s.e.cause);
	cr_expect_str_eq(t.told.warning, "");
	cr_expect_str_eq(
		t.told.note,
		arena_printf(
			&t.s.a,
			"%s: optional packages that are not for Node.js 20.19.2, which the image "
			"has, are left out, with what only they need: o/-/o-1.0.0.tgz, "
			"only/-/only-1.0.0.tgz",
			t.s.source.dependencies.file));
	cr_expect_str_eq(engines_files(&t), "both/-/both-1.0.0.tgz p/-/p-1.0.0.tgz");
	engines_close(&t);
}

Test(node_engines, long_lists_are_told_to_the_end)
{
	struct engines_scene t = { .npmrc = NULL };
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	buf_puts(&text, "\"\": {}");
	for (int i = 0; i < 100; i++)
		buf_printf(&text, ",\n" PACKAGE("a-package-with-a-name-%02d", WANTS(">=21")), i);
	engines_open(&t, buf_cstr(&text));
	cr_assert(engines_check(&t), "%s", t.s.e.cause);
	cr_expect(strstr(t.told.warning, "a-package-with-a-name-99"), "%s", t.told.warning);
	engines_close(&t);
}
