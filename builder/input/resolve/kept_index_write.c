/* SPDX-License-Identifier: Apache-2.0 */
/* A kept index in one pass: records go out as they come, names stay until all are there. */

#include <endian.h>
#include <stdlib.h>

#include "input/resolve/kept_index.h"

#define BLOCK 4096 /* entries that are written at a time */

static uint32_t kept_size(const struct buf *b)
{
	return (uint32_t)b->n;
}

void kept_begin(struct kept_writer *w, struct arena *a, struct sink *out)
{
	*w = (struct kept_writer){
		.a = a, .out = out, .texts = { .a = a, .max = UINT32_MAX }, .pages = { .a = a }
	};
	digest_begin(&w->page);
}

void kept_drop(struct kept_writer *w)
{
	digest_drop(&w->page);
}

static void kept_end_page(struct kept_writer *w)
{
	struct digest d = digest_end(&w->page);

	buf_add(&w->pages, (struct str){ (const char *)d.b, sizeof(d.b) });
	digest_begin(&w->page);
	w->page_n = 0;
}

/* Writes bytes that pages count. */
static bool kept_write(struct kept_writer *w, struct str bytes, struct error *e)
{
	struct str rest = bytes;

	while (rest.n) {
		size_t room = KEPT_PAGE - w->page_n, n = rest.n < room ? rest.n : room;

		digest_add(&w->page, (struct str){ rest.p, n });
		rest = str_from(rest, n);
		w->page_n += n;
		if (w->page_n == KEPT_PAGE)
			kept_end_page(w);
	}
	return w->out->write(w->out, bytes, e);
}

bool kept_add(struct kept_writer *w, struct str name, struct str record, struct error *e)
{
	if (record.n > UINT32_MAX - w->given || w->texts.overflow)
		return err_set(e, ERR_INPUT, "it has more than 4 GiB");
	*list_push(w->a, &w->names) = (struct kept_slot){ kept_size(&w->texts), (uint32_t)name.n,
							  (uint32_t)w->given, (uint32_t)record.n };
	buf_add(&w->texts, name);
	w->given += record.n;
	return kept_write(w, record, e);
}

void kept_add_offer(struct kept_writer *w, struct str name)
{
	const struct kept_slot *by = &w->names.v[w->names.n - 1];

	*list_push(w->a, &w->offers) = (struct kept_slot){ kept_size(&w->texts), (uint32_t)name.n,
							   by->key_at, by->key_n };
	buf_add(&w->texts, name);
}

static int compare_kept(const void *a, const void *b, void *texts)
{
	const struct kept_slot *x = a, *y = b;
	const char *p = texts;
	int order = str_cmp((struct str){ p + x->key_at, x->key_n },
			    (struct str){ p + y->key_at, y->key_n });

	return order ? order : (x->value_at > y->value_at) - (x->value_at < y->value_at);
}

static void kept_put_number(unsigned char out[static 4], uint32_t n)
{
	n = htole32(n);
	memcpy(out, &n, sizeof(n));
}

static bool kept_write_block(struct kept_writer *w, const struct kept_slot *v, size_t n,
			     struct error *e)
{
	struct kept_entry block[BLOCK];

	for (size_t i = 0; i < n; i++) {
		kept_put_number(block[i].key_at, v[i].key_at);
		kept_put_number(block[i].key_n, v[i].key_n);
		kept_put_number(block[i].value_at, v[i].value_at);
		kept_put_number(block[i].value_n, v[i].value_n);
	}
	return kept_write(w, (struct str){ (const char *)block, n * sizeof(*block) }, e);
}

static bool kept_write_table(struct kept_writer *w, struct kept_slots *l, struct error *e)
{
	if (l->n)
		qsort_r(l->v, l->n, sizeof(*l->v), compare_kept, w->texts.p);
	for (size_t i = 0; i < l->n; i += BLOCK) {
		if (!kept_write_block(w, l->v + i, l->n - i < BLOCK ? l->n - i : BLOCK, e))
			return false;
	}
	return true;
}

bool kept_end(struct kept_writer *w, struct error *e)
{
	struct kept_end end;

	if (w->texts.overflow || w->names.n > UINT32_MAX || w->offers.n > UINT32_MAX)
		return err_set(e, ERR_INPUT, "it has more than 4 GiB of names");
	memcpy(end.mark, KEPT_MARK, sizeof(end.mark));
	kept_put_number(end.records_n, (uint32_t)w->given);
	kept_put_number(end.texts_n, kept_size(&w->texts));
	kept_put_number(end.names_n, (uint32_t)w->names.n);
	kept_put_number(end.offers_n, (uint32_t)w->offers.n);
	if (!kept_write(w, buf_str(&w->texts), e) || !kept_write_table(w, &w->names, e) ||
	    !kept_write_table(w, &w->offers, e))
		return false;
	if (w->page_n)
		kept_end_page(w);
	kept_drop(w);
	return w->out->write(w->out, buf_str(&w->pages), e) &&
	       w->out->write(w->out, (struct str){ (const char *)&end, sizeof(end) }, e);
}
