/* SPDX-License-Identifier: Apache-2.0 */
/* Has the image more than its recipe allows? */

#include "base/buf.h"
#include "base/size.h"
#include "inspect/audit/check.h"
#include "inspect/audit/rules.h"

#define NAMES_SHOWN 5

/* False for what has no size of its own as it is pulled: a folder, a docker archive. */
static bool budget_can_weigh(const struct image_facts *image)
{
	for (size_t i = 0; i < image->layers.n; i++) {
		if (!image->layers.v[i].has_digest)
			return false;
	}
	return !image->rootfs;
}

static void budget_check_size(struct audit_run *r, const struct audit_limit *l)
{
	const struct image_facts *image = r->m->image;
	uint64_t bytes = 0;

	if (!l->where)
		return;
	if (!budget_can_weigh(image)) {
		finding_add(r, "budget.unchecked", NULL,
			    "\"compressed\" (%s) was not checked: the layers are not as a registry "
			    "would have them; audit a layout folder or docker://REGISTRY/NAME",
			    l->where);
		return;
	}
	for (size_t i = 0; i < image->layers.n; i++)
		bytes += image->layers.v[i].size;
	if (bytes > l->most)
		finding_add(r, "budget.compressed", NULL,
			    "the compressed layers have %s, %s more than the %s of \"compressed\" "
			    "(%s)",
			    size_text(r->a, bytes), size_text(r->a, bytes - l->most),
			    size_text(r->a, l->most), l->where);
}

static void budget_check_count(struct audit_run *r, const char *rule, const char *what, uint64_t n,
			       const struct audit_limit *l)
{
	if (l->where && n > l->most)
		finding_add(r, rule, NULL, "%llu %s, %llu more than the %llu of \"%s\" (%s)",
			    (unsigned long long)n, what, (unsigned long long)(n - l->most),
			    (unsigned long long)l->most, what, l->where);
}

void check_budget(struct audit_run *r, const struct audit_budget *b)
{
	budget_check_size(r, &b->compressed);
	budget_check_count(r, "budget.layers", "layers", r->m->image->layers.n, &b->layers);
	budget_check_count(r, "budget.packages", "packages", r->m->packages.n, &b->packages);
}

/* Whether a finding is a vulnerability that the budget does not allow. */
static bool budget_forbids(const struct finding *f, const struct audit_limit *l)
{
	return rule_matches("cve.*", f->rule->id) && !f->accepted && f->severity != SEV_NEVER &&
	       f->severity >= (enum severity)l->most;
}

void check_budget_cve(struct audit_run *r, const struct audit_budget *b, bool known)
{
	const struct audit_limit *l = &b->cve;
	struct buf names = { .a = r->a };
	size_t n = 0;

	if (!l->where)
		return;
	if (!known) {
		finding_add(r, "budget.unchecked", NULL,
			    "\"cve\" (%s) was not checked: --cve FILE names vulnerability data",
			    l->where);
		return;
	}
	for (size_t i = 0; i < r->out->n; i++) {
		const struct finding *f = &r->out->v[i];

		if (!budget_forbids(f, l))
			continue;
		/* "CVE-2026-1: libx 1.0 (source x 1.0), fixed in 1.1" */
		if (n++ < NAMES_SHOWN)
			buf_printf(&names, "%s" STR_FMT, names.n ? "; " : "",
				   STR_ARG(str_trim(
					   (struct str){ f->message, strcspn(f->message, ",(") })));
	}
	if (n > NAMES_SHOWN)
		buf_printf(&names, "; and %zu more", n - NAMES_SHOWN);
	if (n)
		finding_add(r, "budget.cve", NULL,
			    "%zu vulnerabilities of severity %s or higher, and \"cve\" (%s) allows "
			    "none: %s",
			    n, severity_name((enum severity)l->most), l->where, buf_cstr(&names));
}
