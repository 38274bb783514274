/* SPDX-License-Identifier: Apache-2.0 */
/* Vulnerability data in all forms, against one package of one source and one SPDX document. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "inspect/vuln/vex.h"
#include "inspect/vuln/vuln.h"
#include "base/file.h"
#include "support/gen_image.h"
#include "support/fixture_oracle.h"

#define SPDX                                                                                             \
	"{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"proxy\",\"versionInfo\":\"7.6\","       \
	"\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:generic/proxy@7.6\"}," \
	"{\"referenceType\":\"cpe23Type\",\"referenceLocator\":\"cpe:2.3:a:proxy-team:proxy:7.6:*:*:*:*:*:*:*\"}]}]}"
#define RECORD "var/lib/dpkg/status.d/hello"
#define SBOM "var/lib/db/sbom/proxy-7.6.spdx.json"

/* The image: hello 1.0-1 of Debian 13, and proxy 7.6 from elsewhere. */
static void make_vuln_image(struct imagegen *g, struct arena *a)
{
	imagegen_begin(g, a);
	imagegen_good(g);
	imagegen_file(g, SBOM, 0644, STR(SPDX));
	imagegen_write(g);
}

/* Audits with data files 0.json, 1.json, ... */
static bool audit_with_data(struct imagegen *g, const char *const *texts, size_t n,
			    struct audit_result *r, struct error *e)
{
	struct audit_request req = { .image = g->path, .now = 1790000000 };

	for (size_t i = 0; i < n; i++) {
		imagegen_put(g, arena_printf(g->a, "%zu.json", i), str_of(texts[i]));
		vuln_input_add(g->a, &req.cve, arena_printf(g->a, "%s/%zu.json", g->dir, i));
	}
	*list_push(g->a, &req.owned) = SBOM;
	return audit_image(g->a, &req, r, e);
}

/* "RULE PATH MESSAGE [accepted: REASON]" of each finding, and "id component state" of what is
 * known. */
static const char *vulns_told(struct arena *a, const struct audit_result *r)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		buf_printf(&out, "%s %s %s%s%s\n", f->rule->id, f->path ? f->path : "-", f->message,
			   f->accepted ? " | " : "", f->accepted ? f->accepted->reason : "");
	}
	for (size_t i = 0; r->vulns && i < r->vulns->n; i++) {
		const struct vuln *v = &r->vulns->v[i];

		buf_printf(&out, "%s %s %s\n", v->id, v->component ? v->component->name : "image",
			   vuln_state_name(v->state));
	}
	return out.n ? buf_cstr(&out) : "";
}

static const char *tell_vulns(struct imagegen *g, const char *const *texts, size_t n)
{
	struct audit_result r;
	struct error e = { 0 };
	char text[4096] = "";

	if (!audit_with_data(g, texts, n, &r, &e))
		err_format(&e, text, sizeof(text));
	cr_assert(e.kind == ERR_NONE, "%s", text);
	return vulns_told(g->a, &r);
}

