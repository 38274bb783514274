/* SPDX-License-Identifier: Apache-2.0 */
/* A sorted array of nodes. Insertion moves pointers only; images have thousands of nodes, not
 * millions. */

#include "make/tree/tree.h"

#include "make/tree/tree_conflict.h"

static const struct owner nobody = { .kind = OWNER_GENERATED, .name = "imgbuild" };

void tree_init(struct tree *t, struct arena *a)
{
	*t = (struct tree){ .a = a };
}

void tree_copy(const struct tree *from, struct tree *to)
{
	struct node *nodes = arena_array(to->a, from->n, sizeof(*nodes));

	to->n = from->n;
	to->changes = from->changes;
	to->cap = from->n + from->n / 8 + 1;
	to->v = arena_array(to->a, to->cap, sizeof(*to->v));
	for (size_t i = 0; i < from->n; i++) {
		nodes[i] = *from->v[i];
		to->v[i] = &nodes[i];
	}
}

static size_t lower_bound(const struct tree *t, struct str path)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(str_of(t->v[middle]->path), path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct node *find_node(const struct tree *t, struct str path)
{
	size_t i = lower_bound(t, path);

	return i < t->n && str_eq(str_of(t->v[i]->path), path) ? t->v[i] : NULL;
}

size_t tree_lower(const struct tree *t, const char *path)
{
	return lower_bound(t, str_of(path));
}

struct node *tree_find(const struct tree *t, const char *path)
{
	return find_node(t, str_of(path));
}

static void tree_insert(struct tree *t, size_t at, const struct node *n)
{
	struct node *copy = arena_alloc(t->a, sizeof(*copy));

	*copy = *n;
	(void)list_push(t->a, t);
	memmove(t->v + at + 1, t->v + at, (t->n - 1 - at) * sizeof(*t->v));
	t->v[at] = copy;
	t->changes++;
}

static void tree_overwrite(struct tree *t, struct node *old, const struct node *n)
{
	*old = *n;
	t->changes++;
}

static bool same_attributes(const struct node *a, const struct node *b)
{
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid;
}

static bool same_content(const struct node *a, const struct node *b, bool *same, struct error *e)
{
	struct digest da, db;

	*same = false;
	if (a->content.size != b->content.size)
		return true;
	if (!node_digest(a, &da, e) || !node_digest(b, &db, e))
		return false;
	*same = digest_eq(&da, &db);
	return true;
}

/* dpkg leaves a folder that is there as it is, and who made an image may have set modes. */
static bool is_settled(const struct node *old, const struct node *n)
{
	return old->owner->kind == OWNER_IMAGE && n->owner->kind != OWNER_RECIPE;
}

/* The node stays as it is when both say the same; otherwise it is a conflict. */
static bool tree_merge(struct tree *t, struct node *old, const struct node *n, struct error *e)
{
	bool same = false;

	if (old->type == NODE_DIR && n->type == NODE_DIR) {
		if (old->implied && !n->implied)
			tree_overwrite(t, old, n);
		else if (!n->implied && !same_attributes(old, n) && !is_settled(old, n))
			return conflict_of_attributes(old, n, e);
		return true;
	}
	if (old->type != n->type)
		return conflict_of_nodes(t->a, old, n, e);
	if (n->type == NODE_LINK)
		return strcmp(old->target, n->target) == 0 || conflict_of_nodes(t->a, old, n, e);
	if (!same_content(old, n, &same, e))
		return false;
	return (same && (same_attributes(old, n) || is_settled(old, n))) ||
	       conflict_of_nodes(t->a, old, n, e);
}

static const char *tree_link_target(const void *context, const char *path)
{
	const struct node *n = tree_find(context, path);

	return n && n->type == NODE_LINK ? n->target : NULL;
}

/* Where a path leads that goes through links of the tree. */
static const char *tree_real_path(const struct tree *t, const char *path)
{
	const char *first;

	return path_through(t->a, path, tree_link_target, t, &first);
}

/* The length of the nearest folder above that is there, 0 for none; all above that one are there,
 * too. */
static size_t find_parent(const struct tree *t, const char *path, struct node **out)
{
	size_t n = strlen(path);

	for (*out = NULL; n > 0 && !*out;) {
		while (n > 0 && path[n - 1] != '/')
			n--;
		n -= n > 0;
		*out = n ? find_node(t, (struct str){ path, n }) : NULL;
	}
	return n;
}

static bool tree_add_parents(struct tree *t, const struct node *n, struct error *e)
{
	struct node *there;
	size_t from = find_parent(t, n->path, &there);

	if (there && there->type != NODE_DIR)
		return conflict_below(t->a, there, n, tree_real_path(t, n->path), e);
	for (const char *slash = strchr(n->path + from + (from > 0), '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		char *dir = arena_strndup(t->a, n->path, (size_t)(slash - n->path));

		tree_insert(t, tree_lower(t, dir),
			    &(struct node){ .path = dir,
					    .type = NODE_DIR,
					    .mode = 0755,
					    .implied = true,
					    .owner = n->owner ? n->owner : &nobody });
	}
	return true;
}

static bool tree_add_or_replace(struct tree *t, const struct node *n, bool replace, struct error *e)
{
	struct node copy = *n;
	struct node *old;

	if (!copy.owner)
		copy.owner = &nobody;
	if (!copy.path[0])
		return err_set(e, ERR_INPUT, "%s wants to be the root folder itself",
			       copy.owner->name);
	if (!tree_add_parents(t, &copy, e))
		return false;
	old = tree_find(t, copy.path);
	if (!old) {
		tree_insert(t, tree_lower(t, copy.path), &copy);
		return true;
	}
	if (replace && (old->type != NODE_DIR) == (copy.type != NODE_DIR)) {
		tree_overwrite(t, old, &copy);
		return true;
	}
	return tree_merge(t, old, &copy, e);
}

bool tree_add(struct tree *t, const struct node *n, struct error *e)
{
	return tree_add_or_replace(t, n, false, e);
}

bool tree_replace(struct tree *t, const struct node *n, struct error *e)
{
	return tree_add_or_replace(t, n, true, e);
}
