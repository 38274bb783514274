/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild verify IMAGE: builds the image again from the recipe and lock it records, and compares.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "inspect/compare/compare.h"
#include "inspect/report/escape.h"
#include "base/file.h"
#include "base/path.h"
#include "line/build.h"
#include "explain/made_from.h"
#include "cli/attest_files.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/image_operand.h"
#include "cli/signing_options.h"
#include "cli/verify_inputs.h"
#include "format/json/jsonw.h"
#include "trust/attestation/attestations.h"
#include "trust/attestation/predicate_types.h"
#include "trust/attestation/summary.h"
#include "trust/rebase/rebase_documents.h"
#include "trust/signature/statement.h"

/* In the scratch folder: a build locks the folder above its output, and that one is locked by us.
 */
#define REBUILT "rebuilt"
#define RESULTS "results" /* of the rebuild's work, with --attest */
#define INPUTS "inputs"	  /* the files that the build read, without a checkout */

struct verify_options {
	struct registry_options registry;
	unsigned format;
	const char *recipe, *platform;
	bool anyway; /* also when recipe or lock have changed */
	struct signing_options signing;
	bool attest;
	struct strings builder_keys;
};

static const char *const form_names[] = { "text", "json", NULL };

struct verifying {
	struct cli *c;
	const struct verify_options *o;
	const char *image, *recipe, *variant;
	const char *named; /* the recipe, for people */
	struct file_scratch dir;
	struct image_operand opened;
	struct inspection original, rebuilt;
	struct build_result result; /* of the rebuild */
	enum sameness same;
	struct parting first;
	struct keys keys;     /* with --attest */
	struct keys builders; /* whose provenance counts; none: anybody's */
	struct session_options settings;
	bool attached; /* it is built from `inputs` */
	struct verify_inputs inputs;
};

static bool verify_is_remote(const struct verifying *v)
{
	return str_starts(str_of(v->image), STR("docker://"));
}

/* What stands on another base than its lock says is made by no recipe. */
static bool verify_refuse_rebased(const struct verifying *v, struct error *e)
{
	list_each(l, &v->original.facts.labels) {
		if (strcmp(l->name, LABEL_REBASED) == 0 && !v->o->anyway)
			return err_set(
				e, ERR_INPUT,
				"it was put on the base %s by imgbuild rebase: its recipe and "
				"lock make what it was before; build it again, or compare "
				"with --anyway",
				l->value);
	}
	return true;
}

static void verify_tell_inputs(struct verifying *v)
{
	const struct key *k = v->inputs.key;

	progress_end(v->c->progress, "inputs", false, "%zu files, named by a provenance %s%s",
		     v->inputs.files, k ? "that is signed by " : "whose signature was not checked",
		     k ? k->file : "");
	if (!k && verify_is_remote(v))
		progress_warn(v->c->progress,
			      "whoever may write to the registry may have attached these files; "
			      "name the builder's public key with --builder-key FILE");
}

/* Has the files that the image's build read, from its registry. */
static bool verify_take_inputs(struct verifying *v, const char *recipe, struct error *e)
{
	struct arena *a = v->c->a;
	struct reference image = v->opened.from;
	const struct signing_order order = { &image, &v->builders, &v->settings, NULL };
	AUTO_FD fd = -1;
	struct verify_inputs_order o = { .image = &order,
					 .beside = verify_is_remote(v)
							   ? NULL
							   : attest_folder_of(a, v->image),
					 .folder = arena_printf(a, "%s/" INPUTS, v->dir.path),
					 .recipe = recipe };

	image.content = v->original.facts.manifest;
	image.digest = content_digest_text(a, &image.content);
	if (!file_mkdirs(v->dir.dir.fd, INPUTS, e))
		return false;
	fd = file_open_dir(v->dir.dir.fd, INPUTS, e);
	if (fd < 0)
		return false;
	o.dirfd = fd;
	progress_begin(v->c->progress, "inputs", "%s", o.beside ? o.beside : image.text);
	if (!verify_inputs_restore(a, &o, &v->inputs, e))
		return false;
	verify_tell_inputs(v);
	v->attached = true;
	v->recipe = v->inputs.recipe;
	v->named = recipe;
	return true;
}

/* The recipe that the image records: in the checkout that this is run in; else what its builder
 * attached to it. */
static bool verify_find_files(struct verifying *v, const struct made_from *from, struct error *e)
{
	struct error here = { 0 }, attached = { 0 };

	if (v->o->builder_keys.n)
		return verify_take_inputs(v, from->recipe, e);
	if (made_from_find(v->c->a, from, &v->recipe, &here))
		return true;
	if (verify_is_remote(v) && v->c->offline) {
		*e = here;
		return false;
	}
	if (verify_take_inputs(v, from->recipe, &attached))
		return true;
	if (attached.kind == ERR_FINDINGS)
		return err_set(e, ERR_INPUT, "%s; nor can it be built from what is %s: %s",
			       here.cause, verify_is_remote(v) ? "attached to it" : "beside it",
			       attached.cause);
	*e = attached;
	return false;
}

