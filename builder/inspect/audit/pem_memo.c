/* SPDX-License-Identifier: Apache-2.0 */
/* A list: images have one or two bundles. */

#include "inspect/audit/pem_memo.h"

void pem_memo_close(struct pem_memo *m)
{
	arena_free(&m->a);
	*m = (struct pem_memo){ .lock = PTHREAD_MUTEX_INITIALIZER, .found = m->found };
}

static const struct pem_known *pem_memo_find(struct pem_memo *m, const struct digest *key,
					     time_t now)
{
	list_each(x, &m->v) {
		if (!digest_eq(&x->text, key) || now < x->from || now >= x->found.until)
			continue;
		m->found++;
		return x;
	}
	return NULL;
}

struct pem_certificates pem_memo_certificates(struct pem_memo *m, struct str text, time_t now)
{
	const struct digest key = digest_of(text);
	struct pem_certificates out;
	const struct pem_known *known;

	pthread_mutex_lock(&m->lock);
	known = pem_memo_find(m, &key, now);
	if (known) {
		out = known->found;
	} else {
		if (m->v.n == PEM_MEMO_MAX)
			m->v.n = 0;
		out = pem_certificates_of(text, now);
		*list_push(&m->a, &m->v) = (struct pem_known){ key, now, out };
	}
	pthread_mutex_unlock(&m->lock);
	return out;
}
