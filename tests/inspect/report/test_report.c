/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of the report: valid for readers nobody here wrote, whatever names an image has. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "inspect/audit/audit.h"
#include "inspect/report/report.h"
#include "inspect/audit/rules.h"
#include "inspect/vuln/vuln_set.h"
#include "format/json/jsonw.h"
#include "support/gen_image.h"
#include "support/fixture_oracle.h"

/* Escape sequences, markup, workflow commands, broken and bidirectional UTF-8. */
#define EVIL "etc/\x1b]0;x\x07<script>alert(1)</script>&\"']]>\n::error::%\r\xff\xe2\x80\xae"

/* Of the package hello: one vulnerability that a statement excludes, one that is fixed. */
#define TRACKER                                                                         \
	"{\"hello\":{\"CVE-2026-1\":{\"releases\":{\"trixie\":{\"status\":\"open\"}}}," \
	"\"CVE-2026-2\":{\"releases\":{\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"0.5\"}}}}}"
#define VEX                                                                                              \
	"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[{\"vulnerability\":{\"name\":"  \
	"\"CVE-2026-1\"},\"products\":[{\"@id\":\"pkg:deb/debian/hello\"}],\"status\":\"not_affected\"," \
	"\"impact_statement\":\"the <i>helper</i> is\\n::error::left out\"}]}"

static struct audit_result make_evil_image(struct arena *a, struct imagegen *g)
{
	struct audit_request req = { .now = 1790000000, .recipe = "recipes/a b.json" };
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(g, a);
	imagegen_good(g);
	imagegen_file(g, EVIL, 0666, STR("x"));
	imagegen_file(g, "usr/bin/x", 04755, STR("x"));
	imagegen_write(g);
	imagegen_put(g, "tracker.json", STR(TRACKER));
	imagegen_put(g, "app.vex.json", STR(VEX));
	vuln_input_add(a, &req.cve, arena_printf(a, "%s/tracker.json", g->dir));
	vuln_input_add(a, &req.cve, arena_printf(a, "%s/app.vex.json", g->dir));
	req.image = g->path;
	*list_push(a, &req.accept) = (struct audit_accept){ "file.setuid", "/usr/bin/x",
							    "<b>why</b>", "2027-01-31",
							    "r.json:1:2" };
	*list_push(a, &req.accept) = (struct audit_accept){ "file.setgid", NULL, "never", NULL,
							    NULL };
	cr_assert(audit_image(a, &req, &r, &e), "%s", e.cause);
	return r;
}

static struct buf report_written(struct arena *a, const struct audit_result *r,
				 void (*form)(const struct report *, struct buf *))
{
	struct report report = { .result = r, .fail_on = SEV_MEDIUM, .tool_version = "0" };
	struct buf out = { .a = a };

	form(&report, &out);
	cr_assert(!out.overflow);
	return out;
}

static const char *report_saved(const struct imagegen *g, const char *name, const struct buf *text)
{
	imagegen_put(g, name, buf_str(text));
	return arena_printf(g->a, "%s/%s", g->dir, name);
}

Test(audit, the_text_report_cannot_drive_a_terminal_or_forge_a_line)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_text);

	for (size_t i = 0; i < text.n; i++)
		cr_assert((unsigned char)text.p[i] >= 0x20 || text.p[i] == '\n', "byte %02x",
			  text.p[i]);
	cr_expect(strstr(text.p, "\n::error") == NULL);
	cr_expect(strstr(text.p, "\\x1b") != NULL && strstr(text.p, "\xe2\x80\xae") == NULL);
	cr_expect(strstr(text.p, "failed: 1 finding at or above medium") != NULL, "%s", text.p);
	cr_expect(strstr(text.p, "(accepted: <b>why</b>, until 2027-01-31)") != NULL, "%s", text.p);
	cr_expect(
		strstr(text.p,
		       "(accepted: VEX not_affected: the <i>helper</i> is\\n::error::left out)") !=
			NULL,
		"%s", text.p);
	cr_expect(strstr(text.p,
			 "known     2 vulnerabilities: 0 affected, 0 deferred, 0 unimportant, "
			 "0 under_investigation, 1 fixed, 1 not_affected\n") != NULL,
		  "%s", text.p);
	cr_expect(strstr(text.p, "exceptions that no finding needed") != NULL);
}

