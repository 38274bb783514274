/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs as the specification's own examples have them (package-url/purl-spec), and which
 * name which. */

#include <criterion/criterion.h>

#include "format/debian/purl.h"

Test(purl, the_examples_of_the_specification_are_read_and_written)
{
	static const char *const cases[][2] = {
		{ "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", NULL },
		{ "pkg:docker/cassandra@sha256:244fd47e07d1004f0aed9c", NULL },
		{ "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
		  "pkg:golang/google.golang.org/genproto" },
		{ "pkg:npm/%40angular/animation@12.3.1", NULL },
		{ "pkg:npm/foobar@12.3.1", NULL },
		{ "pkg:oci/debian@sha256%3A244fd47e07d10?repository_url=docker.io/library/debian"
		  "&arch=amd64&tag=latest",
		  "pkg:oci/debian@sha256%3A244fd47e07d10?arch=amd64&repository_url=docker.io/"
		  "library/debian&tag=latest" },
		{ "pkg:DEB/debian/attr@1:2.4.47-2%2Bb1?arch=source",
		  "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=source" },
		{ "pkg:pypi/django@1.11.1", NULL },
		{ "pkg://rpm/fedora/curl@7.50.3-1.fc25?arch=i386",
		  "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386" },
		{ "pkg:deb/debian/curl@?arch=", "pkg:deb/debian/curl" },
		{ "pkg:deb/debian/curl/", "pkg:deb/debian/curl" },
		{ "pkg:deb/100%/x%2", "pkg:deb/100%25/x%252" },
		{ "pkg:deb/a%zzb", "pkg:deb/a%25zzb" },
		{ "pkg:deb/a%4Gb", "pkg:deb/a%254Gb" },
		{ "pkg:deb/%7ea", "pkg:deb/~a" },
		{ "pkg:deb/a%0Ab%1Fc", NULL },
		{ "pkg:deb/a%0a%F0", "pkg:deb/a%0A%F0" },
		{ "pkg:deb/a%7e", "pkg:deb/a~" },
		{ "pkg:deb/x?=v&k&q=1", "pkg:deb/x?q=1" },
	};
	AUTO_ARENA a = { 0 };
	struct purl p;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_assert(purl_parse(&a, cases[i][0], &p), "%s", cases[i][0]);
		cr_expect_str_eq(purl_text(&a, &p), cases[i][1] ? cases[i][1] : cases[i][0]);
	}
}

/* How each ecosystem's names become package URLs: purl-spec, "types". */
Test(purl, names_of_ecosystems_become_package_urls)
{
	static const struct {
		const char *type, *name, *version, *text; /* NULL: the type has no such name */
	} cases[] = {
		{ "pypi", "Zope.Interface", "7.2", "pkg:pypi/zope-interface@7.2" },
		{ "pypi", "A__b-.c", NULL, "pkg:pypi/a-b-c" },
		{ "pypi", "django", "", "pkg:pypi/django" },
		{ "npm", "lodash", "4.17.21", "pkg:npm/lodash@4.17.21" },
		{ "npm", "@Angular/Core", "1", "pkg:npm/%40Angular/Core@1" },
		{ "npm", "@angular", "1", NULL },
		{ "golang", "golang.org/x/Net", "v0.1.0", "pkg:golang/golang.org/x/net@v0.1.0" },
		{ "golang", "stdlib", "1.24", "pkg:golang/stdlib@1.24" },
		{ "maven", "org.apache.X:Log4j", "2", "pkg:maven/org.apache.X/Log4j@2" },
		{ "maven", "log4j", "2", NULL },
		{ "cargo", "Serde", "1", "pkg:cargo/Serde@1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct purl p;

		purl_of(&a, cases[i].type, cases[i].name, cases[i].version, &p);
		if (cases[i].text)
			cr_expect_str_eq(purl_text(&a, &p), cases[i].text);
		else
			cr_expect_str_eq(p.name, "", "%s", cases[i].name);
	}
}

Test(purl, what_is_none_is_refused)
{
	static const char *const cases[] = { "",	  "pkg",
					     "pkg:",	  "pkg:/",
					     "pkg:deb",	  "pkg:deb/",
					     "pkg://deb", "deb/debian/curl",
					     "pkg:/deb",  "pkg:deb/@1" };
	AUTO_ARENA a = { 0 };
	struct purl p;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_not(purl_parse(&a, cases[i], &p), "%s", cases[i]);
}

Test(purl, one_covers_another_by_type_namespace_name_and_version)
{
	static const struct {
		const char *wanted, *have;
		bool covers;
	} cases[] = {
		{ "pkg:deb/debian/curl", "pkg:deb/debian/curl@1", true },
		{ "pkg:deb/debian/curl@1", "pkg:deb/debian/curl@1", true },
		{ "pkg:deb/debian/curl@1", "pkg:deb/debian/curl@2", false },
		{ "pkg:deb/debian/curl@1", "pkg:deb/debian/curl", false },
		{ "pkg:deb/debian/curl", "pkg:deb/ubuntu/curl@1", false },
		{ "pkg:deb/debian/curl", "pkg:deb/curl@1", false },
		{ "pkg:deb/debian/curl", "pkg:rpm/debian/curl@1", false },
		{ "pkg:deb/debian/curl", "pkg:deb/debian/curls@1", false },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct purl w, h, none = { .space = "" };

		cr_assert(purl_parse(&a, cases[i].wanted, &w) && purl_parse(&a, cases[i].have, &h));
		cr_expect_eq(purl_covers(&w, &h), cases[i].covers, "%s, %s", cases[i].wanted,
			     cases[i].have);
		cr_expect(!purl_covers(&none, &h) && !purl_covers(&w, &none));
	}
}

/* NISTIR 7695: a backslash takes what follows; '*' is any. */
Test(purl, one_cpe_covers_another_by_its_first_four_fields)
{
	static const struct {
		const char *wanted, *have;
		bool covers;
	} cases[] = {
		{ "cpe:2.3:a:squid-cache:squid:7.6:*", "cpe:2.3:a:squid-cache:squid:7.6:x", true },
		{ "cpe:2.3:a:squid-cache:squid:*", "cpe:2.3:a:squid-cache:squid:7.6", true },
		{ "cpe:2.3:a:squid-cache:squid", "cpe:2.3:a:squid-cache:squid:7.6", true },
		{ "cpe:2.3:a:squid-cache:squid:7.5", "cpe:2.3:a:squid-cache:squid:7.6", false },
		{ "cpe:2.3:o:squid-cache:squid:7.6", "cpe:2.3:a:squid-cache:squid:7.6", false },
		{ "cpe:2.3:a:other:squid:7.6", "cpe:2.3:a:squid-cache:squid:7.6", false },
		{ "cpe:2.3:a:x:y\\:z:1", "cpe:2.3:a:x:y\\:z:1", true },
		{ "cpe:2.3:a:x:y\\:z:1", "cpe:2.3:a:x:y:z:1", false },
		{ "cpe:2.3:a:x:y\\", "cpe:2.3:a:x:y\\", true },
		{ "cpe:/a:x:y", "cpe:2.3:a:x:y", false },
		{ "cpe:2.3:a:x:y", "cpe:/a:x:y", false },
	};
	struct str product;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(cpe_covers(cases[i].wanted, cases[i].have), cases[i].covers, "%s, %s",
			     cases[i].wanted, cases[i].have);
	cr_expect(cpe_product("cpe:2.3:a:x:y\\:z:1", &product) && str_eq(product, STR("y\\:z")));
	cr_expect_not(cpe_product("cpe:/a:x:y", &product));
}
