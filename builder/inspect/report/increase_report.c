/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of what grew. */

#include "base/size.h"
#include "inspect/compare/increase.h"
#include "inspect/model/model.h"
#include "inspect/report/escape.h"

static const char *const increase_titles[INCREASE_PARTS] = { "packages", "files", "layers" };

void increase_sizes(const struct audit_result *before, const struct audit_result *after,
		    struct buf *out)
{
	AUTO_ARENA a = { 0 };

	buf_printf(out, "%s -> %s to pull, ", size_text(&a, increase_pulled(before)),
		   size_text(&a, increase_pulled(after)));
	buf_printf(out, "%s -> %s in files, %zu -> %zu layers, %zu -> %zu packages\n",
		   size_text(&a, before->model->bytes), size_text(&a, after->model->bytes),
		   before->model->image->layers.n, after->model->image->layers.n,
		   before->model->packages.n, after->model->packages.n);
}

/* Bytes of the rows that are not shown. */
static uint64_t increase_rest(const struct increase_rows *l)
{
	uint64_t bytes = 0;

	for (size_t i = INCREASE_SHOWN; i < l->n; i++)
		bytes += l->v[i].after - l->v[i].before;
	return bytes;
}

static void increase_text_part(const struct increase_rows *l, const char *title, struct buf *out)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < l->n && i < INCREASE_SHOWN; i++) {
		const struct increase_row *row = &l->v[i];

		buf_printf(out, "  %-8s  +%s  ", i ? "" : title,
			   size_text(&a, row->after - row->before));
		escape_plain(out, row->name);
		buf_puts(out, *row->detail ? " " : "");
		escape_plain(out, row->detail);
		if (row->is_new)
			buf_puts(out, " (new)\n");
		else
			buf_printf(out, " (%s -> %s)\n", size_text(&a, row->before),
				   size_text(&a, row->after));
	}
	if (l->n > INCREASE_SHOWN)
		buf_printf(out, "  %-8s  +%s  in %zu more\n", "", size_text(&a, increase_rest(l)),
			   l->n - INCREASE_SHOWN);
}

void increase_text(const struct increase *x, struct buf *out)
{
	increase_sizes(x->before, x->after, out);
	for (int part = 0; part < INCREASE_PARTS; part++)
		increase_text_part(&x->parts[part], increase_titles[part], out);
}

static void increase_markdown_part(const struct increase_rows *l, const char *title,
				   struct buf *out)
{
	AUTO_ARENA a = { 0 };

	if (l->n == 0)
		return;
	buf_printf(out, "\n| %s | more | before | after |\n|---|---:|---:|---:|\n", title);
	for (size_t i = 0; i < l->n && i < INCREASE_SHOWN; i++) {
		const struct increase_row *row = &l->v[i];

		buf_puts(out, "| ");
		escape_markdown(out, row->name);
		buf_puts(out, *row->detail ? " " : "");
		escape_markdown(out, row->detail);
		buf_printf(out, " | +%s | %s | %s |\n", size_text(&a, row->after - row->before),
			   row->is_new ? "new" : size_text(&a, row->before),
			   size_text(&a, row->after));
	}
	if (l->n > INCREASE_SHOWN)
		buf_printf(out, "| %zu more | +%s | | |\n", l->n - INCREASE_SHOWN,
			   size_text(&a, increase_rest(l)));
}

void increase_markdown(const struct increase *x, struct buf *out)
{
	increase_sizes(x->before, x->after, out);
	for (int part = 0; part < INCREASE_PARTS; part++)
		increase_markdown_part(&x->parts[part], increase_titles[part], out);
}
