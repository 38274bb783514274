/* SPDX-License-Identifier: Apache-2.0 */
/* What servers say in header lines and redirects, and the file of credentials: any bytes. */

#include <assert.h>
#include <stdint.h>

#include "transfer/http/http_auth.h"
#include "transfer/http/http_reply.h"
#include "transfer/http/http_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_reply_lines(struct str text)
{
	struct http_reply r;
	struct str line;

	http_reply_init(&r);
	while (str_next(&text, '\n', &line))
		http_reply_line(&r, line, 784111777);
	assert(r.range_from == UINT64_MAX || r.range_total >= r.range_from);
	assert(strlen(http_reply_validator(&r)) < 128);
	assert(!strpbrk(http_reply_validator(&r), "\r\n"));
}

static void fuzz_http_urls(struct arena *a, struct str text)
{
	static const char from[] = "https://user:word@one.example/path";
	char out[HTTP_URL_MAX], shown[64];
	const char *to = str_dup(a, text);
	struct http_url u;

	if (http_url_split(text, &u))
		assert(u.host.n && u.port && u.port < 65536);
	http_url_redact(to, shown, sizeof(shown));
	assert(strlen(shown) < sizeof(shown));
	if (http_url_redirect(from, to, out))
		return;
	/* whatever the server says: never clear text, never our login elsewhere */
	assert(http_url_split(str_of(out), &u) && u.https);
	if (u.userinfo.n)
		assert(str_eq(u.userinfo, STR("user:word")) && u.port == 443 && u.host.n == 11);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct http_auth auth;
	struct error e = { 0 };
	AUTO_ARENA a = { 0 };

	if (size == 0)
		return 0;
	fuzz_reply_lines(text);
	fuzz_http_urls(&a, text);
	(void)!http_auth_parse(&a, "auth", text, &auth, &e);
	return 0;
}
