/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the image of whom: by platform, and by what is only for development. */

#include "input/recipe/node_dependencies.h"

#include <stdlib.h>

#include "format/text/npm_hoisted.h"
#include "format/text/npm_isolated.h"
#include "format/text/npm_tree.h"
#include "input/recipe/npm_in_sync.h"
#include "input/recipe/pnpm_in_sync.h"
#include "input/recipe/pnpm_settings.h"
#include "input/recipe/yarn_project.h"

/* process.arch of Node.js: of most machines as Go calls them. */
const char *dependencies_cpu(const struct platform *p)
{
	return strcmp(p->machine->oci, "amd64") == 0 ? "x64" : p->machine->oci;
}

bool dependencies_want_entry(const struct dependencies *l, const struct npm_entry *x,
			     const struct platform *p)
{
	const char *cpu = dependencies_cpu(p);

	return (l->dev || !x->dev) && !strings_has(&x->left_out, cpu) &&
	       (!x->optional || npm_entry_fits(x, cpu));
}

const struct npm_entry *dependencies_misfit(const struct dependencies *l, const struct platform *p)
{
	list_each(x, &l->entries) {
		if (dependencies_want_entry(l, x, p) && !npm_entry_fits(x, dependencies_cpu(p)))
			return x;
	}
	return NULL;
}

struct npm_entries dependencies_for_node(struct arena *a, const struct dependencies *l,
					 const struct platform *p, const char *node)
{
	struct npm_entries out = { NULL, 0, 0 };

	list_each(x, &l->entries) {
		struct npm_entry *copy = list_push(a, &out);

		*copy = *x;
		copy->left_out = (struct strings){ NULL, 0, 0 };
	}
	npm_tree_leave_out(a, &out, &l->others, dependencies_cpu(p), node);
	return out;
}

static int compare_npm_files(const void *x, const void *y)
{
	const struct dependency *a = x, *b = y;
	int order = strcmp(a->path, b->path);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* One file may stand in several places: it is needed where one of them is. */
static bool dependencies_join_files(struct arena *a, struct dependencies *out, struct error *e)
{
	size_t n = 0;

	for (size_t i = 0; i < out->v.n; i++) {
		struct dependency *d = &out->v.v[i], *before = n ? &out->v.v[n - 1] : NULL;

		if (!before || strcmp(before->path, d->path) != 0) {
			out->v.v[n++] = *d;
			continue;
		}
		if (!content_digest_eq(&before->content, &d->content)) {
			err_set(e, ERR_INPUT,
				"%s %s is there twice, with different digests (see line %u)",
				d->name, d->version, before->line);
			return err_at(e, out->file, d->line, 1);
		}
		for (size_t k = 0; k < d->platforms.n; k++) {
			if (!platforms_have(&before->platforms, d->platforms.v[k]))
				*list_push(a, &before->platforms) = d->platforms.v[k];
		}
	}
	out->v.n = n;
	return true;
}

/* The files of all entries. */
static bool dependencies_add_entries(struct arena *a, struct dependencies *out, struct error *e)
{
	struct platforms all = { NULL, 0, 0 };

	platforms_all(a, &all);
	for (size_t i = 0; i < all.n; i++)
		npm_tree_leave_out(a, &out->entries, &out->others, dependencies_cpu(all.v[i]),
				   NULL);
	list_each(x, &out->entries) {
		struct dependency d = { .name = x->name,
					.version = x->version,
					.path = x->file,
					.origin = x->resolved,
					.by_name = x->by_name,
					.line = x->line,
					.content = x->sha512 };

		for (size_t i = 0; i < all.n; i++) {
			if (dependencies_want_entry(out, x, all.v[i]))
				*list_push(a, &d.platforms) = all.v[i];
		}
		if (x->file && d.platforms.n)
			*list_push(a, &out->v) = d;
	}
	if (out->v.n > 1)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), compare_npm_files);
	return dependencies_join_files(a, out, e);
}

bool dependencies_of_npm(struct arena *a, struct str text, struct dependencies *out,
			 struct strings *inputs, struct buf *texts, struct error *e)
{
	(void)texts;
	return npm_lock_read(a, text, out->file, &out->entries, &out->others, e) &&
	       npm_check_in_sync(a, out, inputs, e) && dependencies_add_entries(a, out, e);
}

bool dependencies_of_pnpm(struct arena *a, struct str text, struct dependencies *out,
			  struct strings *inputs, struct buf *texts, struct error *e)
{
	struct npm_graph g = { .packages = { NULL, 0, 0 } };
	struct pnpm_asking asking = { .hooks = false };
	bool hoist;

	if (!pnpm_lock_read(a, text, out->file, &g, &asking, e) ||
	    !pnpm_hoists(a, out, inputs, &hoist, e))
		return false;
	if (hoist)
		buf_puts(texts, "hoist");
	npm_isolated_place(a, &g, hoist, &out->entries, &out->others);
	return pnpm_check_in_sync(a, out, &asking, inputs, e) &&
	       dependencies_add_entries(a, out, e);
}

bool dependencies_of_yarn(struct arena *a, struct str text, struct dependencies *out,
			  struct strings *inputs, struct buf *texts, struct error *e)
{
	struct npm_graph g = { .packages = { NULL, 0, 0 } };

	if (!yarn_project_make(a, text, out, &g, inputs, texts, e))
		return false;
	return npm_hoisted_place(a, &g, &out->entries, &out->others, e)
		       ? dependencies_add_entries(a, out, e)
		       : err_at(e, out->file, 1, 1);
}
