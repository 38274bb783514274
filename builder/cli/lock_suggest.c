/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild lock --suggest: prints the lines that a recipe lacks, and with --write puts them there.
 */

#include "cli/cmd_lock.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "explain/suggest.h"
#include "format/json/jsonw.h"
#include "inspect/report/escape.h"

#define RECIPE_MAX (16u << 20)

/* A recipe that others extend is not changed for one of them. */
static bool check_lines_are_own(struct cli *c, const struct suggestions *lines, struct error *e)
{
	for (size_t i = 0; i < lines->v.n; i++) {
		const struct suggestion *x = &lines->v.v[i];

		if (x->elsewhere)
			return err_set(
				e, ERR_INPUT,
				"component %s is in %s: add the lines there (--suggest prints them), or "
				"copy the component into this recipe",
				x->edit.component, place_format(c->a, &x->at));
	}
	return true;
}

/* Adds the lines to the file; what is there already is left out of `lines`. */
static bool write_lines(struct cli *c, const char *file, struct suggestions *lines, struct error *e)
{
	struct str text;
	size_t kept = 0;

	if (!check_lines_are_own(c, lines, e) ||
	    !io_read_file(c->a, AT_FDCWD, file, RECIPE_MAX, &text, e))
		return false;
	for (size_t i = 0; i < lines->v.n; i++) {
		bool added;

		if (!edit_add(c->a, file, text, &lines->v.v[i].edit, &text, &added, e))
			return false;
		if (added)
			lines->v.v[kept++] = lines->v.v[i];
	}
	lines->v.n = kept;
	return kept == 0 || file_write_path(file, 0644, text, e);
}

static const char *suggest_unknown_text(struct arena *a, const struct suggestion_unknown *u)
{
	return escape_line(a, arena_printf(a, "%s, needed by %s", u->library, u->file));
}

static void suggest_print_lines(struct cli *c, const char *file, const struct suggestions *l,
				bool wrote)
{
	for (size_t i = 0; i < l->v.n; i++) {
		const struct suggestion *x = &l->v.v[i];

		fprintf(c->out, "%s: %s\n  %s\n  because %s\n", place_format(c->a, &x->at),
			edit_where(c->a, &x->edit), edit_line(c->a, &x->edit),
			escape_line(c->a, x->reason));
	}
	list_each(u, &l->unknown)
		fprintf(c->out, "%s: nothing was found that has %s\n", file,
			suggest_unknown_text(c->a, u));
	if (l->v.n == 0)
		fprintf(c->out, "%s: nothing to %s\n", file,
			l->unknown.n ? "suggest for the rest" : "suggest");
	else
		fprintf(c->out, "%s: %zu line%s %s\n", file, l->v.n, l->v.n == 1 ? "" : "s",
			wrote ? "written; look at each, and at the reasons of what is accepted"
			      : "to write; --write adds them");
}

static void print_lines_json(struct cli *c, const char *file, const struct suggestions *l,
			     bool wrote)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "recipe", file);
	jsonw_bool(&w, "written", wrote && l->v.n);
	jsonw_array(&w, "suggestions");
	for (size_t i = 0; i < l->v.n; i++) {
		const struct suggestion *x = &l->v.v[i];

		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "at", place_format(c->a, &x->at));
		jsonw_cstr(&w, "where", edit_where(c->a, &x->edit));
		jsonw_cstr(&w, "line", edit_line(c->a, &x->edit));
		jsonw_cstr(&w, "reason", x->reason);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_array(&w, "unknown");
	list_each(u, &l->unknown)
		jsonw_cstr(&w, NULL, suggest_unknown_text(c->a, u));
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

bool lock_suggest(struct cli *c, const struct store *s, const char *file,
		  const struct platforms *platforms, bool write, struct error *e)
{
	struct build_order o = { .store = s,
				 .recipe = file,
				 .mirrors = &c->mirrors,
				 .mirror_env = getenv("IMGBUILD_MIRROR"),
				 .offline = c->offline,
				 .compile = { .jobs = c->jobs, .makeflags = getenv("MAKEFLAGS") },
				 .progress = c->progress };
	struct suggestions lines;

	*list_push(c->a, &o.platforms) = platforms->n ? platforms->v[0] : platform_of_compilers();
	if (!build_suggest(c->a, &o, &lines, e) || (write && !write_lines(c, file, &lines, e)))
		return err_wrap(e, "suggest %s", file);
	if (c->json)
		print_lines_json(c, file, &lines, write);
	else
		suggest_print_lines(c, file, &lines, write);
	return true;
}
