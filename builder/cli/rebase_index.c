/* SPDX-License-Identifier: Apache-2.0 */
/* An index of several platforms. All its images are proven before one of them is pushed, and they
 * are there before the tag is moved. What is about the images that were (attestations of buildkit,
 * of no platform) is left out. */

#include "base/buf.h"
#include "cli/rebasing.h"
#include "format/json/json_copy.h"
#include "format/json/jsonx.h"
#include "inspect/report/escape.h"

#define DOCKER "docker://"

struct rebase_parts {
	struct rebasing *r; /* the index */
	const struct document *root;
	struct LIST(struct rebasing *) v; /* NULL for an entry that is left out */
};

static bool rebase_is_image(const struct document_part *p)
{
	return p->os && p->architecture && strcmp(p->os, "unknown") != 0;
}

/* The index, as it was read. */
static bool rebase_find_root(struct rebase_parts *x, struct error *e)
{
	struct arena *a = x->r->c->a;
	struct push_plan *plan = arena_alloc(a, sizeof(*plan));
	struct push_source from;

	if (!image_operand_plan(a, &x->r->image.opened, &from, plan, e))
		return false;
	x->root = &plan->documents.v.v[plan->documents.v.n - 1];
	for (size_t i = 0; i < x->root->parts.n; i++) {
		if (document_is_index(x->root->parts.v[i].media_type))
			return err_set(e, ERR_INPUT,
				       "%s names another index; rebase that by its digest, and "
				       "with --to",
				       x->r->image.document.name);
	}
	return true;
}

/* One image of it, on the base of its platform. */
static bool rebase_prepare_part(struct rebase_parts *x, const struct document_part *p,
				struct error *e)
{
	struct rebasing *r = x->r, *one = arena_alloc(r->c->a, sizeof(*one));
	const struct reference *from = &r->image.opened.from;
	const char *platform = arena_printf(r->c->a, "%s/%s%s%s", p->os, p->architecture,
					    p->variant ? "/" : "", p->variant ? p->variant : "");
	const char *reference = arena_printf(r->c->a, DOCKER "%s/%s@%s", from->host, from->name,
					     p->name);

	*one = (struct rebasing){ .c = r->c,
				  .o = r->o,
				  .common = r->common,
				  .reading = { r->c, &r->o->registry, platform, &r->common->layers,
					       &r->common->certificates, &r->common->book,
					       &r->common->facts_keys },
				  .image = REBASE_IMAGE_INIT,
				  .store = STORE_INIT,
				  .target = r->target,
				  .part = true };
	*list_push(r->c->a, &x->v) = one;
	return (rebase_old_base(r->common, r->o->base, platform, &one->now, e) &&
		rebase_prepare(one, reference, e)) ||
	       err_wrap(e, "%s", platform);
}

static bool rebase_prepare_parts(struct rebase_parts *x, struct error *e)
{
	for (size_t i = 0; i < x->root->parts.n; i++) {
		const struct document_part *p = &x->root->parts.v[i];

		if (!rebase_is_image(p))
			*list_push(x->r->c->a, &x->v) = NULL;
		else if (!rebase_prepare_part(x, p, e))
			return false;
	}
	return true;
}

static bool rebase_write_part(struct jsonw *w, const struct json_node *n, const struct rebasing *of,
			      struct error *e)
{
	char hex[DIGEST_TEXT];
	struct json_node item;

	if (of->there)
		return json_copy(w, NULL, n, e);
	digest_hex(&of->manifest, hex);
	jsonw_object(w, NULL);
	for (size_t i = 0; json_member(n, i, &item); i++) {
		if (strcmp(item.key, "digest") == 0)
			jsonw_printf(w, "digest", "sha256:%s", hex);
		else if (strcmp(item.key, "size") == 0)
			jsonw_u64(w, "size", of->manifest_size);
		else if (!json_copy(w, item.key, &item, e))
			return false;
	}
	jsonw_object_end(w);
	return true;
}

