/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs, written and read again; what others make of them. */

#include <criterion/criterion.h>

#include "format/debian/purl.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static const struct {
	struct purl purl;
	const char *text;
} cases[] = {
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

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = purl_text(&a, &cases[i].purl);
		struct purl again;

		cr_expect_str_eq(text, cases[i].text);
		cr_assert(purl_parse(&a, text, &again));
		cr_expect_str_eq(again.name, cases[i].purl.name);
		cr_expect_str_eq(again.space, cases[i].purl.space);
		cr_expect_str_eq(again.version ? again.version : "",
				 cases[i].purl.version ? cases[i].purl.version : "");
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
	for (size_t i = 0; i + 1 < ARRAY_SIZE(cases); i++) { /* the last is not UTF-8 */
		const struct purl *p = &cases[i].purl;

		ORACLE(&a, "node", "-e", script, dir, cases[i].text, p->type, p->space, p->name,
		       p->version ? p->version : "");
	}
	files_remove(dir);
}
