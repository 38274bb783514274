/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild rebase IMAGE... --base NEW */

#include "base/buf.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/rebase_images.h"
#include "cli/sign_report.h"
#include "cli/signing_options.h"
#include "format/json/jsonw.h"
#include "inspect/report/escape.h"
#include "make/image/image.h"
#include "make/image/layout.h"

#define ANNOTATION_BASE_DIGEST "org.opencontainers.image.base.digest"
#define DOCKER "docker://"

struct rebase_options {
	struct registry_options registry;
	struct signing_options signing;
	const char *base, *from, *to, *output, *platform;
	bool check;
};

/* One image on its way. */
struct rebasing {
	struct cli *c;
	const struct rebase_options *o;
	const struct rebase_reading *reading;
	struct rebase_image *now;
	struct rebase_image image, old;
	struct store store;
	struct image_files files; /* the result */
	struct rebase_obstacles obstacles;
	struct rebase_proof proof;
	struct digest manifest;
	const char *target; /* "docker://..."; NULL: a folder, or nowhere */
	bool there;	    /* it stands on that base already */
	struct session_options settings;
	struct keys keys;
};

static bool rebase_is_remote(const char *image)
{
	return strncmp(image, DOCKER, strlen(DOCKER)) == 0;
}

/* ---- what it stands on, and what it becomes ---- */

/* The old base is named, or it is in the new one's repository under the digest that the image
 * records. */
static bool rebase_find_old(struct rebasing *r, const char **out, struct error *e)
{
	const char *digest = rebase_annotation(&r->image, ANNOTATION_BASE_DIGEST);
	const struct reference *at = &r->now->opened.from;

	*out = r->o->from;
	if (*out)
		return true;
	if (!digest || !rebase_is_remote(r->o->base))
		return err_set(e, ERR_USAGE,
			       "rebase: %s: name the base that it stands on with --from IMAGE%s%s",
			       r->image.document.name, digest ? "; its digest is " : "",
			       digest ? digest : "");
	*out = arena_printf(r->c->a, DOCKER "%s/%s@%s", at->host, at->name, digest);
	return true;
}

static struct image_blob *rebase_add_text(struct rebasing *r, struct str text, const char *what)
{
	struct content_digest d = content_digest_of(text, false);
	struct image_blob *b = image_blobs_add(r->c->a, &r->files.blobs, &d, text.n, what);

	b->text = text;
	return b;
}

static void rebase_add_layers(struct rebasing *r, const struct rebase_image *of, size_t from)
{
	for (size_t i = from; i < of->document.facts->layers.n; i++) {
		const struct image_layer *l = &of->document.facts->layers.v[i];

		image_blobs_add(r->c->a, &r->files.blobs, &l->digest, l->size, "layer");
	}
}

/* index.json of a layout with this image alone. */
static struct str rebase_index(struct rebasing *r, const char *media_type, size_t size)
{
	const struct image_facts *facts = r->image.document.facts;
	struct buf text = { .a = r->c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "manifests");
	jsonw_object(&w, NULL);
	if (facts->ref_name) {
		jsonw_object(&w, "annotations");
		jsonw_cstr(&w, "org.opencontainers.image.ref.name", facts->ref_name);
		jsonw_object_end(&w);
	}
	jsonw_printf(&w, "digest", "sha256:%s", digest_hex_dup(r->c->a, &r->manifest));
	jsonw_cstr(&w, "mediaType", media_type);
	jsonw_object(&w, "platform");
	jsonw_cstr(&w, "architecture", facts->architecture);
	jsonw_cstr(&w, "os", facts->os);
	if (facts->variant)
		jsonw_cstr(&w, "variant", facts->variant);
	jsonw_object_end(&w);
	jsonw_u64(&w, "size", size);
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_cstr(&w, "mediaType", DOCUMENT_OCI_INDEX);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_object_end(&w);
	return buf_str(&text);
}

static bool rebase_compose(struct rebasing *r, struct error *e)
{
	const struct reference *at = &r->now->opened.from;
	const struct rebase_documents d = {
		.image = r->image.document,
		.old = r->old.document,
		.now = r->now->document,
		.base_name = !rebase_is_remote(r->o->base) ? NULL
			     : at->tag ? arena_printf(r->c->a, "%s/%s:%s", at->host, at->name,
						      at->tag)
				       : arena_printf(r->c->a, "%s/%s", at->host, at->name),
	};
	size_t kept = d.old.facts->layers.n;
	struct str config, manifest;
	const char *type;

	if (!rebase_stands_on(&d, e) ||
	    !rebase_write(r->c->a, &d, &config, &manifest, &r->obstacles, e) ||
	    !rebase_image_keep(r->now, &r->store, 0, e) ||
	    !rebase_image_keep(&r->image, &r->store, kept, e) ||
	    !document_type(r->c->a, "manifest", NULL, d.image.manifest, &type, e))
		return false;
	r->manifest = digest_of(manifest);
	r->files.index = rebase_index(r, type, manifest.n);
	rebase_add_layers(r, r->now, 0);
	rebase_add_layers(r, &r->image, kept);
	rebase_add_text(r, config, "config");
	rebase_add_text(r, manifest, "manifest");
	image_blobs_sort(&r->files.blobs);
	return true;
}