Test(audit, the_variant_of_a_machine_is_shown)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct image_facts *facts = (struct image_facts *)(uintptr_t)r.model->image;
	struct buf text;

	facts->architecture = "arm";
	facts->variant = "v7";
	text = report_written(&a, &r, report_text);
	cr_expect(strstr(text.p, "\nplatform  linux/arm/v7\n") != NULL, "%s", text.p);
	text = report_written(&a, &r, report_json);
	cr_expect(strstr(text.p, "\"platform\": \"linux/arm/v7\"") != NULL, "%s", text.p);
	text = report_written(&a, &r, report_html);
	cr_expect(strstr(text.p, "linux/arm/v7, policy ") != NULL, "%s", text.p);
}

Test(audit, github_commands_stay_on_their_line)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_github);
	struct str rest = buf_str(&text), line;

	while (str_next(&rest, '\n', &line))
		cr_expect(str_starts(line, STR("::error file=recipes/a b.json,line=1,")) ||
				  str_starts(line, STR("::warning file=")) ||
				  str_starts(line, STR("::notice ")),
			  STR_FMT, STR_ARG(line));
	cr_expect(strstr(text.p, "%0A::error::%25") != NULL, "%s", text.p);
}

Test(audit, the_json_report_keeps_to_its_schema)
{
	static const char script[] =
		"import json, sys, jsonschema\n"
		"report = json.load(open(sys.argv[1], encoding='utf-8'))\n"
		"jsonschema.Draft7Validator(json.load(open('docs/audit.schema.json'))).validate(report)\n"
		"assert report['passed'] is False and report['counts']['accepted'] == 2\n"
		"assert any('<script>' in f.get('path', '') for f in report['findings'])\n"
		"assert [v['state'] for v in report['vulnerabilities']['list']] == ['not_affected', 'fixed']\n"
		"assert report['vulnerabilities']['counts']['fixed'] == 1\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_json);

	oracle_need("python3");
	if (oracle_run(&a, (const char *const[]){ "python3", "-c", "import jsonschema", NULL })
		    .status)
		cr_skip_test("python3-jsonschema is not installed");
	ORACLE(&a, "python3", "-c", script, report_saved(&g, "report.json", &text));
}

Test(audit, sarif_names_every_rule_it_uses_and_has_the_required_members)
{
	static const char script[] =
		"import json, sys, re\n"
		"log = json.load(open(sys.argv[1], encoding='utf-8'))\n"
		"assert log['version'] == '2.1.0' and len(log['runs']) == 1\n"
		"run = log['runs'][0]; rules = run['tool']['driver']['rules']\n"
		"assert run['tool']['driver']['name'] == 'imgbuild' and run['results']\n"
		"for r in run['results']:\n"
		"    assert rules[r['ruleIndex']]['id'] == r['ruleId']\n"
		"    assert r['level'] in ('none', 'note', 'warning', 'error') and r['message']['text']\n"
		"    where = r['locations'][0]['physicalLocation']\n"
		"    assert where['artifactLocation']['uri'] == 'recipes/a%20b.json'\n"
		"    assert where['region']['startLine'] >= 1\n"
		"    assert re.fullmatch('[0-9a-f]{64}', r['partialFingerprints']['imgbuild/v1'])\n"
		"why = [r['suppressions'][0]['justification'] for r in run['results'] if r.get('suppressions')]\n"
		"assert len(why) == 2 and any('VEX not_affected' in w for w in why), why\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_sarif);

	oracle_need("python3");
	ORACLE(&a, "python3", "-c", script, report_saved(&g, "report.sarif", &text));
}

/* OASIS's schema comes in a package of the JavaScript registry; it is not a copy in this tree. */
#define SCHEMA_PACKAGE "@microsoft/jest-sarif@1.0.0-beta.0"

Test(audit, sarif_keeps_to_the_schema_of_its_standard, .timeout = 120)
{
	static const char script[] =
		"import json, sys, glob, jsonschema\n"
		"schema = json.load(open(glob.glob(sys.argv[1] + '/package/lib/schemas/sarif-2.1.0*.json')[0]))\n"
		"check = jsonschema.Draft7Validator(schema)\n"
		"log = json.load(open(sys.argv[2], encoding='utf-8'))\n"
		"check.validate(log)\n"
		"del log['runs'][0]['tool']\n"
		"assert not check.is_valid(log)\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_sarif);
	struct oracle_run packed;

	oracle_need("python3");
	oracle_need("npm");
	packed = oracle_run(&a, (const char *const[]){ "npm", "pack", "--silent",
						       "--pack-destination", g.dir, "--cache",
						       arena_printf(&a, "%s/npm", g.dir),
						       SCHEMA_PACKAGE, NULL });
	if (packed.status)
		cr_skip_test("npm cannot fetch %s", SCHEMA_PACKAGE);
	ORACLE(&a, "tar", "-xzf",
	       arena_printf(&a, "%s/" STR_FMT, g.dir, STR_ARG(str_trim(packed.out))), "-C", g.dir);
	ORACLE(&a, "python3", "-c", script, g.dir, report_saved(&g, "report.sarif", &text));
}

