/* SPDX-License-Identifier: Apache-2.0 */
/* A list: images have one or two bundles. */

#include "inspect/audit/pem_memo.h"

void pem_memo_close(struct pem_memo *m)
{
	arena_free(&m->a);
	*m = (struct pem_memo){ .found = m->found };
}

struct pem_certificates pem_memo_certificates(struct pem_memo *m, struct str text, time_t now)
{
	const struct digest key = digest_of(text);
	struct pem_known *new;

	list_each(x, &m->v) {
		if (!digest_eq(&x->text, &key) || now < x->from || now >= x->found.until)
			continue;
		m->found++;
		return x->found;
	}
	if (m->v.n == PEM_MEMO_MAX)
		m->v.n = 0;
	new = list_push(&m->a, &m->v);
	*new = (struct pem_known){ key, now, pem_certificates_of(text, now) };
	return new->found;
}
