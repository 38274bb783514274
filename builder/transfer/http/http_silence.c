/* SPDX-License-Identifier: Apache-2.0 */
/* Silence: how much more of it is borne, and what people are told meanwhile. */

#include "transfer/http/http.h"

#include <stdio.h>

#include "transfer/http/http_url.h"

void http_request_reset(struct http_request *r)
{
	r->end = HTTP_LOCAL;
	r->status = 0;
	r->framed = r->told = false;
	r->received = r->moved_ms = 0;
	r->begun_ms = http_clock_ms();
	r->length = r->retry_after_s = UINT64_MAX;
	r->resume[0] = r->reason[0] = '\0';
	r->error = (struct error){ 0 };
	http_url_redact(r->url, r->final_url, sizeof(r->final_url));
}

const char *http_server_of(const struct http_request *r, char *out, size_t size)
{
	const char *authority = strstr(r->final_url, "://");
	size_t n = authority ? (size_t)(authority - r->final_url) + 3 : 0;

	n += strcspn(r->final_url + n, "/?#");
	snprintf(out, size, "%.*s", (int)n, r->final_url);
	return out;
}

uint64_t http_stall_s(const struct http_settings *s, const struct http_request *r)
{
	uint64_t left = r->until_ms > r->begun_ms ? (r->until_ms - r->begun_ms) / 1000 : 1;

	if (!r->until_ms || left >= s->stall_s)
		return s->stall_s;
	return left ? left : 1;
}

void http_tell_silence(const struct http *h)
{
	const struct http_settings *s = &h->settings;
	uint64_t now = http_clock_ms();
	char server[256];

	for (struct http_request *r = h->running; s->progress && s->tell_ms && r; r = r->next) {
		if (r->told || now - (r->moved_ms ? r->moved_ms : r->begun_ms) < s->tell_ms)
			continue;
		r->told = true;
		progress_warn(s->progress,
			      "%s is silent; waiting for it, but not longer than %llu s",
			      http_server_of(r, server, sizeof(server)),
			      (unsigned long long)(s->patience_ms / 1000));
	}
}
