/* SPDX-License-Identifier: Apache-2.0 */
/* Manifest and index (image-spec v1.1.1, manifest.md, image-index.md): canonical JSON, members in
 * the order of their bytes, no blanks. */

#include "make/image/image.h"

#include "format/text/image_name.h"
#include "format/json/jsonw.h"
#include "make/image/config_text.h"
#include "input/recipe/variables.h"

#define TYPE_CONFIG "application/vnd.oci.image.config.v1+json"
#define TYPE_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define TYPE_INDEX "application/vnd.oci.image.index.v1+json"

static void manifest_write_digest(struct jsonw *w, const struct digest *d)
{
	char hex[DIGEST_TEXT];

	digest_hex(d, hex);
	jsonw_printf(w, "digest", "sha256:%s", hex);
}

static void write_descriptor(struct jsonw *w, const char *key, const char *type,
			     const struct digest *d, uint64_t size)
{
	jsonw_object(w, key);
	manifest_write_digest(w, d);
	jsonw_cstr(w, "mediaType", type);
	jsonw_u64(w, "size", size);
	jsonw_object_end(w);
}

/* The recipe's annotations, and where the image stands on another what that is. */
static void write_annotations(struct arena *a, struct jsonw *w, const struct recipe *r,
			      const struct image *base)
{
	static const struct digest none;
	struct variables all = { 0 };
	char hex[DIGEST_TEXT];

	if (base && !digest_eq(&base->manifest_digest, &none)) {
		digest_hex(&base->manifest_digest, hex);
		variables_set(a, &all,
			      (struct variable){ "org.opencontainers.image.base.digest",
						 arena_printf(a, "sha256:%s", hex) });
	}
	if (base && base->name)
		variables_set(a, &all,
			      (struct variable){ "org.opencontainers.image.base.name",
						 image_name_full(a, base->name) });
	for (size_t i = 0; i < r->config.annotations.n; i++)
		variables_set(a, &all, r->config.annotations.v[i]);
	if (all.n == 0)
		return;
	variables_sort(&all);
	jsonw_object(w, "annotations");
	for (size_t i = 0; i < all.n; i++)
		jsonw_cstr(w, all.v[i].name, all.v[i].value);
	jsonw_object_end(w);
}

static struct str describe_manifest(struct arena *a, const struct recipe *r,
				    const struct image *base, const struct image *img)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	write_annotations(a, &w, r, base);
	write_descriptor(&w, "config", TYPE_CONFIG, &img->config_digest, img->config.n);
	jsonw_array(&w, "layers");
	list_each(l, &img->layers.v)
		write_descriptor(&w, NULL, l->media_type, &l->digest, l->size);
	jsonw_array_end(&w);
	jsonw_cstr(&w, "mediaType", TYPE_MANIFEST);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

static void write_platform(struct jsonw *w, const struct image *img)
{
	jsonw_object(w, "platform");
	jsonw_cstr(w, "architecture", img->architecture);
	jsonw_cstr(w, "os", "linux");
	if (img->variant)
		jsonw_cstr(w, "variant", img->variant);
	jsonw_object_end(w);
}

static void write_entry(struct arena *a, struct jsonw *w, const struct image *img, const char *name)
{
	jsonw_object(w, NULL);
	if (name) {
		jsonw_object(w, "annotations");
		jsonw_cstr(w, "io.containerd.image.name", image_name_full(a, name));
		jsonw_cstr(w, "org.opencontainers.image.ref.name", name);
		jsonw_object_end(w);
	}
	manifest_write_digest(w, &img->manifest_digest);
	jsonw_cstr(w, "mediaType", img->parts.n ? TYPE_INDEX : TYPE_MANIFEST);
	if (!img->parts.n)
		write_platform(w, img);
	jsonw_u64(w, "size", img->manifest.n);
	jsonw_object_end(w);
}

/* An index of these images, under a name or under none. */
static struct str describe_index(struct arena *a, const struct image *const *images, size_t n,
				 const char *name)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "manifests");
	for (size_t i = 0; i < n; i++)
		write_entry(a, &w, images[i], name);
	jsonw_array_end(&w);
	jsonw_cstr(&w, "mediaType", TYPE_INDEX);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

/* index.json. Exactly one descriptor: podman and skopeo refuse an archive whose index has several.
 */
static void set_index(struct arena *a, struct image *img)
{
	const struct image *one[] = { img };

	img->manifest_digest = digest_of(img->manifest);
	img->index = describe_index(a, one, 1, img->name);
}

bool image_describe(struct arena *a, const struct recipe *r, const struct image *base,
		    struct image *img, struct error *e)
{
	struct image_config config;

	if (!image_name_check(img->name, e))
		return false;
	if (img->layers.v.n == 0)
		return err_set(e, ERR_INPUT,
			       "image %s would hold no file at all; give the recipe %s "
			       "components, programs or files",
			       img->name, recipe_shown(a, r));
	img->inherited = base ? base->inherited : NULL;
	if (!image_config_text(a, r, img, &img->config, e))
		return err_wrap(e, "%s", recipe_shown(a, r));
	image_effective_config(a, r, img->inherited ? &img->inherited->config : NULL, &config);
	img->health = config.health.present;
	img->config_digest = digest_of(img->config);
	img->manifest = describe_manifest(a, r, base, img);
	set_index(a, img);
	return true;
}

void image_join(struct arena *a, const struct image *const *images, size_t n, struct image *out)
{
	*out = *images[0];
	if (n == 1)
		return;
	*out = (struct image){ .name = images[0]->name };
	for (size_t i = 0; i < n; i++)
		*list_push(a, &out->parts) = images[i];
	out->manifest = describe_index(a, images, n, NULL);
	set_index(a, out);
}
