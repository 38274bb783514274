/* SPDX-License-Identifier: Apache-2.0 */
/* Vulnerabilities as findings: what is said of each, and what a VEX statement makes of it. */

#include <criterion/criterion.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "inspect/vuln/vuln.h"
#include "support/gen_image.h"

#define TRACKER                                                                                \
	"{\"hello\":{\"CVE-1\":{\"releases\":{\"trixie\":{\"status\":\"resolved\","            \
	"\"fixed_version\":\"2\"}}},\"CVE-2\":{\"releases\":{\"trixie\":{\"status\":\"open\"," \
	"\"nodsa_reason\":\"postponed\",\"nodsa\":\"x\"}}}}}"
#define VEX(statements)                                                                    \
	"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"x\",\"author\":\"me\"," \
	"\"timestamp\":\"2026-01-01T00:00:00Z\",\"version\":1,\"statements\":[" statements "]}"
#define STATEMENT(id, product, status, more)                                         \
	"{\"vulnerability\":{\"name\":\"" id "\"},\"products\":[{\"@id\":\"" product \
	"\"}],\"status\":\"" status "\"" more "}"
#define HELLO "pkg:deb/debian/hello"
#define SBOM "var/lib/db/sbom/proxy-7.6.spdx.json"

/* "RULE: MESSAGE | REASON" of each finding. */
static const char *vulnerabilities_said(struct arena *a, const char *sbom, const char *vex)
{
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct buf out = { .a = a };
	struct error e = { 0 };
	char text[1600] = "";

	imagegen_begin(&g, a);
	imagegen_good(&g);
	if (sbom)
		imagegen_file(&g, SBOM, 0644, str_of(sbom));
	imagegen_write(&g);
	req.image = g.path;
	*list_push(a, &req.owned) = SBOM;
	imagegen_put(&g, "tracker.json", STR(TRACKER));
	imagegen_put(&g, "vex.json", str_of(vex));
	vuln_input_add(a, &req.cve, arena_printf(a, "%s/tracker.json", g.dir));
	vuln_input_add(a, &req.cve, arena_printf(a, "%s/vex.json", g.dir));
	if (!audit_image(a, &req, &r, &e)) {
		err_format(&e, text, sizeof(text));
		return arena_strdup(a, text);
	}
	list_each(f, &r.findings) {
		const char *at = strstr(f->message, g.dir);

		/* without the folder of this test */
		buf_printf(&out, "%s: %.*s%s%s%s\n", f->rule->id,
			   at ? (int)(at - f->message) : (int)strlen(f->message), f->message,
			   at ? at + strlen(g.dir) + 1 : "", f->accepted ? " | " : "",
			   f->accepted ? f->accepted->reason : "");
	}
	return out.n ? buf_cstr(&out) : "";
}

#define FIRST "CVE-1: hello 1.0-1 (source hello 1.0-1), fixed in 2"
#define SECOND "CVE-2: hello 1.0-1 (source hello 1.0-1), postponed"

Test(check_vulnerabilities, a_statement_is_told_or_stands_as_an_exception)
{
	static const struct {
		const char *vex, *said;
	} cases[] = {
		{ VEX(""), "cve.fix-available: " FIRST "\ncve.deferred: " SECOND "\n" },
		{ VEX(STATEMENT("CVE-2", HELLO, "affected", ",\"action_statement\":\"wait\"")),
		  "cve.fix-available: " FIRST "\ncve.open: " SECOND
		  "; vex.json:1 says affected: wait\n" },
		{ VEX(STATEMENT("CVE-2", HELLO, "under_investigation", "")),
		  "cve.fix-available: " FIRST "\ncve.deferred: " SECOND
		  "; vex.json:1 says under investigation\n" },
		{ VEX(STATEMENT("CVE-1", HELLO, "not_affected",
				",\"justification\":\"component_not_present\"")),
		  "cve.fix-available: " FIRST " | VEX not_affected: component_not_present\n"
		  "cve.deferred: " SECOND "\n" },
		{ VEX(STATEMENT("CVE-1", HELLO, "fixed", "")),
		  "cve.fix-available: " FIRST " | VEX fixed\ncve.deferred: " SECOND "\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(vulnerabilities_said(&a, NULL, cases[i].vex), cases[i].said);
	}
}

/* One that an SPDX document names has no source; an image is meant where no component is. */
Test(check_vulnerabilities, what_is_affected_is_named)
{
	AUTO_ARENA a = { 0 };
	const char *said = vulnerabilities_said(
		&a,
		"{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"proxy\",\"versionInfo\":"
		"\"7.6\",\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":"
		"\"pkg:generic/proxy@7.6\"}]}]}",
		VEX(STATEMENT("CVE-3", "pkg:generic/proxy", "affected", "")));

	cr_expect(strstr(said, "CVE-3: proxy 7.6; vex.json:1 says affected\n"), "%s", said);
}

Test(check_vulnerabilities, a_document_that_is_none_is_a_finding_and_data_that_are_none_an_error)
{
	AUTO_ARENA a = { 0 };
	const char *said = vulnerabilities_said(&a, "{\n\"packages\":7}", VEX(""));

	cr_expect(strstr(said, "package.bad-record: line 2: packages: expected an array"), "%s",
		  said);
	said = vulnerabilities_said(&a, NULL, "x");
	cr_expect(strstr(said, "vex.json:1:1: ") && strstr(said, "expected '{' or '['"), "%s",
		  said);
}