/* The index with other digests; members that nobody here knows stay as they are. */
static bool rebase_write_index(struct rebase_parts *x, struct str *out, struct error *e)
{
	struct buf text = { .a = x->r->c->a };
	struct json_node root, item, part;
	AUTO_JSON doc = { 0 };
	struct jsonw w;

	if (!json_parse("index", x->root->text, &doc, e))
		return false;
	root = json_root(&doc);
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	for (size_t i = 0; json_member(&root, i, &item); i++) {
		if (strcmp(item.key, "manifests") != 0) {
			if (!json_copy(&w, item.key, &item, e))
				return false;
			continue;
		}
		jsonw_array(&w, "manifests");
		for (size_t k = 0; k < x->v.n && json_item(&item, k, &part); k++) {
			if (x->v.v[k] && !rebase_write_part(&w, &part, x->v.v[k], e))
				return false;
		}
		jsonw_array_end(&w);
	}
	jsonw_object_end(&w);
	*out = buf_str(&text);
	return true;
}

static bool rebase_open_nothing(void *of, const struct content_digest *d, struct push_part *out,
				struct error *e)
{
	(void)of;
	(void)out;
	return err_set(e, ERR_INPUT, "%s is in no index",
		       d->sha512 ? "a blob by SHA-512" : "a blob");
}

/* The index alone: what it names is there. */
static bool rebase_push_index(struct rebase_parts *x, struct str text, struct error *e)
{
	struct rebasing *r = x->r;
	struct arena *a = r->c->a;
	const struct push_source from = { NULL, rebase_open_nothing };
	struct push_plan plan = { .blobs.bytes = 0 };
	struct push_result pushed;
	struct reference to;
	struct document d;
	struct push_order order = {
		.from = &from, .plan = &plan, .to = &to, .options = &r->settings
	};

	if (!registry_settings(r->c, &r->o->registry, &r->settings, e) ||
	    !reference_parse(a, r->target, &to, e) ||
	    !document_read(a, "index", x->root->media_type, text, &d, e))
		return false;
	if (!r->o->to)
		order.expected = r->image.opened.pulled.root.name;
	documents_add(a, &plan.documents, &d);
	return (push_image(&order, &pushed, e) || err_wrap(e, "push %s", r->target)) &&
	       rebase_sign(r, &to, e);
}

static bool rebase_put_parts(struct rebase_parts *x, struct error *e)
{
	struct str text;

	list_each(one, &x->v) {
		if (*one && !(*one)->there && !rebase_push(*one, e))
			return false;
	}
	if (!rebase_write_index(x, &text, e))
		return false;
	x->r->manifest = digest_of(text);
	return rebase_push_index(x, text, e);
}

static bool rebase_parts_settle(struct rebase_parts *x, struct error *e)
{
	struct rebasing *r = x->r, *refused = NULL;
	bool there = true;
	size_t images = 0;

	list_each(one, &x->v) {
		if (!*one)
			continue;
		images++;
		rebase_tell(*one);
		there &= (*one)->there;
		if ((*one)->obstacles.n && !refused)
			refused = *one;
	}
	if (refused)
		return rebase_refuse(refused, e);
	if (there || r->o->check)
		return true;
	if (!rebase_put_parts(x, e))
		return false;
	if (!r->c->json)
		fprintf(r->c->out, "%s: an index of %zu images, as sha256:%s\n",
			escape_line(r->c->a, r->image.document.name), images,
			digest_hex_dup(r->c->a, &r->manifest));
	return true;
}

bool rebase_index(struct rebasing *r, struct error *e)
{
	struct rebase_parts x = { .r = r };
	bool ok;

	if (strncmp(r->image.document.name, DOCKER, strlen(DOCKER)) != 0 || r->o->output)
		return err_set(e, ERR_USAGE,
			       "rebase: %s is an index of several images: with --output name one "
			       "with --platform; in a registry all of them are rebased",
			       r->image.document.name);
	ok = rebase_find_root(&x, e) && rebase_prepare_parts(&x, e) && rebase_parts_settle(&x, e);
	list_each(one, &x.v) {
		if (!*one)
			continue;
		rebase_image_close(&(*one)->image);
		store_close(&(*one)->store);
	}
	return ok;
}
