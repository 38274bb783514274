/* SPDX-License-Identifier: Apache-2.0 */
/* What is said in base64. */

#include "base/base64.h"

#include <openssl/evp.h>

const char *base64_text(struct arena *a, struct str bytes, bool url)
{
	char *text = arena_alloc(a, (bytes.n + 2) / 3 * 4 + 1);
	int n = EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)bytes.p,
				(int)bytes.n);

	while (url && n > 0 && text[n - 1] == '=')
		n--;
	text[n] = '\0';
	for (char *p = text; url && *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	return text;
}
