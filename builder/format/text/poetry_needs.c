/* SPDX-License-Identifier: Apache-2.0 */
/* An extra of a package is a node of its own, as in uv_lock.c. */

#include "format/text/poetry_needs.h"

#include <ctype.h>

#include "base/strmap.h"
#include "format/text/python_marker.h"
#include "format/text/requirements.h"
#include "format/version/poetry_constraint.h"

/* What a package, or an extra of it, is needed on. */
struct poetry_need {
	size_t package;
	const char *extra; /* NULL: the package itself */
	unsigned machines;
};

/* Poetry has one of a name for each Python or platform that differs. */
#define POETRY_SAME_MAX 100

/* What a lock has of one name, and what is asked of it on machines that count. */
struct poetry_same {
	struct LIST(size_t) packages;
	struct strings constraints;
};

/* Where an edge begins. */
struct poetry_from {
	const char *who;   /* NULL: the project */
	const char *extra; /* that is asked of it, or NULL */
	unsigned machines;
};

/* An edge that counts. */
struct poetry_edge {
	struct poetry_from from;
	const char *name, *constraint;
	const struct toml_node *extras; /* that it asks for, or NULL */
	unsigned machines, line;
};

struct poetry_graph {
	const struct python_lock_reading *r;
	const struct toml_node *packages;
	const char **names;    /* normalised */
	struct strmap by_name; /* struct poetry_same: the packages of a name */
	unsigned *machines;
	struct LIST(struct poetry_need) needs;
	struct strmap known;		       /* NUMBER/EXTRA: the number of the need, plus one */
	struct LIST(size_t) open;	       /* needs that something was added to */
	struct LIST(struct poetry_edge) later; /* several packages may be meant */
};

static bool poetry_fail(const struct poetry_graph *g, const struct poetry_from *from, unsigned line,
			struct error *e)
{
	return from->who ? python_lock_fail(g->r, line, e) : err_at(e, g->r->project_file, line, 1);
}

static void poetry_need(struct poetry_graph *g, size_t package, const char *extra,
			unsigned machines)
{
	struct arena *a = g->r->a;
	const char *key = arena_printf(a, "%zu%s%s", package, extra ? "/" : "", extra ? extra : "");
	void **slot = strmap_slot(a, &g->known, str_of(key));
	struct poetry_need *need;

	if (!*slot) {
		*list_push(a, &g->needs) = (struct poetry_need){ package, extra, 0 };
		*slot = (void *)g->needs.n;
	}
	need = &g->needs.v[(uintptr_t)*slot - 1];
	g->machines[package] |= machines;
	if ((need->machines | machines) == need->machines)
		return;
	need->machines |= machines;
	*list_push(a, &g->open) = (size_t)(need - g->needs.v);
}

static bool poetry_takes_python(const char *constraint)
{
	return !constraint ||
	       poetry_constraint_fits(STR(PYTHON_OF_DEBIAN_FULL), str_of(constraint));
}

static bool poetry_fits(const struct toml_node *p, const struct strings *constraints)
{
	const char *version = toml_node_text(p, "version");

	list_each(x, constraints) {
		if (!poetry_constraint_fits(str_of(version ? version : ""), str_of(*x)))
			return false;
	}
	return poetry_takes_python(toml_node_text(p, "python-versions"));
}

/* How many of a name are for this Python, and of versions that are asked for; *out: the last. */
static size_t poetry_count(const struct poetry_graph *g, const struct poetry_same *same,
			   const struct strings *constraints, size_t *out)
{
	size_t n = 0;

	list_each(i, &same->packages) {
		if (!poetry_fits(&g->packages->children.v[*i], constraints))
			continue;
		n++;
		*out = *i;
	}
	return n;
}

static void poetry_take(struct poetry_graph *g, const struct poetry_edge *x, size_t package)
{
	poetry_need(g, package, NULL, x->machines);
	for (size_t i = 0; x->extras && i < x->extras->children.n; i++)
		poetry_need(g, package, x->extras->children.v[i].text, x->machines);
}

/* Follows an edge to its package. Where several may be meant, all edges have to be known first. */
static bool poetry_reach(struct poetry_graph *g, const struct poetry_edge *x, struct error *e)
{
	struct poetry_same *same = strmap_get(&g->by_name, str_of(x->name));
	struct strings one = { NULL, 0, 0 };
	size_t package, n;

	if (!same) {
		err_set(e, ERR_INPUT,
			"%s needs %s, which the lock does not have; %s writes it anew",
			x->from.who ? x->from.who : "the project", x->name, g->r->out->again);
		return poetry_fail(g, &x->from, x->line, e);
	}
	*list_push(g->r->a, &one) = x->constraint;
	if (!strings_has(&same->constraints, x->constraint))
		*list_push(g->r->a, &same->constraints) = x->constraint;
	n = poetry_count(g, same, &one, &package);
	if (n != 1 && same->packages.n > 1)
		*list_push(g->r->a, &g->later) = *x;
	else
		poetry_take(g, x, n ? package : same->packages.v[0]);
	return true;
}