/* The result is read like any image, and compared. */
static bool rebase_prove(struct rebasing *r, struct error *e)
{
	AUTO_BUNDLE bundle = BUNDLE_INIT;
	struct audit_request req = { .image = r->image.document.name,
				     .policy = "report-only",
				     .opened = &bundle };
	struct audit_result result;
	struct rebase_case c = { .image = r->image.audit.model,
				 .old = r->old.audit.model,
				 .now = r->now->audit.model,
				 .old_layers = r->old.document.facts->layers.n,
				 .now_layers = r->now->document.facts->layers.n };
	struct arena *a = r->c->a;

	bundle_of_pulled(r->image.document.name, &r->store, &r->files, &bundle);
	if (!audit_image(a, &req, &result, e))
		return false;
	c.result = result.model;
	rebase_check_files(a, &c, &r->proof, &r->obstacles);
	rebase_check_libraries(a, &c, &r->proof, &r->obstacles);
	rebase_check_records(a, &c, &r->obstacles);
	rebase_check_findings(a, &r->image.audit.findings, &result.findings, &r->obstacles);
	return true;
}

/* ---- where it goes ---- */

static bool rebase_sign(struct rebasing *r, const struct reference *to, struct error *e)
{
	struct reference image;
	const struct signing_order order = { &image, &r->keys, &r->settings, NULL };
	const char *text = arena_printf(r->c->a, DOCKER "%s/%s@sha256:%s", to->host, to->name,
					digest_hex_dup(r->c->a, &r->manifest));

	return r->keys.n == 0 ||
	       (reference_parse(r->c->a, text, &image, e) && sign_and_report(r->c, &order, e));
}

static bool rebase_push(struct rebasing *r, struct error *e)
{
	const struct reference *at = &r->now->opened.from;
	struct image_operand result = IMAGE_OPERAND_INIT;
	struct push_source from;
	struct push_plan plan = { 0 };
	struct push_result pushed;
	struct reference to;
	struct push_order order = {
		.from = &from, .plan = &plan, .to = &to, .options = &r->settings
	};
	bool ok;

	bundle_of_pulled(r->image.document.name, &r->store, &r->files, &result.bundle);
	ok = registry_settings(r->c, &r->o->registry, &r->settings, e) &&
	     reference_parse(r->c->a, r->target, &to, e);
	if (ok && rebase_is_remote(r->o->base) && strcmp(at->host, to.host) == 0 &&
	    strcmp(at->name, to.name) != 0)
		order.mount_from = at->name;
	progress_begin(r->c->progress, "push", "%s", r->target);
	ok = ok && image_operand_plan(r->c->a, &result, &from, &plan, e) &&
	     push_image(&order, &pushed, e);
	image_operand_close(&result);
	if (!ok)
		return err_wrap(e, "push %s", r->target);
	progress_end(r->c->progress, "push", false,
		     "%zu blobs sent, %zu mounted, %zu there already", pushed.sent, pushed.mounted,
		     pushed.there);
	return rebase_sign(r, &to, e);
}

/* In place, unless a place is named. */
static bool rebase_find_target(struct rebasing *r, struct error *e)
{
	const struct rebase_options *o = r->o;
	const struct reference *from = &r->image.opened.from;

	r->target = o->to;
	if (o->to || o->output || o->check)
		return true;
	if (!rebase_is_remote(r->image.document.name))
		return err_set(e, ERR_USAGE,
			       "rebase: %s: say where the result goes, with --output DIR or --to "
			       "docker://REGISTRY/NAME:TAG",
			       r->image.document.name);
	if (!from->tag || from->digest)
		return err_set(e, ERR_USAGE,
			       "rebase: %s: a digest names these bytes alone; name a tag, or say "
			       "with --to docker://REGISTRY/NAME:TAG where the result goes",
			       r->image.document.name);
	r->target = r->image.document.name;
	return true;
}

/* ---- what is told ---- */

