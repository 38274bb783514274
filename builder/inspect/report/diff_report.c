/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of a comparison. Texts of the images are untrusted and escaped in each. */

#include "base/size.h"
#include "inspect/compare/diff.h"
#include "inspect/model/model.h"
#include "inspect/report/report.h"
#include "format/json/jsonw.h"

static const char *const part_names[] = { "packages", "config", "findings", "files" };

static void count_differences(const struct diff *d, enum diff_part part, size_t n[static 3])
{
	n[0] = n[1] = n[2] = 0;
	for (size_t i = 0; i < d->list.n; i++)
		if (d->list.v[i].part == part)
			n[d->list.v[i].sign == '+' ? 0 : d->list.v[i].sign == '-' ? 1 : 2]++;
}

/* On one line, without anything that drives a terminal; in Markdown, without markup. */
static void diff_add_text(struct buf *out, const char *text, bool markdown)
{
	size_t room = strlen(text) * 4 + 1;
	char *shown = arena_alloc(out->a, room);

	str_escape(str_of(text), shown, room);
	for (const char *p = shown; *p; p++) {
		if (*p == '\n' || *p == '\t')
			buf_puts(out, *p == '\n' ? "\\n" : "\\t");
		else if (markdown && strchr("<>&|`*_[]#", *p))
			buf_printf(out, "&#%d;", *p);
		else
			buf_putc(out, *p);
	}
}

static void add_sizes(const struct diff *d, struct buf *out)
{
	AUTO_ARENA a = { 0 };

	buf_printf(out, "%s -> %s in files, %zu -> %zu packages\n",
		   size_text(&a, d->before->model->bytes), size_text(&a, d->after->model->bytes),
		   d->before->model->packages.n, d->after->model->packages.n);
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
			diff_add_text(out, x->subject, false);
			buf_puts(out, "  ");
			diff_add_text(out, x->detail, false);
			buf_putc(out, '\n');
			for (size_t k = 0; k < x->more.n; k++) {
				buf_puts(out, "      ");
				diff_add_text(out, x->more.v[k], false);
				buf_putc(out, '\n');
			}
		}
	}
	if (d->list.n == 0)
		buf_puts(out, "no difference\n");
	else
		add_sizes(d, out);
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

static void markdown_part(const struct diff *d, enum diff_part part, struct buf *out)
{
	size_t n[3];

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
		buf_printf(out, "| %s | ",
			   d->list.v[i].sign == '+'   ? "new"
			   : d->list.v[i].sign == '-' ? "gone"
						      : "changed");
		diff_add_text(out, d->list.v[i].subject, true);
		buf_puts(out, " | ");
		diff_add_text(out, d->list.v[i].detail, true);
		for (size_t k = 0; k < d->list.v[i].more.n; k++) {
			buf_puts(out, "<br>");
			diff_add_text(out, d->list.v[i].more.v[k], true);
		}
		buf_puts(out, " |\n");
	}
	buf_puts(out, "\n</details>\n");
}

void diff_markdown(const struct diff *d, struct buf *out)
{
	buf_puts(out, "### Image: ");
	diff_add_text(out, d->before->image, true);
	buf_puts(out, " → ");
	diff_add_text(out, d->after->image, true);
	buf_puts(out, "\n\n");
	if (d->list.n == 0)
		buf_puts(out, "No difference.\n");
	else
		add_sizes(d, out);
	for (int part = 0; part < DIFF_PARTS; part++)
		markdown_part(d, (enum diff_part)part, out);
}
