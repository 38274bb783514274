/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of the report: valid for readers nobody here wrote, whatever names an image has. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "audit/audit.h"
#include "audit/report.h"
#include "audit/rules.h"
#include "support/imagegen.h"
#include "support/oracle.h"

/* Escape sequences, markup, workflow commands, broken and bidirectional UTF-8. */
#define EVIL "etc/\x1b]0;x\x07<script>alert(1)</script>&\"']]>\n::error::%\r\xff\xe2\x80\xae"

static struct audit_result evil(struct arena *a, struct imagegen *g)
{
	struct audit_request req = { .now = 1790000000, .recipe = "recipes/a b.json" };
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(g, a);
	imagegen_good(g);
	imagegen_file(g, EVIL, 0666, STR("x"));
	imagegen_file(g, "usr/bin/x", 04755, STR("x"));
	imagegen_write(g);
	req.image = g->path;
	*list_push(a, &req.accept) = (struct audit_accept){ "file.setuid", "/usr/bin/x", "<b>why</b>",
							    "2027-01-31", "r.json:1:2" };
	*list_push(a, &req.accept) = (struct audit_accept){ "file.setgid", NULL, "never", NULL, NULL };
	cr_assert(audit_image(a, &req, &r, &e), "%s", e.cause);
	return r;
}

static struct buf written(struct arena *a, const struct audit_result *r,
			  void (*form)(const struct report *, struct buf *))
{
	struct report report = { .result = r, .fail_on = SEV_MEDIUM, .tool_version = "0" };
	struct buf out = { .a = a };

	form(&report, &out);
	cr_assert(!out.overflow);
	return out;
}

static const char *saved(const struct imagegen *g, const char *name, const struct buf *text)
{
	imagegen_put(g, name, buf_str(text));
	return arena_printf(g->a, "%s/%s", g->dir, name);
}

Test(audit, the_text_report_cannot_drive_a_terminal_or_forge_a_line)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = evil(&a, &g);
	struct buf text = written(&a, &r, report_text);

	for (size_t i = 0; i < text.n; i++)
		cr_assert((unsigned char)text.p[i] >= 0x20 || text.p[i] == '\n', "byte %02x", text.p[i]);
	cr_expect(strstr(text.p, "\n::error") == NULL);
	cr_expect(strstr(text.p, "\\x1b") != NULL && strstr(text.p, "\xe2\x80\xae") == NULL);
	cr_expect(strstr(text.p, "failed: 1 finding at or above medium") != NULL, "%s", text.p);
	cr_expect(strstr(text.p, "(accepted: <b>why</b>, until 2027-01-31)") != NULL, "%s", text.p);
	cr_expect(strstr(text.p, "exceptions that no finding needed") != NULL);
}

Test(audit, github_commands_stay_on_their_line)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = evil(&a, &g);
	struct buf text = written(&a, &r, report_github);
	struct str rest = buf_str(&text), line;

	while (str_next(&rest, '\n', &line))
		cr_expect(str_starts(line, STR("::error file=recipes/a b.json,line=1,")) ||
			  str_starts(line, STR("::warning file=")) || str_starts(line, STR("::notice ")),
			  STR_FMT, STR_ARG(line));
	cr_expect(strstr(text.p, "%0A::error::%25") != NULL, "%s", text.p);
}

Test(audit, the_json_report_keeps_to_its_schema)
{
	static const char script[] =
		"import json, sys, jsonschema\n"
		"report = json.load(open(sys.argv[1], encoding='utf-8'))\n"
		"jsonschema.Draft7Validator(json.load(open('docs/audit.schema.json'))).validate(report)\n"
		"assert report['passed'] is False and report['counts']['accepted'] == 1\n"
		"assert any('<script>' in f.get('path', '') for f in report['findings'])\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = evil(&a, &g);
	struct buf text = written(&a, &r, report_json);

	oracle_need("python3");
	if (oracle_run(&a, (const char *const[]){ "python3", "-c", "import jsonschema", NULL }).status)
		cr_skip_test("python3-jsonschema is not installed");
	ORACLE(&a, "python3", "-c", script, saved(&g, "report.json", &text));
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
		"assert [r for r in run['results'] if r.get('suppressions')]\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = evil(&a, &g);
	struct buf text = written(&a, &r, report_sarif);

	oracle_need("python3");
	ORACLE(&a, "python3", "-c", script, saved(&g, "report.sarif", &text));
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
	struct audit_result r = evil(&a, &g);
	struct buf text = written(&a, &r, report_junit);

	oracle_need("python3");
	ORACLE(&a, "python3", "-c", script, saved(&g, "report.xml", &text));
}

/* Drives the page from inside: a script at its end counts rows, filters, opens a box of the map,
 * and leaves what it saw as the title. */
static const char driver[] =
	"<script>addEventListener('load', () => { const $ = id => document.getElementById(id);\n"
	"const rows = id => document.querySelectorAll('#' + id + ' tbody tr').length;\n"
	"const all = rows('findings-table'); const boxes = document.querySelectorAll('#map button').length;\n"
	"const set = (id, v) => { $(id).value = v; $(id).dispatchEvent(new Event('input')); };\n"
	"set('find', 'setuid'); const found = rows('findings-table'); set('find', '');\n"
	"set('level', 'high'); const high = rows('findings-table'); set('level', '');\n"
	"$('accepted').checked = false; $('accepted').dispatchEvent(new Event('input'));\n"
	"const counting = rows('findings-table');\n"
	"set('map-kind', 'folder'); document.querySelector('#map button').click();\n"
	"const trail = $('map-trail').textContent.includes('\\u203a'); $('map-up').click();\n"
	"document.title = ['SEEN', all, found, high, counting, boxes > 1, trail, rows('package-table'),\n"
	"rows('layer-table'), rows('library-table'), document.scripts.length].join(' '); });</script>";

Test(audit, the_page_renders_filters_and_searches_in_a_browser, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r = evil(&a, &g);
	struct buf text = written(&a, &r, report_html);
	struct oracle_run run;
	const char *path;

	cr_expect(memmem(text.p, text.n, "<script>alert", 13) == NULL);
	cr_expect(memmem(text.p, text.n, "http:", 5) == NULL && memmem(text.p, text.n, "https:", 6) == NULL);
	oracle_need("chromium");
	buf_puts(&text, driver);
	path = saved(&g, "page.html", &text);
	run = oracle_run(&a, (const char *const[]){
		"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
		arena_printf(&a, "--user-data-dir=%s/profile", g.dir), "--dump-dom",
		arena_printf(&a, "file://%s", path), NULL });
	cr_assert(run.status == 0, STR_FMT, STR_ARG(run.err));
	/* findings: setuid (accepted), world-writable, and three times file.unowned */
	cr_expect(strstr(run.out.p, "<title>SEEN 4 1 2 3 true true 1 1 3 3</title>") != NULL,
		  "%.200s", strstr(run.out.p, "<title>") ? strstr(run.out.p, "<title>") : run.out.p);
	cr_expect(strstr(run.err.p, "CONSOLE") == NULL, STR_FMT, STR_ARG(run.err));
}
