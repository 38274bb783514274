/* SPDX-License-Identifier: Apache-2.0 */
/* What a good recipe means once it is read. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "input/recipe/recipe.h"
#include "support/fixture_files.h"

static struct recipe load_recipe_or_fail(struct arena *a, const char *path)
{
	struct recipe r = { 0 };
	struct error e = { 0 };

	cr_assert(recipe_load(a, path, &r, &e), "%s: %s%s", path, e.context, e.cause);
	return r;
}

Test(recipe, every_value_is_read)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = load_recipe_or_fail(&a, "tests/data/recipe/valid/everything/recipe.json");
	const struct component *c = &r.components.v[0];

	cr_expect_str_eq(r.name, "everything");
	cr_expect_str_eq(r.base->name, "cc-debian13");
	cr_expect_eq(r.epoch, 1700000000u);
	cr_expect_eq(r.archive->suites.n, 2u);
	cr_expect_str_eq(r.archive->suites.v[1].archive, "debian");
	cr_expect_str_eq(r.archive->suites.v[1].components.v[0], "main");
	cr_expect_eq(r.archive->suites.v[1].priority, 600u);
	cr_expect_str_eq(r.archive->suites.v[1].signers.v[0],
			 "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8");
	cr_expect_str_eq(r.archive->mirrors.v[0], "debian=http://127.0.0.1:9/debian");
	cr_expect_str_eq(r.target, "trixie-updates");
	cr_expect_str_eq(c->suite, "trixie");
	cr_expect_eq(c->version_at.col, 33u);
	cr_expect_str_eq(c->providers.v[0].source->debian_source, "squid");
	cr_expect_str_eq(c->providers.v[1].source->urls.v[0], "https://example.org/x-6.13.zip");
	cr_expect_eq(c->providers.v[1].source->unpack.form, UNPACK_ZIP);
	cr_expect_eq(c->providers.v[1].source->unpack.strip, 2u);
	cr_expect_str_eq(c->providers.v[1].source->unpack.to, "/opt/x");
	cr_expect_str_eq(c->providers.v[1].source->purl, "pkg:github/x/x@6.13");
	cr_expect_str_eq(c->providers.v[2].alternatives.v[0].to, "/usr/bin/x-real");
	cr_expect_str_eq(r.programs.v[0].to, "/usr/bin/hello");
	cr_expect_eq(r.files.v[0].uid, 1000u);
	cr_expect_eq(r.files.v[0].mode, 0640u);
	cr_expect(r.files.v[0].replace);
	cr_expect_eq(r.dirs.v[0].gid, 2u);
	cr_expect_str_eq(r.config.expose.v[0], "80/tcp");
	cr_expect_str_eq(r.config.expose.v[1], "53/udp");
	cr_expect_eq(r.config.health.interval_ms, 500u);
	cr_expect_eq(r.config.health.start_period_ms, 60000u);
	cr_expect_eq(r.compression, COMPRESS_ZSTD);
	cr_expect_str_eq(r.audit_policy, "base");
	cr_expect(r.by_source);
	cr_expect_str_eq(r.shared_sources.v[0], "base-files");
	cr_expect_eq(r.budget.compressed.most, 25500000u);
	cr_expect_eq(r.budget.layers.most, 20u);
	cr_expect_eq(r.budget.packages.at.line, 43u);
	cr_expect_eq(r.budget.packages.at.col, 66u);
	cr_expect_str_eq(r.budget.cve, "high");
	cr_expect_eq(r.accept.v[0].at.line, 44u);
	cr_expect_str_eq(r.effects.ca_bundle.package, "ca-certificates");
	cr_expect_str_eq(r.effects.ca_bundle.files.v[0],
			 "tests/data/recipe/valid/everything/recipe.json");
	cr_expect_eq(r.effects.ca_bundle.java, JAVA_STORE_PKCS12);
	cr_expect_eq(r.effects.ca_bundle.at.line, 36u);
	cr_expect_str_eq(c->depends.take.v[1].pattern, "node-*");
	cr_expect_eq(c->depends.take.v[1].at.col, 39u);
	cr_expect_str_eq(c->depends.accept.v[0].reason, "nobody runs it");
}

Test(recipe, variables_have_the_values_of_the_platform)
{
	static const struct {
		const char *debian, *keep, *link, *to, *alternative;
	} cases[] = {
		{ "amd64", "/usr/lib/x86_64-linux-gnu/x/**", "/opt/amd64",
		  "../usr/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu/a/liba.so.1" },
		{ "arm64", "/usr/lib/aarch64-linux-gnu/x/**", "/opt/arm64",
		  "../usr/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu/a/liba.so.1" },
	};
	AUTO_ARENA a = { 0 };
	struct recipe r = load_recipe_or_fail(&a, "tests/data/recipe/valid/everything/recipe.json");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct recipe *x = recipe_for(&a, &r, platform_of_debian(cases[i].debian));
		const struct component *c = &x->components.v[0];

		cr_expect_str_eq(c->keep.v[1].text, cases[i].keep);
		cr_expect_str_eq(x->links.v[1].path, cases[i].link);
		cr_expect_str_eq(x->links.v[1].to, cases[i].to);
		cr_expect_str_eq(c->providers.v[2].alternatives.v[1].to, cases[i].alternative);
		cr_expect_str_eq(x->base->name, "cc-debian13");
	}
	cr_expect_str_eq(r.links.v[1].path, "/opt/${arch}", "the recipe as read was changed");
}

#define KEYS "\"keyrings\": [\"/k/%s\"], \"signers\": [\"%s\"] }"
#define KEY1 "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8"
#define KEY2 "B97B0AFCAA1A47F044F244A07FCC7D46ACCC4CF8"

/* A download states its version once; what follows from it is not written a second time. */
Test(recipe, version_stands_for_what_a_download_states)
{
	static const char text[] =
		"{ \"name\": \"r\", \"archive\": \"debian13\", \"components\": [ { \"name\": \"c\",\n"
		"\"providers\": [ { \"download\": { \"version\": \"3.1\", \"unpack\": \"tar\",\n"
		"  \"urls\": [\"https://example.org/v${version}/x-${version}.tar\", \"https://a.b/c\"],\n"
		"  \"sha256\": \"c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb\",\n"
		"  \"to\": \"/opt/x-${version}\" },\n"
		"\"keep\": [\"/opt/x-${version}/${arch}/**\"], \"drop\": [\"**/${version}\"],\n"
		"\"alternatives\": { \"/usr/bin/x\": \"/opt/x-${version}/x\" } } ] } ] }";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const struct provider *p;
	struct recipe r;

	files_put(arena_printf(&a, "%s/images.json", dir),
		  arena_printf(&a,
			       "{ \"archives\": { \"debian13\": { \"suites\": [ { \"codename\": "
			       "\"trixie\" } ], " KEYS " } }",
			       "debian", KEY1));
	files_put(arena_printf(&a, "%s/r.json", dir), text);
	r = load_recipe_or_fail(&a, arena_printf(&a, "%s/r.json", dir));
	files_remove(dir);

	p = &recipe_for(&a, &r, platform_of_debian("arm64"))->components.v[0].providers.v[0];
	cr_expect_str_eq(p->source->urls.v[0], "https://example.org/v3.1/x-3.1.tar");
	cr_expect_str_eq(p->source->urls.v[1], "https://a.b/c");
	cr_expect_str_eq(p->source->unpack.to, "/opt/x-3.1");
	cr_expect_str_eq(p->keep.v[0].text, "/opt/x-3.1/arm64/**");
	cr_expect_str_eq(p->drop.v[0].text, "**/3.1");
	cr_expect_str_eq(p->alternatives.v[0].to, "/opt/x-3.1/x");
}