/* The recipe as it is here must be the one the image was made from, or comparing says nothing. */
static bool verify_check_recipe(struct verifying *v, const struct made_from *from, struct error *e)
{
	const struct recipe_opening opening = { v->recipe, from->variant, v->inputs.data, NULL };
	const struct platform *p = made_from_platform(v->c->a, &v->original.facts);
	const char *changed = NULL;
	struct recipe r = { 0 };

	if (!recipe_load_with(v->c->a, &opening, &r, e) ||
	    !made_from_changed(v->c->a, from, &r, p, &changed, e))
		return false;
	if (changed && v->o->anyway)
		progress_warn(v->c->progress, "%s", changed);
	if (!changed || v->o->anyway)
		return true;
	if (v->attached)
		return err_set(e, ERR_VERIFY, "the files that its build read: %s", changed);
	return err_set(e, ERR_VERIFY,
		       "%s; go to the version of the repository it was made from, or compare "
		       "with --anyway",
		       changed);
}

static bool verify_find_recipe(struct verifying *v, struct error *e)
{
	struct made_from from = { .variant = NULL };
	int recorded = made_from_image(v->c->a, &v->original.facts, &from, e);

	if (recorded < 0 || !verify_refuse_rebased(v, e))
		return false;
	if (!recorded && !v->recipe)
		return err_set(e, ERR_INPUT,
			       "it does not record the recipe it was made from; name it with "
			       "--recipe FILE");
	if (!v->recipe && !verify_find_files(v, &from, e))
		return false;
	if (!v->named)
		v->named = v->recipe;
	v->variant = from.variant;
	return !recorded || verify_check_recipe(v, &from, e);
}

/* Who signs that an image can be made again has made it again: nothing is taken over that this
 * machine made before, be it when it built the image. */
static bool verify_forget_results(struct verifying *v, struct store *store, struct error *e)
{
	int folder;

	if (!file_mkdirs(v->dir.dir.fd, RESULTS, e))
		return false;
	folder = file_open_dir(v->dir.dir.fd, RESULTS, e);
	if (folder < 0)
		return false;
	store_forget_results(store, folder);
	return true;
}

static bool verify_rebuild(struct verifying *v, struct error *e)
{
	AUTO_STORE store = STORE_INIT;
	const struct platform *platform = made_from_platform(v->c->a, &v->original.facts);
	const struct build_order order = {
		.store = &store,
		.recipe = v->recipe,
		.variant = v->variant,
		.data = v->inputs.data,
		.platforms = { &platform, 1, 1 },
		.mirrors = &v->c->mirrors,
		.locked = true,
		.output = arena_printf(v->c->a, "%s/" REBUILT "/image", v->dir.path),
		.offline = v->c->offline,
		.mirror_env = getenv("IMGBUILD_MIRROR"),
		.no_audit = true,
		.aside = true,
		.compile = { .jobs = v->c->jobs, .explain = v->c->explain },
		.progress = v->c->progress,
	};

	store.progress = v->c->progress;
	if (!store_open(v->c->a, v->c->cache_dir, &store, e) ||
	    (v->o->attest && !verify_forget_results(v, &store, e)))
		return false;
	return build_image(v->c->a, &order, &v->result, e) &&
	       inspect_image(v->c->a, &(struct inspect_request){ .image = order.output },
			     &v->rebuilt, e);
}

static bool verify_in_scratch(struct verifying *v, struct error *e)
{
	if (!verify_find_recipe(v, e))
		return err_wrap(e, "image %s", v->image);
	return file_mkdirs(v->dir.dir.fd, REBUILT, e) && verify_rebuild(v, e) &&
	       compare_images(v->c->a, &v->original, &v->rebuilt, "the rebuild", &v->same,
			      &v->first, e);
}

static bool verify_compare(struct verifying *v, struct error *e)
{
	struct error ignored = { 0 };
	bool ok;

	if (!image_operand_open(v->c, &v->o->registry, v->image, IMAGE_ONE, v->o->platform,
				&v->opened, e))
		return false;
	if (!inspect_image(v->c->a,
			   &(struct inspect_request){ v->image, v->o->platform, NULL, NULL,
						      &v->opened.bundle, NULL },
			   &v->original, e))
		return err_wrap(e, "image %s", v->image);
	if (!file_scratch_make(v->c->a, &v->dir, e))
		return false;
	ok = verify_in_scratch(v, e);
	if (!file_scratch_remove(&v->dir, ok ? e : &ignored))
		ok = false;
	return ok;
}