static void rebase_print_text(struct rebasing *r)
{
	const char *image = escape_line(r->c->a, r->image.document.name);
	const char *verb = r->o->check ? "can stand" : "stands";

	list_each(x, &r->obstacles)
		fprintf(r->c->out, "%s: %s%s%s%s\n", image, x->path ? "/" : "",
			x->path ? escape_line(r->c->a, x->path) : "", x->path ? ": " : "",
			escape_line(r->c->a, x->text));
	if (r->obstacles.n)
		return;
	fprintf(r->c->out,
		"%s: %s on %s as sha256:%s\n  %zu files, %zu programs and libraries above the "
		"base; %zu libraries of the base, of which they take %zu symbols\n",
		image, verb, content_digest_text(r->c->a, &r->now->document.facts->manifest),
		digest_hex_dup(r->c->a, &r->manifest), r->proof.files, r->proof.programs,
		r->proof.libraries, r->proof.symbols);
}

static void rebase_print_there(struct rebasing *r)
{
	const char *base = content_digest_text(r->c->a, &r->now->document.facts->manifest);
	struct buf text = { .a = r->c->a };
	struct jsonw w;

	if (!r->c->json) {
		fprintf(r->c->out, "%s: stands on %s already\n",
			escape_line(r->c->a, r->image.document.name), base);
		return;
	}
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "image", r->image.document.name);
	jsonw_cstr(&w, "base", base);
	jsonw_bool(&w, "unchanged", true);
	jsonw_object_end(&w);
	fprintf(r->c->out, "%s\n", buf_cstr(&text));
}

