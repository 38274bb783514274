/* SPDX-License-Identifier: Apache-2.0 */
/* From index.json down to one manifest: descriptors, platforms, tags. What the config says is
 * read in image_config.c; docker save's manifest.json in docker.c. */

#include "inspect/image/manifest.h"

#include <stdio.h>
#include <sys/utsname.h>

#include "inspect/image/descriptor.h"
#include "format/machine/machine.h"
#include "format/json/jsonx.h"
#include "format/text/platform_name.h"

#define INDEX_DEPTH 4
#define CANDIDATES_MAX 1024
#define INDEXES_MAX 256 /* read in all: each may name the same one many times */
#define INDEXES_SIZE_MAX (16u << 20)

/* The images that the indexes lead to. */
struct manifest_candidates {
	struct descriptor *v;
	size_t n, cap;
	size_t indexes, size;  /* indexes below index.json read so far, and their bytes */
	struct strings others; /* tags of those that were not asked for */
};

const char *machine_name(void)
{
	struct utsname u;
	const struct machine *m = uname(&u) == 0 ? machine_of_uname(u.machine) : NULL;

	return m ? m->oci : "amd64";
}

/* Neither document may pass for the other (CVE-2021-41190). */
static bool manifest_check_kind(const struct json_node *root, const char *media_type, bool index,
				struct error *e)
{
	const char *const foreign[] = { index ? "layers" : "manifests",
					index ? "config" : "manifests" };
	struct json_node n, version;
	uint64_t number;

	if (!json_want_object(root, e) || !json_need(root, "schemaVersion", &version, e) ||
	    !json_as_u64(&version, &number, e))
		return false;
	if (number != 2)
		return json_fail(&version, e, "schemaVersion must be 2");
	for (size_t i = 0; i < 2; i++)
		if (json_get(root, foreign[i], &n))
			return json_fail_key(root, foreign[i], e, "an %s may not have \"%s\"",
					     index ? "index" : "image manifest", foreign[i]);
	if (!json_get(root, "mediaType", &n))
		return true;
	return json_string_is(&n, media_type, e);
}

static bool manifest_collect(struct arena *a, const struct bundle *b, const struct json_node *root,
			     const struct descriptor *from, struct manifest_candidates *out,
			     struct error *e);

static bool collect_nested(struct arena *a, const struct bundle *b, const struct descriptor *d,
			   struct manifest_candidates *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;
	struct str text;

	if (d->depth == INDEX_DEPTH)
		return err_set(e, ERR_INPUT, "indexes are nested more than %d deep", INDEX_DEPTH);
	out->size += d->size < DOCUMENT_MAX ? (size_t)d->size : DOCUMENT_MAX;
	if (++out->indexes > INDEXES_MAX || out->size > INDEXES_SIZE_MAX)
		return err_set(e, ERR_INPUT, "more than %d nested indexes, or %u bytes of them",
			       INDEXES_MAX, INDEXES_SIZE_MAX);
	if (!descriptor_text(a, b, d, &text, e) || !json_parse(d->part, text, &doc, e))
		return false;
	root = json_root(&doc);
	return manifest_check_kind(&root, d->media_type, true, e) &&
	       manifest_collect(a, b, &root, d, out, e);
}

static bool wanted_tag(const struct bundle *b, const struct descriptor *d)
{
	return !b->tag || d->depth > 1 || (d->ref_name && strcmp(d->ref_name, b->tag) == 0) ||
	       (d->full_name && strcmp(d->full_name, b->tag) == 0);
}

static bool manifest_collect(struct arena *a, const struct bundle *b, const struct json_node *root,
			     const struct descriptor *from, struct manifest_candidates *out,
			     struct error *e)
{
	struct json_node list, item;

	if (!json_need(root, "manifests", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		struct descriptor d = { .depth = from ? from->depth + 1 : 1 };

		if (!descriptor_read(a, &item, &d, e))
			return false;
		if (from && !d.ref_name)
			d.ref_name = from->ref_name;
		if (!wanted_tag(b, &d) && d.ref_name && !strings_has(&out->others, d.ref_name))
			*list_push(a, &out->others) = d.ref_name;
		if (!wanted_tag(b, &d) || d.attestation)
			continue;
		if (media_is_index(d.media_type) && !collect_nested(a, b, &d, out, e))
			return err_wrap(e, "%s", d.part);
		if (media_is_manifest(d.media_type)) {
			if (out->n == CANDIDATES_MAX)
				return json_fail(&item, e, "more than %d images", CANDIDATES_MAX);
			*list_push(a, out) = d;
		}
	}
	return true;
}

static void list_choices(const struct manifest_candidates *list, struct buf *out)
{
	for (size_t i = 0; i < list->n && i < 20; i++) {
		const struct descriptor *d = &list->v[i];

		buf_printf(out, "%s%s", i ? ", " : "", d->ref_name ? d->ref_name : "(no tag)");
		if (d->architecture)
			buf_printf(out, " %s",
				   platform_name(out->a, d->os, d->architecture, d->variant));
	}
}

static const struct descriptor *manifest_choose(struct arena *a, const struct bundle *b,
						const char *platform,
						const struct manifest_candidates *list,
						struct error *e)
{
	const struct descriptor *found = NULL;
	struct buf choices = { .a = a, .max = 4096 };
	const char *wanted = platform ? platform : arena_printf(a, "linux/%s", machine_name());

