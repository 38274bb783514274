/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting a request into pieces must not change its meaning, and nothing refused may be served. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "healthcheck/http_request.h"
#include "healthcheck/manager_reply.h"
#include "healthcheck/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_manager_answers(const char *s, size_t n)
{
	static char copy[70000], out[16384];
	struct text t = TEXT_OF(out);

	if (n >= sizeof copy)
		return;
	memcpy(copy, s, n);
	if (manager_reply_open(copy, n) != 0)
		manager_reply_samples(copy, &t);
	if (strlen(copy) > n || t.len >= sizeof out)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	size_t cut = size > 0 ? data[0] % (size + 1) : 0;
	struct health_request whole, parts;

	http_request_init(&whole);
	http_request_init(&parts);
	http_request_feed(&whole, s, size);
	if (!http_request_feed(&parts, s, cut))
		http_request_feed(&parts, s + cut, size - cut);
	if (memcmp(&whole, &parts, sizeof whole) != 0)
		abort();
	if (whole.taken > HTTP_HEAD_MAX + 1 || strlen(whole.path) >= sizeof whole.path)
		abort();
	if (whole.state == HTTP_COMPLETE && whole.status == 0 && memchr(s, 0, whole.taken) != NULL)
		abort();
	fuzz_manager_answers(s, size);
	return 0;
}
