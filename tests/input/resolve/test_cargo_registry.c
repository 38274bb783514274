/* SPDX-License-Identifier: Apache-2.0 */
/* What Cargo.lock names, from a registry with a sparse index of the test's own on 127.0.0.1 into a
 * lock. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "input/resolve/cargo_registry.h"
#include "support/fixture_files.h"
#include "support/fixture_relock.h"

#define PUBLIC "registry+https://git.test/crates.io-index"
#define CRATE "the bytes of a crate"

struct cargo_scene {
	struct relock_scene s;
	struct fault_reply script[3];
	struct faultd registry;
	const char *index; /* "http://127.0.0.1:PORT/index" */
};

static void cargo_open(struct cargo_scene *t)
{
	struct dependency *d;

	relock_open(&t->s);
	relock_publish(&t->s, 2, "gcc 14\n libcap-dev 1", NULL);
	archivegen_serve(&t->s.g);
	t->script[0] = (struct fault_reply){ .path = "/index/config.json" };
	t->script[1] = (struct fault_reply){ .path = "/x/serde-1.0.1.crate", .body = STR(CRATE) };
	t->script[2] = (struct fault_reply){ .status = 404 };
	faultd_start(&t->registry, t->script, ARRAY_SIZE(t->script));
	t->script[0].body = str_of(
		arena_printf(&t->s.a, "{\"dl\":\"%s/{crate}-{version}.crate\",\"api\":null}",
			     faultd_url(&t->s.a, &t->registry, "/x")));
	t->index = faultd_url(&t->s.a, &t->registry, "/index");
	t->s.source.debian_source = NULL;
	t->s.source.folder = arena_printf(&t->s.a, "%s/repo/code", t->s.d.dir);
	t->s.source.repository = arena_printf(&t->s.a, "%s/repo", t->s.d.dir);
	files_put(arena_printf(&t->s.a, "%s/main.rs", t->s.source.folder), "");
	t->s.source.dependencies = (struct dependencies){ .form = DEPENDENCY_CARGO,
							  .file = "code/Cargo.lock",
							  .at = { "app.json", 4, 3 } };
	d = list_push(&t->s.a, &t->s.source.dependencies.v);
	*d = (struct dependency){ .name = "serde",
				  .version = "1.0.1",
				  .path = "serde-1.0.1.crate",
				  .hash = digest_of(STR(CRATE)),
				  .origin = PUBLIC,
				  .line = 7 };
	relock_add_provider(&t->s, relock_add_component(&t->s, "app", NULL), NULL);
	setenv("CARGO_HOME", arena_printf(&t->s.a, "%s/cargo", t->s.d.dir), 1);
}

static void cargo_close(struct cargo_scene *t)
{
	unsetenv("CARGO_HOME");
	faultd_stop(&t->registry);
	relock_close(&t->s);
}

static void cargo_set(struct cargo_scene *t, const char *file, const char *text)
{
	files_put(arena_printf(&t->s.a, "%s/%s", t->s.d.dir, file), text);
}

static const char *cargo_failure(struct cargo_scene *t, enum err_kind kind)
{
	char *text = arena_alloc(&t->s.a, sizeof(t->s.e) * 4);

	cr_assert(!relock_make(&t->s, false));
	err_format(&t->s.e, text, sizeof(t->s.e) * 4);
	cr_expect_eq(t->s.e.kind, kind, "%s", text);
	err_clear(&t->s.e);
	return text;
}

static void expect_crate(struct cargo_scene *t)
{
	struct digest d = digest_of(STR(CRATE));

	cr_assert(relock_make(&t->s, false), "%s%s", t->s.e.context, t->s.e.cause);
	cr_expect(
		strstr(relock_text(&t->s),
		       arena_printf(&t->s.a,
				    "{ \"path\": \"serde-1.0.1.crate\", \"size\": %zu, \"sha256\": "
				    "\"%s\", \"url\": \"%s\" }",
				    sizeof(CRATE) - 1, digest_hex_dup(&t->s.a, &d),
				    faultd_url(&t->s.a, &t->registry, "/x/serde-1.0.1.crate"))),
		"%s", relock_text(&t->s));
	cr_expect(strstr(relock_text(&t->s), "\"format\": \"cargo\""));
}

Test(cargo_registry, the_index_of_the_recipe_is_asked)
{
	struct cargo_scene t = { .index = NULL };
	struct lock again;

	cargo_open(&t);
	*list_push(&t.s.a, &t.s.source.dependencies.from) = t.index;
	expect_crate(&t);
	again = t.s.lock;
	t.s.old = &again;
	t.s.source.dependencies.from.n = 0;
	cr_expect(relock_make(&t.s, true), "what is locked is asked of nobody: %s", t.s.e.cause);
	cargo_close(&t);
}

