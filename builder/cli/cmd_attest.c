/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild attest IMAGE [docker://REGISTRY/NAME] --key FILE */

#include "cli/attest_files.h"
#include "cli/attest_inputs.h"
#include "cli/attest_listing.h"
#include "cli/attest_statements.h"
#include "cli/commands.h"
#include "cli/cve_data.h"
#include "cli/signing_options.h"
#include "format/json/jsonw.h"
#include "line/attest_folder.h"
#include "trust/attestation/attached_facts.h"
#include "trust/attestation/predicate_types.h"
#include "trust/key/named_key.h"

struct attest_options {
	struct registry_options registry;
	struct signing_options signing;
	struct strings types, cve;
	const char *predicate, *provenance, *get, *output, *policy, *recipe, *platform;
	bool list, statement;
};

struct attest_work {
	struct cli *c;
	const struct attest_options *o;
	struct strings types; /* predicate types */
	struct keys keys;
	const char *image;  /* operand */
	const char *target; /* "docker://..."; NULL: it goes to files */
	const char *folder; /* for files */
	struct session_options settings;
	struct reference to;
	struct image_operand opened;
	struct push_plan plan;
	struct attest_statements made;
	struct attest_inputs inputs;
	struct cve_data data;
};

static bool attest_is_remote(const char *image)
{
	return str_starts(str_of(image), STR("docker://"));
}

static bool attest_make_statements(struct attest_work *r, struct error *e)
{
	struct arena *a = r->c->a;
	const char *folder = attest_folder_of(a, r->image);
	const struct attest_order order = {
		.c = r->c,
		.image = r->image,
		.opened = &r->opened.bundle,
		.plan = &r->plan,
		.repository = r->target ? arena_printf(a, "%s/%s", r->to.host, r->to.name) : NULL,
		.types = &r->types,
		.predicate = r->o->predicate,
		.provenance = r->o->provenance ? r->o->provenance
			      : attest_is_remote(r->image)
				      ? NULL
				      : arena_printf(a, "%s/" PROVENANCE_FILE, folder),
		.provenance_named = r->o->provenance != NULL,
		.policy = r->o->policy,
		.recipe = r->o->recipe,
		.cve = r->data.inputs,
	};

	return attest_make(a, &order, &r->made, e) &&
	       attest_inputs_load(r->c, r->o->predicate ? NULL : order.provenance, &r->made,
				  &r->inputs, e);
}

static bool attest_put_files(struct attest_work *r, struct error *e)
{
	for (size_t i = 0; i < r->made.n; i++) {
		const struct attest_statement *s = &r->made.v[i];

		if (s->file &&
		    !attest_files_put(r->c, r->folder, s->file, s->of.statement, &r->keys, e))
			return false;
	}
	/* they may be where they were read from */
	return !r->inputs.there || strcmp(r->inputs.folder, r->folder) == 0 ||
	       (attest_file_put(r->c, r->folder, KEPT_LIST_FILE, r->inputs.files.list, e) &&
		attest_file_put(r->c, r->folder, KEPT_ARCHIVE_FILE, r->inputs.files.archive, e));
}

static void attest_print_json(struct attest_work *r, const char *digest,
			      const struct attach_result *result)
{
	struct strings types = { 0 };
	struct buf text = { .a = r->c->a };
	struct jsonw w;

	for (size_t i = 0; i < r->made.n; i++) {
		if (!strings_has(&types, r->made.v[i].of.type))
			*list_push(r->c->a, &types) = r->made.v[i].of.type;
	}
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_printf(&w, "name", "%s/%s", r->to.host, r->to.name);
	jsonw_cstr(&w, "digest", digest);
	jsonw_strings(&w, "types", &types);
	jsonw_u64(&w, "statements", r->made.n);
	jsonw_u64(&w, "attached", result->made);
	jsonw_u64(&w, "present", result->there);
	jsonw_bool(&w, "inputs", r->inputs.there);
	jsonw_object_end(&w);
	fprintf(r->c->out, "%s\n", buf_cstr(&text));
}

/* What statements name goes first, so that whoever finds them finds it. */
static bool attest_attach_files(struct attest_work *r, const struct signing_order *order,
				struct error *e)
{
	if (r->inputs.there &&
	    !attached_inputs_put(r->c->a, order, &r->inputs.digests, &r->inputs.files, e))
		return false;
	for (size_t i = 0; i < r->made.n; i++) {
		const struct attest_statement *s = &r->made.v[i];

		if (s->facts.n && !attached_facts_put(r->c->a, order, s->of.digest, &s->facts, e))
			return false;
	}
	return true;
}

static bool attest_attach(struct attest_work *r, const char *digest, struct error *e)
{
	const struct signing_order order = { &r->to, &r->keys, &r->settings, NULL };
	struct attestation_list list = { NULL, 0, 0 };
	struct attach_result result;

	for (size_t i = 0; i < r->made.n; i++)
		*list_push(r->c->a, &list) = r->made.v[i].of;
	progress_begin(r->c->progress, "attach", "%zu statements to %s/%s", list.n, r->to.host,
		       r->to.name);
	if (!attest_attach_files(r, &order, e) ||
	    !attestations_attach(r->c->a, &order, &list, &result, e))
		return err_wrap(e, "attest %s", r->to.text);
	progress_end(r->c->progress, "attach", result.made == 0,
		     "%zu attestations attached, %zu were there already%s", result.made,
		     result.there, r->inputs.there ? "; and the files that the build read" : "");
	if (r->c->json)
		attest_print_json(r, digest, &result);
	else
		fprintf(r->c->out, "%s/%s@%s\n", r->to.host, r->to.name, digest);
	return true;
}

/* The registry's image must be this one. */
static bool attest_check_target(const struct attest_work *r, const char *digest, struct error *e)
{
	if (!r->to.digest || strcmp(r->to.digest, digest) == 0)
		return true;
	return err_set(e, ERR_VERIFY, "%s is not the image %s, whose digest is %s", r->target,
		       r->image, digest);
}

static bool attest_image(struct attest_work *r, struct error *e)
{
	const struct document *root;
	struct digest sha256;
	struct push_source from;
	const char *digest;

	if (!image_operand_open(r->c, &r->o->registry, r->image, IMAGE_ALL, NULL, &r->opened, e) ||
	    !image_operand_plan(r->c->a, &r->opened, &from, &r->plan, e))
		return false;
	root = &r->plan.documents.v.v[r->plan.documents.v.n - 1];
	sha256 = digest_of(root->text);
	digest = arena_printf(r->c->a, "sha256:%s", digest_hex_dup(r->c->a, &sha256));
	if ((r->target && !attest_check_target(r, digest, e)) ||
	    !cve_data_open(r->c, &r->o->cve, r->o->recipe, &r->data, e) ||
	    !attest_make_statements(r, e))
		return false;
	if (!r->made.n)
		return err_set(e, ERR_INPUT, "%s: there is nothing to attest of these types%s",
			       r->image,
			       root->index ? "; of an index the images that it names with their "
					     "platform are attested: name another by its digest"
					   : "");
	return (!r->folder || attest_put_files(r, e)) &&
	       (!r->target || attest_attach(r, digest, e));
}

/* Reads the words of the command line: what to make and where to. */
static bool attest_prepare(struct attest_work *r, struct error *e)
{
	const struct attest_options *o = r->o;

	r->target = r->c->operands.n > 1	 ? r->c->operands.v[1]
		    : attest_is_remote(r->image) ? r->image
						 : NULL;
	if (r->target && !attest_is_remote(r->target))
		return err_set(e, ERR_USAGE,
			       "attest: %s: name the image in its registry: "
			       "docker://REGISTRY/NAME[@DIGEST]",
			       r->target);
	if (r->target && o->signing.keys.n == 0)
		return err_set(e, ERR_USAGE,
			       "attest: name a private key with --key FILE; what stands beside an "
			       "image in a registry is signed");
	if (o->platform)
		return err_set(e, ERR_USAGE,
			       "attest: --platform goes with --list and --get; of an index every "
			       "image is attested");
	if (o->predicate && r->types.n != 1)
		return err_set(e, ERR_USAGE,
			       "attest: --predicate goes with one --type, as in --type openvex");
	for (size_t i = 0; !o->predicate && i < r->types.n; i++) {
		if (!predicate_is_made(r->types.v[i]))
			return err_set(e, ERR_USAGE,
				       "attest: --type %s is what a file says: name that with "
				       "--predicate FILE, with no other --type",
				       o->types.v[i]);
	}
	r->folder = o->output ? o->output : r->target ? NULL : attest_folder_of(r->c->a, r->image);
	if (!r->target)
		return true;
	return registry_settings(r->c, &o->registry, &r->settings, e) &&
	       reference_parse(r->c->a, r->target, &r->to, e);
}

static bool attest_read_back(struct attest_work *r, struct error *e)
{
	const struct attest_options *o = r->o;
	const struct signing_order order = { &r->to, &r->keys, &r->settings, NULL };
	struct attestation_query query = {
		.platform = o->platform,
		.hint = "; it is an index, whose images have their own: name one of them with "
			"--platform OS/ARCH"
	};

	if (o->list && o->get)
		return err_set(e, ERR_USAGE, "attest: --list or --get, not both");
	if (r->types.n > (o->get ? 0 : 1))
		return err_set(e, ERR_USAGE,
			       o->get ? "attest: --get names the type; leave out --type"
				      : "attest: --list takes one --type, or none");
	if (!attest_is_remote(r->image) || r->c->operands.n > 1)
		return err_set(
			e, ERR_USAGE,
			"attest: attestations stand beside an image in its registry; name it "
			"docker://REGISTRY/NAME[:TAG|@DIGEST]");
	if (!registry_settings(r->c, &o->registry, &r->settings, e) ||
	    !reference_parse(r->c->a, r->image, &r->to, e) ||
	    (o->get && !predicate_type_of(o->get, &query.type, e)))
		return false;
	if (!o->get && r->types.n)
		query.type = r->types.v[0];
	for (size_t i = 0; i < o->signing.keys.n; i++) {
		if (!named_key_public(r->c->a, o->signing.keys.v[i], list_push(r->c->a, &r->keys),
				      e))
			return false;
	}
	return (o->get ? attest_get(r->c, &order, &query, o->output, o->statement, e)
		       : attest_list(r->c, &order, &query, e)) ||
	       err_wrap(e, "%s", r->image);
}

static bool attest_run(struct cli *c, struct error *e)
{
	const struct attest_options *o = c->options;
	struct attest_work r = {
		.c = c,
		.o = o,
		.image = c->operands.v[0],
		.opened = IMAGE_OPERAND_INIT,
		.data = CVE_DATA_INIT,
	};
	bool ok = true;

	for (size_t i = 0; ok && i < o->types.n; i++)
		ok = predicate_type_of(o->types.v[i], list_push(c->a, &r.types), e);
	if (ok && (o->list || o->get))
		ok = attest_read_back(&r, e);
	else
		ok = ok && attest_prepare(&r, e) && signing_keys(c, &o->signing, &r.keys, e) &&
		     attest_image(&r, e);
	keys_drop(&r.keys);
	image_operand_close(&r.opened);
	cve_data_close(&r.data);
	return ok;
}

static const struct option_row attest_options[] = {
	SIGNING_ROWS(struct attest_options, signing, "--key",
		     "a private key in PEM (P-256 or Ed25519), repeatable: each one signs; with "
		     "--list and --get a public one: one of them must have signed"),
	{ "--type", 0, "TYPE",
	  "only this: provenance, spdx, cyclonedx, vsa, facts, openvex or a predicate type; "
	  "repeatable",
	  .otherwise = "all that imgbuild makes", OPTION_IS_LIST(struct attest_options, types) },
	{ "--predicate", 0, "FILE", "attest what this JSON file says, of the one --type",
	  OPTION_IS_TEXT(struct attest_options, predicate), .word = WORD_FILE },
	{ "--provenance", 0, "FILE", "the statement that the build wrote",
	  .otherwise = "IMAGE.attest/provenance.json",
	  OPTION_IS_TEXT(struct attest_options, provenance), .word = WORD_FILE },
	{ "--list", 0, NULL, "show which attestations an image has, and who signed them",
	  OPTION_IS_FLAG(struct attest_options, list) },
	{ "--get", 0, "TYPE", "print what the attestation of this type says",
	  OPTION_IS_TEXT(struct attest_options, get) },
	{ "--statement", 0, NULL, "print the whole statement, with its subject",
	  OPTION_IS_FLAG(struct attest_options, statement), .needs = "--get" },
	{ "--output", 'o', "PATH", "write files into this folder; with --get to this file",
	  .otherwise = "IMAGE.attest, when there is no registry",
	  OPTION_IS_TEXT(struct attest_options, output), .word = WORD_FILE },
	{ "--policy", 0, "POLICY", "of the audit: strict, base, report-only, or a policy file",
	  .otherwise = "the recipe's, else strict", OPTION_IS_TEXT(struct attest_options, policy),
	  .word = WORD_FILE },
	{ "--recipe", 0, "FILE", "the audit's policy and exceptions are of this recipe; or none",
	  OPTION_IS_TEXT(struct attest_options, recipe), .word = WORD_RECIPE },
	OPTION_CVE(struct attest_options, cve),
	{ "--platform", 0, "OS/ARCH", "with --list and --get: of which image of an index",
	  OPTION_IS_TEXT(struct attest_options, platform), .word = WORD_PLATFORM,
	  .otherwise = "of the index itself" },
	REGISTRY_ROWS(struct attest_options, registry),
	{ NULL },
};

const struct command cmd_attest = {
	.name = "attest",
	.summary = "sign what is known of an image: provenance, bills of materials, the audit",
	.operands = { { "IMAGE", WORD_IMAGE }, { "[docker://REGISTRY/NAME[@DIGEST]]" } },
	.wanted = "name an image: imgbuild attest out/hello docker://REGISTRY/NAME --key FILE",
	.examples =
		"attest out/hello docker://registry.example/team/hello --key release.pem\n"
		"attest out/hello\n"
		"attest docker://registry.example/team/hello:1.0 --list --key release.pub\n"
		"attest docker://registry.example/team/hello:1.0 --get spdx -o hello.spdx.json\n"
		"attest docker://registry.example/team/hello:1.0 --type openvex --predicate vex.json",
	.text = "Makes in-toto statements: SLSA provenance v1 from what the build wrote to IMAGE.attest, SPDX and CycloneDX as "
		"imgbuild sbom prints them, a verification summary of imgbuild audit, and beside an image in its registry facts about its "
		"layers, which imgbuild rebase takes. In a registry they are attached in two "
		"forms: sigstore bundles v0.3 as referrers, and DSSE envelopes under the tag of cosign 2. Without a registry they "
		"are written to files. With the provenance go the files that the build read, from which imgbuild verify builds the image "
		"again. --list and --get exit 1 when there is none, 5 when none is of a key.",
	.options = attest_options,
	.options_size = sizeof(struct attest_options),
	.run = attest_run,
	.jails = true,
};
