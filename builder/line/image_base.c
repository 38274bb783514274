/* SPDX-License-Identifier: Apache-2.0 */
/* Where a base image comes from, and that it is the one that is meant. What is taken over of it is
 * in image_base_parts.c. */

#include "line/image_base.h"

#include "base/size.h"
#include "format/text/platform_name.h"

/* More than any file of an image that can be read has. */
#define KEEP_MAX ((uint64_t)4 << 30)

static bool keep_every_file(const struct keep_rule *k, const char *path)
{
	(void)k;
	(void)path;
	return true;
}

/* By the digest in the lock: whatever its tag has become since. */
static bool locked_reference(struct arena *a, const struct image_base_order *o,
			     struct reference *out, struct error *e)
{
	const char *text = o->image->reference;

	if (!reference_parse(a, text, out, e))
		return false;
	if (!o->locked)
		return true;
	text = arena_printf(a, "docker://%s/%s@sha256:%s", out->host, out->name,
			    digest_hex_dup(a, &o->locked->digest));
	return reference_parse(a, text, out, e);
}

static bool image_base_pull(struct arena *a, const struct image_base_order *o, struct image_base *b,
			    struct error *e)
{
	const struct session_options options = { .progress = o->progress };
	const struct pull_order order = { .store = o->store,
					  .from = &b->from,
					  .platform = o->platform->name,
					  .offline = o->offline,
					  .options = &options };

	if (!locked_reference(a, o, &b->from, e) || !pull_image(a, &order, &b->pulled, e))
		return false;
	bundle_of_pulled(o->image->text, o->store, &b->pulled.files, &b->bundle);
	return true;
}

static bool image_base_get(struct arena *a, const struct image_base_order *o, struct image_base *b,
			   struct error *e)
{
	return o->image->local ? bundle_open(a, o->image->reference, &b->bundle, e)
			       : image_base_pull(a, o, b, e);
}

static struct content_digest image_base_digest(const struct image_base *b)
{
	return b->what.facts.has_digest ? b->what.facts.manifest : b->what.facts.config;
}

/* A manifest alone says nothing of a platform: its config does. */
static bool image_base_check_platform(struct arena *a, const struct image_base *b, struct error *e)
{
	const struct image_facts *f = &b->what.facts;
	const struct platform *p = b->order->platform;

	return platform_name_fits(str_of(p->name), f->os, f->architecture, f->variant) ||
	       err_set(e, ERR_INPUT, "it is for %s, not for %s",
		       platform_name(a, f->os, f->architecture, f->variant), p->name);
}

static bool image_base_check_digest(struct arena *a, const struct image_base *b, struct error *e)
{
	const struct locked_base *locked = b->order->locked;
	const struct content_digest is = image_base_digest(b);
	struct content_digest wanted;

	if (is.sha512)
		return err_set(e, ERR_INPUT,
			       "its manifest is named by SHA-512; a base is known by SHA-256");
	if (!locked)
		return true;
	wanted = content_digest_sha256(locked->digest);
	return content_digest_eq(&is, &wanted) ||
	       err_set(e, ERR_VERIFY,
		       "it is %s now, and the lock has %s: put that one there again, or run "
		       "imgbuild update to take this one",
		       content_digest_text(a, &is), content_digest_text(a, &wanted));
}

/* What a person asked for on no command line is a mistake of the recipe. */
static bool image_base_blame(const struct image_base_order *o, struct error *e)
{
	if (e->kind == ERR_USAGE)
		e->kind = ERR_INPUT;
	err_at(e, o->image->at.file, o->image->at.line, o->image->at.col);
	return err_wrap(e, "base image %s", o->image->text);
}

static bool image_base_read(struct arena *a, struct image_base *b, struct error *e)
{
	const struct image_base_order *o = b->order;
	const struct keep_rule all = { .want = keep_every_file, .keep_max = KEEP_MAX };
	const struct inspect_request req = { .image = o->image->reference,
					     .platform = o->platform->name,
					     .keep = o->contents ? &all : NULL,
					     .opened = &b->bundle };

	return inspect_image(a, &req, &b->what, e) && image_base_check_platform(a, b, e) &&
	       image_base_check_digest(a, b, e);
}

bool image_base_open(struct arena *a, const struct image_base_order *o, struct image_base *out,
		     struct error *e)
{
	out->order = o;
	progress_begin(o->progress, "base", "%s", o->image->text);
	if (!image_base_get(a, o, out, e) || !image_base_read(a, out, e))
		return image_base_blame(o, e);
	progress_end(o->progress, "base", !o->image->local && out->pulled.fetched == 0,
		     "%zu layers, %zu packages, %zu files", out->what.facts.layers.n,
		     out->what.model.packages.n, out->what.model.items.n);
	return true;
}

void image_base_close(struct image_base *b)
{
	inspect_close(&b->what);
	bundle_close(&b->bundle);
}

bool image_base_fetch(struct arena *a, const struct image_base_order *o, struct error *e)
{
	struct image_base b = IMAGE_BASE_INIT;
	const struct pulled *p = &b.pulled;

	if (o->image->local)
		return true;
	progress_begin(o->progress, "base", "%s", o->image->text);
	if (!image_base_pull(a, o, &b, e))
		return image_base_blame(o, e);
	progress_end(o->progress, "base", p->fetched == 0,
		     "%zu blobs (%s), %zu of them were here already", p->blobs,
		     size_text(a, p->bytes), p->blobs - p->fetched);
	return true;
}

/* Which of both kinds of records there are. */
static const char *find_records(const struct packages *l)
{
	static const char *const kinds[] = { NULL, "var/lib/dpkg/status.d", "var/lib/dpkg/status",
					     "var/lib/dpkg/status and var/lib/dpkg/status.d" };
	unsigned found = 0;

	for (size_t i = 0; i < l->n; i++)
		found |= strcmp(l->v[i].record, kinds[2]) == 0 ? 2 : 1;
	return kinds[found];
}

static void base_list_packages(struct arena *a, const struct packages *l, const struct platform *p,
			       struct locked_base *out)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct package *x = &l->v[i];
		const struct locked_package one = {
			.name = x->name,
			.version = x->version,
			.architecture = x->architecture ? x->architecture : "all",
			.source = x->source,
			.source_version = x->source_version,
			.provides = x->provides,
			.conflicts = x->conflicts,
			.breaks = x->breaks,
			.partial = x->has_sums && x->present < x->listed,
		};

		locked_base_add(a, out, p->machine->debian, &one);
	}
	locked_base_sort(out);
}

bool image_base_look(struct arena *a, const struct relock_order *o, const struct base_image *image,
		     const struct platform *p, struct locked_base *out, struct error *e)
{
	const struct image_base_order order = { .store = o->store,
						.image = image,
						.platform = p,
						.offline = o->offline,
						.progress = o->progress };
	struct image_base b = IMAGE_BASE_INIT;
	bool ok = image_base_open(a, &order, &b, e);

	if (ok) {
		const struct content_digest d = image_base_digest(&b);

		*out = (struct locked_base){ .reference = image->text,
					     .records = find_records(&b.what.model.packages) };
		memcpy(out->digest.b, d.b, sizeof(out->digest.b));
		base_list_packages(a, &b.what.model.packages, p, out);
	}
	image_base_close(&b);
	return ok;
}