Test(recipe, archive_of_the_base_is_inherited)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = load_recipe_or_fail(&a, "recipes/hello.json");

	cr_expect_eq(r.archive, r.base->archive);
	cr_expect_str_eq(r.archive->suites.v[2].archive, "debian-security");
}

/* Third-party archives as people write them: the names of mirrors follow from the entry. */
Test(recipe, several_archives_become_one_whose_suites_keep_their_keys)
{
	static const char catalogue[] =
		"{ \"archives\": {\n"
		"\"debian13\": { \"suites\": [ { \"codename\": \"trixie\" }, { \"codename\": \"trixie-security\" } ],\n"
		"  \"mirrors\": [\"http://127.0.0.1/d\"], " KEYS ",\n"
		"\"pgdg\": { \"suites\": [ { \"codename\": \"trixie-pgdg\" } ], \"mirrors\": [\"http://127.0.0.1/p\"], " KEYS
		",\n"
		"\"docker\": { \"suites\": [ { \"codename\": \"trixie\", \"archive\": \"docker\", \"components\": [\"stable\"] } ],\n"
		"  \"mirrors\": [\"http://127.0.0.1/c\"], \"keyrings\": [\"keys.asc\"], \"signers\": [\"%s\"] } } }";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct recipe r;

	files_put(arena_printf(&a, "%s/images.json", dir),
		  arena_printf(&a, catalogue, "debian", KEY1, "pg", KEY2, KEY2));
	files_put(arena_printf(&a, "%s/keys.asc", dir), "");
	files_put(
		arena_printf(&a, "%s/r.json", dir),
		"{ \"name\": \"r\", \"archive\": [ \"debian13\", \"pgdg\", \"docker\" ],\n"
		"\"components\": [ { \"name\": \"c\", \"suite\": \"trixie-pgdg\", \"providers\": [ { \"packages\":"
		" [\"postgresql\"] } ] } ] }");
	r = load_recipe_or_fail(&a, arena_printf(&a, "%s/r.json", dir));
	files_remove(dir);
	cr_expect_str_eq(r.archive->name, "debian13, pgdg, docker");
	cr_assert_eq(r.archive->suites.n, 4u);
	cr_expect_str_eq(r.archive->suites.v[0].archive, "debian");
	cr_expect_str_eq(r.archive->suites.v[1].archive, "debian-security");
	cr_expect_str_eq(r.archive->suites.v[2].archive, "pgdg");
	cr_expect_str_eq(r.archive->suites.v[3].archive, "docker");
	cr_expect_str_eq(r.archive->suites.v[1].signers.v[0], KEY1);
	cr_expect_str_eq(r.archive->suites.v[2].signers.v[0], KEY2);
	cr_expect_str_eq(r.archive->suites.v[2].keyrings.v[0], "/k/pg");
	cr_expect_str_eq(r.archive->suites.v[3].keyrings.v[0],
			 arena_printf(&a, "%s/keys.asc", r.repository));
	cr_assert_eq(r.archive->mirrors.n, 3u);
	cr_expect_str_eq(r.archive->mirrors.v[0], "debian=http://127.0.0.1/d");
	cr_expect_str_eq(r.archive->mirrors.v[1], "pgdg=http://127.0.0.1/p");
	cr_expect_str_eq(r.archive->mirrors.v[2], "docker=http://127.0.0.1/c");
	cr_expect_str_eq(r.components.v[0].suite, "trixie-pgdg");
}

