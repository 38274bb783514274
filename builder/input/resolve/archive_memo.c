/* SPDX-License-Identifier: Apache-2.0 */
/* A few suites and a few indexes, looked through one by one. */

#include "input/resolve/archive_memo.h"

static bool memo_same_texts(const struct strings *x, const struct strings *y)
{
	bool same = x->n == y->n;

	for (size_t i = 0; same && i < x->n; i++)
		same = strcmp(x->v[i], y->v[i]) == 0;
	return same;
}

static bool memo_same_suite(const struct suite *x, const struct suite *y)
{
	return strcmp(x->entry, y->entry) == 0 && strcmp(x->archive, y->archive) == 0 &&
	       strcmp(x->codename, y->codename) == 0 &&
	       memo_same_texts(&x->keyrings, &y->keyrings) &&
	       memo_same_texts(&x->signers, &y->signers);
}

const struct release *memo_release(const struct archive_memo *m, const struct suite *suite)
{
	list_each(r, &m->releases) {
		if (memo_same_suite((*r)->suite, suite))
			return *r;
	}
	return NULL;
}

const struct kept_index *memo_index(const struct archive_memo *m, const struct digest *key)
{
	list_each(i, &m->indexes) {
		if (digest_eq(&(*i)->key, key))
			return &(*i)->kept;
	}
	return NULL;
}

void memo_drop(struct archive_memo *m)
{
	list_each(i, &m->indexes)
		kept_close(&(*i)->kept);
	list_each(r, &m->reading)
		arena_free(&(*r)->a);
	arena_free(&m->a);
	*m = (struct archive_memo){ 0 };
}
