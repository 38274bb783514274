/* SPDX-License-Identifier: Apache-2.0 */
/* Known vulnerabilities as findings. */

#include "base/buf.h"
#include "inspect/audit/check.h"
#include "inspect/vuln/vuln.h"

static const char *vuln_message(struct arena *a, const struct vuln *v)
{
	const struct image_component *c = v->component;
	struct buf out = { .a = a };

	buf_printf(&out, "%s: %s", v->id, c ? c->name : "the image");
	if (c && c->version)
		buf_printf(&out, " %s", c->version);
	if (c && c->source)
		buf_printf(&out, " (source %s %s)", c->source, c->source_version);
	if (v->fixed)
		buf_printf(&out, ", fixed in %s", v->fixed);
	if (v->note)
		buf_printf(&out, ", %s", v->note);
	if (v->vex && (v->vex->status == VEX_AFFECTED || v->vex->status == VEX_UNDER_INVESTIGATION))
		buf_printf(&out, "; %s says %s%s%s", v->vex->where,
			   v->vex->status == VEX_AFFECTED ? "affected" : "under investigation",
			   *v->vex->reason ? ": " : "", v->vex->reason);
	return buf_cstr(&out);
}

/* A statement that excludes it stands as an exception, with its reason. */
static const struct audit_accept *vuln_exclusion(struct arena *a, const struct vuln *v)
{
	struct audit_accept *x;

	if (!v->vex || (v->vex->status != VEX_NOT_AFFECTED && v->vex->status != VEX_FIXED))
		return NULL;
	x = arena_alloc(a, sizeof(*x));
	*x = (struct audit_accept){
		.rule = v->rule,
		.where = v->vex->where,
		.reason = arena_printf(a, "VEX %s%s%s",
				       v->vex->status == VEX_FIXED ? "fixed" : "not_affected",
				       *v->vex->reason ? ": " : "", v->vex->reason)
	};
	return x;
}

bool check_vulnerabilities(struct audit_run *r, const struct vuln_inputs *data, struct vulns *out,
			   struct error *e)
{
	struct remarks problems = { NULL, 0, 0 };

	if (!vuln_read(r->a, r->m, data, out, &problems, e))
		return false;
	for (size_t i = 0; i < problems.n; i++)
		finding_add(r, problems.v[i].rule, problems.v[i].path, "%s", problems.v[i].text);
	if (out->other_releases)
		finding_add(r, "cve.other-release", NULL,
			    "the data speak of Debian %s, not of %s that the image is",
			    out->other_releases, r->m->os_version);
	list_each(v, out) {
		struct finding *f = v->rule ? finding_add(r, v->rule,
							  v->component ? v->component->record
								       : NULL,
							  "%s", vuln_message(r->a, v))
					    : NULL;

		if (f)
			f->accepted = vuln_exclusion(r->a, v);
	}
	return true;
}
