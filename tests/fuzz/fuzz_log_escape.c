/* SPDX-License-Identifier: Apache-2.0 */
/* Escaped text is printable and can be turned back into the same bytes. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/log_escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *out, *back, small[16];
	size_t n, m;

	if (size > 4096)
		return 0;
	out = malloc(LOG_ESCAPED_MAX(size) + 1);
	back = malloc(LOG_ESCAPED_MAX(size) + 1);
	if (out == NULL || back == NULL)
		abort();
	n = log_escape((const char *)data, size, out, LOG_ESCAPED_MAX(size) + 1);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)out[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			abort();
		if (c >= 0x80 && (i == 0 || (unsigned char)out[i - 1] < 0x80) &&
		    utf8_length((unsigned char *)out + i, n - i) == 0)
			abort();
	}
	m = log_unescape(out, n, back, LOG_ESCAPED_MAX(size) + 1);
	if (m != size || memcmp(back, data, size) != 0)
		abort();
	if (log_escape((const char *)data, size, small, sizeof small) >= sizeof small)
		abort();
	free(out);
	free(back);
	return 0;
}