/* Of several the one that is of a version that all ask for. */
static bool poetry_decide(struct poetry_graph *g, const struct poetry_edge *x, struct error *e)
{
	const struct poetry_same *same = strmap_get(&g->by_name, str_of(x->name));
	size_t package;

	if (poetry_count(g, same, &same->constraints, &package) == 1) {
		poetry_take(g, x, package);
		return true;
	}
	err_set(e, ERR_INPUT,
		"the lock has %zu versions of %s, and of Poetry 1 it does not say which %s takes: "
		"%s of Poetry 2 does",
		same->packages.n, x->name, x->from.who ? x->from.who : "the project",
		g->r->out->again);
	return poetry_fail(g, &x->from, x->line, e);
}

/* "extra == 'socks'" -> "\"socks\" == 'socks'" */
static const char *poetry_marker_of_extra(struct arena *a, const char *marker, const char *extra)
{
	struct buf out = { .a = a };
	char quote = 0;

	for (const char *c = marker; *c; c++) {
		bool word = c == marker || !(isalnum((unsigned char)c[-1]) || c[-1] == '_');

		if (quote ? *c == quote : *c == '"' || *c == '\'')
			quote = quote ? 0 : *c;
		if (!quote && word && strncmp(c, "extra", 5) == 0 &&
		    !(isalnum((unsigned char)c[5]) || c[5] == '_')) {
			buf_printf(&out, "\"%s\"", extra);
			c += 4;
		} else {
			buf_add(&out, (struct str){ c, 1 });
		}
	}
	return buf_cstr(&out);
}

/* "linux", "!=win32", "linux || darwin": what sys.platform has to be. */
static bool poetry_takes_linux(const char *platform)
{
	struct str rest = str_of(platform), one, part;

	while (str_next(&rest, '|', &one)) {
		bool fits = str_trim(one).n > 0;

		while (fits && str_next(&one, ',', &part)) {
			bool other = str_starts(str_trim(part), STR("!="));

			part = str_trim(part);
			part = str_from(part, other || str_starts(part, STR("==")) ? 2 : 0);
			fits = (str_eq(str_trim(part), STR("linux")) ||
				str_eq(str_trim(part), STR("*"))) != other;
		}
		if (fits)
			return true;
	}
	return false;
}

/* Machines on which an edge counts. */
static bool poetry_edge_holds(const struct poetry_graph *g, const struct poetry_from *from,
			      const struct toml_node *edge, unsigned *machines, struct error *e)
{
	const char *platform = toml_node_text(edge, "platform");
	const struct toml_node *markers = toml_node_get(edge, "markers");
	struct python_lock_reading project = *g->r;
	struct toml_node given;

	project.file = g->r->project_file;
	*machines = 0;
	if ((platform && !poetry_takes_linux(platform)) ||
	    !poetry_takes_python(toml_node_text(edge, "python")))
		return true;
	if (markers && from->extra) {
		given = *markers;
		given.text = poetry_marker_of_extra(g->r->a, markers->text, from->extra);
		markers = &given;
	}
	if (!python_lock_holds(from->who ? g->r : &project, markers, machines, e))
		return false;
	*machines &= from->machines;
	return true;
}

/* "name = CONSTRAINT", or a table, or a list of tables. */
static bool poetry_follow(struct poetry_graph *g, const struct poetry_from *from, const char *name,
			  const struct toml_node *edge, struct error *e)
{
	const char *version = edge->kind == TOML_NODE_STRING ? edge->text
							     : toml_node_text(edge, "version");
	const char *optional = toml_node_text(edge, "optional");
	const struct toml_node *extras = toml_node_get(edge, "extras");
	struct poetry_edge x = { .from = *from,
				 .name = name,
				 .constraint = version ? version : "*",
				 .extras = extras,
				 .line = edge->line };

	for (size_t i = 0; edge->kind == TOML_NODE_LIST && i < edge->children.n; i++) {
		if (!poetry_follow(g, from, name, &edge->children.v[i], e))
			return false;
	}
	if (edge->kind == TOML_NODE_LIST ||
	    (optional && strcmp(optional, "true") == 0) != (from->extra != NULL))
		return true;
	return poetry_edge_holds(g, from, edge, &x.machines, e) &&
	       (!x.machines || poetry_reach(g, &x, e));
}

/* "PySocks (>=1.5.6)", "package[extra]": what an extra asks for. */
static bool poetry_follow_extra(struct poetry_graph *g, const struct poetry_need *need,
				const struct poetry_from *from, const struct toml_node *table,
				const char *wish, struct error *e)
{
	struct arena *a = g->r->a;
	size_t n = strcspn(wish, " ([;<>=!~");
	const char *name = requirement_name(a, (struct str){ wish, n });
	struct str list, one;

	if (strcmp(name, from->who) == 0 && wish[n] == '[') {
		list = (struct str){ wish + n + 1, strcspn(wish + n + 1, "]") };
		while (str_next(&list, ',', &one))
			poetry_need(g, need->package, str_dup(a, str_trim(one)), need->machines);
		return true;
	}
	for (size_t i = 0; table && i < table->children.n; i++) {
		const struct toml_node *edge = &table->children.v[i];

		if (strcmp(requirement_name(a, str_of(edge->key)), name) == 0 &&
		    !poetry_follow(g, from, name, edge, e))
			return false;
	}
	return true;
}

