/* SPDX-License-Identifier: Apache-2.0 */
/* The report as one page that needs nothing else: page.css and page.js are linked in as they are,
 * and the data stand in the page as JSON, in which '<' is always written \u003c, so that no name
 * in an image can end the element. A content security policy forbids every connection. */

#include "inspect/layers/elf_facts.h"
#include "inspect/model/model.h"
#include "inspect/model/packages.h"
#include "inspect/report/report.h"
#include "inspect/audit/rules.h"
#include "inspect/vuln/vex.h"
#include "format/json/jsonw.h"
#include "format/text/platform_name.h"

#define FILES_MAX 20000 /* files drawn in the map, largest images aside */
#define PLAIN_MAX 500

__asm__(".pushsection .rodata\n"
	"audit_page_css: .incbin \"builder/inspect/report/page.css\"\n"
	"audit_page_css_end: .byte 0\n"
	"audit_page_js: .incbin \"builder/inspect/report/page.js\"\n"
	"audit_page_js_end: .byte 0\n"
	".popsection\n");
extern const char audit_page_css[] __attribute__((visibility("hidden")));
extern const char audit_page_css_end[] __attribute__((visibility("hidden")));
extern const char audit_page_js[] __attribute__((visibility("hidden")));
extern const char audit_page_js_end[] __attribute__((visibility("hidden")));

/* Text as the page shows it: what could reorder or hide it is made visible. */
static const char *html_shown(struct arena *a, const char *text)
{
	size_t room = strlen(text) * 4 + 1;
	char *shown = arena_alloc(a, room);

	str_escape(str_of(text), shown, room);
	return shown;
}

static void html_escape(struct buf *out, const char *text)
{
	for (const char *p = html_shown(out->a, text); *p; p++) {
		if (*p == '<' || *p == '>' || *p == '&' || *p == '"')
			buf_printf(out, "&#%d;", *p);
		else
			buf_putc(out, *p);
	}
}

static void shown_member(struct jsonw *w, const char *key, const char *text)
{
	AUTO_ARENA a = { 0 };

	jsonw_cstr(w, key, html_shown(&a, text));
}