Test(recipe, lock_stands_beside_its_recipe)
{
	AUTO_ARENA a = { 0 };

	const struct platform *amd64 = platform_of_compilers(),
			      *arm64 = platform_of_debian("arm64");

	const struct recipe x = { .file = "recipes/x.json" }, bare = { .file = "x" };

	cr_expect_str_eq(recipe_lock_path(&a, &x, amd64), "recipes/x.lock.json");
	cr_expect_str_eq(recipe_lock_path(&a, &bare, amd64), "x.lock.json");
	cr_expect_str_eq(recipe_lock_path(&a, &x, arm64), "recipes/x.arm64.lock.json");
}

/* A repository of its own, so that recipes can be changed. */
static const char *recipe_make_repository(struct arena *a)
{
	const char *dir = files_temporary(a);

	files_put(arena_printf(a, "%s/images.json", dir), files_get(a, "images.json"));
	files_put(arena_printf(a, "%s/t.json", dir), "{\"name\": \"t\", \"packages\": [\"gcc\"]}");
	files_put(arena_printf(a, "%s/src/main.c", dir), "int main(void) { return 0; }");
	return dir;
}

static struct digest request_of(struct arena *a, const char *dir, const char *text)
{
	const char *path = arena_printf(a, "%s/r.json", dir);
	struct recipe r;