Test(audit, junit_is_xml_and_fails_where_the_audit_fails)
{
	static const char script[] =
		"import sys, xml.etree.ElementTree as t\n"
		"suite = t.parse(sys.argv[1]).getroot().find('testsuite')\n"
		"cases = suite.findall('testcase')\n"
		"assert int(suite.get('tests')) == len(cases) and int(suite.get('failures')) == 1\n"
		"bad = [c for c in cases if c.find('failure') is not None]\n"
		"assert [c.get('name') for c in bad] == ['file.world-writable'], bad\n"
		"assert '<script>' in bad[0].find('failure').text\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_junit);

	oracle_need("python3");
	ORACLE(&a, "python3", "-c", script, report_saved(&g, "report.xml", &text));
}

/* A browser's view of a page: its document after the scripts ran. Nothing may go to its console. */
static struct str browse_page_with(struct arena *a, const struct imagegen *g, const char *page,
				   const char *hash, const char *option)
{
	struct oracle_run run =
		oracle_run(a, (const char *const[]){
				      "chromium", "--headless", "--no-sandbox", "--disable-gpu",
				      "--enable-logging=stderr", "--no-first-run",
				      "--disable-background-networking",
				      "--disable-component-update", "--disable-sync",
				      arena_printf(a, "--user-data-dir=%s/profile", g->dir),
				      "--dump-dom", option,
				      arena_printf(a, "file://%s%s", page, hash), NULL });

	cr_assert(run.status == 0, STR_FMT, STR_ARG(run.err));
	cr_expect(strstr(run.err.p, "CONSOLE") == NULL, STR_FMT, STR_ARG(run.err));
	return run.out;
}

static struct str browse_page(struct arena *a, const struct imagegen *g, const char *page,
			      const char *hash)
{
	return browse_page_with(a, g, page, hash, "--window-size=1200,900");
}

/* Drives the page from inside: a script at its end counts rows, filters, moves with the keyboard,
 * and leaves what it saw as the title. */
static const char driver[] =
	"<script>addEventListener('load', () => { const $ = id => document.getElementById(id), saw = [];\n"
	"const count = s => document.querySelectorAll(s).length, groups = () => count('#groups li');\n"
	"const set = (id, v) => { $(id).value = v; $(id).dispatchEvent(new Event('input')); };\n"
	"const key = (e, k) => e.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true }));\n"
	"const see = (name, v) => saw.push(name + '=' + v);\n"
	"see('all', groups()); see('open', count('details.group[open]'));\n"
	"set('find', 'setuid'); see('found', groups()); set('find', 'no such thing'); see('none', groups());\n"
	"set('find', ''); set('level', 'high'); see('high', groups()); set('level', '');\n"
	"$('accepted').checked = false; $('accepted').dispatchEvent(new Event('input')); see('counting', groups());\n"
	"see('packages', count('#package-table tbody tr')); set('find-package', 'nothing');\n"
	"see('none', count('#package-table tbody tr'));\n"
	"see('matter', count('#vulnerability-table tbody tr')); set('state', '*');\n"
	"see('states', count('#vulnerability-table tbody tr'));\n"
	"set('map-kind', 'folder'); const first = document.querySelector('#map button'); first.focus();\n"
	"key(first, 'ArrowRight'); see('moved', document.activeElement !== first);\n"
	"first.click(); see('in', $('map-trail').textContent.includes('\\u203a'));\n"
	"key(document.activeElement, 'Escape'); see('out', !$('map-trail').textContent.includes('\\u203a'));\n"
	"see('nodes', count('#graph g.node')); const node = document.querySelector('#graph g.node');\n"
	"key(node, 'Enter'); see('needs', $('graph-said').textContent.includes(' needs '));\n"
	"see('its files', count('#library-table tbody tr')); key(document.body, '/');\n"
	"see('slash', document.activeElement === $('find')); see('scripts', document.scripts.length);\n"
	"document.title = saw.join(' '); });</script>";

/* world-writable, setuid (accepted), the excluded vulnerability, three times file.unowned */
#define SEEN                                                                                            \
	"all=5 open=1 found=1 none=0 high=2 counting=3 packages=1 none=0 matter=0 states=2 moved=true " \
	"in=true out=true nodes=1 needs=true its files=3 slash=true scripts=3"

