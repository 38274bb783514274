/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of Python and Node in images of anybody: named, owned, and met by vulnerability data. */

#include <criterion/criterion.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "inspect/model/components.h"
#include "inspect/model/inspect.h"
#include "support/gen_image.h"

#define SITE "usr/local/lib/python3.13/dist-packages/"
#define MODULES "opt/app/node_modules/"

static const struct {
	const char *path, *text;
} language_files[] = {
	{ SITE "Zope.Inter_face-5.4.0.dist-info/METADATA",
	  "Metadata-Version: 2.1\r\nName: Zope.Inter__face\r\nVersion: 5.4.0\r\n\r\nName: no\n" },
	{ SITE "Zope.Inter_face-5.4.0.dist-info/RECORD",
	  "zope/face.py,sha256=x,1\n\"zope/a, \"\"b\"\".txt\",,\n../../../bin/face,,\n"
	  "../../../../../../../../etc/passwd,,\nZope.Inter_face-5.4.0.dist-info/METADATA,,\n"
	  "Zope.Inter_face-5.4.0.dist-info/RECORD,,\n" },
	{ SITE "zope/face.py", "x" },
	{ SITE "zope/a, \"b\".txt", "x" },
	{ SITE "zope/other.py", "x" },
	{ "usr/local/bin/face", "#!/usr/bin/hello\n" },
	{ SITE "old.egg-info/PKG-INFO", "Name: old\nVersion: 1!2.0+local\n" },
	{ SITE "nameless-1.dist-info/METADATA", "Version: 1\n" },
	{ MODULES "@babel/core/package.json", "{\"name\":\"@babel/core\",\"version\":\"7.24.0\"}" },
	{ MODULES "@babel/core/lib/index.js", "x" },
	{ MODULES "left-pad/package.json", "{\"name\":\"left-pad\",\"version\":\"1.3.0\"}" },
	{ MODULES "left-pad/node_modules/dep/package.json",
	  "{\"name\":\"dep\",\"version\":\"2.0.0-rc.1\"}" },
	{ MODULES "left-pad/node_modules/left-pad/package.json",
	  "{\"name\":\"left-pad\",\"version\":\"1.3.0\"}" },
	{ MODULES "left-pad/esm/package.json",
	  "{\"type\":\"module\",\"name\":\"esm\",\"version\":\"1\"}" },
	{ MODULES "left-pad-x/index.js", "x" },
	{ MODULES "broken/package.json", "{\n  \"name\": 1\n" },
	{ "opt/app/package.json", "{\"name\":\"app\",\"version\":\"1.0.0\"}" },
};

static void language_image(struct imagegen *g, struct arena *a)
{
	imagegen_begin(g, a);
	imagegen_good(g);
	for (size_t i = 0; i < ARRAY_SIZE(language_files); i++)
		imagegen_file(g, language_files[i].path, 0644, str_of(language_files[i].text));
	imagegen_write(g);
}

Test(language_packages, each_has_the_package_url_of_its_ecosystem)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct inspect_request req = { 0 };
	struct components found = { NULL, 0, 0 };
	struct remarks problems = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };

	language_image(&g, &a);
	req.image = g.path;
	cr_assert(inspect_image(&a, &req, &in, &e), "%s%s", e.context, e.cause);
	cr_assert(image_components(&a, &in.model, &found, &problems, &e));
	for (size_t i = 0; i < found.n; i++) {
		if (!found.v[i].source)
			buf_printf(&text, "%s %s %s\n", found.v[i].name, found.v[i].version,
				   found.v[i].locator);
	}
	cr_expect_str_eq(buf_cstr(&text), "@babel/core 7.24.0 pkg:npm/%40babel/core@7.24.0\n"
					  "dep 2.0.0-rc.1 pkg:npm/dep@2.0.0-rc.1\n"
					  "left-pad 1.3.0 pkg:npm/left-pad@1.3.0\n"
					  "zope-inter-face 5.4.0 pkg:pypi/zope-inter-face@5.4.0\n"
					  "old 1!2.0+local pkg:pypi/old@1%212.0%2Blocal\n");
	cr_assert_eq(problems.n, 2u);
	cr_expect_str_eq(problems.v[0].path, MODULES "broken/package.json");
	cr_expect_str_eq(problems.v[1].path, SITE "nameless-1.dist-info/METADATA");
	cr_expect_str_eq(problems.v[1].text, "it names no project with a version");
}

/* What RECORD lists and what stands in a package's folder belongs to somebody. */
Test(language_packages, their_files_are_owned)
{
	static const char *const unowned[] = {
		SITE "old.egg-info/PKG-INFO",	      SITE "zope/other.py",
		MODULES "left-pad-x/index.js",	      "opt/app/package.json",
		SITE "nameless-1.dist-info/METADATA",
	};
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct strings found = { 0 };
	struct error e = { 0 };

	language_image(&g, &a);
	req.image = g.path;
	cr_assert(audit_image(&a, &req, &r, &e), "%s%s", e.context, e.cause);
	for (size_t i = 0; i < r.findings.n; i++) {
		if (str_starts(str_of(r.findings.v[i].rule->id), STR("file.unowned")))
			*list_push(&a, &found) = r.findings.v[i].path;
	}
	for (size_t i = 0; i < ARRAY_SIZE(unowned); i++)
		cr_expect(strings_has(&found, unowned[i]), "%s", unowned[i]);
	cr_expect_eq(found.n, ARRAY_SIZE(unowned), "%s", strings_join(&a, &found, " "));
}

/* Records of osv.dev for both ecosystems, as it publishes them. */
Test(language_packages, vulnerability_data_meet_them)
{
	static const char *const records[] = {
		"{\"id\":\"PYSEC-1\",\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"zope-inter-face\","
		"\"purl\":\"pkg:pypi/zope-inter-face\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":"
		"[{\"introduced\":\"0\"},{\"fixed\":\"5.4.1\"}]}],\"versions\":[\"5.4.0\"]}]}",
		"{\"id\":\"GHSA-1\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"@babel/core\","
		"\"purl\":\"pkg:npm/%40babel/core\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":"
		"[{\"introduced\":\"7.0.0\"},{\"fixed\":\"7.24.1\"}]}]}]}",
		"{\"id\":\"GHSA-2\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"core\","
		"\"purl\":\"pkg:npm/core\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":"
		"[{\"introduced\":\"0\"}]}]}]}",
	};
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct buf text = { .a = &a };
	struct error e = { 0 };

	language_image(&g, &a);
	req.image = g.path;
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		imagegen_put(&g, arena_printf(&a, "%zu.json", i), str_of(records[i]));
		vuln_input_add(&a, &req.cve, arena_printf(&a, "%s/%zu.json", g.dir, i));
	}
	cr_assert(audit_image(&a, &req, &r, &e), "%s%s", e.context, e.cause);
	for (size_t i = 0; i < r.findings.n; i++) {
		if (str_starts(str_of(r.findings.v[i].rule->id), STR("cve.")))
			buf_printf(&text, "%s %s %s\n", r.findings.v[i].rule->id,
				   r.findings.v[i].path, r.findings.v[i].message);
	}
	cr_expect(strstr(buf_cstr(&text), "cve.fix-available " MODULES
					  "@babel/core/package.json GHSA-1: @babel/core 7.24.0") &&
			  strstr(buf_cstr(&text), "PYSEC-1: zope-inter-face 5.4.0") &&
			  strstr(buf_cstr(&text), "fixed in 5.4.1") &&
			  !strstr(buf_cstr(&text), "GHSA-2"),
		  "%s", buf_cstr(&text));
}
