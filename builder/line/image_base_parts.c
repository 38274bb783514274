/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken over of a base image: its files as nodes, its layers as they are, its settings. */

#include "inspect/image/expand.h"
#include "line/image_base.h"

#define LAYER_TYPE "application/vnd.oci.image.layer.v1.tar"
#define LABEL_PREFIX "vnd.imgbuild." /* what imgbuild says of the image that it made */
#define NS_PER_MS 1000000u

/* Devices and pipes are left to the base's layers: nothing of ours can stand in their place. */
static bool node_of_item(const struct image_base *b, const struct item *i, struct node *n)
{
	*n = (struct node){ .path = i->path,
			    .mode = i->mode,
			    .uid = i->uid,
			    .gid = i->gid,
			    .mtime = i->mtime,
			    .implied = i->implied,
			    .owner = &b->owner };
	if (i->type == ITEM_DIR)
		n->type = NODE_DIR;
	else if (i->type == ITEM_LINK)
		n->type = NODE_LINK;
	else if (i->type != ITEM_FILE)
		return false;
	n->target = i->target;
	n->content = (struct content){ .size = i->size, .bytes = "" };
	if (i->size) {
		n->content.blob = &b->contents;
		n->content.offset = i->kept_at - 1;
	}
	return true;
}

bool image_base_place(struct arena *a, struct image_base *b, struct tree *t, struct error *e)
{
	const struct model *m = &b->what.model;

	b->owner = (struct owner){ .kind = OWNER_IMAGE,
				   .name = b->order->image->text,
				   .why = place_format(a, &b->order->image->at) };
	b->contents = (struct blob){ .fd = m->kept, .name = b->order->image->text };
	for (size_t i = 0; i < m->items.n; i++) {
		const struct item *item = m->items.v[i];
		struct node n;

		if (item->type == ITEM_FILE && item->size && !item->kept_at)
			return err_set(e, ERR_INPUT, "base image %s: /%s is too large to be read",
				       b->order->image->text, item->path);
		if (node_of_item(b, item, &n) && !tree_add(t, &n, e))
			return err_wrap(e, "base image %s", b->order->image->text);
	}
	return true;
}

/* In the words of the OCI: an image of ours has an OCI manifest, whatever the base has. */
static const char *layer_type(const char *said, enum layer_codec codec)
{
	static const char *const types[] = { LAYER_TYPE, LAYER_TYPE "+gzip", LAYER_TYPE "+zstd" };

	return said && str_starts(str_of(said), STR(LAYER_TYPE)) ? said : types[codec];
}

static bool sniff_codec(const struct part *p, enum layer_codec *out, struct error *e)
{
	char first[16];
	size_t n = p->size < sizeof(first) ? (size_t)p->size : sizeof(first);

	if (!fd_pread(p->fd, first, n, p->offset, "a layer", e))
		return false;
	*out = layer_codec_of((struct str){ first, n });
	return true;
}

/* store_put_commit() finishes the sink: io_copy() must not. */
static bool pour_layer(struct source *from, struct store_put *put, struct error *e)
{
	struct str chunk;
	int got;

	while ((got = from->next(from, &chunk, e)) > 0) {
		if (!put->sink.base.write(&put->sink.base, chunk, e))
			return false;
	}
	return got == 0;
}

/* Copies a layer's blob into the store, byte for byte; of a pulled image it is there already. */
static bool put_layer(const struct image_base *b, const struct image_layer *from,
		      const struct part *p, struct layer *out, struct error *e)
{
	struct store_expect expect = { .size = p->size };
	AUTO_PUT put = STORE_PUT_INIT;
	struct fd_source source;
	bool known = from->has_digest && !from->digest.sha512;

	memcpy(expect.digest.b, from->digest.b, sizeof(expect.digest.b));
	out->digest = expect.digest;
	out->size = p->size;
	if (known && store_has_blob(b->order->store, &expect.digest, p->size))
		return true;
	fd_source_init(&source, p->fd, p->offset, p->size, from->part);
	return store_put_begin(b->order->store, &put, from->part, e) &&
	       pour_layer(&source.base, &put, e) &&
	       store_put_commit(&put, known ? &expect : NULL, &out->digest, &out->size, e);
}