Test(audit, the_page_renders_filters_and_searches_in_a_browser, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_html);
	struct str seen;

	cr_expect(memmem(text.p, text.n, "<script>alert", 13) == NULL);
	cr_expect(memmem(text.p, text.n, "src=", 4) == NULL);
	oracle_need("chromium");
	buf_puts(&text, driver);
	seen = browse_page(&a, &g, report_saved(&g, "page.html", &text), "");
	cr_expect(strstr(seen.p, "<title>" SEEN "</title>") != NULL, "%.300s",
		  strstr(seen.p, "<title>") ? strstr(seen.p, "<title>") : seen.p);
}

Test(audit, a_link_into_the_page_searches, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_html);
	struct str seen;

	oracle_need("chromium");
	seen = browse_page(&a, &g, report_saved(&g, "page.html", &text),
			   "#find=setuid&level=high&nothing=x");
	cr_expect(strstr(seen.p, "1 of 5 findings") != NULL);
}

/* Leaves the widths that do not fit, and the worst contrast of the map's labels over all hues
 * (WCAG 2.1, 1.4.3). */
static const char measure[] =
	"<script>addEventListener('load', () => { const wide = e => e.scrollWidth > e.clientWidth;\n"
	"const root = document.documentElement, map = document.getElementById('map');\n"
	"const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => v / 255)\n"
	"  .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };\n"
	"let worst = 99; for (let h = 0; h < 360; h++) for (const c of ['', 'in']) { const b = document.createElement('button');\n"
	"  b.className = c; b.style.setProperty('--h', h); map.append(b); const s = getComputedStyle(b);\n"
	"  const x = light(s.color), y = light(s.backgroundColor); b.remove();\n"
	"  worst = Math.min(worst, (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)); }\n"
	"const cards = [...document.querySelectorAll('.card')].filter(c => wide(c) || wide(c.firstChild)).length;\n"
	"document.title = `cards=${cards} page=${wide(root)} contrast=${worst >= 4.5}`; });</script>";

Test(audit, the_page_fits_its_window_and_can_be_read, .timeout = 240)
{
	static const char *const windows[] = { "--window-size=1440,900", "--window-size=400,900" };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = { .a = &a };
	struct model m;
	const char *dark = "@media (prefers-color-scheme: dark)", *page;
	struct str seen;

	m = *r.model;
	m.bytes = 999ull << 30; /* the widest text of a tile */
	r.model = &m;
	text = report_written(&a, &r, report_html);
	oracle_need("chromium");
	buf_puts(&text, measure);
	page = buf_cstr(&text);
	cr_assert(strstr(page, dark));
	for (size_t i = 0; i < ARRAY_SIZE(windows) * 2; i++) {
		struct buf shown = text;

		if (i % 2) {
			shown = (struct buf){ .a = &a };
			buf_printf(&shown, "%.*s@media all%s", (int)(strstr(page, dark) - page),
				   page, strstr(page, dark) + strlen(dark));
		}
		seen = browse_page_with(&a, &g, report_saved(&g, "page.html", &shown), "",
					windows[i / 2]);
		cr_expect(strstr(seen.p, "<title>cards=0 page=false contrast=true</title>"),
			  "%s %s: %.200s", windows[i / 2], i % 2 ? "dark" : "light",
			  strstr(seen.p, "<title>"));
	}
}

/* A parser without scripts sees what stands in <noscript> (HTML, 4.12.2): a page that parses
 * another one. */
static void put_parsing_page(struct buf *out, struct str page)
{
	struct buf text = { .a = out->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_str(&w, NULL, page);
	buf_puts(out, "<title></title><script>const page = new DOMParser().parseFromString(");
	for (size_t i = 0; i < text.n; i++)
		buf_printf(out, text.p[i] == '<' ? "\\u003c" : "%c", text.p[i]);
	buf_puts(
		out,
		", 'text/html');\n"
		"document.title = [...page.querySelectorAll('noscript td:nth-child(2)')].map(e => e.textContent).join(' ');\n"
		"</script>");
}

Test(audit, the_page_says_the_findings_without_scripts, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_html), outer = { .a = &a },
		   ids = { .a = &a };
	struct str seen;

	oracle_need("chromium");
	for (size_t i = 0; i < r.findings.n; i++)
		buf_printf(&ids, "%s%s", i ? " " : "", r.findings.v[i].rule->id);
	put_parsing_page(&outer, buf_str(&text));
	seen = browse_page(&a, &g, report_saved(&g, "outer.html", &outer), "");
	cr_assert_gt(r.findings.n, 3);
	cr_expect(strstr(seen.p, arena_printf(&a, "<title>%s</title>", buf_cstr(&ids))),
		  "%s: %.300s", buf_cstr(&ids), seen.p);
}