	list_choices(list, &choices);
	if (list->n == 0) {
		if (b->tag)
			err_set(e, ERR_USAGE, "no image has the tag %s%s%s", b->tag,
				list->others.n ? "; there is: " : "",
				list->others.n ? strings_join(a, &list->others, ", ") : "");
		else
			err_set(e, ERR_INPUT, "the index leads to no image");
		return NULL;
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct descriptor *d = &list->v[i];

		if (d->architecture && (platform || list->n > 1) &&
		    !platform_name_fits(str_of(wanted), d->os, d->architecture, d->variant))
			continue;
		if (found && !content_digest_eq(&found->digest, &d->digest)) {
			err_set(e, ERR_USAGE,
				"several images to choose from; name one with "
				"%s:TAG or --platform: %s",
				b->archive ? "oci-archive:FILE" : "oci:DIR", buf_cstr(&choices));
			return NULL;
		}
		found = d;
	}
	if (!found)
		err_set(e, ERR_USAGE, "no image for %s; there is: %s", wanted, buf_cstr(&choices));
	return found;
}

/* A blob has one size and one type, however often it is named. */
static bool check_layer_twice(const struct json_node *at, const struct image_facts *out,
			      struct error *e)
{
	const struct image_layer *last = &out->layers.v[out->layers.n - 1];

	for (const struct image_layer *l = out->layers.v; l < last; l++)
		if (content_digest_eq(&l->digest, &last->digest) &&
		    (l->size != last->size || strcmp(l->media_type, last->media_type) != 0))
			return json_fail(at, e, "the same digest with another size or media type");
	return true;
}

static bool manifest_read_layers(struct arena *a, const struct json_node *root,
				 struct image_facts *out, struct error *e)
{
	struct json_node list, item;

	if (!json_need(root, "layers", &list, e) || !json_want_array(&list, e))
		return false;
	if (json_count(&list) > LAYERS_MAX)
		return json_fail(&list, e, "more than %d layers", LAYERS_MAX);
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		struct descriptor d = { .depth = 0 };

		if (!descriptor_read(a, &item, &d, e))
			return false;
		if (!media_is_layer(d.media_type))
			return json_fail(&item, e, "media type %s is none of an image layer",
					 d.media_type);
		*list_push(a, &out->layers) = (struct image_layer){
			.part = d.part,
			.media_type = d.media_type,
			.has_digest = true,
			.digest = d.digest,
			.size = d.size,
			.foreign = d.urls,
		};
		if (!check_layer_twice(&item, out, e))
			return false;
	}
	return true;
}

static bool manifest_read_annotations(struct arena *a, const struct json_node *root,
				      struct image_facts *out, struct error *e)
{
	struct json_node list, item;

	if (!jsonx_get(root, "annotations", &list))
		return true;
	if (!json_want_object(&list, e))
		return false;
	for (size_t i = 0; json_member(&list, i, &item); i++) {
		struct env_var v = { .name = arena_strdup(a, item.key) };

		if (!json_as_string(a, &item, &v.value, e))
			return false;
		*list_push(a, &out->annotations) = v;
	}
	return true;
}

