/* SPDX-License-Identifier: Apache-2.0 */
/* How long a URL may be silent over all its tries. */

#include "transfer/retry/retry.h"

#define LAST_TRY_SHARE 7 /* so much of the patience is for the try after the last wait */

void http_patience_begin(const struct http_settings *s, struct http_patience *p,
			 struct http_request *r)
{
	if (!p->since_ms)
		p->since_ms = http_clock_ms();
	r->until_ms = s->patience_ms ? p->since_ms + s->patience_ms : 0;
}

bool http_patience_wait(const struct http_settings *s, struct http_patience *p,
			const struct http_request *r, unsigned tries, uint64_t *ms)
{
	uint64_t now = http_clock_ms(), end = s->patience_ms - s->patience_ms / LAST_TRY_SHARE,
		 spent;
	char server[256];

	if (r->moved_ms > p->since_ms)
		p->since_ms = r->moved_ms;
	spent = now - p->since_ms;
	*ms = http_delay_ms(s, r, tries, now ^ (uintptr_t)p);
	if (s->patience_ms && spent >= end)
		return false;
	if (s->patience_ms && *ms > end - spent)
		*ms = end - spent;
	if (s->progress && s->tell_ms && spent + *ms >= s->tell_ms)
		progress_warn(s->progress, "%s: %s; asking it again in %llu s",
			      http_server_of(r, server, sizeof(server)), r->reason,
			      (unsigned long long)((*ms + 999) / 1000));
	return true;
}