static void rebase_print_json(struct rebasing *r)
{
	struct buf text = { .a = r->c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "image", r->image.document.name);
	jsonw_cstr(&w, "old-base", content_digest_text(r->c->a, &r->old.document.facts->manifest));
	jsonw_cstr(&w, "base", content_digest_text(r->c->a, &r->now->document.facts->manifest));
	if (!r->obstacles.n)
		jsonw_printf(&w, "digest", "sha256:%s", digest_hex_dup(r->c->a, &r->manifest));
	jsonw_u64(&w, "files", r->proof.files);
	jsonw_u64(&w, "programs", r->proof.programs);
	jsonw_u64(&w, "libraries", r->proof.libraries);
	jsonw_u64(&w, "symbols", r->proof.symbols);
	jsonw_array(&w, "obstacles");
	list_each(x, &r->obstacles) {
		jsonw_object(&w, NULL);
		if (x->path)
			jsonw_printf(&w, "path", "/%s", x->path);
		jsonw_cstr(&w, "text", x->text);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(r->c->out, "%s\n", buf_cstr(&text));
}

static bool rebase_refuse(struct rebasing *r, struct error *e)
{
	const struct rebase_obstacle *x = r->obstacles.v;
	const char *more = r->obstacles.n > 1
				   ? arena_printf(r->c->a, " (and %zu more)", r->obstacles.n - 1)
				   : "";

	return err_set(e, ERR_FINDINGS, "%s cannot be rebased: %s%s%s%s%s", r->image.document.name,
		       x->path ? "/" : "", x->path ? x->path : "", x->path ? ": " : "", x->text,
		       more);
}

/* ---- the verb ---- */

static bool rebase_stands_there(const struct rebasing *r)
{
	const char *digest = rebase_annotation(&r->image, ANNOTATION_BASE_DIGEST);

	return !r->o->from && digest &&
	       strcmp(digest, content_digest_text(r->c->a, &r->now->document.facts->manifest)) == 0;
}

static bool rebase_read_both(struct rebasing *r, const char *reference, struct error *e)
{
	const char *old;

	if (!rebase_image_read(r->reading, reference, &r->image, e))
		return false;
	r->there = rebase_stands_there(r);
	if (r->there)
		return true;
	if (r->image.manifests != 1)
		return err_set(e, ERR_INPUT,
			       "%s is an index: rebase its images one by one, by their digests "
			       "and with --to",
			       reference);
	return rebase_find_target(r, e) && rebase_find_old(r, &old, e) &&
	       rebase_image_read(r->reading, old, &r->old, e);
}

static bool rebase_put(struct rebasing *r, struct error *e)
{
	if (r->o->check)
		return true;
	if (r->target)
		return rebase_push(r, e);
	return image_files_layout(&r->store, &r->files, r->o->output, e);
}

static bool rebase_one(struct rebasing *r, const char *reference, struct error *e)
{
	r->store.progress = r->c->progress;
	if (!store_open(r->c->a, r->c->cache_dir, &r->store, e) ||
	    !rebase_read_both(r, reference, e))
		return false;
	if (r->there) {
		rebase_print_there(r);
		return true;
	}
	if (!rebase_compose(r, e) || !rebase_prove(r, e))
		return false;
	if (!r->obstacles.n && !rebase_put(r, e))
		return false;
	(r->c->json ? rebase_print_json : rebase_print_text)(r);
	return r->obstacles.n == 0 || rebase_refuse(r, e);
}

/* One after the other; of several failures the first gives the status. */
static bool rebase_all(struct rebasing *r, const struct strings *images, struct error *e)
{
	struct error first = { 0 };

	for (size_t i = 0; i < images->n; i++) {
		struct rebasing one = *r;
		struct error why = { 0 };
		char text[sizeof(struct error)];
		bool ok = rebase_one(&one, images->v[i], &why);

		rebase_image_close(&one.image);
		rebase_image_close(&one.old);
		store_close(&one.store);
		if (ok)
			continue;
		if (first.kind == ERR_NONE) {
			first = why;
			continue;
		}
		err_format(&why, text, sizeof(text));
		progress_warn(r->c->progress, "%s", text);
	}
	*e = first;
	return first.kind == ERR_NONE;
}

static bool rebase_check_options(struct cli *c, const struct rebase_options *o, struct error *e)
{
	if (!o->base)
		return err_set(e, ERR_USAGE, "rebase: name the new base: --base IMAGE");
	if (c->operands.n > 1 && (o->output || o->to))
		return err_set(e, ERR_USAGE, "rebase: --output and --to go with one image only");
	if (o->signing.keys.n && (o->output || o->check))
		return err_set(e, ERR_USAGE,
			       "rebase: --sign signs beside the image in its registry; it does not "
			       "go with %s",
			       o->output ? "--output" : "--check");
	return !o->output || image_check_layout(o->output, e);
}

static bool rebase_run(struct cli *c, struct error *e)
{
	const struct rebase_options *o = c->options;
	const struct rebase_reading reading = { c, &o->registry, o->platform };
	AUTO_REBASE_IMAGE now = REBASE_IMAGE_INIT;
	struct rebasing r = { .c = c,
			      .o = o,
			      .reading = &reading,
			      .now = &now,
			      .image = REBASE_IMAGE_INIT,
			      .old = REBASE_IMAGE_INIT,
			      .store = STORE_INIT };
	bool ok;

	if (!rebase_check_options(c, o, e))
		return false;
	ok = signing_keys(c, &o->signing, &r.keys, e) &&
	     rebase_image_read(&reading, o->base, &now, e) && rebase_all(&r, &c->operands, e);
	keys_drop(&r.keys);
	return ok;
}

static const struct option_row rebase_rows[] = {
	{ "--base", 0, "IMAGE", "what it is to stand on",
	  OPTION_IS_TEXT(struct rebase_options, base), .word = WORD_IMAGE },
	{ "--from", 0, "IMAGE", "what it stands on now",
	  .otherwise = "in the repository of --base, under the digest that the image records",
	  OPTION_IS_TEXT(struct rebase_options, from), .word = WORD_IMAGE },
	{ "--to", 0, "docker://REGISTRY/NAME[:TAG]", "where the result goes",
	  .otherwise = "the image's own tag", OPTION_IS_TEXT(struct rebase_options, to),
	  .excludes = "--output --check" },
	{ "--output", 'o', "DIR", "write the result as an OCI layout",
	  OPTION_IS_TEXT(struct rebase_options, output), .word = WORD_FOLDER,
	  .excludes = "--check" },
	{ "--check", 0, NULL, "change nothing; say whether it can be, and exit 1 if not",
	  OPTION_IS_FLAG(struct rebase_options, check) },
	SIGNING_ROWS(struct rebase_options, signing, "--sign",
		     "sign the result with a private key, as imgbuild sign; repeatable"),
	OPTION_PLATFORM_OF_INDEX(struct rebase_options, platform),
	REGISTRY_ROWS(struct rebase_options, registry),
	{ NULL },
};

const struct command cmd_rebase = {
	.name = "rebase",
	.summary = "put published images on a newer base, if it is proven that they run there",
	.operands = { { "IMAGE...", WORD_IMAGE } },
	.wanted =
		"name an image: imgbuild rebase docker://REGISTRY/NAME:TAG --base docker://REGISTRY/BASE:TAG",
	.examples = "rebase docker://h.example/app:1 --base docker://h.example/base:1\n"
		    "rebase docker://h.example/app:1 --base docker://h.example/base:1 --check\n"
		    "rebase out/hello --from out/base --base out/base-new -o out/hello-new",
	.text = "Nothing is built: the layers of the base are exchanged. Refused is what cannot be proven: a file that both "
		"have, a library or SONAME that is gone, a symbol or version that a program needs and the new base lacks, a loader's "
		"cache or a package record that would change. Names image, file and symbol then, and exits 1.",
	.options = rebase_rows,
	.options_size = sizeof(struct rebase_options),
	.run = rebase_run,
	.jails = true,
};
