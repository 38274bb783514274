/* SPDX-License-Identifier: Apache-2.0 */
/* Writes and reads lists of files. Believes nothing that it reads. */

#include "make/compile/fragment_index.h"

#include "base/wire.h"
#include "format/json/json.h"

static const struct str head = STR("imgbuild-fragment 2\n");

static void index_put_unused(struct buf *out, const struct fragment_unused *l)
{
	wire_put(out, l->n);
	for (size_t i = 0; i < l->n; i++)
		wire_put(out, l->v[i]);
}

void fragment_index_put(const struct fragment *f, struct buf *out)
{
	buf_add(out, head);
	wire_put_str(out, (struct str){ (const char *)f->blob_digest.b, sizeof(f->blob_digest.b) });
	wire_put(out, f->size);
	index_put_unused(out, &f->unused_keep);
	index_put_unused(out, &f->unused_drop);
	wire_put(out, f->nodes.n);
	list_each(n, &f->nodes) {
		wire_put_text(out, n->path);
		wire_put(out, n->type);
		wire_put(out, n->mode);
		wire_put_text(out, n->target);
		wire_put(out, n->content.offset);
		wire_put(out, n->content.size);
	}
}

static bool node_fits(const struct node *n, uint64_t size)
{
	return n->content.offset <= size && n->content.size <= size - n->content.offset &&
	       n->path[0] && (n->type == NODE_LINK) == (n->target != NULL);
}

static bool index_get_node(struct wire *w, struct fragment *f, struct error *e)
{
	struct node *n = list_push(w->a, &f->nodes);
	const char *path = wire_name(w);

	if (!path_normalise(w->a, str_of(path), &n->path, e))
		return false;
	n->type = (enum node_type)wire_get(w, NODE_LINK);
	n->mode = (unsigned)wire_get(w, 0777);
	n->target = wire_text(w);
	n->content.offset = wire_get(w, f->size);
	n->content.size = wire_get(w, f->size);
	if (n->type == NODE_FILE)
		n->content.blob = &f->blob;
	return !w->bad && node_fits(n, f->size);
}

static void index_get_unused(struct wire *w, struct fragment_unused *out)
{
	for (size_t n = wire_count(w); n > 0; n--)
		*list_push(w->a, out) = wire_get(w, UINT64_MAX);
}

static bool index_get_values(struct arena *a, struct str text, struct fragment *out,
			     struct error *e)
{
	struct wire w = { .a = a, .rest = str_from(text, head.n) };
	struct str digest = wire_str(&w);
	bool ok = digest.n == sizeof(out->blob_digest.b);

	if (ok)
		memcpy(out->blob_digest.b, digest.p, digest.n);
	out->size = wire_get(&w, UINT64_MAX);
	index_get_unused(&w, &out->unused_keep);
	index_get_unused(&w, &out->unused_drop);
	for (size_t n = wire_count(&w); ok && n > 0; n--)
		ok = index_get_node(&w, out, e);
	if (ok && wire_end(&w))
		return true;
	return e->kind != ERR_NONE ? false : err_set(e, ERR_INPUT, "this is not a list of files");
}

static bool json_read_entry(struct arena *a, const struct json_node *n, struct fragment *f,
			    struct error *e)
{
	struct node *node = list_push(a, &f->nodes);
	const char *type = "", *path = "";
	uint64_t mode = 0;

	if (!json_want_object(n, e) || !json_opt_string(a, n, "path", &path, e) ||
	    !path_normalise(a, str_of(path), &node->path, e) ||
	    !json_opt_string(a, n, "type", &type, e) ||
	    !json_opt_string(a, n, "target", &node->target, e) ||
	    !json_opt_u64(n, "mode", &mode, e) ||
	    !json_opt_u64(n, "offset", &node->content.offset, e) ||
	    !json_opt_u64(n, "size", &node->content.size, e))
		return false;
	node->type = strcmp(type, "link") == 0	   ? NODE_LINK
		     : strcmp(type, "folder") == 0 ? NODE_DIR
						   : NODE_FILE;
	node->mode = (unsigned)mode & 0777;
	if (node->type == NODE_FILE)
		node->content.blob = &f->blob;
	return node_fits(node, f->size) || json_fail(n, e, "does not fit its blob");
}

/* What older ones did not write down is not told. */
static bool json_read_unused(struct arena *a, const struct json_node *root, const char *key,
			     struct fragment_unused *out, struct error *e)
{
	struct json_node array, item;

	if (!json_get(root, key, &array))
		return true;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		if (!json_as_u64(&item, list_push(a, out), e))
			return false;
	}
	return true;
}

static bool index_get_json(struct arena *a, struct str text, struct fragment *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, entries, item;
	const char *hex = "";

	if (!json_parse("a compiled fragment in the store", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_opt_string(a, &root, "blob", &hex, e) ||
	    !json_opt_u64(&root, "size", &out->size, e) ||
	    !json_need(&root, "entries", &entries, e) ||
	    !json_read_unused(a, &root, "unused-keep", &out->unused_keep, e) ||
	    !json_read_unused(a, &root, "unused-drop", &out->unused_drop, e))
		return false;
	if (!digest_parse(str_of(hex), &out->blob_digest))
		return json_fail(&root, e, "has no blob");
	for (size_t i = 0; json_item(&entries, i, &item); i++) {
		if (!json_read_entry(a, &item, out, e))
			return false;
	}
	return true;
}

bool fragment_index_get(struct arena *a, struct str text, struct fragment *out, struct error *e)
{
	return str_starts(text, head) ? index_get_values(a, text, out, e)
				      : index_get_json(a, text, out, e);
}

bool fragment_index_check(struct str text, const struct fragment *f, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct fragment again = { .blob = { .fd = -1 } };

	if (!fragment_index_get(&a, text, &again, e))
		return err_wrap(e, "what was installed cannot be kept");
	for (size_t i = 0; i < f->nodes.n; i++) {
		if (i >= again.nodes.n || strcmp(again.nodes.v[i].path, f->nodes.v[i].path) != 0)
			return err_set(e, ERR_INPUT, "what was installed cannot be kept: /%s",
				       f->nodes.v[i].path);
	}
	return true;
}