#define TELL(g, ...)                                          \
	tell_vulns((g), (const char *const[]){ __VA_ARGS__ }, \
		   sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

/* ---- the tracker ---- */

#define TRACKER(release)                                                                           \
	"{\"other\":{\"CVE-1\":{\"releases\":{\"trixie\":{\"status\":\"open\"}}}},\n"              \
	" \"hello\" : {\"CVE-2026-1\":{\"description\":\"a } \\\" { \\\\\",\"releases\":{" release \
	"}}}}"
#define MESSAGE "CVE-2026-1: hello 1.0-1 (source hello 1.0-1)"

Test(vuln, each_state_of_the_tracker_has_its_rule)
{
	static const struct {
		const char *json, *said;
	} cases[] = {
		{ TRACKER("\"trixie\":{\"status\":\"open\",\"urgency\":\"high\"}"),
		  "cve.open " RECORD " " MESSAGE "\nCVE-2026-1 hello affected\n" },
		{ TRACKER("\"trixie\":{\"status\":\"open\",\"nodsa\":\"Minor\",\"nodsa_reason\":\"postponed\"}"),
		  "cve.deferred " RECORD " " MESSAGE ", postponed\nCVE-2026-1 hello deferred\n" },
		{ TRACKER("\"trixie\":{\"status\":\"open\",\"urgency\":\"unimportant\"}"),
		  "cve.unimportant " RECORD " " MESSAGE "\nCVE-2026-1 hello unimportant\n" },
		{ TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"1.0-1+deb13u1\"}"),
		  "cve.fix-available " RECORD " " MESSAGE ", fixed in 1.0-1+deb13u1\n"
		  "CVE-2026-1 hello affected\n" },
		{ TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"1:0.1\"}"),
		  "cve.fix-available " RECORD " " MESSAGE
		  ", fixed in 1:0.1\nCVE-2026-1 hello affected\n" },
		{ TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"1.0-1\"}"),
		  "CVE-2026-1 hello fixed\n" },
		{ TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"1.0-1~rc1\"}"),
		  "CVE-2026-1 hello fixed\n" },
		{ TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"0\"}"), "" },
		{ TRACKER("\"trixie\":{\"status\":\"undetermined\"}"),
		  "cve.under-investigation " RECORD " " MESSAGE
		  "\nCVE-2026-1 hello under_investigation\n" },
		{ TRACKER("\"bookworm\":{\"status\":\"open\"}"), "" },
		{ "{\"hello\":{\"CVE-1\":{\"releases\":{\"sid\":{},\"bookworm\":{}}}}}",
		  "cve.other-release - the data speak of Debian 12, not of 13 that the image is\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;

		make_vuln_image(&g, &a);
		cr_expect_str_eq(TELL(&g, cases[i].json), cases[i].said, "case %zu", i);
	}
}

/* ---- OSV ---- */

#define OSV(id, more) \
	"{\"id\":\"" id "\",\"modified\":\"2026-01-01T00:00:00Z\",\"affected\":[{" more "}]}"
#define HELLO "\"package\":{\"ecosystem\":\"Debian:13\",\"name\":\"hello\"},"
#define RANGE(type, events) "\"ranges\":[{\"type\":\"" type "\",\"events\":[" events "]}]"