static void verify_print_text(const struct verifying *v)
{
	const struct parting *p = &v->first;
	struct arena *a = v->c->a;
	FILE *out = v->c->out;
	const char *image = escape_line(a, v->image), *recipe = escape_line(a, v->named);

	if (v->same == SAME_BYTES) {
		fprintf(out, "%s: made again from %s: the same bytes, %s\n", image, recipe,
			content_digest_text(a, &v->rebuilt.facts.manifest));
	} else if (v->same == SAME_CONTENT) {
		fprintf(out,
			"%s: made again from %s: the same %zu layers and the same config; it is packed in "
			"another way (the rebuild by %s)\n",
			image, recipe, v->rebuilt.facts.layers.n,
			strings_join(a, &v->result.compressors, " and "));
	} else {
		fprintf(out, "%s: differs from what %s makes\n  %s", image, recipe,
			escape_line(a, p->layer));
		if (p->path)
			fprintf(out, " -> %s", escape_line(a, p->path));
		if (p->has_offset)
			fprintf(out, " -> offset %llu", (unsigned long long)p->offset);
		fprintf(out, ": %s\n", escape_line(a, p->what));
	}
}

static void verify_print_json(const struct verifying *v)
{
	static const char *const names[] = { "same", "same-content", "different" };
	struct buf text = { .a = v->c->a };
	struct jsonw w;

	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "format", 1);
	jsonw_cstr(&w, "image", v->image);
	jsonw_cstr(&w, "recipe", v->named);
	jsonw_cstr(&w, "result", names[v->same]);
	jsonw_cstr(&w, "rebuilt", content_digest_text(v->c->a, &v->rebuilt.facts.manifest));
	jsonw_strings(&w, "compressors", &v->result.compressors);
	if (v->attached) {
		jsonw_object(&w, "inputs");
		jsonw_printf(&w, "provenance", "sha256:%s", v->inputs.provenance);
		if (v->inputs.key)
			jsonw_cstr(&w, "key", v->inputs.key->file);
		jsonw_u64(&w, "files", v->inputs.files);
		jsonw_object_end(&w);
	}
	if (v->same == DIFFERENT) {
		jsonw_object(&w, "first");
		jsonw_cstr(&w, "layer", v->first.layer);
		if (v->first.path)
			jsonw_cstr(&w, "path", v->first.path);
		if (v->first.has_offset)
			jsonw_u64(&w, "offset", v->first.offset);
		jsonw_cstr(&w, "what", v->first.what);
		jsonw_object_end(&w);
	}
	jsonw_object_end(&w);
	jsonw_finish(&w);
	fwrite(text.p, 1, text.n, v->c->out);
}

/* What the rebuild gave, signed, beside the image. */
static bool verify_attest(struct verifying *v, struct error *e)
{
	struct arena *a = v->c->a;
	const struct reference *to = &v->opened.from;
	const char *digest = content_digest_text(a, &v->original.facts.manifest);
	const struct strings subjects = { &digest, 1, 1 };
	struct summary s = { .verifier = VERIFIER_REBUILD,
			     .when = (int64_t)time(NULL),
			     .policy = "urn:imgbuild:policy:rebuild",
			     .input = v->inputs.provenance,
			     .passed = v->same != DIFFERENT };
	const struct signing_order order = { to, &v->keys, &v->settings, NULL };
	struct attestation x = { digest, PREDICATE_SUMMARY, { NULL, 0 } };
	struct attach_result result;
	bool remote = verify_is_remote(v);

	if (v->original.facts.manifest.sha512)
		return err_set(e, ERR_INPUT,
			       "%s: signatures know images by SHA-256 alone; name it by its tag",
			       v->image);
	*list_push(a, &s.levels) = v->same == SAME_BYTES ? LEVEL_SAME_BYTES : LEVEL_SAME_CONTENT;
	s.resource = summary_resource(a, path_base(remote ? to->name : v->image), digest,
				      remote ? arena_printf(a, "%s/%s", to->host, to->name) : NULL);
	x.statement = statement_text(a, &subjects, x.type, summary_text(a, &s));
	if (!remote)
		return attest_files_put(v->c, attest_folder_of(a, v->image), "rebuild", x.statement,
					&v->keys, e);
	return attestations_attach(a, &order, &(struct attestation_list){ &x, 1, 1 }, &result, e) ||
	       err_wrap(e, "attest %s", to->text);
}

