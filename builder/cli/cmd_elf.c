/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild elf: the libraries of files or of a whole root folder, where each was found and why not.
 * Reads headers as the loader would; runs nothing. */

#include <errno.h>
#include <unistd.h>

#include "base/strmap.h"
#include "cli/commands.h"
#include "format/elf/elf_dlopen.h"
#include "make/closure/closure.h"
#include "make/closure/closure_folder.h"
#include "make/closure/symbol_versions.h"
#include "format/json/jsonw.h"

struct elf_options {
	const char *root;
};

struct elf_request {
	struct cli *c;
	struct arena a; /* of one path: given back before the next */
	struct folder folder;
	struct closure_folder from; /* that one */
	const char *root;	    /* --root, or NULL: the host's */
	struct tree tree;	    /* of the files named; a folder has a tree of its own */
	struct world *world;	    /* what was read of it */
	size_t missing;		    /* libraries and versions */
};

/* Names come from files of others: nothing of them may drive the terminal. */
static const char *elf_escape(struct elf_request *r, const char *s)
{
	size_t size = 4 * strlen(s) + 1;
	char *out = arena_alloc(&r->a, size);

	str_escape(str_of(s), out, size);
	return out;
}

/* The tree of one file, drawn. */
struct drawing {
	struct elf_request *r;
	const struct closure *closure;
	struct strmap shown; /* files whose libraries were listed above */
};

static void print_edge(struct drawing *d, const struct closure_edge *edge, bool repeated)
{
	FILE *out = d->r->c->out;

	fprintf(out, "%s", elf_escape(d->r, edge->needed));
	if (edge->dlopen)
		fprintf(out, " (dlopen, %s%s%s)", elf_dlopen_priority_name(edge->dlopen->priority),
			edge->dlopen->feature ? ": " : "",
			edge->dlopen->feature ? elf_escape(d->r, edge->dlopen->feature) : "");
	if (!edge->found && !closure_edge_lacks(edge))
		fprintf(out, " absent (%s)\n", elf_escape(d->r, edge->why));
	else if (!edge->found)
		fprintf(out, " MISSING (%s)\n", elf_escape(d->r, edge->why));
	else
		fprintf(out, " => /%s [%s]%s\n", elf_escape(d->r, edge->found), edge->how,
			repeated ? " ..." : "");
}

/* The libraries below one file; those whose own were listed before are not listed again. */
static void elf_draw_tree(struct drawing *d, const char *file, const char *indent)
{
	struct arena *a = &d->r->a;
	size_t n;
	const struct closure_edge *edges = closure_edges(d->closure, file, &n);

	strmap_add(a, &d->shown, str_of(file));
	for (size_t i = 0; i < n; i++) {
		const struct closure_edge *edge = &edges[i];
		bool last = i + 1 == n, repeated = false;
		size_t below = 0;

		if (edge->found) {
			closure_edges(d->closure, edge->found, &below);
			repeated = below && strmap_get(&d->shown, str_of(edge->found));
		}
		fprintf(d->r->c->out, "%s%s ", indent, last ? "`--" : "|--");
		print_edge(d, edge, repeated);
		if (below && !repeated)
			elf_draw_tree(d, edge->found,
				      arena_printf(a, "%s%s", indent, last ? "    " : "|   "));
	}
}

/* Every file with what it needs itself. */
static void elf_list_files(struct elf_request *r, const struct closure *c)
{
	struct drawing d = { .r = r, .closure = c };

	for (size_t i = 0; i < c->edges.n; i++) {
		if (i == 0 || strcmp(c->edges.v[i].file, c->edges.v[i - 1].file) != 0)
			fprintf(r->c->out, "/%s\n", elf_escape(r, c->edges.v[i].file));
		fprintf(r->c->out, "    ");
		print_edge(&d, &c->edges.v[i], false);
	}
	for (size_t i = 0; i < c->bad.n; i++)
		fprintf(r->c->out, "/%s\n    MALFORMED (%s)\n", elf_escape(r, c->bad.v[i].file),
			elf_escape(r, c->bad.v[i].why));
}