/* The nearest file says what replaces the registry, another one where that is. */
Test(cargo_registry, settings_of_cargo_name_the_index)
{
	static const char replace[] = "[source.crates-io]\nreplace-with = \"mirror\"\n";
	struct cargo_scene t = { .index = NULL };
	const char *mirror;

	cargo_open(&t);
	mirror = arena_printf(&t.s.a, "[source.mirror]\nregistry = \"sparse+%s/\"\n", t.index);
	cargo_set(&t, "repo/code/.cargo/config.toml", replace);
	cargo_set(&t, "repo/.cargo/config.toml", mirror);
	expect_crate(&t);
	cargo_set(&t, "repo/.cargo/config.toml", "");
	cargo_set(&t, "cargo/config.toml",
		  arena_printf(&t.s.a, "[registries]\nmirror = { index = \"sparse+%s/\" }\n",
			       t.index));
	expect_crate(&t);
	t.s.source.dependencies.v.v[0].origin = arena_printf(&t.s.a, "sparse+%s/", t.index);
	cargo_set(&t, "repo/code/.cargo/config.toml", "");
	cargo_set(&t, "cargo/config.toml", "");
	expect_crate(&t);
	cargo_close(&t);
}

Test(cargo_registry, what_names_no_index_is_an_error)
{
	struct cargo_scene t = { .index = NULL };

	cargo_open(&t);
	cr_expect_str_eq(
		cargo_failure(&t, ERR_INPUT),
		"code/Cargo.lock:7:1: component app: serde 1.0.1 comes from " PUBLIC
		", and nothing says where "
		"its files can be fetched; name a sparse index, \"from\": [\"https://...\"] in the "
		"recipe or [source.crates-io] replace-with in .cargo/config.toml");
	cargo_set(
		&t, "cargo/config.toml",
		"[source]\ncrates-io = { replace-with = 'x' }\nx.registry = 'https://git.test/x'\n");
	cr_expect(strstr(cargo_failure(&t, ERR_INPUT),
			 "serde 1.0.1: \"https://git.test/x\" is not a sparse index; name one"));
	cargo_set(&t, "cargo/config.toml", "[source\n");
	cr_expect(strstr(
		cargo_failure(&t, ERR_INPUT),
		"/cargo/config.toml:1:1: component app: the header of a table does not end"));
	cargo_close(&t);
}

Test(cargo_registry, a_registry_that_answers_wrongly_is_an_error)
{
	struct cargo_scene t = { .index = NULL };

	cargo_open(&t);
	*list_push(&t.s.a, &t.s.source.dependencies.from) = t.index;
	t.script[1].body = STR("other bytes");
	cr_expect(strstr(cargo_failure(&t, ERR_VERIFY),
			 "dependencies of app: serde 1.0.1: expected SHA-256 "));
	t.script[1].status = 404;
	cr_expect(strstr(cargo_failure(&t, ERR_NETWORK), "serde 1.0.1: "));
	t.script[0].body = STR("{\"dl\": \"ftp://a.test\"}");
	cr_expect(strstr(
		cargo_failure(&t, ERR_INPUT),
		"/index/config.json:1:1: component app: \"dl\" is not an http or https address"));
	t.s.source.dependencies.from.v[0] = faultd_url(&t.s.a, &t.registry, "/none");
	cr_expect(strstr(cargo_failure(&t, ERR_NETWORK),
			 "/none/config.json: HTTP 404; is it a sparse index of crates?"));
	cargo_close(&t);
}

/* doc.rust-lang.org/cargo, "Index Configuration" */
Test(cargo_registry, dl_has_markers_or_gets_the_usual_path)
{
	static const char *const cases[][4] = {
		{ "https://a.test/api/v1/crates", "serde", "1.0.1",
		  "https://a.test/api/v1/crates/serde/1.0.1/download" },
		{ "https://a.test/{crate}/{version}", "serde", "1.0.1",
		  "https://a.test/serde/1.0.1" },
		{ "https://a.test/{prefix}/{crate}", "MyCrate", "1",
		  "https://a.test/My/Cr/MyCrate" },
		{ "https://a.test/{lowerprefix}/{crate}", "MyCrate", "1",
		  "https://a.test/my/cr/MyCrate" },
		{ "https://a.test/{prefix}/{crate}", "fnv", "1", "https://a.test/3/f/fnv" },
		{ "https://a.test/{prefix}/{crate}", "ab", "1", "https://a.test/2/ab" },
		{ "https://a.test/{prefix}/{crate}", "a", "1", "https://a.test/1/a" },
		{ "https://a.test/{sha256-checksum}.{x}", "a", "1",
		  "https://a.test/2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881.{x}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const struct dependency d = { .name = cases[i][1],
					      .version = cases[i][2],
					      .hash = digest_of(STR("x")) };

		cr_expect_str_eq(cargo_download(&a, cases[i][0], &d), cases[i][3]);
	}
}
