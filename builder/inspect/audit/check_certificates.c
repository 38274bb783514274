/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in PEM files (.crt, .pem): are there any, and are they still valid? */

#include "inspect/audit/check.h"
#include "inspect/audit/pem_memo.h"

static bool check_certificate_file(struct audit_run *r, const struct item *i, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct pem_certificates found;
	struct str text;

	if (!model_text(&scratch, r->m, i, &text, e))
		return false;
	found = pem_memo_certificates(r->certificates, text, (time_t)r->now);
	if (found.expired)
		finding_add(r, "certificate.expired", i->path,
			    "%zu of %zu certificates; the first is %s", found.expired, found.n,
			    found.first);
	return true;
}

/* The files in which TLS libraries look for authorities. */
static bool check_bundles(struct audit_run *r, struct error *e)
{
	static const char *const bundles[] = { "etc/ssl/certs/ca-certificates.crt",
					       "etc/ssl/cert.pem",
					       "etc/pki/tls/certs/ca-bundle.crt" };

	for (size_t i = 0; i < ARRAY_SIZE(bundles); i++) {
		const struct item *item = model_resolve(r->m, "", bundles[i], NULL);
		AUTO_ARENA scratch = { 0 };
		struct str text;

		if (!item || item->type != ITEM_FILE)
			continue;
		if (!model_text(&scratch, r->m, item, &text, e))
			return false;
		if ((text.p || item->size == 0) &&
		    pem_memo_certificates(r->certificates, text, (time_t)r->now).n == 0)
			finding_add(r, "certificate.bundle-empty", bundles[i],
				    "it holds no certificate");
	}
	return true;
}

bool check_certificates(struct audit_run *r, struct error *e)
{
	if (!check_bundles(r, e))
		return false;
	for (size_t n = 0; n < r->m->items.n; n++) {
		const struct item *i = r->m->items.v[n];

		if (i->type == ITEM_FILE && i->kept_at && i->kind == CONTENT_TEXT && !i->shared &&
		    (str_ends(str_of(i->path), STR(".crt")) ||
		     str_ends(str_of(i->path), STR(".pem"))) &&
		    !check_certificate_file(r, i, e))
			return false;
	}
	return true;
}
