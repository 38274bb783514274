/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of a comparison. Texts of the images are untrusted and escaped in each. */

#include "inspect/compare/diff.h"
#include "inspect/compare/increase.h"
#include "inspect/model/model.h"
#include "inspect/report/escape.h"
#include "format/json/jsonw.h"

#define MARKDOWN_PART 12000 /* bytes of one part, about: forges take 65,536 in all */

static const char *const part_names[] = { "packages", "config", "findings", "files" };

static void count_differences(const struct diff *d, enum diff_part part, size_t n[static 3])
{
	n[0] = n[1] = n[2] = 0;
	for (size_t i = 0; i < d->list.n; i++)
		if (d->list.v[i].part == part)
			n[d->list.v[i].sign == '+' ? 0 : d->list.v[i].sign == '-' ? 1 : 2]++;
}

void diff_text(const struct diff *d, struct buf *out)
{
	for (int part = 0; part < DIFF_PARTS; part++) {
		size_t n[3];

		count_differences(d, (enum diff_part)part, n);
		if (n[0] + n[1] + n[2] == 0)
			continue;
		buf_printf(out, "%s: %zu new, %zu gone, %zu changed\n", part_names[part], n[0],
			   n[1], n[2]);
		for (size_t i = 0; i < d->list.n; i++) {
			const struct difference *x = &d->list.v[i];

			if (x->part != (enum diff_part)part)
				continue;
			buf_printf(out, "  %c ", x->sign);
			escape_plain(out, x->subject);
			buf_puts(out, "  ");
			escape_plain(out, x->detail);
			buf_putc(out, '\n');
			for (size_t k = 0; k < x->more.n; k++) {
				buf_puts(out, "      ");
				escape_plain(out, x->more.v[k]);
				buf_putc(out, '\n');
			}
		}
	}
	if (d->list.n == 0)
		buf_puts(out, "no difference\n");
	else
		increase_sizes(d->before, d->after, out);
}

void diff_json(const struct diff *d, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "format", 1);
	jsonw_cstr(&w, "before", d->before->image);
	jsonw_cstr(&w, "after", d->after->image);
	jsonw_u64(&w, "bytes_before", d->before->model->bytes);
	jsonw_u64(&w, "bytes_after", d->after->model->bytes);
	jsonw_u64(&w, "pulled_before", increase_pulled(d->before));
	jsonw_u64(&w, "pulled_after", increase_pulled(d->after));
	jsonw_u64(&w, "layers_before", d->before->model->image->layers.n);
	jsonw_u64(&w, "layers_after", d->after->model->image->layers.n);
	jsonw_u64(&w, "packages_before", d->before->model->packages.n);
	jsonw_u64(&w, "packages_after", d->after->model->packages.n);
	jsonw_array(&w, "changes");
	for (size_t i = 0; i < d->list.n; i++) {
		const struct difference *x = &d->list.v[i];

		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "part", part_names[x->part]);
		jsonw_cstr(&w, "change",
			   x->sign == '+'   ? "new"
			   : x->sign == '-' ? "gone"
					    : "changed");
		jsonw_cstr(&w, "subject", x->subject);
		jsonw_cstr(&w, "detail", x->detail);
		if (x->more.n)
			jsonw_strings(&w, "more", &x->more);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}

static void markdown_row(const struct difference *x, struct buf *out)
{
	buf_printf(out, "| %s | ", x->sign == '+' ? "new" : x->sign == '-' ? "gone" : "changed");
	escape_markdown(out, x->subject);
	buf_puts(out, " | ");
	escape_markdown(out, x->detail);
	for (size_t k = 0; k < x->more.n; k++) {
		buf_puts(out, "<br>");
		escape_markdown(out, x->more.v[k]);
	}
	buf_puts(out, " |\n");
}

/* What would make the text longer than a forge takes is counted. */
static void markdown_part(const struct diff *d, enum diff_part part, struct buf *out)
{
	size_t n[3], begin = out->n, left = 0;

	count_differences(d, part, n);
	if (n[0] + n[1] + n[2] == 0)
		return;
	buf_printf(out,
		   "\n<details%s><summary>%s: %zu new, %zu gone, %zu changed</summary>\n\n"
		   "| | what | |\n|---|---|---|\n",
		   part == DIFF_FILES ? "" : " open", part_names[part], n[0], n[1], n[2]);
	for (size_t i = 0; i < d->list.n; i++) {
		if (d->list.v[i].part != part)
			continue;
		if (out->n - begin < MARKDOWN_PART)
			markdown_row(&d->list.v[i], out);
		else
			left++;
	}
	if (left)
		buf_printf(out, "| | %zu more | imgbuild diff without --format tells all |\n",
			   left);
	buf_puts(out, "\n</details>\n");
}

/* Sizes, and what grew most. */
static void markdown_summary(const struct diff *d, struct buf *out)
{
	struct increase x;

	increase_find(out->a, d->before, d->after, &x);
	increase_markdown(&x, out);
}

void diff_markdown(const struct diff *d, struct buf *out)
{
	buf_puts(out, "### Image: ");
	escape_markdown(out, d->before->image);
	buf_puts(out, " → ");
	escape_markdown(out, d->after->image);
	buf_puts(out, "\n\n");
	if (d->list.n == 0)
		buf_puts(out, "No difference.\n");
	else
		markdown_summary(d, out);
	for (int part = 0; part < DIFF_PARTS; part++)
		markdown_part(d, (enum diff_part)part, out);
}
