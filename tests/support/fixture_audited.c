/* SPDX-License-Identifier: Apache-2.0 */
/* Audits for tests. */

#include "support/fixture_audited.h"

#include <criterion/criterion.h>

#include "base/buf.h"
#include "inspect/audit/rules.h"

const char *audited_text(struct arena *a, const struct audit_result *r)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < r->findings.n; i++)
		buf_printf(&out, "\n    %s %s: %s", r->findings.v[i].rule->id,
			   r->findings.v[i].path ? r->findings.v[i].path : "-",
			   r->findings.v[i].message);
	return out.n ? buf_cstr(&out) : "nothing";
}

bool audited_has(const struct audit_result *r, const char *rule, const char *path)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		if (strcmp(f->rule->id, rule) == 0 &&
		    (path ? f->path && strcmp(f->path, path) == 0 : !f->path))
			return true;
	}
	return false;
}

struct audit_result audited(struct arena *a, const struct audit_request *req)
{
	struct audit_result r;
	struct error e = { 0 };
	char text[4096];

	if (!audit_image(a, req, &r, &e)) {
		err_format(&e, text, sizeof(text));
		cr_assert(false, "%s", text);
	}
	return r;
}
