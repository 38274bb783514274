/* SPDX-License-Identifier: Apache-2.0 */
/* Keys from the command line. */

#include "cli/signing_options.h"

#include "trust/key/named_key.h"
#include "trust/key/private_file.h"

bool signing_keys(struct cli *c, const struct signing_options *o, struct keys *out, struct error *e)
{
	struct str passphrase;
	bool ok = true;

	if (!key_passphrase(c->a, o->passphrase_file, &passphrase, e))
		return false;
	for (size_t i = 0; ok && i < o->keys.n; i++) {
		struct key *k = list_push(c->a, out);

		ok = named_key_private(c->a, o->keys.v[i], passphrase, k, e);
	}
	if (o->passphrase_file)
		private_file_wipe(passphrase);
	return ok;
}

static bool signing_has_key(const struct keys *keys, const char *hint)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (strcmp(keys->v[i].hint, hint) == 0)
			return true;
	}
	return false;
}

bool signing_certificates(struct cli *c, const struct signing_options *o, const struct keys *keys,
			  struct certificate_chains *out, struct error *e)
{
	for (size_t i = 0; i < o->certificates.n; i++) {
		struct certificates *one = list_push(c->a, out);

		if (!certificates_load(c->a, o->certificates.v[i], one, e))
			return false;
		if (!signing_has_key(keys, one->hint))
			return err_set(e, ERR_USAGE,
				       "%s: the first certificate is of none of the keys that sign",
				       one->file);
	}
	return true;
}