Test(vuln, osv_ranges_are_evaluated_in_the_order_of_versions)
{
	static const struct {
		const char *more, *said;
	} cases[] = {
		{ HELLO RANGE("ECOSYSTEM", "{\"introduced\":\"0\"}"), "affected" },
		{ HELLO RANGE("ECOSYSTEM", "{\"introduced\":\"0\"},{\"fixed\":\"1.0-1+deb13u1\"}"),
		  "affected" },
		{ HELLO RANGE("ECOSYSTEM", "{\"introduced\":\"0\"},{\"fixed\":\"1.0-1\"}"),
		  "fixed" },
		{ HELLO RANGE(
			  "ECOSYSTEM",
			  "{\"introduced\":\"0\"},{\"fixed\":\"0.5\"},{\"introduced\":\"0.9\"}"),
		  "affected" },
		{ HELLO RANGE("ECOSYSTEM", "{\"introduced\":\"1.1\"}"), "" },
		{ HELLO RANGE("ECOSYSTEM", "{\"introduced\":\"0\"},{\"last_affected\":\"1.0-1\"}"),
		  "affected" },
		{ HELLO RANGE("ECOSYSTEM", "{\"introduced\":\"0\"},{\"last_affected\":\"0.9\"}"),
		  "fixed" },
		{ HELLO "\"versions\":[\"0.9\",\"1.0-1\"]", "affected" },
		{ HELLO "\"versions\":[\"0.9\"]", "" },
		{ HELLO RANGE("GIT", "{\"introduced\":\"0\"}"), "" },
		{ HELLO "\"ecosystem_specific\":{\"urgency\":\"unimportant\"}," RANGE(
			  "ECOSYSTEM", "{\"introduced\":\"0\"}"),
		  "unimportant" },
		{ "\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"hello\"}," RANGE(
			  "ECOSYSTEM", "{\"introduced\":\"0\"}"),
		  "" },
		{ "\"package\":{\"ecosystem\":\"npm\",\"name\":\"hello\"}," RANGE(
			  "SEMVER", "{\"introduced\":\"0\"}"),
		  "" },
		{ RANGE("ECOSYSTEM", "{\"introduced\":\"0\"}"), "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };
		const char *json = arena_printf(&a, OSV("DEBIAN-CVE-2026-2", "%s"), cases[i].more);

		make_vuln_image(&g, &a);
		cr_assert(audit_with_data(&g, &json, 1, &r, &e), "case %zu: %s", i, e.cause);
		cr_expect(r.vulns->n == (*cases[i].said != '\0'), "case %zu: %s", i,
			  vulns_told(&a, &r));
		if (r.vulns->n)
			cr_expect_str_eq(vuln_state_name(r.vulns->v[0].state), cases[i].said,
					 "case %zu", i);
	}
}

Test(vuln, compiled_sources_match_by_package_url)
{
	static const char proxy[] = "\"package\":{\"purl\":\"pkg:generic/proxy\"},";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	make_vuln_image(&g, &a);
	cr_expect_str_eq(TELL(&g,
			      arena_printf(&a, OSV("CVE-2026-3", "%s%s"), proxy,
					   RANGE("SEMVER",
						 "{\"introduced\":\"7.0\"},{\"fixed\":\"7.7\"}"))),
			 "cve.fix-available " SBOM " CVE-2026-3: proxy 7.6, fixed in 7.7\n"
			 "CVE-2026-3 proxy affected\n");
	cr_expect_str_eq(TELL(&g, arena_printf(&a, OSV("CVE-2026-3", "%s%s"), proxy,
					       RANGE("SEMVER", "{\"introduced\":\"7.7-rc1\"}"))),
			 "");
	cr_expect_str_eq(
		TELL(&g, arena_printf(&a, OSV("CVE-2026-3", "%s%s"), proxy,
				      RANGE("SEMVER",
					    "{\"introduced\":\"0\"},{\"fixed\":\"7.6-rc1\"}"))),
		"CVE-2026-3 proxy fixed\n");
}

#define OPEN HELLO RANGE("ECOSYSTEM", "{\"introduced\":\"0\"}")

Test(vuln, records_come_one_in_lines_in_arrays_and_in_folders)
{
	static const char one[] = OSV("CVE-2026-4", OPEN), two[] = OSV("CVE-2026-5", OPEN);
	static const char said[] = "cve.open " RECORD
				   " CVE-2026-4: hello 1.0-1 (source hello 1.0-1)\n"
				   "cve.open " RECORD
				   " CVE-2026-5: hello 1.0-1 (source hello 1.0-1)\n"
				   "CVE-2026-4 hello affected\nCVE-2026-5 hello affected\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct error e = { 0 };

	make_vuln_image(&g, &a);
	cr_expect_str_eq(TELL(&g, one, two), said);
	cr_expect_str_eq(TELL(&g, arena_printf(&a, "%s\n%s\n", one, two)), said);
	cr_expect_str_eq(TELL(&g, arena_printf(&a, " [%s,\n%s]", one, two)), said);
	cr_assert(file_mkdirs(AT_FDCWD, arena_printf(&a, "%s/data", g.dir), &e));
	imagegen_put(&g, "data/two.json", STR(two));
	imagegen_put(&g, "data/one.jsonl", STR(one));
	imagegen_put(&g, "data/readme.txt", STR("no JSON"));
	req.image = g.path;
	vuln_input_add(&a, &req.cve, arena_printf(&a, "%s/data", g.dir));
	*list_push(&a, &req.owned) = SBOM;
	cr_assert(audit_image(&a, &req, &r, &e), "%s", e.cause);
	cr_expect_str_eq(vulns_told(&a, &r), said);
}

Test(vuln, records_come_in_zip_archives)
{
	static const char script[] =
		"import sys, zipfile\n"
		"z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
		"for i, a in enumerate(sys.argv[2:]): z.writestr('%d.json' % i, a)\n"
		"z.writestr('notes.txt', 'no JSON')\n"
		"z.close()\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct error e = { 0 };
	const char *zip;

	oracle_need("python3");
	make_vuln_image(&g, &a);
	zip = arena_printf(&a, "%s/all.zip", g.dir);
	req.image = g.path;
	vuln_input_add(&a, &req.cve, zip);
	*list_push(&a, &req.owned) = SBOM;
	ORACLE(&a, "python3", "-c", script, zip, OSV("CVE-2026-4", OPEN), OSV("CVE-2026-5", OPEN));
	cr_assert(audit_image(&a, &req, &r, &e), "%s", e.cause);
	cr_expect(r.vulns->n == 2 && r.findings.n == 2, "%s", vulns_told(&a, &r));
	ORACLE(&a, "python3", "-c", script, zip, OSV("CVE-2026-4", OPEN), "{\"id\":\n7}");
	cr_expect(!audit_image(&a, &req, &r, &e));
	cr_expect(e.kind == ERR_INPUT && e.at.line == 2 && e.at.col == 1 &&
			  strstr(e.at.file, "all.zip/1.json"),
		  "%s:%u:%u", e.at.file, e.at.line, e.at.col);
	e = (struct error){ 0 };
	ORACLE(&a, "python3", "-c", script, zip);
	cr_expect(!audit_image(&a, &req, &r, &e) && strstr(e.cause, "holds no .json"), "%s",
		  e.cause);
}

Test(vuln, one_vulnerability_told_twice_is_one_finding)
{
	static const char tracker[] = TRACKER(
		"\"trixie\":{\"status\":\"open\",\"nodsa\":\"Minor\"}");
	static const char said[] = "cve.deferred " RECORD " " MESSAGE
				   "\nCVE-2026-1 hello deferred\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	make_vuln_image(&g, &a);
	cr_expect_str_eq(TELL(&g, tracker, OSV("DEBIAN-CVE-2026-1", OPEN)), said);
	cr_expect_str_eq(
		TELL(&g, tracker,
		     "{\"id\":\"DSA-1-1\",\"upstream\":[\"CVE-2026-1\"],\"affected\":[{" OPEN
		     "}]}"),
		said);
	cr_expect_str_eq(TELL(&g, tracker,
			      "{\"id\":\"GHSA-1\",\"aliases\":[\"CVE-2026-1\"],\"affected\":[{" OPEN
			      "}]}"),
			 said);
	cr_expect_str_eq(
		TELL(&g, tracker,
		     "{\"id\":\"CVE-9\",\"withdrawn\":\"2026-01-01T00:00:00Z\",\"affected\":[{" OPEN
		     "}]}"),
		said);
	/* an advisory about more than is known by itself stays */
	cr_expect_str_eq(
		TELL(&g,
		     "{\"id\":\"DSA-1-1\",\"upstream\":[\"CVE-2026-1\",\"CVE-2026-2\"],\"affected\":[{" OPEN
		     "}]}",
		     OSV("CVE-2026-1", OPEN)),
		"cve.open " RECORD " " MESSAGE "\ncve.open " RECORD " DSA-1-1: hello 1.0-1 (source "
		"hello 1.0-1)\nCVE-2026-1 hello affected\nDSA-1-1 hello affected\n");
	cr_expect_str_eq(
		TELL(&g,
		     "{\"id\":\"DSA-1-1\",\"upstream\":[\"CVE-2026-1\",\"CVE-2026-2\"],\"affected\":[{" OPEN
		     "}]}",
		     OSV("CVE-2026-1", OPEN), OSV("CVE-2026-2", OPEN)),
		"cve.open " RECORD " " MESSAGE "\ncve.open " RECORD
		" CVE-2026-2: hello 1.0-1 (source "
		"hello 1.0-1)\nCVE-2026-1 hello affected\nCVE-2026-2 hello affected\n");
}

/* ---- VEX ---- */

#define VEX(statements)                                                                    \
	"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"x\",\"author\":\"me\"," \
	"\"timestamp\":\"2026-01-01T00:00:00Z\",\"version\":1,\"statements\":[" statements "]}"
#define STATEMENT(product, status)                                                        \
	"{\"vulnerability\":{\"name\":\"CVE-2026-1\"},\"products\":[{" product            \
	"}],\"status\":\"" status "\",\"justification\":\"vulnerable_code_not_present\"," \
	"\"impact_statement\":\"left out\"}"
#define ID(purl) "\"@id\":\"" purl "\""
#define PARTS(purl) ",\"subcomponents\":[{\"@id\":\"" purl "\"}]"

Test(vuln, vex_products_are_images_packages_and_sources)
{
	static const struct {
		const char *product;
		bool covers;
	} cases[] = {
		{ ID("pkg:deb/debian/hello"), true },
		{ ID("pkg:deb/debian/hello@1.0-1"), true },
		{ ID("pkg:deb/debian/hello@1.0-1?arch=amd64&distro=debian-13"), true },
		{ ID("pkg:deb/debian/hello@1.0-2"), false },
		{ ID("pkg:deb/debian/hello?arch=arm64"), false },
		{ ID("pkg:deb/debian/hello?distro=debian-12"), false },
		{ ID("pkg:deb/debian/hello?distro=debian-trixie"), true },
		{ ID("pkg:deb/debian/hello?arch=source"), true },
		{ ID("pkg:deb/debian/hello@1.0-1?arch=source"), true },
		{ ID("pkg:deb/debian/hello@1.1?arch=source"), false },
		{ ID("pkg:deb/ubuntu/hello"), false },
		{ ID("pkg:deb/debian/other"), false },
		{ ID("pkg:oci/demo"), true },
		{ ID("pkg:oci/demo?tag=1"), true },
		{ ID("pkg:oci/demo?tag=2"), false },
		{ ID("pkg:oci/demo?repository_url=registry.example/team/demo"), true },
		{ ID("pkg:oci/demo?repository_url=registry.example/team"), true },
		{ ID("pkg:oci/demo?repository_url=registry.example/other"), false },
		{ ID("pkg:oci/demo?arch=arm64"), false },
		{ ID("pkg:oci/other"), false },
		{ ID("pkg:oci/demo") PARTS("pkg:deb/debian/hello"), true },
		{ ID("pkg:oci/demo") PARTS("pkg:deb/debian/other"), false },
		{ ID("pkg:oci/other") PARTS("pkg:deb/debian/hello"), false },
		{ "\"@id\":\"urn:x\",\"identifiers\":{\"purl\":\"pkg:deb/debian/hello\"}", true },
		{ ID("not a name at all"), false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		const char *vex = arena_printf(&a, VEX(STATEMENT("%s", "not_affected")),
					       cases[i].product);
		const char *text;

		imagegen_begin(&g, &a);
		imagegen_good(&g);
		g.edit_index = (struct imagegen_edit){ "\"latest\"",
						       "\"registry.example/team/demo:1\"" };
		imagegen_write(&g);
		text = TELL(&g, OSV("CVE-2026-1", OPEN), vex);
		cr_expect((strstr(text, "not_affected") != NULL) == cases[i].covers, "%s: %s",
			  cases[i].product, text);
		cr_expect(!cases[i].covers ||
				  strstr(text, MESSAGE " | VEX not_affected: "
						       "vulnerable_code_not_present: left out\n"),
			  "%s: %s", cases[i].product, text);
	}
}

Test(vuln, an_image_is_known_by_its_digest)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *digest, *vex;

	make_vuln_image(&g, &a);
	digest = digest_hex_dup(&a, &g.manifest_digest);
	vex = arena_printf(&a, VEX(STATEMENT("\"@id\":\"pkg:oci/any@sha256%%3A%s\"", "fixed")),
			   digest);
	cr_expect_str_eq(TELL(&g, OSV("CVE-2026-1", OPEN), vex),
			 "cve.open " RECORD " " MESSAGE
			 " | VEX fixed: vulnerable_code_not_present: left out\n"
			 "CVE-2026-1 hello fixed\n");
	vex = arena_printf(&a, VEX(STATEMENT("\"@id\":\"pkg:oci/any@sha256:1%s\"", "fixed")),
			   digest + 1);
	cr_expect_str_eq(TELL(&g, OSV("CVE-2026-1", OPEN), vex),
			 "cve.open " RECORD " " MESSAGE "\nCVE-2026-1 hello affected\n");
}

#define HELLO_ID ID("pkg:deb/debian/hello")

Test(vuln, vex_statements_alone_tell_too_and_the_latest_counts)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	make_vuln_image(&g, &a);
	cr_expect(strstr(TELL(&g, VEX(STATEMENT(HELLO_ID, "affected"))),
			 "cve.open " RECORD " " MESSAGE "; "));
	cr_expect(strstr(TELL(&g, VEX(STATEMENT(HELLO_ID, "under_investigation"))),
			 "cve.under-investigation " RECORD " " MESSAGE "; "));
	cr_expect_str_eq(TELL(&g, VEX(STATEMENT(HELLO_ID, "not_affected"))),
			 "CVE-2026-1 hello not_affected\n");
	cr_expect(strstr(TELL(&g, VEX(STATEMENT(ID("cpe:2.3:a:proxy-team:proxy:*:*:*:*:*:*:*:*"),
						"affected"))),
			 "cve.open " SBOM " CVE-2026-1: proxy 7.6; "));
	cr_expect(strstr(TELL(&g, OSV("CVE-2026-1", OPEN),
			      VEX(STATEMENT(HELLO_ID, "under_investigation"))),
			 "cve.open " RECORD " " MESSAGE "; "),
		  "data count until somebody decides");
	cr_expect(strstr(TELL(&g, OSV("CVE-2026-1", OPEN), VEX(STATEMENT(HELLO_ID, "not_affected")),
			      "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"timestamp\":"
			      "\"2025-12-31T23:59:59+00:00\",\"statements\":[" STATEMENT(
				      HELLO_ID, "affected") "]}"),
			 "CVE-2026-1 hello not_affected\n"));
	cr_expect(strstr(TELL(&g, OSV("CVE-2026-1", OPEN), VEX(STATEMENT(HELLO_ID, "not_affected")),
			      "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"timestamp\":"
			      "\"2026-01-01T00:00:00-00:01\",\"statements\":[" STATEMENT(
				      HELLO_ID, "affected") "]}"),
			 "CVE-2026-1 hello affected\n"));
	cr_expect(strstr(TELL(&g,
			      "{\"id\":\"GHSA-7\",\"aliases\":[\"CVE-2026-1\"],\"affected\":[{" OPEN
			      "}]}",
			      VEX(STATEMENT(HELLO_ID, "not_affected"))),
			 "CVE-2026-1 hello not_affected\n"));
}

