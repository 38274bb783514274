/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a certificate, a key, and a PEM text. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cert.h"
#include "common/der.h"
#include "common/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct der_cert c = { 0 };
	const char *s = (const char *)data;
	struct pem_block b;
	uint8_t out[4096];
	size_t n = size, half = size / 2;

	if (der_certificate(data, size, &c)) {
		if (c.public_key.p < data || c.public_key.p + c.public_key.n > data + size)
			abort();
		der_key_matches(data, size, c.public_key);
	}
	der_key_matches(data, half, (struct der){ data + half, size - half });
	while (pem_next(&s, &n, &b, out, sizeof out))
		if (b.len > sizeof out || strlen(b.label) >= sizeof b.label)
			abort();
	cert_pair_check((const char *)data, half, (const char *)data + half, size - half);
	return 0;
}