static bool poetry_follow_need(struct poetry_graph *g, const struct poetry_need *need,
			       struct error *e)
{
	struct arena *a = g->r->a;
	const struct toml_node *p = &g->packages->children.v[need->package];
	const struct toml_node *table = toml_node_get(p, "dependencies");
	const struct toml_node *extras = toml_node_get(p, "extras");
	const struct poetry_from from = { g->names[need->package], need->extra, need->machines };

	for (size_t i = 0; !need->extra && table && i < table->children.n; i++) {
		const struct toml_node *edge = &table->children.v[i];

		if (!poetry_follow(g, &from, requirement_name(a, str_of(edge->key)), edge, e))
			return false;
	}
	for (size_t i = 0; need->extra && extras && i < extras->children.n; i++) {
		const struct toml_node *extra = &extras->children.v[i];

		if (strcmp(requirement_name(a, str_of(extra->key)),
			   requirement_name(a, str_of(need->extra))) != 0)
			continue;
		for (size_t k = 0; k < extra->children.n; k++) {
			if (!poetry_follow_extra(g, need, &from, table, extra->children.v[k].text,
						 e))
				return false;
		}
	}
	return true;
}

static bool poetry_project(const struct python_lock_reading *r, struct toml_node *root,
			   struct error *e)
{
	return toml_tree_read(r->a, r->project, r->project_file, root, e);
}

static const struct toml_node *poetry_project_needs(const struct toml_node *root)
{
	return toml_node_get(toml_node_get(toml_node_get(root, "tool"), "poetry"), "dependencies");
}

bool poetry_needs_known(const struct python_lock_reading *r, bool *out, struct error *e)
{
	struct toml_node root;

	*out = false;
	if (!r->project_file)
		return true;
	if (!poetry_project(r, &root, e))
		return false;
	*out = poetry_project_needs(&root) &&
	       !toml_node_get(toml_node_get(&root, "project"), "dependencies");
	return true;
}

static bool poetry_begin(struct poetry_graph *g, struct error *e)
{
	const struct poetry_from project = { .machines = g->r->out->machines };
	const struct toml_node *needs;
	struct toml_node root;

	if (!poetry_project(g->r, &root, e))
		return false;
	needs = poetry_project_needs(&root);
	for (size_t i = 0; needs && i < needs->children.n; i++) {
		const struct toml_node *edge = &needs->children.v[i];

		if (strcmp(edge->key, "python") != 0 &&
		    !poetry_follow(g, &project, requirement_name(g->r->a, str_of(edge->key)), edge,
				   e))
			return false;
	}
	return true;
}

static bool poetry_take_names(struct poetry_graph *g, struct error *e)
{
	struct arena *a = g->r->a;
	size_t n = g->packages->children.n;

	g->names = arena_array(a, n + 1, sizeof(*g->names));
	for (size_t i = 0; i < n; i++) {
		const struct toml_node *p = &g->packages->children.v[i];
		const char *name = toml_node_text(p, "name");
		struct poetry_same *same;
		void **slot;

		g->names[i] = name ? requirement_name(a, str_of(name)) : "";
		slot = strmap_slot(a, &g->by_name, str_of(g->names[i]));
		if (!*slot)
			*slot = arena_alloc(a, sizeof(struct poetry_same));
		same = *slot;
		*list_push(a, &same->packages) = i;
		if (same->packages.n <= POETRY_SAME_MAX)
			continue;
		err_set(e, ERR_INPUT, "%s is there more than %d times; %s writes the lock anew",
			g->names[i], POETRY_SAME_MAX, g->r->out->again);
		return python_lock_fail(g->r, p->line, e);
	}
	return true;
}

static bool poetry_follow_all(struct poetry_graph *g, struct error *e)
{
	for (size_t decided = 0;; decided++) {
		while (g->open.n) {
			const struct poetry_need need = g->needs.v[g->open.v[--g->open.n]];

			if (!poetry_follow_need(g, &need, e))
				return false;
		}
		if (decided == g->later.n)
			return true;
		if (!poetry_decide(g, &g->later.v[decided], e))
			return false;
	}
}

bool poetry_needs_find(const struct python_lock_reading *r, const struct toml_node *packages,
		       unsigned **machines, struct error *e)
{
	static const struct toml_node none = { .kind = TOML_NODE_LIST };
	struct poetry_graph g = { .r = r, .packages = packages ? packages : &none };
	size_t n = g.packages->children.n;

	*machines = g.machines = arena_array(r->a, n + 1, sizeof(*g.machines));
	if (!poetry_take_names(&g, e))
		return false;
	return poetry_begin(&g, e) && poetry_follow_all(&g, e);
}