/* ---- what is wrong ---- */

static const struct {
	const char *text, *error;
	unsigned line, col;
} faults[] = {
	{ "", "the text ends too early", 1, 1 },
	{ "x", "expected '{' or '['", 1, 1 },
	{ "[x]", "expected '{'", 1, 2 },
	{ "{\"a\":1}", "id", 1, 1 },
	{ "{\"bomFormat\":\"CycloneDX\",\"vulnerabilities\":[]}", "this is a CycloneDX document", 1,
	  1 },
	{ "{\"document\":{\"category\":\"csaf_vex\"}}", "this is a CSAF document", 1, 1 },
	{ "\x1f\x8b\x08", "it is compressed: unpack it first", 1, 1 },
	{ "{\"matches\":[]}", "this is a report of Grype", 1, 1 },
	{ "{\"SchemaVersion\":2,\"Results\":[]}", "this is a report of Trivy", 1, 1 },
	{ "{\"a\":{}} x", "expected the end", 1, 10 },
	{ "{\"a\" {}}", "expected ':'", 1, 6 },
	{ "{\"a\":{}\n\"b\":{}}", "expected ',' or the end", 2, 1 },
	{ "{\"hello\":{\"CVE\":[]}}", "expected '{'", 1, 17 },
	{ "{\"hello\":{\n \"CVE\":{}}}", "releases", 2, 8 },
	{ "{\"hello\":{\"CVE\":\n{\"releases\":{\"trixie\":{\"status\":1}}}}}", "expected a string",
	  2, 33 },
	{ "{\"hello\":{\"CVE\":{\"releases\":\n{\"trixie\":{\"status\":\"open\",}}}}}",
	  "not valid JSON", 2, 28 },
	{ "{\"hello\":{\"CVE\":{\"releases\":{\"trixie\":{\"status\":\"fine\"}}}}}",
	  "unknown status \"fine\"", 1, 49 },
	{ "{\"hello\":{\"CVE\":{\"releases\":{\"trixie\":\n{}}}}}", "status", 2, 1 },
	{ "{\"hello\":{\"CVE\":{\"releases\":{}}},\n}", "expected a name", 2, 1 },
	{ "{\"hello\":{\"CVE\":{\"releases\":{}},}}", "expected a name", 1, 33 },
	{ "{\"hello\":{}}}", "expected the end", 1, 13 },
	/* of packages that the image does not have */
	{ "{\"other\":{\"CVE\":{\"releases\":{\"trixie\":\n{\"status\":1}}}},\"hello\":{}}",
	  "expected a string", 2, 11 },
	{ "{\"other\":{\"CVE\":{\"releases\":{\"trixie\":\n{\"status\":\"fine\"}}}},\"hello\":{}}",
	  "unknown status", 2, 11 },
	{ "{\"other\":{\"CVE\":{\n\"releases\":[]}},\"hello\":{}}", "expected an object", 2, 12 },
	{ "{\"hello\":{},\n\"other\":{\"CVE\":{\"releases\" {}}}}", "not valid JSON", 2, 28 },
	{ "{\"other\":{\"CVE\":{}},\"hello\":{}}", "releases", 1, 17 },
	{ "{\"other\":{\"CVE\":[]},\"hello\":{}}", "expected '{'", 1, 17 },
	{ "{\"other\":{a},\"hello\":{}}", "expected a name", 1, 11 },
	{ "{\"id\":1}", "expected a string", 1, 7 },
	{ "{\"id\":\"x\",\n\"affected\":1}", "expected an array", 2, 12 },
	{ "[{\"id\":\"x\"},\n{\"id\":\"x\",\"affected\":[1]}]", "expected an object", 2, 23 },
	{ "{\"id\":\"x\",\"affected\":[{\"package\":{\"purl\":\"x\"}}]}", "is not a package URL", 1,
	  34 },
	{ "{\"id\":\"x\",\"affected\":[{" HELLO "\"ranges\":[{\"type\":\"ECOSYSTEM\"}]}]}",
	  "events", 1, 85 },
	{ "{\"@context\":\"https://example.org\"}", "is not OpenVEX", 1, 13 },
	{ VEX("\n{}"), "status", 2, 1 },
	{ VEX("\n{\"status\":\"unaffected\"}"), "must be not_affected", 2, 11 },
	{ VEX("\n{\"status\":\"affected\",\"vulnerability\":\"CVE-1\"}"), "expected an object", 2,
	  38 },
	{ VEX("\n{\"status\":\"not_affected\",\"vulnerability\":{\"name\":\"CVE-1\"},\"products\":[]}"),
	  "needs a justification", 2, 1 },
	{ VEX("\n{\"status\":\"affected\",\"vulnerability\":{\"name\":\"CVE-1\"},\"justification\":\"so\"}"),
	  "is not a justification that OpenVEX", 2, 71 },
	{ VEX("\n{\"status\":\"affected\",\"vulnerability\":{\"name\":\"CVE-1\"},\"timestamp\":\"today\"}"),
	  "must be a time", 2, 67 },
	{ VEX("\n{\"status\":\"affected\",\"vulnerability\":{\"name\":\"CVE-1\"}}"), "products", 2,
	  1 },
};

