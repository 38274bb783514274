/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of fixes that locks do not have yet. */

#include "cli/lock_security.h"
#include "format/json/jsonw.h"
#include "input/recipe/recipe.h"
#include "inspect/report/escape.h"

/* "CVE-2026-1 fixed in 1.2, CVE-2026-2 fixed in 1.3" */
static const char *security_fixes_text(struct arena *a, const struct security_row *row)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < row->fixes.n; i++)
		buf_printf(&text, "%s%s fixed in %s", i ? ", " : "", row->fixes.v[i].id,
			   row->fixes.v[i].version);
	return row->fixes.n ? buf_cstr(&text) : "a security update";
}

static void security_print_row(struct cli *c, const struct security_row *row)
{
	const struct newer_item *i = &row->item;
	const char *fixes = escape_line(c->a, security_fixes_text(c->a, row));

	fprintf(c->out, "%s: %s%s %s", row->lock, i->architecture ? "" : "source ", i->name,
		i->version);
	if (row->can_move)
		fprintf(c->out, " -> %s (%s): %s\n", i->now, i->now_codename, fixes);
	else
		fprintf(c->out, ": %s; %s\n", fixes,
			i->codename ? "the archive does not have it yet"
				    : "it is part of the base image");
}

static void security_print_json(struct cli *c, const char *recipe, const struct security_rows *l)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "recipe", recipe);
	jsonw_array(&w, "fixes");
	list_each(row, l) {
		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "lock", row->lock);
		jsonw_cstr(&w, "kind", row->item.architecture ? "package" : "source");
		jsonw_cstr(&w, "name", row->item.name);
		if (row->item.architecture)
			jsonw_cstr(&w, "architecture", row->item.architecture);
		jsonw_cstr(&w, "source", row->item.source);
		jsonw_cstr(&w, "locked", row->item.version);
		if (row->can_move) {
			jsonw_cstr(&w, "available", row->item.now);
			jsonw_cstr(&w, "suite", row->item.now_codename);
		}
		jsonw_array(&w, "vulnerabilities");
		list_each(f, &row->fixes) {
			jsonw_object(&w, NULL);
			jsonw_cstr(&w, "id", f->id);
			jsonw_cstr(&w, "fixed", f->version);
			jsonw_object_end(&w);
		}
		jsonw_array_end(&w);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

void security_report(struct cli *c, const char *recipe, const struct security_rows *l)
{
	if (c->json) {
		security_print_json(c, recipe, l);
		return;
	}
	list_each(row, l)
		security_print_row(c, row);
	if (!l->n)
		fprintf(c->out, "%s: its locks have all fixes\n", recipe);
}

/* What is worst: something that can be moved, else the first. */
static const struct security_row *security_first(const struct security_rows *l)
{
	list_each(row, l) {
		if (row->can_move)
			return row;
	}
	return l->n ? l->v : NULL;
}

static const char *security_fault(struct arena *a, const struct security_row *row)
{
	const struct newer_item *i = &row->item;
	const char *name = arena_printf(a, "%s%s %s", i->architecture ? "" : "source ", i->name,
					i->version);

	if (!row->fixes.n)
		return arena_printf(a, "%s has a security update, %s", name, i->now);
	return arena_printf(a, "%s lacks the fix for %s that %s has", name, row->fixes.v[0].id,
			    row->fixes.v[0].version);
}

bool security_outcome(struct cli *c, const char *recipe, const struct security_rows *l,
		      struct error *e)
{
	const struct security_row *first = security_first(l);
	const char *more = l->n > 1 ? arena_printf(c->a, " (and %zu more)", l->n - 1) : "";

	if (!first)
		return true;
	if (!first->can_move)
		return err_set(e, ERR_FINDINGS, "%s: %s%s; %s", first->lock,
			       security_fault(c->a, first), more,
			       first->item.codename
				       ? "the archive does not have it yet"
				       : arena_printf(c->a,
						      "it is part of the base image, which "
						      "imgbuild update %s moves as a whole",
						      recipe));
	return err_set(e, ERR_FINDINGS, "%s: %s%s; run imgbuild update --security %s", first->lock,
		       security_fault(c->a, first), more, recipe);
}

void security_names(struct arena *a, const struct security_rows *l, struct strings *out)
{
	list_each(row, l) {
		if (row->can_move && !strings_has(out, row->item.name))
			*list_push(a, out) = row->item.name;
	}
}

static bool security_is_kept(const struct security_row *row, const struct relocked *r)
{
	for (size_t i = 0; row->item.architecture && i < r->now->packages.n; i++) {
		const struct locked_package *p = &r->now->packages.v[i];

		if (!lock_is_tool(r->now, p) && strcmp(p->name, row->item.name) == 0)
			return strcmp(p->version, row->item.version) == 0;
	}
	for (size_t i = 0; !row->item.architecture && i < r->now->sources.n; i++) {
		if (strcmp(r->now->sources.v[i].package, row->item.name) == 0)
			return strcmp(r->now->sources.v[i].version, row->item.version) == 0;
	}
	return false;
}

void security_tell_kept(struct cli *c, const struct security_rows *l, const struct relocks *now)
{
	list_each(row, l) {
		for (size_t i = 0; row->can_move && i < now->n; i++) {
			if (strcmp(now->v[i].path, row->lock) == 0 &&
			    security_is_kept(row, &now->v[i]))
				progress_warn(c->progress,
					      "%s: %s stays at %s: the recipe does not allow %s",
					      row->lock, row->item.name, row->item.version,
					      row->item.now);
		}
	}
}

bool lock_check_fixes(struct cli *c, const struct store *s, const struct lock_options *o,
		      const struct strings *files, struct error *e)
{
	AUTO_CVE_DATA data = CVE_DATA_INIT;
	struct error first = { 0 };

	if (!cve_data_open(c, &o->cve, files->v[0], &data, e))
		return false;
	for (size_t i = 0; i < files->n; i++) {
		struct recipe *r = arena_alloc(c->a, sizeof(*r));
		struct security_rows rows = { 0 };

		if (!recipe_load(c->a, files->v[i], r, e) ||
		    !security_look(c, s, o, r, &data.inputs, &rows, e))
			return false;
		security_report(c, recipe_shown(c->a, r), &rows);
		if (!security_outcome(c, r->file, &rows, e) && first.kind == ERR_NONE)
			first = *e;
		err_clear(e);
	}
	*e = first;
	return first.kind == ERR_NONE;
}
