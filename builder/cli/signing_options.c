/* SPDX-License-Identifier: Apache-2.0 */
/* Keys from the command line. */

#include "cli/signing_options.h"

#include "trust/key/private_file.h"

bool signing_keys(struct cli *c, const struct signing_options *o, struct keys *out, struct error *e)
{
	struct str passphrase;
	bool ok = true;

	if (!key_passphrase(c->a, o->passphrase_file, &passphrase, e))
		return false;
	for (size_t i = 0; ok && i < o->keys.n; i++) {
		struct key *k = list_push(c->a, out);

		ok = key_load_private(c->a, o->keys.v[i], passphrase, k, e);
	}
	if (o->passphrase_file)
		private_file_wipe(passphrase);
	return ok;
}