/* A link that is copied from the address leads back to what was looked for. */
static const char typing[] =
	"<script>addEventListener('load', () => { const $ = id => document.getElementById(id);\n"
	"const set = (id, v) => { $(id).value = v; $(id).dispatchEvent(new Event('input')); };\n"
	"set('find', 'set uid'); set('level', 'high'); $('accepted').checked = false;\n"
	"$('accepted').dispatchEvent(new Event('input')); const typed = location.hash; set('find', ''); set('level', '');\n"
	"document.title = typed + ' ' + location.hash; });</script>";

Test(audit, typing_changes_the_address_of_the_page, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_html);
	struct str seen;

	oracle_need("chromium");
	buf_puts(&text, typing);
	seen = browse_page(&a, &g, report_saved(&g, "page.html", &text), "");
	cr_expect(
		strstr(seen.p,
		       "<title>#find=set+uid&amp;level=high&amp;accepted=no #accepted=no</title>"),
		"%.200s", strstr(seen.p, "<title>"));
}

Test(audit, markdown_cannot_be_broken_out_of)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_evil_image(&a, &g);
	struct buf text = report_written(&a, &r, report_markdown);

	cr_expect(strstr(text.p, "<script") == NULL && strstr(text.p, "<i>") == NULL, "%s", text.p);
	cr_expect(strstr(text.p, "\n::error") == NULL && strchr(text.p, '\x1b') == NULL);
	cr_expect(strstr(text.p, "| 0 | 1 | 0 |") != NULL, "%s", text.p);
	cr_expect(strstr(text.p, "1 fixed, 1 not_affected.") != NULL, "%s", text.p);
}

/* An image with more faults than a runner shows. */
static struct audit_result make_many_findings(struct arena *a, struct imagegen *g, size_t n)
{
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(g, a);
	imagegen_good(g);
	for (size_t i = 0; i < n; i++)
		imagegen_file(g, arena_printf(a, "srv/%05zu", i), 0666, STR("x"));
	imagegen_write(g);
	cr_assert(audit_image(a, &(struct audit_request){ .image = g->path, .now = 1790000000 }, &r,
			      &e));
	return r;
}

Test(audit, annotations_keep_to_what_a_runner_shows)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_many_findings(&a, &g, 3000);
	struct buf text = report_written(&a, &r, report_github),
		   summary = report_written(&a, &r, report_markdown);
	struct str rest = buf_str(&text), line;
	size_t errors = 0, notices = 0;

	while (str_next(&rest, '\n', &line)) {
		errors += str_starts(line, STR("::error "));
		notices += str_starts(line, STR("::notice "));
	}
	cr_expect(errors == 10 && notices == 10, "%zu errors, %zu notices", errors, notices);
	cr_expect(
		strstr(text.p,
		       "; 5981 more findings are not annotated; vulnerabilities were not looked at"),
		"%s", text.p);
	cr_expect(summary.n < MARKDOWN_MAX && strstr(summary.p, "and 2980 more"));
}

/* No vulnerability found, and none looked for, are not the same. */
Test(audit, each_report_says_when_vulnerabilities_were_not_looked_at)
{
	static const struct {
		void (*report)(const struct report *r, struct buf *out);
		const char *says;
	} forms[] = {
		{ report_text, "known     vulnerabilities not looked at (no --cve data)\n" },
		{ report_json, "\"vulnerabilities\": null" },
		{ report_sarif,
		  "\"text\": \"vulnerabilities were not looked at (no --cve data)\"" },
		{ report_junit,
		  "name=\"cve.open\"><skipped message=\"vulnerabilities were not looked at (no --cve data)\"/>" },
		{ report_github, "; vulnerabilities were not looked at (no --cve data)\n" },
		{ report_markdown, "\nKnown vulnerabilities: not looked at (no --cve data).\n" },
		{ report_html, "\"vulnerabilities\":null" },
	};
	static struct vulns none;
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = make_many_findings(&a, &g, 1);

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct buf text = report_written(&a, &r, forms[i].report);

		cr_expect(strstr(buf_cstr(&text), forms[i].says), "%zu:\n%s", i, buf_cstr(&text));
	}
	r.vulns = &none;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct buf text = report_written(&a, &r, forms[i].report);

		cr_expect_not(strstr(buf_cstr(&text), forms[i].says), "%zu", i);
	}
}
