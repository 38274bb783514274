/* SPDX-License-Identifier: Apache-2.0 */
/* OSV records about packages of other ecosystems than Debian's, and of its other releases. */

#include <criterion/criterion.h>

#include "inspect/audit/audit.h"
#include "inspect/vuln/vuln.h"
#include "support/fixture_files.h"
#include "support/gen_image.h"

#define SBOM "var/lib/db/sbom/demo.spdx.json"

struct osv_case {
	const char *ecosystem, *name, *purl, *fixed, *said;
};

static const char *osv_document(struct arena *a, const struct osv_case *c)
{
	return arena_printf(a,
			    "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"demo\","
			    "\"versionInfo\":\"%s\",\"externalRefs\":[{\"referenceType\":\"purl\","
			    "\"referenceLocator\":\"%s\"}]}]}",
			    strchr(c->purl, '@') + 1, c->purl);
}

static const char *osv_record(struct arena *a, const struct osv_case *c)
{
	return arena_printf(a,
			    "{\"id\":\"OSV-1\",\"affected\":[{\"package\":{\"ecosystem\":\"%s\","
			    "\"name\":\"%s\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":["
			    "{\"introduced\":\"0\"},{\"fixed\":\"%s\"}]}]}]}",
			    c->ecosystem, c->name, c->fixed);
}

/* What an audit with the record says of the one package in the image's document. */
static const char *osv_judged(struct arena *a, const struct osv_case *c)
{
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct error e = { 0 };
	AUTO_IMAGEGEN g;

	imagegen_begin(&g, a);
	imagegen_good(&g);
	imagegen_file(&g, SBOM, 0644, str_of(osv_document(a, c)));
	imagegen_write(&g);
	imagegen_put(&g, "osv.json", str_of(osv_record(a, c)));
	req.image = g.path;
	vuln_input_add(a, &req.cve, arena_printf(a, "%s/osv.json", g.dir));
	*list_push(a, &req.owned) = SBOM;
	cr_assert(audit_image(a, &req, &r, &e), "%s: %s", c->purl, e.cause);
	cr_assert_eq(r.vulns->n, 1, "%s", c->purl);
	return vuln_state_name(r.vulns->v[0].state);
}

/* A pre-release is before the release by each ecosystem's own order, not by Debian's. */
Test(vuln, osv_ranges_follow_the_order_of_the_ecosystem)
{
	static const struct osv_case cases[] = {
		{ "PyPI", "demo", "pkg:pypi/demo@1.0rc1", "1.0", "affected" },
		{ "PyPI", "demo", "pkg:pypi/demo@1.0.post1", "1.0", "fixed" },
		{ "npm", "demo", "pkg:npm/demo@1.0.0-rc.1", "1.0.0", "affected" },
		{ "npm", "demo", "pkg:npm/demo@1.0.0", "1.0.0-rc.1", "fixed" },
		{ "Maven", "org.x:demo", "pkg:maven/org.x/demo@1.0-RC1", "1.0", "affected" },
		{ "Maven", "org.x:demo", "pkg:maven/org.x/demo@1.0-jre", "1.0.0", "fixed" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(osv_judged(&a, &cases[i]), cases[i].said, "%s", cases[i].purl);
	}
}

/* Which other releases of Debian records of these ecosystems tell of, asked about Debian 13. */
static const char *osv_other_releases(struct arena *a, const char *const ecosystems[3])
{
	static const struct components none = { 0 };
	const char *dir = files_temporary(a);
	struct vuln_inputs data = { 0 };
	struct vulns found = { 0 };
	struct error e = { 0 };

	for (size_t i = 0; i < 3 && ecosystems[i]; i++)
		files_put(arena_printf(a, "%s/%zu.json", dir, i),
			  osv_record(a, &(struct osv_case){ .ecosystem = ecosystems[i],
							    .name = "demo",
							    .fixed = "1" }));
	vuln_input_add(a, &data, dir);
	cr_assert(vuln_read_components(a, &none, "13", &data, &found, &e), "%s", e.cause);
	files_remove(dir);
	return found.other_releases;
}

/* "0 vulnerabilities" by data of another release alone would be no answer. */
Test(vuln, osv_records_of_other_releases_alone_are_told)
{
	static const struct {
		const char *ecosystems[3], *told;
	} cases[] = {
		{ { "npm", "Debian:12" }, "12" },
		{ { "Debian:12", "Debian:11", "Debian:12" }, "11, 12" },
		{ { "Debian:12", "Debian:13" }, NULL },
		{ { "Debian:13", "Debian:12" }, NULL },
		{ { "npm", "Debian", "Alpine:v3.20" }, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *told = osv_other_releases(&a, cases[i].ecosystems);

		cr_expect_eq(told == NULL, cases[i].told == NULL, "case %zu: %s", i, told);
		if (told && cases[i].told)
			cr_expect_str_eq(told, cases[i].told, "case %zu", i);
	}
}
