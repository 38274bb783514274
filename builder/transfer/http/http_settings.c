/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the environment, and the clock that they are measured by. */

#include "transfer/http/http.h"

#include <stdlib.h>
#include <time.h>

#define WHOLE_BASE_MS 120000  /* a whole transfer may take this long, and on top */
#define WHOLE_BYTES_PER_MS 16 /* a millisecond for so many bytes */

void http_settings_from_env(struct arena *a, struct http_settings *out)
{
	const char *bundle = getenv("CURL_CA_BUNDLE");
	const char *file = bundle && bundle[0] ? bundle : getenv("SSL_CERT_FILE");
	const char *dir = getenv("SSL_CERT_DIR");
	const char *netrc = getenv("IMGBUILD_NETRC");
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	*out = (struct http_settings){
		.connect_ms = 10000,
		.stall_s = 10,
		.stall_rate = 1000,
		.header_max = 256 * 1024,
		.backoff_ms = 500,
		.retry_after_max_s = 60,
		.patience_ms = 35000,
		.tell_ms = 5000,
		.alone_ms = 500,
		.alone_rate = (uint64_t)4 << 20,
		.tries = 3,
		.per_host = 6,
		.total = 16,
	};
	if (file && file[0])
		out->ca_file = file;
	else if (dir && dir[0])
		out->ca_dir = dir;
	out->auth_named = netrc && netrc[0];
	if (out->auth_named)
		out->auth_file = netrc;
	else if (config && config[0] == '/')
		out->auth_file = arena_printf(a, "%s/imgbuild/auth", config);
	else if (home && home[0] == '/')
		out->auth_file = arena_printf(a, "%s/.config/imgbuild/auth", home);
}

uint64_t http_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* A whole file at the least speed we put up with. */
long http_whole_ms(uint64_t bytes)
{
	uint64_t ms = WHOLE_BASE_MS + bytes / WHOLE_BYTES_PER_MS;

	return ms < INT32_MAX ? (long)ms : INT32_MAX;
}