static void print_versions(struct elf_request *r, const struct version_misses *misses)
{
	for (size_t i = 0; i < misses->v.n; i++) {
		const struct version_miss *miss = &misses->v.v[i];

		if (version_miss_is_fatal(miss))
			fprintf(r->c->out, "/%s: version %s MISSING in /%s\n",
				elf_escape(r, miss->file), elf_escape(r, miss->version),
				elf_escape(r, miss->library));
	}
}

static void write_edges(struct jsonw *w, const struct closure *c)
{
	jsonw_array(w, "libraries");
	for (size_t i = 0; i < c->edges.n; i++) {
		const struct closure_edge *edge = &c->edges.v[i];

		jsonw_object_inline(w, NULL);
		jsonw_cstr(w, "file", edge->file);
		jsonw_cstr(w, "needed", edge->needed);
		if (edge->dlopen)
			jsonw_cstr(w, "dlopen", elf_dlopen_priority_name(edge->dlopen->priority));
		if (edge->dlopen && edge->dlopen->feature)
			jsonw_cstr(w, "feature", edge->dlopen->feature);
		if (edge->found) {
			jsonw_cstr(w, "found", edge->found);
			jsonw_cstr(w, "how", edge->how);
		} else {
			jsonw_cstr(w, "missing", edge->why);
			jsonw_cstr(w, "chain", edge->chain);
		}
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_misses(struct jsonw *w, const struct version_misses *misses)
{
	jsonw_array(w, "missingVersions");
	for (size_t i = 0; i < misses->v.n; i++) {
		const struct version_miss *miss = &misses->v.v[i];

		jsonw_object_inline(w, NULL);
		jsonw_cstr(w, "file", miss->file);
		jsonw_cstr(w, "library", miss->library);
		jsonw_cstr(w, "version", miss->version);
		jsonw_bool(w, "fatal", version_miss_is_fatal(miss));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* One document for each path. */
static void elf_print_json(struct elf_request *r, const char *path, const struct closure *c,
			   const struct version_misses *misses)
{
	struct buf out = { .a = &r->a };
	struct jsonw w;

	jsonw_init(&w, &out, true);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "path", path);
	write_edges(&w, c);
	jsonw_array(&w, "malformed");
	for (size_t i = 0; i < c->bad.n; i++) {
		jsonw_object_inline(&w, NULL);
		jsonw_cstr(&w, "file", c->bad.v[i].file);
		jsonw_cstr(&w, "why", c->bad.v[i].why);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	write_misses(&w, misses);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	fwrite(out.p, 1, out.n, r->c->out);
}

static void elf_report(struct elf_request *r, const char *path, const struct closure *c, bool whole)
{
	struct version_misses misses;

	versions_check(&r->a, c, &misses);
	r->missing += c->missing + c->bad.n;
	for (size_t i = 0; i < misses.v.n; i++)
		r->missing += version_miss_is_fatal(&misses.v.v[i]);
	if (r->c->json) {
		elf_print_json(r, path, c, &misses);
		return;
	}
	if (whole) {
		elf_list_files(r, c);
	} else {
		struct drawing d = { .r = r, .closure = c };

		fprintf(r->c->out, "%s\n", elf_escape(r, path));
		elf_draw_tree(&d, tree_resolve(&r->tree, path)->path, "");
	}
	print_versions(r, &misses);
}

/* A path as the root sees it. Without --root it may be relative to the working folder. */
static bool elf_absolute_path(struct elf_request *r, const char *path, const char **out,
			      struct error *e)
{
	char cwd[4096];

	*out = path;
	if (path[0] == '/')
		return true;
	if (!r->root && !getcwd(cwd, sizeof(cwd)))
		return err_sys(e, "find the working folder");
	*out = arena_printf(r->c->a, "%s/%s", r->root ? "" : cwd, path);
	return true;
}

/* Every ELF file below a folder. */
static bool examine_folder(struct elf_request *r, const char *path, struct error *e)
{
	struct closure c;
	struct tree tree;
	const struct node *n;

	tree_init(&tree, &r->a);
	if (!folder_reach(&r->folder, &tree, path, e))
		return false;
	n = tree_resolve(&tree, path);
	if (!folder_walk(&r->folder, &tree, n ? n->path : "", e) ||
	    !closure_run(&r->a, &tree, &r->from.base, &c, e))
		return false;
	elf_report(r, path, &c, true);
	return true;
}

/* A file is followed as one process; what was read for one is there for the next. */
static bool elf_examine(struct elf_request *r, const char *path, struct error *e)
{
	struct closure c;
	const struct node *n;
	const char *full;

	if (!elf_absolute_path(r, path, &full, e) || !folder_reach(&r->folder, &r->tree, full, e))
		return false;
	n = tree_resolve(&r->tree, full);
	if (!n && r->folder.unreadable.n)
		return err_set(e, ERR_SYSTEM, "%s: permission denied", full);
	if (full[strspn(full, "/")] == '\0' || (n && n->type == NODE_DIR))
		return examine_folder(r, full, e);
	if (!closure_run_in(&r->a, r->world, full, &c, e))
		return false;
	elf_report(r, full, &c, false);
	return true;
}

/* Makes the world of the files named and reads them. */
static bool open_world(struct elf_request *r, const struct strings *paths, struct error *e)
{
	struct strings full = { 0 };

	if (!folder_open(&r->folder, r->c->a, r->root ? r->root : "/", e))
		return false;
	r->from = closure_folder_of(&r->folder);
	tree_init(&r->tree, r->c->a);
	r->world = closure_world(r->c->a, &r->tree, &r->from.base, e);
	if (!r->world)
		return false;
	closure_alone(r->world);
	for (size_t i = 0; i < paths->n; i++) {
		if (!elf_absolute_path(r, paths->v[i], list_push(r->c->a, &full), e))
			return false;
	}
	return closure_read_ahead(r->world, &full, e);
}

static bool examine_all(struct elf_request *r, const struct strings *paths, struct error *e)
{
	if (!open_world(r, paths, e))
		return false;
	for (size_t i = 0; i < paths->n; i++) {
		bool ok = elf_examine(r, paths->v[i], e);

		arena_free(&r->a);
		if (!ok)
			return false;
	}
	strings_unique(&r->folder.unreadable);
	for (size_t i = 0; i < r->folder.unreadable.n; i++)
		progress_warn(r->c->progress, "/%s: permission denied, left out",
			      r->folder.unreadable.v[i]);
	return r->missing == 0 ||
	       err_set(e, ERR_FINDINGS, "%zu librar%s or versions missing or malformed", r->missing,
		       r->missing == 1 ? "y" : "ies");
}

static bool elf_run(struct cli *c, struct error *e)
{
	const struct elf_options *o = c->options;
	struct elf_request r = { .c = c, .folder = FOLDER_INIT, .root = o->root };
	bool ok;

	if (c->operands.n == 0 && !o->root)
		return err_set(e, ERR_USAGE, "elf: name a file or folder, or --root DIR");
	if (c->operands.n == 0)
		*list_push(c->a, &c->operands) = "/";
	ok = examine_all(&r, &c->operands, e);
	folder_close(&r.folder);
	return ok;
}

static const struct option_row elf_options[] = {
	{ "--root", 0, "DIR", "look in this folder as a process chrooted into it would",
	  OPTION_IS_TEXT(struct elf_options, root), .word = WORD_FOLDER },
	{ NULL },
};

const struct command cmd_elf = {
	.name = "elf",
	.summary = "the library tree of programs, or of a root folder",
	.operands = { { "[PATH...]", WORD_FILE } },
	.examples = "elf /usr/bin/curl\nelf --root rootfs /usr/sbin/squid",
	.text = "A folder as PATH means every ELF file below it; --root alone means all of that folder. Exits 1 when a "
		"library is missing.",
	.options = elf_options,
	.options_size = sizeof(struct elf_options),
	.run = elf_run,
	.jails = true,
};
