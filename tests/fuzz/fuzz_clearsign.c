/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a clearsigned file: what is accepted is put together again from its parts. */

#include <stdlib.h>

#include "input/release/clearsign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char begin[] = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n";
	struct str file = { (const char *)data, size };
	struct clearsign c;
	struct error e = { 0 };

	if (!clearsign_split(file, "input", &c, &e)) {
		if (e.kind != ERR_VERIFY)
			abort();
		return 0;
	}
	if (c.text.p != file.p + sizeof(begin) - 1 || c.text.p + c.text.n != c.signature.p ||
	    c.signature.p + c.signature.n != file.p + file.n || c.signed_text.p != c.text.p ||
	    c.signed_text.n + 1 != c.text.n || memchr(c.text.p, '\r', c.text.n))
		abort();
	return 0;
}
