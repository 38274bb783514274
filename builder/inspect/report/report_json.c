/* SPDX-License-Identifier: Apache-2.0 */
/* The result for programs; docs/audit.schema.json describes it. */

#include "base/date.h"
#include "inspect/model/model.h"
#include "inspect/model/packages.h"
#include "inspect/report/report.h"
#include "inspect/audit/rules.h"
#include "inspect/vuln/vex.h"
#include "format/json/jsonw.h"
#include "format/text/platform_name.h"

static void digest_member(struct jsonw *w, const char *key, const struct content_digest *d)
{
	jsonw_cstr(w, key, content_digest_text(w->out->a, d));
}

static void json_optional(struct jsonw *w, const char *key, const char *value)
{
	if (value)
		jsonw_cstr(w, key, value);
}

static void json_add_layers(struct jsonw *w, const struct model *m)
{
	jsonw_array(w, "layers");
	for (size_t i = 0; !m->image->rootfs && i < m->image->layers.n; i++) {
		const struct image_layer *l = &m->image->layers.v[i];

		jsonw_object(w, NULL);
		if (l->has_digest)
			digest_member(w, "digest", &l->digest);
		json_optional(w, "media_type", l->media_type);
		jsonw_u64(w, "size", l->size);
		digest_member(w, "diff_id", &l->diff_id);
		jsonw_u64(w, "tar_size", m->layers.v[i].tar_size);
		jsonw_u64(w, "entries", m->layers.v[i].entries);
		jsonw_u64(w, "wasted", m->layers.v[i].wasted);
		json_optional(w, "created_by", l->created_by);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void json_add_image(struct jsonw *w, const struct audit_result *r)
{
	const struct image_facts *f = r->model->image;

	jsonw_object(w, "image");
	jsonw_cstr(w, "reference", r->image);
	json_optional(w, "tag", f->ref_name);
	jsonw_cstr(w, "platform", platform_name(w->out->a, f->os, f->architecture, f->variant));
	if (f->has_digest)
		digest_member(w, "manifest", &f->manifest);
	if (!f->rootfs)
		digest_member(w, "config", &f->config);
	json_optional(w, "os", r->model->os_id);
	json_optional(w, "os_version", r->model->os_version);
	json_optional(w, "user", f->user);
	jsonw_strings(w, "entrypoint", &f->entrypoint);
	jsonw_strings(w, "cmd", &f->cmd);
	jsonw_u64(w, "items", r->model->items.n);
	jsonw_u64(w, "bytes", r->model->bytes);
	json_add_layers(w, r->model);
	jsonw_object_end(w);
}

static void json_add_packages(struct jsonw *w, const struct model *m)
{
	jsonw_array(w, "packages");
	for (size_t i = 0; i < m->packages.n; i++) {
		const struct package *p = &m->packages.v[i];

		jsonw_object(w, NULL);
		jsonw_cstr(w, "name", p->name);
		jsonw_cstr(w, "version", p->version);
		json_optional(w, "architecture", p->architecture);
		jsonw_cstr(w, "source", p->source);
		jsonw_cstr(w, "source_version", p->source_version);
		jsonw_u64(w, "listed", p->listed);
		jsonw_u64(w, "present", p->present);
		jsonw_u64(w, "bytes", p->bytes);
		json_optional(w, "licences", p->licences);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void json_add_vuln(struct jsonw *w, const struct vuln *v)
{
	const struct image_component *c = v->component;

	jsonw_object(w, NULL);
	jsonw_cstr(w, "id", v->id);
	if (v->aliases.n)
		jsonw_strings(w, "aliases", &v->aliases);
	if (c) {
		jsonw_cstr(w, "package", c->name);
		json_optional(w, "version", c->version);
		json_optional(w, "source", c->source);
		json_optional(w, "source_version", c->source_version);
	}
	jsonw_cstr(w, "state", vuln_state_name(v->state));
	json_optional(w, "fixed_version", v->fixed);
	json_optional(w, "note", v->note);
	if (v->vex) {
		jsonw_object(w, "statement");
		jsonw_cstr(w, "where", v->vex->where);
		jsonw_cstr(w, "reason", v->vex->reason);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

/* Which data were asked, and of what date they are. */
static void json_add_data(struct jsonw *w, const struct vuln_inputs *l)
{
	jsonw_array(w, "data");
	list_each(in, l) {
		char date[DATE_TEXT];

		jsonw_object(w, NULL);
		jsonw_cstr(w, "name", in->name);
		if (in->when) {
			date_text(in->when, date);
			jsonw_cstr(w, "date", date);
		}
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void json_add_vulns(struct jsonw *w, const struct audit_result *r)
{
	const struct vulns *l = r->vulns;

	if (!l) {
		jsonw_null(w, "vulnerabilities");
		return;
	}
	jsonw_object(w, "vulnerabilities");
	json_add_data(w, &r->cve);
	jsonw_object(w, "counts");
	for (int s = 0; s < VULN_STATES; s++)
		jsonw_u64(w, vuln_state_name((enum vuln_state)s), l->counts[s]);
	jsonw_object_end(w);
	jsonw_array(w, "list");
	for (size_t i = 0; i < l->n; i++)
		json_add_vuln(w, &l->v[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void add_accept(struct jsonw *w, const char *key, const struct audit_accept *x)
{
	jsonw_object(w, key);
	jsonw_cstr(w, "rule", x->rule);
	json_optional(w, "path", x->path);
	jsonw_cstr(w, "reason", x->reason);
	json_optional(w, "until", x->until);
	json_optional(w, "where", x->where);
	jsonw_object_end(w);
}

static void json_add_findings(struct jsonw *w, const struct audit_result *r)
{
	jsonw_array(w, "findings");
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		jsonw_object(w, NULL);
		jsonw_cstr(w, "rule", f->rule->id);
		jsonw_cstr(w, "severity", severity_name(f->severity));
		if (f->path)
			jsonw_printf(w, "path", "/%s", f->path);
		jsonw_cstr(w, "message", f->message);
		if (f->accepted)
			add_accept(w, "accepted", f->accepted);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void add_accepts_of(struct jsonw *w, const struct audit_result *x)
{
	jsonw_object(w, "exceptions");
	if (x->accepts_of)
		jsonw_cstr(w, "recipe", x->accepts_of);
	else
		jsonw_null(w, "recipe");
	jsonw_u64(w, "count", x->accepts_of ? x->accepts : 0);
	if (!x->accepts_of && x->no_accepts)
		jsonw_cstr(w, "note", x->no_accepts);
	jsonw_object_end(w);
}

void report_json(const struct report *r, struct buf *out)
{
	const struct audit_result *x = r->result;
	struct jsonw w;

	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "format", 1);
	jsonw_cstr(&w, "tool", r->tool_version);
	jsonw_cstr(&w, "policy", x->policy);
	add_accepts_of(&w, x);
	jsonw_cstr(&w, "fail_on", severity_name(r->fail_on));
	jsonw_bool(&w, "passed", r->fail_on == SEV_NEVER || !audit_failed(x, r->fail_on));
	jsonw_object(&w, "counts");
	for (size_t s = SEV_NEVER; s-- > 0;)
		jsonw_u64(&w, severity_name((enum severity)s), x->counts[s]);
	jsonw_u64(&w, "accepted", x->accepted);
	jsonw_object_end(&w);
	json_add_image(&w, x);
	json_add_packages(&w, x->model);
	json_add_vulns(&w, x);
	json_add_findings(&w, x);
	jsonw_array(&w, "unused_exceptions");
	for (size_t i = 0; i < x->unused.n; i++)
		add_accept(&w, NULL, &x->unused.v[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}