/* What would be refused at the end is refused before the rebuild. */
static bool verify_check_attest(struct verifying *v, struct error *e)
{
	const struct verify_options *o = v->o;

	if (!o->attest)
		return o->signing.keys.n == 0 ||
		       err_set(e, ERR_USAGE, "verify: --key goes with --attest");
	if (o->signing.keys.n == 0)
		return err_set(e, ERR_USAGE, "verify: --attest needs a private key, --key FILE");
	if (o->anyway)
		return err_set(
			e, ERR_USAGE,
			"verify: --attest and --anyway do not go together: what is signed is "
			"about the recipe and the locks that the image records");
	return signing_keys(v->c, &o->signing, &v->keys, e);
}

static bool verify_check_builders(struct verifying *v, struct error *e)
{
	const struct verify_options *o = v->o;

	if (o->builder_keys.n && o->recipe)
		return err_set(e, ERR_USAGE,
			       "verify: --builder-key and --recipe do not go together: one takes "
			       "the files that are attached to the image, the other those here");
	for (size_t i = 0; i < o->builder_keys.n; i++) {
		if (!key_load_trusted(v->c->a, o->builder_keys.v[i],
				      list_push(v->c->a, &v->builders), e))
			return false;
	}
	v->settings = registry_session(v->c, &o->registry);
	return !verify_is_remote(v) || (!o->attest && !o->builder_keys.n) ||
	       registry_settings(v->c, &o->registry, &v->settings, e);
}

static bool verify_run(struct cli *c, struct error *e)
{
	const struct verify_options *o = c->options;
	struct verifying v = { .c = c,
			       .o = o,
			       .image = c->operands.v[0],
			       .recipe = o->recipe,
			       .dir = FILE_SCRATCH_INIT,
			       .opened = IMAGE_OPERAND_INIT,
			       .original = INSPECTION_INIT,
			       .rebuilt = INSPECTION_INIT };
	bool ok = verify_check_builders(&v, e) && verify_check_attest(&v, e) &&
		  verify_compare(&v, e) && (!o->attest || verify_attest(&v, e));

	keys_drop(&v.keys);
	keys_drop(&v.builders);
	inspect_close(&v.original);
	inspect_close(&v.rebuilt);
	image_operand_close(&v.opened);
	if (!ok)
		return false;
	(strcmp(form_names[o->format - 1], "json") == 0 ? verify_print_json
							: verify_print_text)(&v);
	return v.same != DIFFERENT ||
	       err_set(e, ERR_FINDINGS, "%s is not what %s makes", v.image, v.named);
}

static const struct option_row verify_options[] = {
	{ "--format", 0, "FORM", "form of the answer",
	  OPTION_IS_CHOICE(struct verify_options, format, form_names), .initial = "text" },
	{ "--recipe", 0, "FILE", "the recipe, when the image records none or another's",
	  OPTION_IS_TEXT(struct verify_options, recipe), .word = WORD_RECIPE },
	{ "--anyway", 0, NULL, "compare even if recipe or lock have changed",
	  OPTION_IS_FLAG(struct verify_options, anyway) },
	{ "--attest", 0, NULL,
	  "make everything anew, and sign the result beside the image: in its registry, or in "
	  "IMAGE.attest",
	  OPTION_IS_FLAG(struct verify_options, attest) },
	SIGNING_ROWS(struct verify_options, signing, "--key",
		     "with --attest: a private key in PEM; repeatable: each one signs"),
	{ "--builder-key", 0, "FILE",
	  "build from the files that are attached to the image or beside it, as a provenance names them that "
	  "this public key signed; repeatable: one of them",
	  OPTION_IS_LIST(struct verify_options, builder_keys), .word = WORD_FILE },
	OPTION_PLATFORM_OF_INDEX(struct verify_options, platform),
	REGISTRY_ROWS(struct verify_options, registry),
	{ NULL },
};

const struct command cmd_verify = {
	.name = "verify",
	.summary = "build an image again and compare",
	.operands = { { "IMAGE", WORD_IMAGE } },
	.wanted = "name an image",
	.examples =
		"verify out/cephalo\n"
		"verify oci-archive:cephalo.tar --recipe recipes/cephalo.json --cache-dir /tmp/empty\n"
		"verify docker://registry.example/team/hello:1.0 --attest --key ours.pem\n"
		"verify docker://h.example/hello:1 --builder-key release.pub --attest --key ours.pem",
	.text = "Run it in the repository the image was made from; elsewhere, it is built from the files that its build read, which are in IMAGE.attest, or which its builder attached to it in its registry (imgbuild attest). What the store holds is reused: an empty "
		"--cache-dir makes everything anew; so does --attest, which takes over nothing but downloads and toolchains. Exits 1 at the first difference, and 5 when recipe or lock are not "
		"those the image records.",
	.options = verify_options,
	.options_size = sizeof(struct verify_options),
	.run = verify_run,
	.jails = true,
};