static bool take_layer(struct arena *a, const struct image_base *b, size_t i, struct layer *out,
		       struct error *e)
{
	const struct image_layer *from = &b->what.facts.layers.v[i];
	AUTO_PART part = PART_INIT;
	enum layer_codec codec;

	*out = (struct layer){ .name = arena_printf(a, "%zu of %s", i + 1, b->order->image->text),
			       .nodes = b->what.model.layers.v[i].entries,
			       .tar_size = b->what.model.layers.v[i].tar_size,
			       .reused = true };
	if (from->foreign)
		return err_set(e, ERR_INPUT,
			       "its registry does not hold it: an image on it could not be pushed");
	if (from->diff_id.sha512)
		return err_set(e, ERR_INPUT,
			       "its diff_id is a SHA-512; images of ours have SHA-256");
	memcpy(out->diff_id.b, from->diff_id.b, sizeof(out->diff_id.b));
	if (!bundle_part(&b->what.bundle, from->part, &part, e) || !sniff_codec(&part, &codec, e) ||
	    !put_layer(b, from, &part, out, e))
		return false;
	out->media_type = layer_type(from->media_type, codec);
	return true;
}

static void take_variables(struct arena *a, const struct env_var *v, size_t n,
			   struct variables *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_starts(str_of(v[i].name), STR(LABEL_PREFIX)))
			*list_push(a, out) = (struct variable){ v[i].name, v[i].value };
	}
}

static const char *text_unless_empty(const char *text)
{
	return text && text[0] ? text : NULL;
}

static void take_settings(struct arena *a, const struct image_facts *f, struct image_config *out)
{
	*out = (struct image_config){
		.entrypoint = f->entrypoint,
		.cmd = f->cmd,
		.user = text_unless_empty(f->user),
		.workdir = text_unless_empty(f->workdir),
		.stop_signal = text_unless_empty(f->stop_signal),
		.expose = f->expose,
		.volumes = f->volumes,
		.health = { .test = f->health,
			    .interval_ms = f->pace.interval_ns / NS_PER_MS,
			    .timeout_ms = f->pace.timeout_ns / NS_PER_MS,
			    .start_period_ms = f->pace.start_period_ns / NS_PER_MS,
			    .retries = f->pace.retries,
			    .present = f->health.n > 0 },
	};
	take_variables(a, f->env.v, f->env.n, &out->env);
	take_variables(a, f->labels.v, f->labels.n, &out->labels);
}

/* A history that does not fit the layers would be a lie about ours: then there is a line for each.
 */
static void take_history(struct arena *a, const struct image_facts *f, struct inherited *out)
{
	size_t layers = 0;

	for (size_t i = 0; i < f->history.n; i++)
		layers += !f->history.v[i].empty;
	for (size_t i = 0; layers == f->layers.n && i < f->history.n; i++) {
		const struct history_line *h = &f->history.v[i];

		*list_push(a, &out->history) =
			(struct image_history){ h->created, text_unless_empty(h->created_by),
						h->author, h->comment, h->empty };
	}
	for (size_t i = 0; layers != f->layers.n && i < f->layers.n; i++)
		*list_push(a, &out->history) = (struct image_history){
			.comment = "a layer of the base image, which does not say how it was made"
		};
}

/* "registry.example/team/base:1.0", as the recipe says it. */
static const char *name_in_registry(const struct image_base *b)
{
	struct str text = str_of(b->order->image->reference);

	return str_starts(text, STR("docker://")) ? text.p + strlen("docker://") : NULL;
}

bool image_base_take(struct arena *a, struct image_base *b, struct error *e)
{
	const struct image_facts *f = &b->what.facts;

	b->inherited = (struct inherited){ .layers = f->layers.n };
	b->as = (struct image){ .name = name_in_registry(b), .inherited = &b->inherited };
	if (f->has_digest)
		memcpy(b->as.manifest_digest.b, f->manifest.b, sizeof(b->as.manifest_digest.b));
	take_settings(a, f, &b->inherited.config);
	take_history(a, f, &b->inherited);
	for (size_t i = 0; i < f->layers.n; i++) {
		if (!take_layer(a, b, i, list_push(a, &b->as.layers.v), e))
			return err_wrap(e, "base image %s: layer %zu", b->order->image->text,
					i + 1);
	}
	return true;
}
