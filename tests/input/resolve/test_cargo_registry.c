/* SPDX-License-Identifier: Apache-2.0 */
/* What Cargo.lock names, from a registry with a sparse index of the test's own on 127.0.0.1 into a
 * lock. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "input/resolve/cargo_registry.h"
#include "support/fixture_files.h"
#include "support/fixture_one_dependency.h"

#define PUBLIC "registry+https://git.test/crates.io-index"
#define CRATE "the bytes of a crate"

static void cargo_open(struct one_dependency *t)
{
	static const struct dependency serde = {
		.name = "serde", .version = "1.0.1", .path = "serde-1.0.1.crate", .origin = PUBLIC
	};

	t->script[0] = (struct fault_reply){ .path = "/index/config.json" };
	t->script[1] = (struct fault_reply){ .path = "/x/serde-1.0.1.crate", .body = STR(CRATE) };
	one_dependency_open(t, DEPENDENCY_CARGO, "Cargo.lock", "/index", &serde);
	t->d->hash = digest_of(STR(CRATE));
	t->script[0].body = str_of(
		arena_printf(&t->s.a, "{\"dl\":\"%s/{crate}-{version}.crate\",\"api\":null}",
			     faultd_url(&t->s.a, &t->server, "/x")));
	setenv("CARGO_HOME", arena_printf(&t->s.a, "%s/cargo", t->s.d.dir), 1);
}

static void cargo_close(struct one_dependency *t)
{
	unsetenv("CARGO_HOME");
	one_dependency_close(t);
}

static void expect_crate(struct one_dependency *t)
{
	one_dependency_expect(t, "cargo", "serde-1.0.1.crate", STR(CRATE), "/x/serde-1.0.1.crate");
}

Test(cargo_registry, the_index_of_the_recipe_is_asked)
{
	struct one_dependency t = { .url = NULL };

	cargo_open(&t);
	one_dependency_from(&t);
	expect_crate(&t);
	one_dependency_expect_kept(&t);
	cargo_close(&t);
}

/* The nearest file says what replaces the registry, another one where that is. */
Test(cargo_registry, settings_of_cargo_name_the_index)
{
	static const char replace[] = "[source.crates-io]\nreplace-with = \"mirror\"\n";
	struct one_dependency t = { .url = NULL };
	const char *mirror;

	cargo_open(&t);
	mirror = arena_printf(&t.s.a, "[source.mirror]\nregistry = \"sparse+%s/\"\n", t.url);
	one_dependency_put(&t, "repo/code/.cargo/config.toml", replace);
	one_dependency_put(&t, "repo/.cargo/config.toml", mirror);
	expect_crate(&t);
	one_dependency_put(&t, "repo/.cargo/config.toml", "");
	one_dependency_put(&t, "cargo/config.toml",
			   arena_printf(&t.s.a,
					"[registries]\nmirror = { index = \"sparse+%s/\" }\n",
					t.url));
	expect_crate(&t);
	/* the nearest file counts, and of two in one folder the one that cargo takes */
	one_dependency_put(&t, "cargo/config.toml",
			   "[source]\ncrates-io = { replace-with = 'x' }\n"
			   "mirror.registry = 'sparse+http://127.0.0.1:9/none'\n");
	one_dependency_put(&t, "repo/.cargo/config.toml",
			   "[source.mirror]\nregistry = \"sparse+http://127.0.0.1:9/none\"\n");
	one_dependency_put(&t, "repo/.cargo/config", mirror);
	expect_crate(&t);
	one_dependency_put(&t, "repo/.cargo/config", "");
	t.d->origin = arena_printf(&t.s.a, "sparse+%s/", t.url);
	one_dependency_put(&t, "repo/code/.cargo/config.toml", "");
	one_dependency_put(&t, "cargo/config.toml", "");
	expect_crate(&t);
	cargo_close(&t);
}

Test(cargo_registry, what_names_no_index_is_an_error)
{
	struct one_dependency t = { .url = NULL };

	cargo_open(&t);
	cr_expect_str_eq(
		one_dependency_failure(&t, ERR_INPUT),
		"code/Cargo.lock:7:1: component app: serde 1.0.1 comes from " PUBLIC
		", and nothing says where "
		"its files can be fetched; name a sparse index, \"from\": [\"https://...\"] in "
		"\"dependencies\" of app.json, or [source.crates-io] replace-with in .cargo/config.toml");
	one_dependency_put(
		&t, "cargo/config.toml",
		"[source]\ncrates-io = { replace-with = 'x' }\nx.registry = 'https://git.test/x'\n");
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "serde 1.0.1: \"https://git.test/x\" is not a sparse index; name one"));
	one_dependency_put(&t, "cargo/config.toml", "[source\n");
	cr_expect(strstr(
		one_dependency_failure(&t, ERR_INPUT),
		"/cargo/config.toml:1:1: component app: the header of a table does not end"));
	cargo_close(&t);
}

Test(cargo_registry, a_registry_that_answers_wrongly_is_an_error)
{
	struct one_dependency t = { .url = NULL };

	cargo_open(&t);
	one_dependency_from(&t);
	t.script[1].body = STR("other bytes");
	cr_expect(strstr(one_dependency_failure(&t, ERR_VERIFY),
			 "code/Cargo.lock:7:1: component app: dependencies of app: serde 1.0.1: "
			 "expected SHA-256 "));
	t.script[1].status = 404;
	cr_expect(strstr(one_dependency_failure(&t, ERR_NETWORK),
			 "serde 1.0.1: it is not there (http://127.0.0.1:"));
	t.script[0].body = STR("{\"dl\": \"ftp://a.test\"}");
	cr_expect(strstr(
		one_dependency_failure(&t, ERR_INPUT),
		"/index/config.json:1:1: component app: \"dl\" is not an http or https address"));
	t.s.source.dependencies.from.v[0] = faultd_url(&t.s.a, &t.server, "/none");
	cr_expect(strstr(one_dependency_failure(&t, ERR_NETWORK),
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
