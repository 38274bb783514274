/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs, written and read again; what others make of them. */

#include <criterion/criterion.h>

#include "format/debian/purl.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static const struct {
	struct purl purl;
	const char *text;
} written[] = {
	{ { .type = "deb", .space = "debian", .name = "attr", .version = "1:2.4.47-2+b1" },
	  "pkg:deb/debian/attr@1:2.4.47-2%2Bb1" },
	{ { .type = "deb", .space = "debian", .name = "libstdc++6", .version = "14~rc1" },
	  "pkg:deb/debian/libstdc%2B%2B6@14~rc1" },
	{ { .type = "oci", .space = "", .name = "x", .version = "sha256:ab" },
	  "pkg:oci/x@sha256%3Aab" },
	{ { .type = "generic", .space = "", .name = "a b/c@d?e#f%g" },
	  "pkg:generic/a%20b%2Fc%40d%3Fe%23f%25g" },
	{ { .type = "generic", .space = "a/b", .name = "\xc3\xa4\xff", .version = "" },
	  "pkg:generic/a/b/%C3%A4%FF" },
};

Test(audit, purl_is_written_as_it_is_read)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		const char *text = purl_text(&a, &written[i].purl);
		struct purl again;

		cr_expect_str_eq(text, written[i].text);
		cr_assert(purl_parse(&a, text, &again));
		cr_expect_str_eq(again.name, written[i].purl.name);
		cr_expect_str_eq(again.space, written[i].purl.space);
		cr_expect_str_eq(again.version ? again.version : "",
				 written[i].purl.version ? written[i].purl.version : "");
	}
}

Test(audit, purl_qualifiers_are_sorted_and_never_empty)
{
	AUTO_ARENA a = { 0 };
	struct purl p = { .type = "deb", .space = "debian", .name = "x" }, again;

	*list_push(&a, &p.qualifiers) = (struct purl_qualifier){ "upstream", "y@1:2+3&a=b" };
	*list_push(&a, &p.qualifiers) = (struct purl_qualifier){ "none", NULL };
	*list_push(&a, &p.qualifiers) = (struct purl_qualifier){ "arch", "amd64" };
	*list_push(&a, &p.qualifiers) = (struct purl_qualifier){ "empty", "" };
	cr_expect_str_eq(purl_text(&a, &p),
			 "pkg:deb/debian/x?arch=amd64&upstream=y%401:2%2B3%26a%3Db");
	cr_assert(purl_parse(&a, purl_text(&a, &p), &again));
	cr_expect_str_eq(purl_qualifier(&again, "upstream"), "y@1:2+3&a=b");
}

/* The library of the specification's authors. */
#define PURL_PACKAGE "packageurl-js@2.0.1"

Test(audit, purl_means_the_same_to_the_library_of_its_authors, .timeout = 120)
{
	static const char script[] =
		"const [root, text, ...want] = process.argv.slice(1);\n"
		"const { PackageURL } = require(root + '/node_modules/packageurl-js');\n"
		"const p = PackageURL.fromString(text);\n"
		"const have = [p.type, p.namespace || '', p.name, p.version || ''];\n"
		"if (JSON.stringify(have) !== JSON.stringify(want)) { console.error(have, want); process.exit(1); }\n";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	oracle_need("npm");
	if (oracle_run(&a, (const char *const[]){ "npm", "install", "--silent", "--prefix", dir,
						  "--cache", arena_printf(&a, "%s/npm", dir),
						  PURL_PACKAGE, NULL })
		    .status)
		cr_skip_test("npm cannot fetch %s", PURL_PACKAGE);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(written); i++) { /* the last is not UTF-8 */
		const struct purl *p = &written[i].purl;

		ORACLE(&a, "node", "-e", script, dir, written[i].text, p->type, p->space, p->name,
		       p->version ? p->version : "");
	}
	files_remove(dir);
}

Test(purl, package_urls_are_read_as_their_specification_says)
{
	static const struct {
		const char *text, *type, *space, *name, *version, *arch;
	} cases[] = {
		{ "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64&x=", "deb", "debian", "attr",
		  "1:2.4.47-2+b1", "amd64" },
		{ "pkg:/DEB/debian/a#sub/path", "deb", "debian", "a", NULL, NULL },
		{ "pkg:generic/a@1", "generic", "", "a", "1", NULL },
		{ "pkg:golang/x.org/y/z@v1?arch=s390x", "golang", "x.org/y", "z", "v1", "s390x" },
		{ "pkg:npm/%40angular/core@16.0.0", "npm", "@angular", "core", "16.0.0", NULL },
		{ "pkg:oci/a@sha256%3Aab?repository_url=h/a", "oci", "", "a", "sha256:ab", NULL },
		{ "pkg:deb", NULL, NULL, NULL, NULL, NULL },
		{ "deb/debian/a", NULL, NULL, NULL, NULL, NULL },
		{ "pkg:deb/", NULL, NULL, NULL, NULL, NULL },
		{ "pkg:/", NULL, NULL, NULL, NULL, NULL },
		{ "", NULL, NULL, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct purl p;
		bool is = purl_parse(&a, cases[i].text, &p);

		cr_expect(is == (cases[i].type != NULL), "%s", cases[i].text);
		if (!is || !cases[i].type)
			continue;
		cr_expect_str_eq(p.type, cases[i].type);
		cr_expect_str_eq(p.space, cases[i].space);
		cr_expect_str_eq(p.name, cases[i].name);
		cr_expect(cases[i].version ? p.version && strcmp(p.version, cases[i].version) == 0
					   : !p.version,
			  "%s", cases[i].text);
		cr_expect(cases[i].arch ? strcmp(purl_qualifier(&p, "arch"), cases[i].arch) == 0
					: !purl_qualifier(&p, "arch"),
			  "%s", cases[i].text);
	}
}

Test(purl, cpe_names_match_with_wildcards)
{
	static const struct {
		const char *wanted, *have;
		bool covers;
	} cases[] = {
		{ "cpe:2.3:a:v:p:1:*:*", "cpe:2.3:a:v:p:1:*:*", true },
		{ "cpe:2.3:a:v:p:*:*:*", "cpe:2.3:a:v:p:1:*:*", true },
		{ "cpe:2.3:a:v:p:2:*:*", "cpe:2.3:a:v:p:1:*:*", false },
		{ "cpe:2.3:o:v:p:1:*:*", "cpe:2.3:a:v:p:1:*:*", false },
		{ "cpe:2.3:a:v\\:p:p:1", "cpe:2.3:a:v\\:p:p:1", true },
		{ "cpe:/a:v:p:1", "cpe:2.3:a:v:p:1:*:*", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect(cpe_covers(cases[i].wanted, cases[i].have) == cases[i].covers, "%s",
			  cases[i].wanted);
}
