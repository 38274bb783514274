/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of an explanation. Names come from images of others: they are escaped. */

#include "base/size.h"
#include "explain/why.h"

#include "inspect/report/escape.h"
#include "inspect/report/report.h"
#include "format/json/jsonw.h"

#define USERS_SHOWN 6

static void add_reason(struct buf *out, const struct reason *r)
{
	buf_printf(out, "    %s", escape_line(out->a, r->text));
	if (r->place)
		buf_printf(out, "  (%s%s%s)", escape_line(out->a, r->place),
			   r->first ? ", in place of " : "",
			   r->first ? escape_line(out->a, r->first) : "");
	buf_putc(out, '\n');
}

static void report_add_layer(const struct why_subject *s, const struct item *i, struct buf *out)
{
	const struct image_facts *facts = s->image->model.image;
	const char *line = facts->layers.v[i->layer].created_by;

	if (facts->rootfs)
		buf_puts(out, "    in the root file system");
	else
		buf_printf(out, "    layer %u of %zu", i->layer + 1u, facts->layers.n);
	if (line && *line)
		buf_printf(out, " (%s)",
			   escape_line(out->a, origin_layer(&s->image->model, i)
						       ? origin_layer(&s->image->model, i)
						       : line));
	if (i->type == ITEM_FILE)
		buf_printf(out, ", %s", size_text(out->a, i->size));
	if (i->package)
		buf_printf(out, ", package %s %s", escape_line(out->a, i->package->name),
			   escape_line(out->a, i->package->version));
	buf_putc(out, '\n');
}

static void report_add_users(const struct why *w, const struct item *shown, struct buf *out)
{
	size_t n = 0, left = 0;

	for (size_t i = 0; i < w->needed_by.n; i++) {
		if (w->needed_by.v[i] == shown)
			continue;
		if (n == USERS_SHOWN) {
			left++;
			continue;
		}
		buf_printf(out, "%s/%s",
			   n++	   ? ", "
			   : shown ? "    also needed by "
				   : "    needed by ",
			   escape_line(out->a, w->needed_by.v[i]->path));
	}
	if (left)
		buf_printf(out, " and %zu more", left);
	if (n)
		buf_putc(out, '\n');
}

static void add_subject(const struct why *w, struct buf *out)
{
	if (w->locator)
		buf_printf(out, "%s\n    told of by /%s\n", escape_line(out->a, w->locator),
			   escape_line(out->a, w->chain.v[0].item->path));
	if (w->kind == WHY_PACKAGE) {
		buf_printf(out, "package %s %s\n", escape_line(out->a, w->package->name),
			   escape_line(out->a, w->package->version));
		buf_printf(out, "    %zu files, %s; source %s %s\n", w->files,
			   size_text(out->a, w->package->bytes),
			   escape_line(out->a, w->package->source),
			   escape_line(out->a, w->package->source_version));
		report_add_users(w, NULL, out);
	} else if (w->kind == WHY_MISSING) {
		buf_printf(out, "%s is not in the image\n", escape_line(out->a, w->asked));
		report_add_users(w, NULL, out);
	}
}

void why_text(const struct why_subject *s, const struct why *w, const char *note, struct buf *out)
{
	add_subject(w, out);
	for (size_t i = 0; i < w->chain.n; i++) {
		const struct why_stop *stop = &w->chain.v[i];
		const struct why_stop *next = i + 1 < w->chain.n ? stop + 1 : NULL;

		buf_printf(out, "/%s", escape_line(out->a, stop->item->path));
		if (stop->item->type == ITEM_LINK)
			buf_printf(out, " -> %s", escape_line(out->a, stop->item->target));
		buf_putc(out, '\n');
		report_add_layer(s, stop->item, out);
		for (size_t k = 0; k < stop->reasons.n; k++)
			add_reason(out, &stop->reasons.v[k]);
		if (stop->as && next)
			buf_printf(out, "    needed by /%s as %s\n",
				   escape_line(out->a, next->item->path),
				   escape_line(out->a, stop->as));
		if (i == 0 && w->kind != WHY_PACKAGE)
			report_add_users(w, next ? next->item : NULL, out);
	}
	if (note)
		buf_printf(out, "%s\n", escape_line(out->a, note));
}

static void write_stop(const struct why_subject *s, const struct why_stop *stop, struct jsonw *w)
{
	const struct item *i = stop->item;

	jsonw_object(w, NULL);
	jsonw_printf(w, "path", "/%s", i->path);
	jsonw_u64(w, "layer", i->layer + 1u);
	if (origin_layer(&s->image->model, i))
		jsonw_cstr(w, "part", origin_layer(&s->image->model, i));
	if (i->type == ITEM_FILE)
		jsonw_u64(w, "size", i->size);
	if (i->type == ITEM_LINK)
		jsonw_cstr(w, "target", i->target);
	if (i->package)
		jsonw_cstr(w, "package", i->package->name);
	if (stop->as)
		jsonw_cstr(w, "neededAs", stop->as);
	jsonw_array(w, "reasons");
	for (size_t k = 0; k < stop->reasons.n; k++) {
		jsonw_object_inline(w, NULL);
		jsonw_cstr(w, "text", stop->reasons.v[k].text);
		if (stop->reasons.v[k].place)
			jsonw_cstr(w, "place", stop->reasons.v[k].place);
		if (stop->reasons.v[k].first)
			jsonw_cstr(w, "inPlaceOf", stop->reasons.v[k].first);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

void why_json(const struct why_subject *s, const struct why *w, const char *note, struct buf *out)
{
	static const char *const kinds[] = { "file", "library", "package", "missing" };
	struct jsonw j;

	jsonw_init(&j, out, true);
	jsonw_object(&j, NULL);
	jsonw_u64(&j, "format", 1);
	jsonw_cstr(&j, "image", s->image->bundle.name);
	jsonw_cstr(&j, "asked", w->asked);
	jsonw_cstr(&j, "kind", kinds[w->kind]);
	if (w->package) {
		jsonw_cstr(&j, "package", w->package->name);
		jsonw_cstr(&j, "version", w->package->version);
		jsonw_u64(&j, "files", w->files);
	}
	if (w->locator)
		jsonw_cstr(&j, "purl", w->locator);
	if (s->makings->n)
		jsonw_cstr(&j, "recipe", s->makings->v[0].recipe->file);
	if (note)
		jsonw_cstr(&j, "note", note);
	jsonw_array(&j, "chain");
	for (size_t i = 0; i < w->chain.n; i++)
		write_stop(s, &w->chain.v[i], &j);
	jsonw_array_end(&j);
	jsonw_array(&j, "neededBy");
	for (size_t i = 0; i < w->needed_by.n; i++)
		jsonw_printf(&j, NULL, "/%s", w->needed_by.v[i]->path);
	jsonw_array_end(&j);
	jsonw_object_end(&j);
	jsonw_finish(&j);
}
