/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild sign docker://REGISTRY/NAME[:TAG|@DIGEST]... --key FILE */

#include "cli/commands.h"
#include "cli/registry_options.h"
#include "cli/sign_report.h"
#include "cli/signing_options.h"

struct sign_options {
	struct registry_options registry;
	struct signing_options signing;
};

static bool sign_run(struct cli *c, struct error *e)
{
	const struct sign_options *o = c->options;
	struct reference *images = arena_array(c->a, c->operands.n, sizeof(*images));
	AUTO_KEYS keys = { NULL, 0, 0 };
	struct certificate_chains chains = { NULL, 0, 0 };
	struct session_options settings;

	if (o->signing.keys.n == 0)
		return err_set(e, ERR_USAGE, "sign: name a private key with --key FILE");
	if (!registry_settings(c, &o->registry, &settings, e))
		return false;
	for (size_t i = 0; i < c->operands.n; i++) {
		if (!reference_parse(c->a, c->operands.v[i], &images[i], e))
			return false;
	}
	if (!signing_keys(c, &o->signing, &keys, e) ||
	    !signing_certificates(c, &o->signing, &keys, &chains, e))
		return false;
	for (size_t i = 0; i < c->operands.n; i++) {
		const struct signing_order order = { &images[i], &keys, &settings, &chains };

		if (!sign_and_report(c, &order, e))
			return false;
	}
	return true;
}

static const struct option_row sign_options[] = {
	SIGNING_ROWS(struct sign_options, signing, "--key",
		     "a private key in PEM (P-256 or Ed25519); repeatable: each one signs"),
	CERTIFICATE_ROW(struct sign_options, signing, "--key"),
	REGISTRY_ROWS(struct sign_options, registry),
	{ NULL },
};

const struct command cmd_sign = {
	.name = "sign",
	.summary = "sign images in a registry with a key",
	.operands = { { "docker://REGISTRY/NAME[:TAG|@DIGEST]..." } },
	.wanted = "name an image: imgbuild sign docker://REGISTRY/NAME@DIGEST --key FILE",
	.examples =
		"sign docker://registry.example/team/hello@sha256:... --key release.pem\n"
		"sign docker://127.0.0.1:5000/hello:1.0 --key a.pem --key b.pem --passphrase-file pass",
	.text = "Writes two signatures for each key: simple signing, which cosign 2 and podman read, and a sigstore bundle "
		"v0.3, which cosign 3 reads. Of a multi-platform index, every manifest that it names is signed, too. A tag is "
		"resolved once. Prints NAME@DIGEST of what was signed. With --certificate it writes a third, notation's JWS. No transparency log is asked.",
	.options = sign_options,
	.options_size = sizeof(struct sign_options),
	.run = sign_run,
};
