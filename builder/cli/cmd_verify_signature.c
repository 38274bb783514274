/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild verify-signature docker://REGISTRY/NAME[:TAG|@DIGEST] --key FILE */

#include "cli/commands.h"
#include "cli/registry_options.h"
#include "format/json/jsonw.h"
#include "trust/key/named_key.h"
#include "trust/signature/image_signer.h"

struct verify_signature_options {
	struct registry_options registry;
	struct strings keys;
};

static const char *signature_forms(struct arena *a, const struct verified_key *k)
{
	struct strings forms = { 0 };

	for (unsigned i = 0; i < ARRAY_SIZE(k->forms); i++) {
		if (k->forms[i])
			*list_push(a, &forms) = signature_form_name((enum signature_form)i);
	}
	return strings_join(a, &forms, ", ");
}

static void print_verified_json(struct cli *c, const struct reference *image,
				const struct verified *v)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_printf(&w, "name", "%s/%s", image->host, image->name);
	jsonw_cstr(&w, "digest", v->digest);
	jsonw_array(&w, "signed-by");
	for (size_t i = 0; i < v->keys.n; i++) {
		const struct verified_key *k = &v->keys.v[i];

		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "key", k->key->file);
		jsonw_array(&w, "forms");
		for (unsigned f = 0; f < ARRAY_SIZE(k->forms); f++) {
			if (k->forms[f])
				jsonw_cstr(&w, NULL, signature_form_name((enum signature_form)f));
		}
		jsonw_array_end(&w);
		jsonw_strings(&w, "manifests", &k->where);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

static void print_verified(struct cli *c, const struct reference *image, const struct verified *v)
{
	for (size_t i = 0; i < v->keys.n; i++)
		fprintf(c->out, "%s/%s@%s signed by %s (%s)\n", image->host, image->name, v->digest,
			v->keys.v[i].key->file, signature_forms(c->a, &v->keys.v[i]));
}

static bool verify_signature_run(struct cli *c, struct error *e)
{
	const struct verify_signature_options *o = c->options;
	AUTO_KEYS keys = { NULL, 0, 0 };
	struct session_options settings;
	struct reference image;
	const struct signing_order order = { &image, &keys, &settings, NULL };
	struct verified v;

	if (o->keys.n == 0)
		return err_set(e, ERR_USAGE, "verify-signature: name a public key with --key FILE");
	if (!registry_settings(c, &o->registry, &settings, e))
		return false;
	if (strncmp(c->operands.v[0], "docker://", strlen("docker://")) != 0)
		return err_set(
			e, ERR_USAGE,
			"verify-signature: %s: signatures stand beside an image in its registry; name it "
			"docker://REGISTRY/NAME@DIGEST",
			c->operands.v[0]);
	if (!reference_parse(c->a, c->operands.v[0], &image, e))
		return false;
	for (size_t i = 0; i < o->keys.n; i++) {
		struct key *k = list_push(c->a, &keys);

		if (!named_key_public(c->a, o->keys.v[i], k, e))
			return false;
	}
	if (!image_verify(c->a, &order, &v, e))
		return err_wrap(e, "%s", image.text);
	if (c->json)
		print_verified_json(c, &image, &v);
	else
		print_verified(c, &image, &v);
	return true;
}

static const struct option_row verify_signature_options[] = {
	{ "--key", 0, "FILE",
	  "a public key in PEM (P-256 or Ed25519); repeatable: all must have signed",
	  OPTION_IS_LIST(struct verify_signature_options, keys), .word = WORD_FILE },
	REGISTRY_ROWS(struct verify_signature_options, registry),
	{ NULL },
};

const struct command cmd_verify_signature = {
	.name = "verify-signature",
	.summary = "check who signed an image in a registry",
	.operands = { { "docker://REGISTRY/NAME[:TAG|@DIGEST]" } },
	.wanted = "name an image: imgbuild verify-signature docker://REGISTRY/NAME --key FILE",
	.examples = "verify-signature docker://registry.example/team/hello:1.0 --key release.pub",
	.text = "Reads simple signing, sigstore bundles v0.3 made with a key, and notation's JWS with ES256, by imgbuild, cosign, notation or others. Exits 1 "
		"when the image has no signature, 5 when no signature is of the key.",
	.options = verify_signature_options,
	.options_size = sizeof(struct verify_signature_options),
	.run = verify_signature_run,
};
