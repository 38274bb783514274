/* SPDX-License-Identifier: Apache-2.0 */
/* Compresses its argument and says how it went; a library by pkg-config, one by name. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "words.h"

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : words_default();
	unsigned char out[256];
	uLongf size = sizeof(out);

	if (compress(out, &size, (const unsigned char *)text, strlen(text)) != Z_OK)
		return 1;
	printf("zlib %s: %zu bytes, root %.2f\n", zlibVersion()[0] == '1' ? "1" : "?", strlen(text),
	       sqrt((double)strlen(text)));
	return 0;
}