Test(vuln, wrong_data_are_errors_with_line_and_column)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		make_vuln_image(&g, &a);
		cr_expect(!audit_with_data(&g, &faults[i].text, 1, &r, &e), "case %zu", i);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, faults[i].error), "case %zu: %s",
			  i, e.cause);
		cr_expect(e.at.line == faults[i].line && e.at.col == faults[i].col,
			  "case %zu: %s:%u:%u %s", i, e.at.file, e.at.line, e.at.col, e.cause);
	}
}

Test(vuln, data_cut_anywhere_are_an_error)
{
	static const char tracker[] = TRACKER("\"trixie\":{\"status\":\"open\"}");
	static const char array[] = "[" OSV("CVE-2026-1", OPEN) "]";
	static const char vex[] = VEX(STATEMENT(HELLO_ID, "affected"));
	static const struct str texts[] = { STR(tracker), STR(array), STR(vex) };

	for (size_t t = 0; t < 3; t++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;

		make_vuln_image(&g, &a);
		for (size_t n = 0; n < texts[t].n; n += 5) {
			const char *text = arena_strndup(&a, texts[t].p, n);
			struct audit_result r;
			struct error e = { 0 };

			cr_expect(!audit_with_data(&g, &text, 1, &r, &e), "text %zu, %zu bytes", t,
				  n);
			cr_expect(e.kind == ERR_INPUT && e.at.line, "text %zu, %zu: %s", t, n,
				  e.cause);
		}
	}
}

