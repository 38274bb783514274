/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files and pages of indexes, with one thing wrong: every value, every member; and words at
 * the ends of what they may be. */

#include <criterion/criterion.h>

#include "format/text/cargo_lock.h"
#include "format/text/maven_lock.h"
#include "format/text/npm_lock.h"
#include "format/text/simple_index.h"
#include "support/fixture_json_sweep.h"

#define SUM512                                                                                        \
	"sha512-9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV" \
	"1w=="
#define SUM "512761e0bb2578dd7380c6baaa0f4ce03e84f95e960231d1dec8bf4d7d6cbea4"
#define OTHER "c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb"

/* ---- npm ---- */

static bool documents_read_npm(void *of, struct str text, struct error *e)
{
	struct npm_entries l = { NULL, 0, 0 }, others = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };

	(void)of;
	return npm_lock_read(&a, text, "package-lock.json", &l, &others, e);
}

Test(lock_documents, every_value_and_every_member_of_a_lock_file_of_npm_is_checked)
{
	/* a package, a link, and what counts for its needs alone: names of members are paths here
	 */
	static const struct {
		const char *text, *optional[24];
	} cases[] = {
		{ "{\"node_modules/a\":{\"name\":\"a\",\"version\":\"1.0.0\",\"resolved\":"
		  "\"http://r.test/a.tgz\",\"integrity\":\"" SUM512
		  "\",\"dev\":true,\"optional\":true,\"devOptional\":true,\"inBundle\":false,"
		  "\"extraneous\":false,\"link\":false,\"hasInstallScript\":true,\"os\":[\"linux\"],"
		  "\"cpu\":[\"x64\"],\"libc\":[\"glibc\"],\"bin\":{\"a\":\"a.js\"},"
		  "\"peerDependenciesMeta\":{\"p\":{\"optional\":true}}}}",
		  { "packages.node_modules/a", "packages.node_modules/a.name",
		    "packages.node_modules/a.resolved", "packages.node_modules/a.dev",
		    "packages.node_modules/a.optional", "packages.node_modules/a.devOptional",
		    "packages.node_modules/a.inBundle", "packages.node_modules/a.extraneous",
		    "packages.node_modules/a.link", "packages.node_modules/a.hasInstallScript",
		    "packages.node_modules/a.os", "packages.node_modules/a.cpu",
		    "packages.node_modules/a.libc", "packages.node_modules/a.bin",
		    "packages.node_modules/a.bin.a", "packages.node_modules/a.peerDependenciesMeta",
		    "packages.node_modules/a.peerDependenciesMeta.p",
		    "packages.node_modules/a.peerDependenciesMeta.p.optional", NULL } },
		{ "{\"node_modules/w\":{\"resolved\":\"packages/w\",\"link\":true,\"dev\":true}}",
		  { "packages.node_modules/w", "packages.node_modules/w.dev", NULL } },
		{ "{\"packages/w\":{\"dev\":true,\"optional\":true,\"peerDependenciesMeta\":{}}}",
		  { "packages.packages/w", "packages.packages/w.dev",
		    "packages.packages/w.optional", "packages.packages/w.peerDependenciesMeta",
		    NULL } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		json_sweep(&(struct json_sweep){
			.text = arena_printf(&a, "{\"lockfileVersion\":3,\"packages\":%s}",
					     cases[i].text),
			.read = documents_read_npm,
			.optional = cases[i].optional,
			.maps =
				(const char *const[]){
					"packages", "packages.node_modules/a.bin",
					"packages.node_modules/a.peerDependenciesMeta",
					"packages.packages/w.peerDependenciesMeta", NULL },
			.nulls = true,
			.open = true,
		});
	}
}

static const char *documents_npm(struct arena *a, const char *key, const char *members)
{
	struct npm_entries l = { NULL, 0, 0 }, others = { NULL, 0, 0 };
	struct error e = { 0 };

	if (!npm_lock_read(a,
			   str_of(arena_printf(a,
					       "{\"lockfileVersion\":2,\"packages\":{\"%s\":{"
					       "\"integrity\":\"" SUM512 "\",%s}}}",
					       key, members)),
			   "package-lock.json", &l, &others, &e)) {
		cr_expect_eq(e.kind, ERR_INPUT);
		return arena_strdup(a, e.cause);
	}
	return l.n && l.v[0].file ? l.v[0].file : "";
}

/* `n` times "a" */
static const char *documents_long(struct arena *a, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memset(p, 'a', n);
	return p;
}

Test(lock_documents, names_and_versions_of_npm_are_words)
{
	static const struct {
		const char *name;
		bool ok;
	} cases[] = {
		{ "a", true },	     { "z", true },    { "A", true },	   { "Z", true },
		{ "0", true },	     { "9", true },    { "_x", true },	   { "~x", true },
		{ "a.b-c", true },   { ".a", false },  { "-a", false },	   { "a/b", false },
		{ "a b", false },    { "a[", false },  { "a`", false },	   { "a{", false },
		{ "a@", false },     { "a:", false },  { "@s/a", true },   { "@s", false },
		{ "@/a", false },    { "@s/", false }, { "@s/.a", false }, { "@.s/a", false },
		{ "@s/a/b", false },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = documents_npm(&a, "node_modules/x",
						arena_printf(&a,
							     "\"name\":\"%s\",\"version\":\"1\"",
							     cases[i].name));

		cr_expect_str_eq(got,
				 cases[i].ok
					 ? arena_printf(&a, "%s/-/%s-1.tgz", cases[i].name,
							strchr(cases[i].name, '/')
								? strchr(cases[i].name, '/') + 1
								: cases[i].name)
					 : arena_printf(&a,
							"packages.node_modules/x: \"%s\" is not "
							"the name of a package",
							cases[i].name),
				 "%s: %s", cases[i].name, got);
	}
	for (size_t n = 214; n <= 215; n++)
		cr_expect_eq(strstr(documents_npm(&a, "node_modules/x",
						  arena_printf(&a,
							       "\"name\":\"%s\",\"version\":\"1\"",
							       documents_long(&a, n))),
				    "is not the name") != NULL,
			     n > 214, "%zu", n);
}

Test(lock_documents, places_of_npm_are_normal_and_below)
{
	static const struct {
		const char *place, *says;
	} cases[] = {
		{ "node_modules/a", "a/-/a-1.tgz" },
		{ "w/node_modules/a", "a/-/a-1.tgz" },
		{ "node_modules/a/node_modules/b", "b/-/b-1.tgz" },
		/* a folder that only ends like it */
		{ "my_node_modules/a", "" },
		{ "./node_modules/a", "is not a place of a package" },
		{ "w//node_modules/a", "is not a place of a package" },
		{ "../node_modules/a", "is not a place of a package" },
		{ "/node_modules/a", "is not a place of a package" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = documents_npm(&a, cases[i].place, "\"version\":\"1\"");

		cr_expect(cases[i].says[0] ? strstr(got, cases[i].says) != NULL : got[0] == '\0',
			  "%s: %s", cases[i].place, got);
	}
}

Test(lock_documents, a_link_of_npm_leads_to_a_folder_of_the_project)
{
	static const struct {
		const char *resolved;
		bool ok;
	} cases[] = { { "packages/w", true },
		      { "../w", false },
		      { "", false },
		      { "node_modules/w", false },
		      { "a/../b", false } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *got = documents_npm(&a, "node_modules/w",
						arena_printf(&a,
							     "\"link\":true,\"resolved\":\"%s\"",
							     cases[i].resolved));

		cr_expect_eq(strstr(got, "the link node_modules/w leads to \"") == NULL,
			     cases[i].ok, "%s: %s", cases[i].resolved, got);
	}
}

Test(lock_documents, engines_of_npm_may_be_nonsense)
{
	static const struct {
		const char *engines, *engine;
	} cases[] = {
		{ "{\"node\":\">=18\"}", ">=18" },
		{ "{\"node\":\"\"}", NULL },
		{ "{\"npm\":\"1\"}", NULL },
		{ "[\"node >= 18\"]", NULL },
		{ "\"node\"", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct npm_entries l = { NULL, 0, 0 }, others = { NULL, 0, 0 };
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };

		cr_assert(npm_lock_read(
			&a,
			str_of(arena_printf(
				&a,
				"{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{"
				"\"version\":\"1\",\"integrity\":\"x " SUM512
				"?opt\",\"engines\":%s}}}",
				cases[i].engines)),
			"package-lock.json", &l, &others, &e));
		cr_expect_str_eq(l.v[0].engine ? l.v[0].engine : "none",
				 cases[i].engine ? cases[i].engine : "none");
	}
}

/* ---- Maven ---- */

static bool documents_read_maven(void *of, struct str text, struct error *e)
{
	struct maven_jars l = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };

	(void)of;
	return maven_lock_read(&a, text, "lockfile.json", &l, e);
}

Test(lock_documents, every_value_and_every_member_of_a_lock_file_of_maven_is_checked)
{
	json_sweep(&(struct json_sweep){
		.text = "{\"lockFileVersion\":1,\"dependencies\":[{\"groupId\":\"g\",\"artifactId\":"
			"\"a\",\"version\":\"1\",\"classifier\":\"c\",\"type\":\"jar\",\"scope\":"
			"\"compile\",\"checksumAlgorithm\":\"SHA-256\",\"checksum\":\"" SUM
			"\",\"resolved\":\"https://r.test/x.jar\",\"included\":true,\"children\":[]}]}",
		.read = documents_read_maven,
		.optional = (const char *const[]){ "dependencies", "dependencies[].classifier",
						   "dependencies[].type", "dependencies[].scope",
						   "dependencies[].checksumAlgorithm",
						   "dependencies[].resolved",
						   "dependencies[].included",
						   "dependencies[].children", NULL },
		.nulls = true,
		.open = true,
	});
}

Test(lock_documents, names_of_maven_are_words)
{
	static const struct {
		const char *version;
		bool ok;
	} cases[] = {
		{ "a", true },	   { "z", true },    { "A", true },    { "Z", true },
		{ "0", true },	   { "9", true },    { "_", true },    { "1.0+x-y", true },
		{ ".a", false },   { "-a", false },  { "a/b", false }, { "a[", false },
		{ "a`", false },   { "a{", false },  { "a@", false },  { "a:", false },
		{ "1..2", false }, { "1.2.", true }, { "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct maven_jars l = { NULL, 0, 0 };
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		bool ok = maven_lock_read(
			&a,
			str_of(arena_printf(&a,
					    "{\"lockFileVersion\":1,\"dependencies\":[{\"groupId\":"
					    "\"g.h\",\"artifactId\":\"a\",\"version\":\"%s\","
					    "\"checksum\":\"" SUM "\"}]}",
					    cases[i].version)),
			"lockfile.json", &l, &e);

		cr_expect_eq(ok, cases[i].ok, "%s: %s", cases[i].version, e.cause);
		if (ok)
			cr_expect_str_eq(l.v[0].path,
					 arena_printf(&a, "g/h/a/%s/a-%s.jar", cases[i].version,
						      cases[i].version));
		else
			cr_expect(strstr(e.cause,
					 arena_printf(&a,
						      "\"version\" is not a name of Maven: \"%s\"",
						      cases[i].version)),
				  "%s", e.cause);
	}
}

Test(lock_documents, which_jars_a_program_wants)
{
	static const struct {
		const char *more;
		size_t n;
		const char *path;
	} cases[] = {
		{ "\"type\":\"jar\"", 1, "g/a/1/a-1.jar" },
		{ "\"type\":\"bundle\"", 1, "g/a/1/a-1.jar" },
		{ "\"type\":\"pom\"", 0, NULL },
		{ "\"scope\":\"import\"", 0, NULL },
		{ "\"scope\":\"test\"", 0, NULL },
		{ "\"scope\":\"runtime\"", 1, "g/a/1/a-1.jar" },
		{ "\"included\":false", 0, NULL },
		/* of a release its own name counts, whatever the address says */
		{ "\"resolved\":\"https://r.test/other-1.jar\"", 1, "g/a/1/a-1.jar" },
		{ "\"version\":\"2-SNAPSHOT\",\"resolved\":\"https://r.test/a-2-20260101.1.jar\"",
		  1, "g/a/2-SNAPSHOT/a-2-20260101.1.jar" },
		{ "\"version\":\"2-SNAPSHOT\",\"resolved\":\"https://r.test/a.zip\"", 1,
		  "g/a/2-SNAPSHOT/a-2-SNAPSHOT.jar" },
		{ "\"version\":\"2-SNAPSHOT\",\"resolved\":\"https://r.test/a b.jar\"", 1,
		  "g/a/2-SNAPSHOT/a-2-SNAPSHOT.jar" },
		{ "\"version\":\"2-SNAPSHOT\"", 1, "g/a/2-SNAPSHOT/a-2-SNAPSHOT.jar" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct maven_jars l = { NULL, 0, 0 };
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		const char *version = strstr(cases[i].more, "version") ? "" : ",\"version\":\"1\"";

		cr_assert(maven_lock_read(
				  &a,
				  str_of(arena_printf(
					  &a,
					  "{\"lockFileVersion\":1,\"dependencies\":[{\"groupId\":"
					  "\"g\",\"artifactId\":\"a\",\"checksum\":\"" SUM
					  "\"%s,%s}]}",
					  version, cases[i].more)),
				  "lockfile.json", &l, &e),
			  "%s: %s", cases[i].more, e.cause);
		cr_assert_eq(l.n, cases[i].n, "%s", cases[i].more);
		if (l.n)
			cr_expect_str_eq(l.v[0].path, cases[i].path);
	}
}

#define PATH "org/a/core/1/core-1.jar"

Test(lock_documents, lines_that_are_none_of_sha256sum_are_told)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *says;
	} cases[] = {
		{ SUM "  " PATH "\n" SUM " *" PATH "\n", 0, NULL },
		{ SUM "  x.pom\n\n# comment\n", 0, NULL },
		{ "\n" SUM " \n", 2, "is not a line of sha256sum" },
		{ SUM "\t " PATH, 1, "is not a line of sha256sum" },
		{ SUM " x" PATH, 1, "is not a line of sha256sum" },
		{ "z" SUM " " PATH, 1, "is not a line of sha256sum" },
		{ "x  " PATH, 1, "is not a line of sha256sum" },
		{ SUM "  ../" PATH, 1, "is not where a repository of Maven has a jar" },
		{ SUM "  a/core/1/b-1.jar", 1, "is not where a repository of Maven has a jar" },
		{ SUM "  core/1/core-1.jar", 1, "is not where a repository of Maven has a jar" },
		{ SUM "  a/-core/1/-core-1.jar", 1,
		  "is not where a repository of Maven has a jar" },
		{ SUM "  a/core/1/core1.jar", 1, "is not where a repository of Maven has a jar" },
		{ SUM "  " PATH "\n" OTHER "  " PATH "\n", 2,
		  PATH " is there twice, with different digests (see line 1)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct maven_jars l = { NULL, 0, 0 };
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		bool ok = jar_sums_read(&a, str_of(cases[i].text), "sums", &l, &e);

		cr_expect_eq(ok, cases[i].says == NULL, "%zu: %s", i, e.cause);
		cr_expect(ok || !cases[i].says ||
				  (e.kind == ERR_INPUT && e.at.line == cases[i].line &&
				   strstr(e.cause, cases[i].says)),
			  "%zu: %u: %s", i, e.at.line, e.cause);
	}
}

/* A line that is no line is shown in part. */
Test(lock_documents, a_long_line_is_shown_in_part)
{
	struct maven_jars l = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };

	cr_expect_not(jar_sums_read(&a, str_of(documents_long(&a, 300)), "sums", &l, &e));
	cr_expect(strstr(e.cause, "aaa\" is not a line of sha256sum") && strlen(e.cause) < 260,
		  "%s", e.cause);
}

/* ---- Cargo ---- */

#define PACKAGE(more) "[[package]]\nname = \"a\"\nversion = \"1\"\n" more

Test(lock_documents, odd_lock_files_of_cargo)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *says; /* or the names of the crates */
	} cases[] = {
		{ "version = 3\n", 0, "" },
		{ "version = 4\n[[package]]\nname = 1\n", 3, "\"\" is not the name of a crate" },
		{ "[[package]]\nname = \"a\"\n", 2, "a: \"\" is not a version" },
		{ "[[package]]\nname = \"a/b\"\nversion = \"1\"\n", 2,
		  "\"a/b\" is not the name of a crate" },
		{ "[[package]]\nname = \"\"\nversion = \"1\"\n", 2,
		  "\"\" is not the name of a crate" },
		{ "[[package]]\nname = \"a\"\nversion = \".1\"\n", 2,
		  "a: \".1\" is not a version" },
		{ "[[package]]\nname = \"aZ09_-\"\nversion = \"1.0-a+b\"\nsource = \"registry+x\"\n"
		  "checksum = \"" SUM "\"\n",
		  0, "aZ09_-" },
		{ PACKAGE("source = \"registry+x\"\n"), 2,
		  "a 1 has no checksum of 64 hexadecimal digits" },
		{ PACKAGE("source = \"registry+x\"\nchecksum = \"00\"\n"), 2,
		  "a 1 has no checksum of 64 hexadecimal digits" },
		{ PACKAGE("source = \"git+https://x\"\n"), 2, "a 1 comes from git" },
		{ PACKAGE("source = \"file:x\"\n"), 2,
		  "a 1 comes from \"file:x\", which is not a registry" },
		{ PACKAGE("source = \"registry+\\\"\"\nchecksum = \"" SUM "\"\n"), 2,
		  "which is not a registry" },
		/* others that say little: not crates of a registry */
		{ "[[patch]]\nname = \"..\"\n[package.x]\nname = \"..\"\n[other]\na.b = 1\n", 0,
		  "" },
		{ PACKAGE("source = \"sparse+x\"\nchecksum = \"" SUM
			  "\"\nreplace = \"x\"\n[package.more]\nx = 1\n") PACKAGE(""),
		  0, "a" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cargo_crates l = { NULL, 0, 0 };
		AUTO_ARENA a = { 0 };
		struct buf names = { .a = &a };
		struct error e = { 0 };
		bool ok = cargo_lock_read(&a, str_of(cases[i].text), "Cargo.lock", &l, &e);

		list_each(c, &l)
			buf_puts(&names, c->name);
		cr_expect_eq(ok, cases[i].line == 0, "%zu: %s", i, e.cause);
		if (ok)
			cr_expect_str_eq(names.n ? buf_cstr(&names) : "", cases[i].says);
		else
			cr_expect(e.at.line == cases[i].line && strstr(e.cause, cases[i].says),
				  "%zu: %u: %s", i, e.at.line, e.cause);
	}
	cr_expect(cargo_lock_is_public("registry+https://x/crates.io-index"));
	cr_expect_not(cargo_lock_is_public("registry+https://x/crates.io-index2"));
}

