/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_KEY_NAMED_KEY_H
#define TRUST_KEY_NAMED_KEY_H

/* Keys as people name them: a file, or "SCHEME:REST" for a key that another program holds
 * (trust/key/signer_plugin.h). */

#include "trust/key/key.h"

/* A key to sign with. Fails as key_load_private(), or as signer_plugin_load(). */
MUST_CHECK bool named_key_private(struct arena *a, const char *name, struct str passphrase,
				  struct key *out, struct error *e);

/* A key to verify with. Fails as key_load_public(), or as signer_plugin_load(). */
MUST_CHECK bool named_key_public(struct arena *a, const char *name, struct key *out,
				 struct error *e);

#endif