	files_put(path, text);
	r = load_recipe_or_fail(a, path);
	return recipe_request_digest(&r, platform_of_compilers(), 2);
}

/* A lock names what has an address; a wheel of the folder it does not. */
Test(recipe, request_changes_when_a_wheel_comes_into_the_folder)
{
	static const char pylock[] =
		"lock-version = '1.0'\n[[packages]]\nname = 'w'\n"
		"version = '1'\nwheels = [{ %s, hashes = { sha256 = "
		"'0000000000000000000000000000000000000000000000000000000000000000'"
		" } }]\n";
	static const char recipe[] = "{\"name\": \"r\", \"archive\": \"debian13\", "
				     "\"components\": [{\"name\": \"c\", "
				     "\"providers\": [{\"source\": \"s.json\"}]}]}";
	AUTO_ARENA a = { 0 };
	const char *dir = recipe_make_repository(&a);
	const char *lock = arena_printf(&a, "%s/src/pylock.toml", dir);
	struct digest fetched, own, none;

	files_put(arena_printf(&a, "%s/recipes/toolchain/python.json", dir),
		  files_get(&a, "recipes/toolchain/python.json"));
	files_put(arena_printf(&a, "%s/s.json", dir),
		  "{\"name\": \"s\", \"folder\": \"src\", \"version\": \"1\", \"toolchain\": "
		  "\"python\", \"dependencies\": {\"lock\": \"pylock.toml\"}, \"steps\": "
		  "[{\"name\": \"x\", \"run\": [\"true\"]}], \"keep\": [\"/app/**\"]}");
	files_put(lock, arena_printf(&a, pylock, "url = 'https://a.test/w-1-py3-none-any.whl'"));
	fetched = request_of(&a, dir, recipe);
	files_put(lock, arena_printf(&a, pylock, "path = 'w-1-py3-none-any.whl'"));
	own = request_of(&a, dir, recipe);
	files_put(lock, "lock-version = '1.0'\n");
	none = request_of(&a, dir, recipe);
	cr_expect_not(digest_eq(&fetched, &own));
	cr_expect(digest_eq(&own, &none));
	files_remove(dir);
}