/* ---- indexes of Python ---- */

/* Of a list of files the whole page, on the same lines. */
static bool documents_read_index(void *of, struct str text, struct error *e)
{
	struct simple_files l = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };

	(void)of;
	return simple_index_read(&a,
				 str_of(arena_printf(&a, "{\"files\":" STR_FMT "}", STR_ARG(text))),
				 "https://a.test/x/", &l, e);
}

Test(lock_documents, every_value_and_every_member_of_an_index_is_checked)
{
	json_sweep(&(struct json_sweep){
		.text = "[{\"filename\":\"x.whl\",\"url\":\"x\",\"hashes\":{}}]",
		.read = documents_read_index,
		.optional = (const char *const[]){ "[].filename", "[].url", "[].hashes", NULL },
		.anything = (const char *const[]){ "[].hashes", NULL },
		.nulls = true,
		.open = true,
	});
}

Test(lock_documents, odd_pages_of_an_index)
{
	static const struct {
		const char *text, *files;
	} cases[] = {
		{ "<a href=\"a%2b%2B%41%4a%zz%4\">", "a++AJ%zz%4 -;" },
		{ "<a href=\"%00\">", "%00 -;" },
		{ "<a href=\"x/\">", "" },
		{ "<a href=x>", "x -;" },
		{ "<a href=", "" },
		{ "<a href=\"x>", "" },
		{ "<a\thref='a&amp;b'><A\rhref=\"c\">", "a&b -;c -;" },
		{ "<ahref=\"x\"><b href=\"x\"><", "" },
		{ "<a href=\"x#sha256=" SUM "\"><a href=\"y#sha256=00\">", "x +;y -;" },
		{ "{\"files\":[{\"filename\":\"x\",\"url\":\"u\",\"hashes\":{\"sha256\":\"" SUM
		  "\"}},"
		  "{\"filename\":\"y\",\"url\":\"u\",\"hashes\":{\"sha256\":\"00\"}},"
		  "{\"filename\":\"z\",\"url\":\"u\",\"hashes\":[]},{\"filename\":\"n\"},"
		  "{\"url\":\"u\"}]}",
		  "x +;y -;z -;" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct simple_files l = { NULL, 0, 0 };
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };
		struct error e = { 0 };

		cr_assert(
			simple_index_read(&a, str_of(cases[i].text), "https://a.test/x/", &l, &e));
		list_each(f, &l)
			buf_printf(&out, "%s %s;", f->name, f->has_sha256 ? "+" : "-");
		cr_expect_str_eq(out.n ? buf_cstr(&out) : "", cases[i].files);
	}
}
