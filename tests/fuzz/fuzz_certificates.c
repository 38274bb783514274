/* SPDX-License-Identifier: Apache-2.0 */
/* PEM files: certificates of images, and keys of users. */

#include <assert.h>
#include <stdint.h>

#include "inspect/audit/pem_certificates.h"
#include "trust/key/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t fuzz_count(struct str text, const char *word)
{
	size_t n = 0, length = strlen(word);
	const char *at;

	while ((at = memmem(text.p, text.n, word, length)) != NULL) {
		text = str_from(text, (size_t)(at - text.p) + length);
		n++;
	}
	return n;
}

static void fuzz_certificates(struct str text)
{
	struct pem_certificates now = pem_certificates_of(text, 1790000000);
	struct pem_certificates never = pem_certificates_of(text, INT64_MIN / 2);

	assert(now.expired <= now.n && now.n <= fuzz_count(text, "-----BEGIN "));
	assert(never.n == now.n);
	assert(memchr(now.first, '\0', sizeof(now.first)));
	for (const char *p = now.first; *p; p++)
		assert(*p >= ' ' && *p <= '~');
}

/* A key that was read is one of the two kinds, and has a hint. */
static void fuzz_keys(struct arena *a, struct str text)
{
	AUTO_KEY public = KEY_INIT, private = KEY_INIT;
	struct error e = { 0 };

	if (key_read_public(a, "k", text, &public, &e))
		assert(strlen(public.hint) == 44);
	else
		assert(e.kind == ERR_INPUT && !public.pkey);
	e = (struct error){ 0 };
	if (key_read_private(a, "k", text, STR("secret"), &private, &e))
		assert(strlen(private.hint) == 44);
	else
		assert(e.kind == ERR_INPUT && !private.pkey);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct str text;

	if (size == 0 || size > 65536)
		return 0;
	text = str_copy(&a, (struct str){ (const char *)data, size });
	fuzz_certificates(text);
	fuzz_keys(&a, text);
	return 0;
}
