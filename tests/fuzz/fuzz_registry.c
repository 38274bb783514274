/* SPDX-License-Identifier: Apache-2.0 */
/* What a registry says and what its user writes: challenges, manifests, refusals, tokens, Location,
 * files of credentials, references. */

#include <assert.h>
#include <stdint.h>

#include "transfer/http/http_headers.h"
#include "transfer/http/http_url.h"
#include "transfer/registry/auth.h"
#include "transfer/registry/manifest_document.h"
#include "transfer/registry/registry_problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_challenges(struct arena *a, struct str text)
{
	struct challenge c = { .kind = CHALLENGE_NONE };
	struct strings scopes = { 0 };

	challenge_read(a, text, &c);
	assert(c.kind != CHALLENGE_BEARER || c.realm);
	if (c.realm)
		assert(!strpbrk(c.realm, "\r\n"));
	if (c.kind == CHALLENGE_BEARER)
		assert(strlen(auth_token_url(a, &c, &scopes)) >= strlen(c.realm));
}

static void fuzz_documents(struct arena *a, struct str text)
{
	struct document d;
	struct error e = { 0 };
	const char *type = NULL;

	if (document_type(a, "manifest", NULL, text, &type, &e)) {
		assert(document_is_index(type) != document_is_manifest(type));
		if (document_read(a, "manifest", type, text, &d, &e))
			assert(d.index || d.parts.n >= 1);
	}
	assert(e.kind == ERR_NONE || e.kind == ERR_INPUT || e.kind == ERR_VERIFY);
}

static void fuzz_references(struct arena *a, struct str text)
{
	const char *whole = arena_printf(a, "docker://" STR_FMT, STR_ARG(text));
	struct reference r;
	struct error e = { 0 };
	struct http_url u;

	if (!reference_parse(a, whole, &r, &e)) {
		assert(e.kind == ERR_USAGE);
		return;
	}
	/* nothing in it changes the address that it becomes a part of */
	assert(http_url_split(str_of(arena_printf(a, "https://%s/v2/%s/manifests/%s", r.host,
						  r.name, r.digest ? r.digest : r.tag)),
			      &u));
	assert(u.userinfo.n == 0 && !strpbrk(r.name, "?#%:@") && !strstr(r.name, ".."));
	assert(!r.tag || !strpbrk(r.tag, "?#%:@/"));
}

static void fuzz_credentials(struct arena *a, struct str text)
{
	static const struct reference ref = { .host = "r.example", .name = "team/app" };
	struct credentials c;
	struct error e = { 0 };

	/* no helper is run: its name would have to be guessed */
	if (memmem(text.p, text.n, "cred", 4) || memmem(text.p, text.n, "\\u", 2))
		return;
	if (credentials_read(a, "auth.json", text, &ref, &c, &e))
		assert(!c.user == !c.password);
	else
		assert(strstr(e.cause, "not shown"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, line;
	char where[HTTP_URL_MAX];
	AUTO_ARENA a = { 0 };
	struct http_headers headers = { .a = &a };
	struct http_url u;
	uint64_t seconds;

	if (size == 0 || size > 65536)
		return 0;
	text = str_copy(&a, text);
	fuzz_challenges(&a, text);
	fuzz_documents(&a, text);
	fuzz_references(&a, text);
	fuzz_credentials(&a, text);
	assert(strlen(problem_text(&a, text)) <= 500);
	(void)auth_token_read(&a, text, &seconds);
	if (!http_url_join("https://one.example/v2/x/", str_dup(&a, text), where))
		assert(http_url_split(str_of(where), &u) && u.https && u.userinfo.n == 0);
	for (struct str rest = text; str_next(&rest, '\n', &line);)
		http_headers_line(&headers, line);
	(void)http_headers_get(&headers, "Location", 0);
	return 0;
}