static void html_add_findings(struct jsonw *w, const struct audit_result *r)
{
	AUTO_ARENA a = { 0 };

	jsonw_array(w, "findings");
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		jsonw_object(w, NULL);
		jsonw_cstr(w, "rule", f->rule->id);
		jsonw_cstr(w, "severity", severity_name(f->severity));
		if (f->path)
			shown_member(w, "path", arena_printf(&a, "/%s", f->path));
		shown_member(w, "message", f->message);
		if (f->accepted)
			shown_member(w, "accepted", f->accepted->reason);
		if (f->accepted && f->accepted->until)
			shown_member(w, "until", f->accepted->until);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object(w, "rules");
	for (size_t i = 0; i < rules_count; i++) {
		jsonw_array(w, rules[i].id);
		jsonw_cstr(w, NULL, rules[i].title);
		jsonw_cstr(w, NULL, rules[i].explanation);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

static void html_add_packages(struct jsonw *w, const struct model *m)
{
	jsonw_array(w, "packages");
	for (size_t i = 0; i < m->packages.n; i++) {
		const struct package *p = &m->packages.v[i];

		jsonw_object(w, NULL);
		shown_member(w, "name", p->name);
		shown_member(w, "version", p->version);
		shown_member(w, "source", p->source);
		jsonw_u64(w, "listed", p->listed);
		jsonw_u64(w, "present", p->present);
		jsonw_u64(w, "bytes", p->bytes);
		if (p->licences)
			shown_member(w, "licences", p->licences);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void html_add_vuln(struct jsonw *w, const struct vuln *v)
{
	AUTO_ARENA a = { 0 };

	jsonw_object(w, NULL);
	shown_member(w, "id", v->id);
	jsonw_cstr(w, "state", vuln_state_name(v->state));
	if (v->component)
		shown_member(w, "package", v->component->name);
	if (v->component && v->component->version)
		shown_member(w, "version", v->component->version);
	if (v->fixed)
		shown_member(w, "fixed", v->fixed);
	if (v->note)
		shown_member(w, "note", v->note);
	if (v->vex)
		shown_member(w, "statement",
			     arena_printf(&a, "%s (%s)", v->vex->reason, v->vex->where));
	jsonw_object_end(w);
}

static void html_add_vulns(struct jsonw *w, const struct vulns *l)
{
	if (!l) {
		jsonw_null(w, "vulnerabilities");
		return;
	}
	jsonw_array(w, "vulnerabilities");
	for (size_t i = 0; i < l->n; i++)
		html_add_vuln(w, &l->v[i]);
	jsonw_array_end(w);
}

static void html_add_layers(struct jsonw *w, const struct model *m)
{
	jsonw_array(w, "layers");
	for (size_t i = 0; !m->image->rootfs && i < m->layers.n; i++) {
		const struct image_layer *l = &m->image->layers.v[i];

		jsonw_object(w, NULL);
		jsonw_u64(w, "index", i + 1);
		shown_member(w, "created_by", l->created_by ? l->created_by : "");
		jsonw_u64(w, "size", l->size);
		jsonw_u64(w, "tar_size", m->layers.v[i].tar_size);
		jsonw_u64(w, "entries", m->layers.v[i].entries);
		jsonw_u64(w, "wasted", m->layers.v[i].wasted);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* [path, size, index of the package or -1] */
static size_t html_add_files(struct jsonw *w, const struct model *m)
{
	size_t n = 0, omitted = 0;

	jsonw_array(w, "files");
	for (size_t i = 0; i < m->items.n; i++) {
		const struct item *f = m->items.v[i];

		if (f->type != ITEM_FILE || f->shared)
			continue;
		if (n == FILES_MAX) {
			omitted++;
			continue;
		}
		n++;
		jsonw_array(w, NULL);
		shown_member(w, NULL, f->path);
		jsonw_u64(w, NULL, f->size);
		jsonw_i64(w, NULL, f->package ? f->package - m->packages.v : -1);
		jsonw_array_end(w);
	}
	jsonw_array_end(w);
	return omitted;
}

static void add_elf(struct jsonw *w, const struct model *m)
{
	jsonw_array(w, "elf");
	for (size_t i = 0; i < m->items.n; i++) {
		const struct item *f = m->items.v[i];

		if (f->type != ITEM_FILE || f->shared || !f->elf || !f->elf->readable)
			continue;
		jsonw_object(w, NULL);
		shown_member(w, "path", f->path);
		if (f->elf->head.soname)
			shown_member(w, "soname", f->elf->head.soname);
		jsonw_i64(w, "package", f->package ? f->package - m->packages.v : -1);
		jsonw_array(w, "needs");
		for (size_t n = 0; n < f->elf->head.needed.n; n++)
			shown_member(w, NULL, f->elf->head.needed.v[n]);
		jsonw_array_end(w);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void add_data(const struct report *r, struct buf *out)
{
	struct buf json = { .a = out->a };
	struct jsonw w;

	jsonw_init(&w, &json, false);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "counts");
	for (size_t s = 0; s < SEV_NEVER; s++)
		jsonw_u64(&w, severity_name((enum severity)s), r->result->counts[s]);
	jsonw_u64(&w, "accepted", r->result->accepted);
	jsonw_object_end(&w);
	jsonw_u64(&w, "bytes", r->result->model->bytes);
	html_add_findings(&w, r->result);
	html_add_packages(&w, r->result->model);
	html_add_vulns(&w, r->result->vulns);
	html_add_layers(&w, r->result->model);
	jsonw_u64(&w, "omitted", html_add_files(&w, r->result->model));
	add_elf(&w, r->result->model);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	for (size_t i = 0; i < json.n; i++) {
		if (json.p[i] == '<')
			buf_puts(out, "\\u003c");
		else
			buf_putc(out, json.p[i]);
	}
}

static void html_add_head(const struct report *r, struct buf *out)
{
	const struct audit_result *x = r->result;
	bool failed = r->fail_on != SEV_NEVER && audit_failed(x, r->fail_on);

	buf_puts(
		out,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
		"style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n<title>Audit of ");
	html_escape(out, x->image);
	buf_puts(out, "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n");
	buf_add(out, (struct str){ audit_page_css, (size_t)(audit_page_css_end - audit_page_css) });
	buf_puts(out, "</style></head>\n<body>\n<header><h1>");
	html_escape(out, x->image);
	buf_printf(out, "</h1>\n<p class=\"verdict %s\">", failed ? "failed" : "passed");
	html_escape(out, report_verdict(out->a, r));
	buf_puts(out, "</p>\n<p>");
	html_escape(out, platform_name(out->a, x->model->image->os, x->model->image->architecture,
				       x->model->image->variant));
	buf_puts(out, ", policy ");
	html_escape(out, x->policy);
	if (x->model->image->has_digest)
		buf_printf(out, ", <code>%s</code>",
			   content_digest_text(out->a, &x->model->image->manifest));
	buf_puts(out, "</p></header>\n");
}

static const char body[] =
	"<nav aria-label=\"Parts of the report\"><a href=\"#findings\">Findings</a><a href=\"#space\">"
	"Space</a><a href=\"#layers\">Layers</a><a href=\"#packages\">Packages</a>"
	"<a href=\"#vulnerabilities\">Vulnerabilities</a><a href=\"#libraries\">Libraries</a></nav>\n"
	"<main><div id=\"cards\" class=\"cards\"></div>\n"
	"<section id=\"findings\"><h2>Findings</h2><div class=\"controls\">"
	"<input id=\"find\" type=\"search\" placeholder=\"Search findings ( / )\" aria-label=\"Search findings\">"
	"<select id=\"level\" aria-label=\"Severity\"><option value=\"\">all severities</option></select>"
	"<select id=\"rule\" aria-label=\"Rule\"><option value=\"\">all rules</option></select>"
	"<label><input id=\"accepted\" type=\"checkbox\" checked> accepted ones</label></div>"
	"<div id=\"groups\"></div><p id=\"groups-note\" class=\"more\" aria-live=\"polite\"></p></section>\n"
	"<section id=\"space\"><h2>Space</h2><div class=\"controls\">"
	"<select id=\"map-kind\" aria-label=\"Group by\"><option value=\"package\">by package</option>"
	"<option value=\"folder\">by folder</option></select>"
	"<button id=\"map-up\" type=\"button\">Up</button><span id=\"map-trail\" class=\"mono\" "
	"aria-live=\"polite\"></span></div><div id=\"map\" role=\"group\" "
	"aria-label=\"Bytes as areas; arrow keys move, Enter opens, Escape goes up\"></div></section>\n"
	"<section id=\"layers\"><h2>Layers</h2><div id=\"layer-bar\" class=\"stack\" aria-hidden=\"true\">"
	"</div><div id=\"layer-table\"></div></section>\n"
	"<section id=\"packages\"><h2>Packages</h2><div class=\"controls\"><input id=\"find-package\" "
	"type=\"search\" placeholder=\"Search packages and licences\" aria-label=\"Search packages\"></div>"
	"<div id=\"package-table\"></div></section>\n"
	"<section id=\"vulnerabilities\"><h2>Vulnerabilities</h2><div class=\"controls\">"
	"<input id=\"find-vulnerability\" type=\"search\" placeholder=\"Search vulnerabilities\" "
	"aria-label=\"Search vulnerabilities\"><select id=\"state\" aria-label=\"State\">"
	"<option value=\"\">that matter</option><option value=\"*\">all states</option></select></div>"
	"<div id=\"vulnerability-table\"></div></section>\n"
	"<section id=\"libraries\"><h2>Libraries<small id=\"graph-note\"></small></h2>"
	"<p id=\"graph-said\" class=\"more\" aria-live=\"polite\"></p><div id=\"graph\">"
	"<svg id=\"drawing\" role=\"group\" aria-label=\"Packages and what they need\"></svg></div>"
	"<div class=\"controls\"><input id=\"find-library\" type=\"search\" "
	"placeholder=\"Search files and libraries\" aria-label=\"Search libraries\"></div>"
	"<div id=\"library-table\"></div></section></main>\n";

/* What somebody reads whose browser runs no scripts: the findings, those that matter first. */
static void html_add_plain(const struct report *r, struct buf *out)
{
	const struct findings *l = &r->result->findings;

	buf_puts(out, "<noscript><h2>Findings</h2>\n<p>");
	for (size_t s = SEV_NEVER; s-- > 0;)
		buf_printf(out, "%zu %s, ", r->result->counts[s], severity_name((enum severity)s));
	buf_printf(
		out,
		"%zu accepted. A script in this page draws the rest; it makes no connection.</p>\n<table>\n",
		r->result->accepted);
	for (size_t i = 0; i < l->n && i < PLAIN_MAX; i++) {
		const struct finding *f = &l->v[i];

		buf_printf(out, "<tr><td>%s</td><td>%s</td><td class=\"path\">",
			   severity_name(f->severity), f->rule->id);
		html_escape(out, f->path ? arena_printf(out->a, "/%s", f->path) : "the image");
		buf_puts(out, "</td><td>");
		html_escape(out, f->message);
		buf_puts(out, f->accepted ? " (accepted)</td></tr>\n" : "</td></tr>\n");
	}
	buf_puts(out, "</table>\n");
	if (l->n > PLAIN_MAX)
		buf_printf(out, "<p>and %zu more</p>\n", l->n - PLAIN_MAX);
	buf_puts(out, "</noscript>\n");
}

void report_html(const struct report *r, struct buf *out)
{
	html_add_head(r, out);
	buf_puts(out, body);
	html_add_plain(r, out);
	buf_puts(out, "<script type=\"application/json\" id=\"data\">");
	add_data(r, out);
	buf_puts(out, "</script>\n<script>\n");
	buf_add(out, (struct str){ audit_page_js, (size_t)(audit_page_js_end - audit_page_js) });
	buf_puts(out, "</script>\n</body></html>\n");
}