Test(recipe, request_changes_with_what_a_lock_answers_and_with_nothing_else)
{
	AUTO_ARENA a = { 0 };
	const char *dir = recipe_make_repository(&a);
	static const char *const same[] = {
		"{\"name\": \"r\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"]}",
		"{\"name\": \"other\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"], \"epoch\": 7}",
		"{\"name\": \"r\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"],"
		" \"config\": {\"user\": \"1\"}}",
		"{\"name\": \"r\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"],"
		" \"effects\": {\"ca-bundle\": {\"files\": [\"t.json\"], \"java\": \"jks\"}}}",
	};
	static const char *const other[] = {
		"{\"name\": \"r\", \"archive\": \"debian13\"}",
		"{\"name\": \"r\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"],"
		" \"components\": [{\"name\": \"c\", \"providers\": [{\"packages\": [\"libc6\"]}],"
		" \"depends\": {\"take\": [\"x\"]}}]}",
		"{\"name\": \"r\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"],"
		" \"effects\": {\"ca-bundle\": \"ca-certificates\"}}",
		"{\"name\": \"r\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"],"
		" \"programs\": [{\"source\": \"src\", \"toolchain\": \"t.json\", \"to\": \"/x\"}]}",
		"{\"name\": \"r\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"],"
		" \"components\": [{\"name\": \"c\", \"providers\": [{\"packages\": [\"libc6\"]}]}]}",
		"{\"name\": \"r\", \"archive\": \"debian13\", \"libraries\": [\"libcap2\"], \"target\": \"trixie\"}",
	};
	struct digest first = request_of(&a, dir, same[0]);

	for (size_t i = 1; i < ARRAY_SIZE(same); i++) {
		struct digest d = request_of(&a, dir, same[i]);

		cr_expect(digest_eq(&first, &d), "%s", same[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		struct digest d = request_of(&a, dir, other[i]);

		cr_expect(!digest_eq(&first, &d), "%s", other[i]);
	}
	files_remove(dir);
}

/* A company's authority is trusted by all that stands on the company's base. */
Test(recipe, what_is_said_of_certificates_holds_for_what_stands_on_the_recipe)
{
	static const char base[] =
		"{\"name\": \"base\", \"archive\": \"debian13\", \"effects\": {\"ca-bundle\":"
		" {\"package\": \"ca-certificates\", \"files\": [\"t.json\"], \"java\": \"jks\"}}}";
	static const struct {
		const char *effects;
		bool asked;
		size_t files;
		enum java_store_form java;
	} cases[] = {
		{ "{}", false, 1, JAVA_STORE_JKS },
		{ "{\"ca-bundle\": {\"files\": [\"images.json\"]}}", true, 2, JAVA_STORE_JKS },
		{ "{\"ca-bundle\": \"ca-certificates\"}", true, 1, JAVA_STORE_JKS },
		{ "{\"ca-bundle\": {\"java\": \"pkcs12\"}}", true, 1, JAVA_STORE_PKCS12 },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = recipe_make_repository(&a), *path = arena_printf(&a, "%s/on.json", dir);

	files_put(arena_printf(&a, "%s/images.json", dir),
		  arena_printf(&a,
			       "{ \"archives\": { \"debian13\": { \"suites\": [ { \"codename\": "
			       "\"trixie\" } ], " KEYS " }, \"bases\": { \"own\": { \"recipe\": "
			       "\"base.json\" } } }",
			       "debian", KEY1));
	files_put(arena_printf(&a, "%s/base.json", dir), base);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct recipe r;
		const struct ca_bundle *b = &r.effects.ca_bundle;

		files_put(path,
			  arena_printf(&a, "{\"name\": \"on\", \"base\": \"own\", \"effects\": %s}",
				       cases[i].effects));
		r = load_recipe_or_fail(&a, path);
		cr_expect_eq(b->asked, cases[i].asked);
		cr_expect_str_eq(b->package, "ca-certificates");
		cr_assert_eq(b->files.n, cases[i].files);
		cr_expect(str_ends(str_of(b->files.v[0]), STR("/t.json")), "%s", b->files.v[0]);
		cr_expect_eq(b->java, cases[i].java);
		cr_expect_eq(r.base->effects.ca_bundle.files.n, 1u);
	}
	files_remove(dir);
}

Test(recipe, recipe_without_a_repository_has_its_folder_for_one)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/below/r.json", dir);
	struct recipe r;
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/out.txt", dir), "x");
	files_put(arena_printf(&a, "%s/below/in.txt", dir), "x");
	files_put(
		path,
		"{\"name\": \"r\", \"archive\": {\"suites\": [{\"codename\": \"trixie\"}], \"signers\": [\"" KEY1
		"\"]},\n \"files\": [{\"from\": \"in.txt\", \"to\": \"/in.txt\"}]}");
	r = load_recipe_or_fail(&a, path);
	cr_expect_str_eq(r.repository, arena_printf(&a, "%s/below", dir));
	cr_expect_eq(r.builtin.n, 0u);
	files_put(
		path,
		"{\"name\": \"r\", \"archive\": {\"suites\": [{\"codename\": \"trixie\"}], \"signers\": [\"" KEY1
		"\"]},\n \"files\": [{\"from\": \"../out.txt\", \"to\": \"/out.txt\"}]}");
	cr_expect(!recipe_load(&a, path, &r, &e));
	cr_expect_str_eq(
		e.cause,
		"files[0].from: \"../out.txt\" leads out of the repository: without an "
		"images.json that is the folder of the recipe; a file images.json with {} in it "
		"marks another folder above as the repository");
	err_clear(&e);
	files_put(arena_printf(&a, "%s/below/images.json", dir), "{}");
	cr_expect(!recipe_load(&a, path, &r, &e));
	cr_expect_str_eq(e.cause,
			 arena_printf(&a,
				      "files[0].from: \"../out.txt\" leads out of the repository, "
				      "the folder of %s/below/images.json",
				      dir));
	files_remove(dir);
}

