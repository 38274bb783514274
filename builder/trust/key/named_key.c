/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/key/named_key.h"

#include "trust/key/signer_plugin.h"

bool named_key_private(struct arena *a, const char *name, struct str passphrase, struct key *out,
		       struct error *e)
{
	return signer_plugin_names(name) ? signer_plugin_load(a, name, passphrase, out, e)
					 : key_load_private(a, name, passphrase, out, e);
}

bool named_key_public(struct arena *a, const char *name, struct key *out, struct error *e)
{
	const struct str none = { NULL, 0 };

	return signer_plugin_names(name) ? signer_plugin_load(a, name, none, out, e)
					 : key_load_public(a, name, out, e);
}