Test(vuln, the_tracker_cannot_tell_about_other_systems)
{
	static const char *const empty = "{}";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_layer(&g);
	imagegen_file(&g, "usr/lib/os-release", 0644, STR("ID=alpine\nVERSION_ID=3.20\n"));
	imagegen_write(&g);
	cr_expect(!audit_with_data(&g, &empty, 1, &r, &e));
	cr_expect(e.kind == ERR_USAGE && strstr(e.cause, "not of Debian 11 to 14"), "%s", e.cause);
}

/* A download that was cut off, say, is no clean bill of health. */
Test(vuln, data_without_an_entry_are_an_error)
{
	static const char *const texts[] = { "{}", "[]", " { \"hello\" : {} }\n" };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	make_vuln_image(&g, &a);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct error e = { 0 };

		cr_expect(!audit_with_data(&g, &texts[i], 1, &r, &e), "text %zu", i);
		cr_expect(e.kind == ERR_INPUT &&
				  strcmp(e.cause, "it holds no vulnerability data") == 0 &&
				  e.at.line == 1,
			  "text %zu: %s", i, e.cause);
	}
}

Test(vuln, an_spdx_document_that_is_none_is_a_finding)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *text;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_file(&g, SBOM, 0644, STR("{\n\"packages\":7}"));
	imagegen_write(&g);
	text = TELL(&g, TRACKER("\"bookworm\":{\"status\":\"open\"}"));
	cr_expect(strstr(text, "package.bad-record " SBOM " line 2: packages: expected an array"),
		  "%s", text);
}