/* A path begins at the folder of the file it stands in; people begin it at the root, or at the
 * recipe, and mistype it. */
Test(recipe, path_to_nothing_is_told_with_what_was_meant)
{
#define MEANT(path)                                                                                 \
	"No such file or directory; a path begins at the folder of this file: did you mean \"" path \
	"\"?"
	static const struct {
		const char *from, *says;
	} cases[] = {
		{ "../app", MEANT("../../app") },
		{ "app", MEANT("../../app") },
		{ "recipes/sub/own", MEANT("own") },
		{ "../../apps", MEANT("../../app") },
		{ "ow", MEANT("own") },
		{ "../sub/owm", MEANT("own") },
		{ "../../../app", " leads out of the repository, the folder of " },
		{ "nowhere/at/all", "recipes/sub/nowhere/at/all: No such file or directory" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/recipes/sub/r.json", dir);

	files_put(arena_printf(&a, "%s/images.json", dir), "{}");
	files_put(arena_printf(&a, "%s/app/main.c", dir), "x");
	files_put(arena_printf(&a, "%s/recipes/sub/own/x", dir), "x");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct recipe r = { 0 };
		struct error e = { 0 };

		files_put(path, arena_printf(&a,
					     "{\"name\": \"r\", \"archive\": {\"suites\": "
					     "[{\"codename\": \"trixie\"}], \"signers\": [\"" KEY1
					     "\"]}, \"files\": [{\"from\": \"%s\", "
					     "\"to\": \"/x\"}]}",
					     cases[i].from));
		cr_expect(!recipe_load(&a, path, &r, &e));
		cr_expect(strstr(e.cause, cases[i].says), "%s: %s", cases[i].from, e.cause);
	}
	files_remove(dir);
}

Test(recipe, recipe_that_stands_on_itself_is_refused)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/r.json", dir);
	struct recipe r = { 0 };
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/images.json", dir),
		  "{\"bases\": {\"r\": {\"recipe\": \"r.json\"}}}");
	files_put(path, "{\"name\": \"r\", \"base\": \"r\"}");
	cr_expect(!recipe_load(&a, path, &r, &e));
	cr_expect(strstr(e.cause, "on itself"), "%s", e.cause);
	files_remove(dir);
}

/* Where one stands does not matter: the same file, the same base, the same digest of all that was
 * read. */
Test(recipe, a_recipe_may_be_named_from_any_folder)
{
	static const char *const cases[][2] = {
		{ ".", "recipes/cephalo.json" },
		{ "recipes", "cephalo.json" },
		{ "recipes", "./cephalo.json" },
		{ "recipes/sources", "../cephalo.json" },
		{ "docs", "../recipes/cephalo.json" },
		{ "docs/deploy", "../../recipes/cephalo.json" },
		{ "docs/deploy", "../../recipes/sources/../cephalo.json" },
	};
	AUTO_ARENA a = { 0 };
	AUTO_FD home = open(".", O_PATH | O_DIRECTORY);
	struct digest first = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct recipe r = { 0 };
		struct error e = { 0 };

		cr_assert(fchdir(home) == 0 && chdir(cases[i][0]) == 0);
		cr_assert(recipe_load(&a, cases[i][1], &r, &e), "%s in %s: %s", cases[i][1],
			  cases[i][0], e.cause);
		cr_expect(strcmp(r.base->name, "cc-debian13") == 0 &&
			  access(r.programs.v[0].source->trees.v[0], R_OK) == 0);
		if (i == 0)
			first = r.digest;
		cr_expect(digest_eq(&first, &r.digest));
	}
	cr_assert_eq(fchdir(home), 0);
}
