/* SPDX-License-Identifier: Apache-2.0 */
/* Packages name what they depend on, with markers: from the project's own one all that is needed is
 * found, machine by machine. An extra of a package is a node of its own. */

#include "format/text/uv_lock.h"

#include <stdlib.h>

#include "base/strmap.h"
#include "format/text/requirements.h"

#define UV_ROOT "."
/* Packages of one name: uv has one for each combination of platforms that differs. */
#define UV_SAME_MAX 100

struct uv_package {
	const struct toml_node *n;
	const char *name, *version; /* as written; version may be NULL */
	const char *folder;	    /* of the project's own: editable, virtual; NULL: it is not */
	size_t rank;		    /* in the text */
	unsigned machines;	    /* that need it */
};

/* A package, or an extra of it, and the machines that need that. */
struct uv_need {
	struct uv_package *p;
	const char *extra; /* NULL: the package itself */
	unsigned machines;
};

struct uv_graph {
	struct python_lock_reading *r;
	struct LIST(struct uv_package) packages; /* sorted by name */
	struct LIST(struct uv_need) needs;
	struct strmap known;	  /* RANK/EXTRA: the number of the need, plus one */
	struct LIST(size_t) open; /* needs that something was added to */
};

static int compare_uv_packages(const void *x, const void *y)
{
	const struct uv_package *a = x, *b = y;
	int order = strcmp(a->name, b->name);

	return order ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

static const char *uv_folder(const struct toml_node *n)
{
	static const char *const keys[] = { "editable", "virtual", "directory" };
	const struct toml_node *source = toml_node_get(n, "source");
	const char *folder = NULL;

	for (size_t i = 0; !folder && i < ARRAY_SIZE(keys); i++)
		folder = toml_node_text(source, keys[i]);
	return folder;
}

static bool uv_check_names(const struct uv_graph *g, struct error *e)
{
	for (size_t i = UV_SAME_MAX; i < g->packages.n; i++) {
		const struct uv_package *p = &g->packages.v[i];

		if (strcmp(p->name, p[-UV_SAME_MAX].name) != 0)
			continue;
		err_set(e, ERR_INPUT, "%s is there more than %d times; %s writes the lock anew",
			p->name, UV_SAME_MAX, g->r->out->again);
		return python_lock_fail(g->r, p->n->line, e);
	}
	return true;
}

static bool uv_take_packages(struct uv_graph *g, const struct toml_node *list, struct error *e)
{
	for (size_t i = 0; list && i < list->children.n; i++) {
		const struct toml_node *n = &list->children.v[i];
		struct uv_package p = { .n = n,
					.name = toml_node_text(n, "name"),
					.version = toml_node_text(n, "version"),
					.folder = uv_folder(n),
					.rank = i };

		if (!p.name) {
			err_set(e, ERR_INPUT, "a package has no name; %s writes the lock anew",
				g->r->out->again);
			return python_lock_fail(g->r, n->line, e);
		}
		*list_push(g->r->a, &g->packages) = p;
	}
	if (g->packages.n > 1)
		qsort(g->packages.v, g->packages.n, sizeof(*g->packages.v), compare_uv_packages);
	return uv_check_names(g, e);
}

static int compare_uv_name(const void *name, const void *package)
{
	return strcmp(name, ((const struct uv_package *)package)->name);
}

static bool uv_same(const char *wanted, const char *has)
{
	return !wanted || (has && strcmp(wanted, has) == 0);
}

/* Of several packages of one name the edge says which: by version, or by source. */
static struct uv_package *uv_find(const struct uv_graph *g, const struct toml_node *edge)
{
	static const char *const keys[] = { "registry", "url", "git", "editable", "virtual" };
	const char *name = toml_node_text(edge, "name"), *version = toml_node_text(edge, "version");
	const struct toml_node *source = toml_node_get(edge, "source");
	struct uv_package *p = name && g->packages.n
				       ? bsearch(name, g->packages.v, g->packages.n,
						 sizeof(*g->packages.v), compare_uv_name)
				       : NULL;

	while (p && p > g->packages.v && strcmp(p[-1].name, name) == 0)
		p--;
	for (; p && p < g->packages.v + g->packages.n && strcmp(p->name, name) == 0; p++) {
		const struct toml_node *own = toml_node_get(p->n, "source");
		bool same = uv_same(version, p->version);

		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			same = same && uv_same(toml_node_text(source, keys[i]),
					       toml_node_text(own, keys[i]));
		if (same)
			return p;
	}
	return NULL;
}

/* Notes that machines need a package, or an extra of it. */
static void uv_need(struct uv_graph *g, struct uv_package *p, const char *extra, unsigned machines)
{
	const char *key = arena_printf(g->r->a, "%zu%s%s", p->rank, extra ? "/" : "",
				       extra ? extra : "");
	void **slot = strmap_slot(g->r->a, &g->known, str_of(key));
	struct uv_need *need;

	if (!*slot) {
		*list_push(g->r->a, &g->needs) = (struct uv_need){ p, extra, 0 };
		*slot = (void *)g->needs.n;
	}
	need = &g->needs.v[(uintptr_t)*slot - 1];
	p->machines |= machines;
	if ((need->machines | machines) == need->machines)
		return;
	need->machines |= machines;
	*list_push(g->r->a, &g->open) = (size_t)(need - g->needs.v);
}

static bool uv_follow(struct uv_graph *g, const struct uv_need *from, const struct toml_node *edge,
		      struct error *e)
{
	const struct toml_node *extras = toml_node_get(edge, "extra");
	unsigned machines;
	struct uv_package *p;

	if (!python_lock_holds(g->r, toml_node_get(edge, "marker"), &machines, e))
		return false;
	machines &= from->machines;
	if (!machines)
		return true;
	p = uv_find(g, edge);
	if (!p) {
		err_set(e, ERR_INPUT,
			"%s needs %s, which the lock does not have; %s writes it anew",
			from->p->name,
			edge->kind == TOML_NODE_TABLE && toml_node_text(edge, "name")
				? toml_node_text(edge, "name")
				: "what has no name",
			g->r->out->again);
		return python_lock_fail(g->r, edge->line, e);
	}
	uv_need(g, p, NULL, machines);
	for (size_t i = 0; extras && i < extras->children.n; i++)
		uv_need(g, p, extras->children.v[i].text, machines);
	return true;
}

static bool uv_follow_all(struct uv_graph *g, struct error *e)
{
	while (g->open.n) {
		const struct uv_need need = g->needs.v[g->open.v[--g->open.n]];
		const struct toml_node *edges =
			need.extra
				? toml_node_get(toml_node_get(need.p->n, "optional-dependencies"),
						need.extra)
				: toml_node_get(need.p->n, "dependencies");

		for (size_t i = 0; edges && i < edges->children.n; i++) {
			if (!uv_follow(g, &need, &edges->children.v[i], e))
				return false;
		}
	}
	return true;
}

/* The project of the lock's folder; in a workspace that has none, all members, as uv sync does. */
static bool uv_begin(struct uv_graph *g, struct error *e)
{
	bool found = false;

	list_each(p, &g->packages) {
		if (p->folder && strcmp(p->folder, UV_ROOT) == 0) {
			uv_need(g, p, NULL, g->r->out->machines);
			found = true;
		}
	}
	for (size_t i = 0; !found && i < g->packages.n; i++) {
		if (g->packages.v[i].folder)
			uv_need(g, &g->packages.v[i], NULL, g->r->out->machines);
	}
	if (g->needs.n)
		return true;
	err_set(e, ERR_INPUT,
		"no package of the lock is the project itself (source = { virtual = \".\" } or the "
		"like); %s writes it anew",
		g->r->out->again);
	return python_lock_fail(g->r, 1, e);
}

/* What has no file with an address and a hash. */
static bool uv_check_source(const struct uv_graph *g, const struct uv_package *p, struct error *e)
{
	const struct toml_node *source = toml_node_get(p->n, "source");

	if (toml_node_get(source, "registry") || toml_node_get(source, "url"))
		return true;
	if (toml_node_get(source, "git"))
		err_set(e, ERR_INPUT,
			"%s comes from git, of which no hash of a file is known: put a wheel of it "
			"on a server that is an index, or take a release, and run %s",
			p->name, g->r->out->again);
	else
		err_set(e, ERR_INPUT,
			"%s comes from %s, and only what an index or an address has can be fetched "
			"anywhere: put it on a server, and run %s",
			p->name,
			toml_node_text(source, "path") ? toml_node_text(source, "path") : "nowhere",
			g->r->out->again);
	return python_lock_fail(g->r, source ? source->line : p->n->line, e);
}

static bool uv_take(const struct uv_graph *g, const struct uv_package *from, struct error *e)
{
	const struct toml_node *wheels = toml_node_get(from->n, "wheels");
	const struct toml_node *sdist = toml_node_get(from->n, "sdist");
	const char *url = toml_node_text(toml_node_get(from->n, "source"), "url");
	struct python_lock_package p;

	if (!uv_check_source(g, from, e) || !python_lock_begin(g->r, from->n, NULL, &p, e))
		return false;
	p.machines = from->machines;
	for (size_t i = 0; wheels && i < wheels->children.n; i++) {
		if (!python_lock_add_file(g->r, &wheels->children.v[i], NULL, &p, e))
			return false;
	}
	if (sdist && !python_lock_add_file(g->r, sdist, url, &p, e))
		return false;
	if (sdist && url)
		python_lock_rename_source(g->r, &p);
	if (p.files.n == 0) {
		err_set(e, ERR_INPUT, "%s %s has neither wheels nor an sdist; %s writes them",
			p.name, p.version, g->r->out->again);
		return python_lock_fail(g->r, from->n->line, e);
	}
	*list_push(g->r->a, &g->r->out->v) = p;
	return true;
}

static bool uv_take_needed(const struct uv_graph *g, struct error *e)
{
	list_each(p, &g->packages) {
		if (!p->machines)
			continue;
		if (p->folder) {
			*list_push(g->r->a, &g->r->out->own) = requirement_name(g->r->a,
										str_of(p->name));
			*list_push(g->r->a, &g->r->out->folders) = p->folder;
			if (strcmp(p->folder, UV_ROOT) != 0 &&
			    !toml_node_get(toml_node_get(p->n, "source"), "virtual"))
				*list_push(g->r->a, &g->r->out->installed) = p->folder;
		} else if (!uv_take(g, p, e)) {
			return false;
		}
	}
	return true;
}

static bool uv_check_version(const struct python_lock_reading *r, const struct toml_node *root,
			     struct error *e)
{
	const struct toml_node *version = toml_node_get(root, "version");

	if (version && strcmp(version->text, "1") == 0)
		return true;
	err_set(e, ERR_INPUT,
		"version %s of uv.lock is not known; 1 is: take a uv that writes it, and run %s",
		version ? version->text : "(none)", r->out->again);
	return python_lock_fail(r, version ? version->line : 1, e);
}

bool uv_lock_read(struct python_lock_reading *r, struct str text, struct error *e)
{
	struct uv_graph g = { .r = r };
	struct toml_node root;

	r->out->again = "uv lock";
	return toml_tree_read(r->a, text, r->file, &root, e) && uv_check_version(r, &root, e) &&
	       python_lock_check_python(r, "the lock", toml_node_get(&root, "requires-python"),
					e) &&
	       python_lock_read_machines(r, toml_node_get(&root, "supported-markers"), e) &&
	       uv_take_packages(&g, toml_node_get(&root, "package"), e) && uv_begin(&g, e) &&
	       uv_follow_all(&g, e) && uv_take_needed(&g, e);
}
