/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_KEY_SIGNER_PLUGIN_H
#define TRUST_KEY_SIGNER_PLUGIN_H

/* Keys that other programs hold: smart cards, HSMs, services. "SCHEME:REST" in place of a key's
 * file is asked of the program imgbuild-signer-SCHEME (docs/how-to/sign.md has the protocol). */

#include "trust/key/key.h"

/* Whether a key's name is of this form. A file of such a name is "./SCHEME:REST". */
bool signer_plugin_names(const char *name);

/* Asks the program for the public part; key_sign() has it sign then, and verifies what it gives:
 * ERR_VERIFY when that is not of the key. `passphrase` (p NULL: none) is told to the program with
 * every request; a copy lives as long as the key. ERR_SYSTEM when it fails, naming it and what it
 * says; ERR_INPUT for an answer that is no such key. */
MUST_CHECK bool signer_plugin_load(struct arena *a, const char *name, struct str passphrase,
				   struct key *out, struct error *e);

#endif