static bool read_manifest(struct arena *a, const struct bundle *b, const struct descriptor *d,
			  struct image_facts *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, node;
	struct descriptor config = { .depth = 0 };
	struct str text;

	if (!descriptor_text(a, b, d, &text, e) || !json_parse(d->part, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!manifest_check_kind(&root, d->media_type, false, e) ||
	    !json_need(&root, "config", &node, e) || !descriptor_read(a, &node, &config, e))
		return false;
	if (!media_is_config(config.media_type))
		return json_fail(&node, e, "this is not an image but an artifact: its config is %s",
				 config.media_type);
	if (!manifest_read_layers(a, &root, out, e) || !manifest_read_annotations(a, &root, out, e))
		return false;
	out->has_digest = true;
	out->manifest = d->digest;
	out->manifest_size = d->size;
	out->config = config.digest;
	out->config_part = config.part;
	out->config_size = config.size;
	return descriptor_text(a, b, &config, &text, e) &&
	       image_config_read(a, config.part, text, out, e);
}

static void compare_platform(struct arena *a, const struct descriptor *d, struct image_facts *out)
{
	const char *said;

	if (!d->architecture)
		return;
	said = platform_name(a, d->os, d->architecture, d->variant);
	if (!platform_name_fits(str_of(said), out->os, out->architecture,
				out->variant ? out->variant : d->variant))
		*list_push(a, &out->remarks) =
			arena_printf(a, "the index says %s, the config %s", said,
				     platform_name(a, out->os, out->architecture, out->variant));
}

static bool read_layout(struct arena *a, const struct bundle *b, const char *platform,
			struct image_facts *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct manifest_candidates list = { .v = NULL };
	const struct descriptor *d;
	struct json_node root;
	struct str text;

	if (!descriptor_layout(a, b, e) ||
	    !bundle_text(a, b, "index.json", DOCUMENT_MAX, &text, e) ||
	    !json_parse("index.json", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!manifest_check_kind(&root, MEDIA_INDEX, true, e) ||
	    !manifest_collect(a, b, &root, NULL, &list, e))
		return false;
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].architecture)
			*list_push(a, &out->platforms) = platform_name(a, list.v[i].os,
								       list.v[i].architecture,
								       list.v[i].variant);
	strings_sort(&out->platforms);
	strings_unique(&out->platforms);
	d = manifest_choose(a, b, platform, &list, e);
	if (!d || !read_manifest(a, b, d, out, e))
		return d ? err_wrap(e, "manifest %.19s...", d->part + strlen("blobs/sha256/"))
			 : false;
	out->ref_name = d->ref_name;
	if (d->ref_name)
		*list_push(a, &out->names) = d->ref_name;
	if (d->full_name)
		*list_push(a, &out->names) = d->full_name;
	compare_platform(a, d, out);
	return true;
}

/* A folder with one manifest, which nothing describes: it says itself of which type it is. */
static bool manifest_read_dir(struct arena *a, const struct bundle *b, struct image_facts *out,
			      struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct descriptor d = { .part = "manifest.json" };
	struct json_node root, type;
	struct str text;

	if (!bundle_text(a, b, d.part, DOCUMENT_MAX, &text, e) ||
	    !json_parse(d.part, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (json_item(&root, 0, &type))
		return json_fail(&root, e,
				 "this is the list of an archive that docker save wrote; name the "
				 "archive itself, docker-archive:FILE");
	if (!json_want_object(&root, e) || !json_need(&root, "mediaType", &type, e) ||
	    !json_as_string(a, &type, &d.media_type, e))
		return false;
	if (!media_is_manifest(d.media_type))
		return json_fail(&type, e, "%s is not an image manifest", d.media_type);
	d.digest = content_digest_of(text, false);
	d.size = text.n;
	return read_manifest(a, b, &d, out, e);
}

/* Of what no index tells the platform: the config does. */
static bool manifest_check_platform(struct arena *a, const char *platform,
				    const struct image_facts *f, struct error *e)
{
	if (!platform || f->platforms.n || !f->os || !f->architecture ||
	    platform_name_fits(str_of(platform), f->os, f->architecture, f->variant))
		return true;
	return err_set(e, ERR_USAGE, "it is for %s, not for %s",
		       platform_name(a, f->os, f->architecture, f->variant), platform);
}

static bool manifest_read_form(struct arena *a, const struct bundle *b, const char *platform,
			       struct image_facts *out, struct error *e)
{
	if (b->form == BUNDLE_DIR)
		return manifest_read_dir(a, b, out, e);
	return b->form == BUNDLE_OCI ? read_layout(a, b, platform, out, e)
				     : docker_read(a, b, out, e);
}

bool manifest_read(struct arena *a, const struct bundle *b, const char *platform,
		   struct image_facts *out, struct error *e)
{
	*out = (struct image_facts){ 0 };
	if (b->form == BUNDLE_ROOTFS) {
		out->rootfs = true;
		out->os = "linux";
		out->architecture = machine_name(); /* until its files were seen */
		*list_push(a,
			   &out->layers) = (struct image_layer){ .part = "the root file system" };
		return true;
	}
	return manifest_read_form(a, b, platform, out, e) &&
	       manifest_check_platform(a, platform, out, e);
}
