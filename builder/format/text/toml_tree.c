/* SPDX-License-Identifier: Apache-2.0 */
/* Values are added at the end, in the order of the text; then the children of each table are sorted
 * and those of one key joined. So no look-up is needed while it grows. */

#include "format/text/toml_tree.h"

#include <stdlib.h>

#include "format/text/toml.h"

/* The table that a key leads to from a table: of a list its last one. */
static struct toml_node *tree_step(struct arena *a, struct toml_node *at, const char *key,
				   unsigned line)
{
	struct toml_node *last = at->children.n ? &at->children.v[at->children.n - 1] : NULL;

	if (!last || strcmp(last->key, key) != 0) {
		last = list_push(a, &at->children);
		*last = (struct toml_node){ .key = key, .text = "", .line = line };
	}
	while (last->kind == TOML_NODE_LIST && last->children.n)
		last = &last->children.v[last->children.n - 1];
	return last;
}

static void tree_add(struct arena *a, struct toml_node *root, const struct toml_value *v);

static void tree_add_list(struct arena *a, struct toml_node *list, const struct toml_value *v)
{
	list->kind = TOML_NODE_LIST;
	for (size_t i = 0; i < v->list.n; i++)
		*list_push(a, &list->children) = (struct toml_node){ .key = "",
								     .kind = TOML_NODE_STRING,
								     .text = v->list.v[i],
								     .line = v->lines.v[i] };
	for (size_t i = 0; i < v->items.n; i++) {
		struct toml_node *table = list_push(a, &list->children);

		*table = (struct toml_node){ .key = "", .text = "", .line = v->items.v[i].line };
		list_each(x, &v->items.v[i].v)
			tree_add(a, table, x);
	}
}

static void tree_add(struct arena *a, struct toml_node *root, const struct toml_value *v)
{
	struct toml_node *at = root;

	for (size_t i = 0; i + 1 < v->keys.n; i++)
		at = tree_step(a, at, v->keys.v[i], v->line);
	at = list_push(a, &at->children);
	*at = (struct toml_node){ .key = v->keys.v[v->keys.n - 1],
				  .kind = v->kind == TOML_STRING ? TOML_NODE_STRING
								 : TOML_NODE_OTHER,
				  .text = v->text,
				  .line = v->line };
	if (v->kind == TOML_ARRAY)
		tree_add_list(a, at, v);
}

static void tree_add_header(struct arena *a, struct toml_node *root, const struct toml_header *h)
{
	struct toml_node *at = root, *last;

	for (size_t i = 0; i + 1 < h->keys.n; i++)
		at = tree_step(a, at, h->keys.v[i], h->line);
	if (!h->array) {
		tree_step(a, at, h->keys.v[h->keys.n - 1], h->line);
		return;
	}
	last = at->children.n ? &at->children.v[at->children.n - 1] : NULL;
	if (!last || strcmp(last->key, h->keys.v[h->keys.n - 1]) != 0) {
		last = list_push(a, &at->children);
		*last = (struct toml_node){ .key = h->keys.v[h->keys.n - 1],
					    .text = "",
					    .line = h->line };
	}
	last->kind = TOML_NODE_LIST;
	*list_push(a,
		   &last->children) = (struct toml_node){ .key = "", .text = "", .line = h->line };
}

static int compare_nodes(const void *x, const void *y)
{
	const struct toml_node *a = x, *b = y;
	int order = strcmp(a->key, b->key);

	return order ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

static void tree_sort(struct toml_node *table)
{
	list_each(x, &table->children)
		x->rank = (size_t)(x - table->children.v);
	qsort(table->children.v, table->children.n, sizeof(*table->children.v), compare_nodes);
}

static void tree_take_children(struct arena *a, struct toml_node *to, const struct toml_node *from)
{
	list_append(a, &to->children, &from->children);
}

/* A table after the list of the same key goes on with its last table. */
static void tree_join(struct arena *a, struct toml_node *to, const struct toml_node *from)
{
	if (to->kind == TOML_NODE_LIST && from->kind == TOML_NODE_TABLE && to->children.n)
		to = &to->children.v[to->children.n - 1];
	if (to->kind <= TOML_NODE_LIST && from->kind <= TOML_NODE_LIST)
		tree_take_children(a, to, from);
}

/* A value whose key another one has already. */
struct tree_twice {
	const char *key;
	unsigned before, line;
};

static void tree_settle(struct arena *a, struct toml_node *node, struct tree_twice *twice)
{
	size_t n = 0;

	if (node->kind == TOML_NODE_TABLE && node->children.n > 1) {
		tree_sort(node);
		for (size_t i = 0; i < node->children.n; i++) {
			struct toml_node *x = &node->children.v[i], *last = &node->children.v[n];

			if (n == 0 || strcmp(last[-1].key, x->key) != 0) {
				*last = *x;
				n++;
				continue;
			}
			if (last[-1].kind > TOML_NODE_LIST || x->kind > TOML_NODE_LIST)
				*twice = (struct tree_twice){ x->key, last[-1].line, x->line };
			tree_join(a, &last[-1], x);
		}
		node->children.n = n;
	}
	list_each(x, &node->children)
		tree_settle(a, x, twice);
}

bool toml_tree_read(struct arena *a, struct str text, const char *file, struct toml_node *root,
		    struct error *e)
{
	struct toml t = { .v = { NULL, 0, 0 } };
	struct tree_twice twice = { .key = NULL };
	size_t h = 0;

	*root = (struct toml_node){ .key = "", .text = "", .line = 1 };
	if (!toml_read(a, text, file, &t, e))
		return false;
	for (size_t i = 0; i <= t.v.n; i++) {
		for (; h < t.headers.n && t.headers.v[h].before <= i; h++)
			tree_add_header(a, root, &t.headers.v[h]);
		if (i < t.v.n)
			tree_add(a, root, &t.v.v[i]);
	}
	tree_settle(a, root, &twice);
	if (!twice.key)
		return true;
	err_set(e, ERR_INPUT, "\"%s\" is there twice (see line %u): TOML takes it once", twice.key,
		twice.before);
	return err_at(e, file, twice.line, 1);
}

static int compare_node_key(const void *key, const void *node)
{
	return strcmp(key, ((const struct toml_node *)node)->key);
}

const struct toml_node *toml_node_get(const struct toml_node *table, const char *key)
{
	return table && table->kind == TOML_NODE_TABLE && table->children.n
		       ? bsearch(key, table->children.v, table->children.n,
				 sizeof(*table->children.v), compare_node_key)
		       : NULL;
}

const char *toml_node_text(const struct toml_node *table, const char *key)
{
	const struct toml_node *n = toml_node_get(table, key);

	return n && n->kind >= TOML_NODE_STRING ? n->text : NULL;
}
