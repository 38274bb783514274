/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a squid.conf: lines, words and facts stay within their arrays. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf_facts.h"
#include "common/conf_lines.h"
#include "entrypoint/ssl_db_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf_facts facts;
	static struct conf_lines lines;
	const char *s = (const char *)data, *end = s + size;

	memset(&lines, 0, sizeof lines);
	conf_facts_init(&facts);
	while (s < end) {
		const char *lf = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((lf != NULL ? lf : end) - s);

		if (conf_lines_add(&lines, s, n)) {
			if (strlen(lines.buf) != lines.len || lines.len == 0)
				abort();
			conf_facts_line(&facts, lines.buf);
		}
		ssl_db_index_line(s, n);
		s += n + (lf != NULL ? 1 : 0);
	}
	if (facts.n_ports > CONF_PORTS || facts.n_caches > CONF_CACHES)
		abort();
	for (size_t i = 0; i < facts.n_ports; i++)
		if (facts.ports[i].port == 0 || strlen(facts.ports[i].cert) >= CONF_PATH)
			abort();
	ssl_db_bytes(facts.ssl_db_size);
	return 0;
}
