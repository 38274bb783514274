/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the tar policy layer, with and without extended headers. Header checksums are made
 * right first, or nearly everything would end there. */

#include <stdio.h>
#include <stdlib.h>

#include "format/archive/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fix_checksums(char *p, size_t size)
{
	for (size_t at = 0; at + 512 <= size; at += 512) {
		unsigned sum = 8 * ' ';
		char text[8];

		if (memcmp(p + at + 257, "ustar", 5) != 0)
			continue;
		for (size_t i = 0; i < 512; i++)
			sum += i >= 148 && i < 156 ? 0 : (unsigned char)p[at + i];
		snprintf(text, sizeof(text), "%06o", sum & 0777777);
		memcpy(p + at + 148, text, 7);
		p[at + 155] = ' ';
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	fix_checksums(copy, size);
	for (int pax = 0; pax < 2; pax++) {
		AUTO_ARENA a = { 0 };
		struct tar_options options = { .pax = pax };
		struct str_source from;
		struct tar_list list;
		struct error e = { 0 };

		str_source_init(&from, (struct str){ copy, size }, "fuzz");
		if (!tar_read_all(&a, &from.base, &options, &list, &e)) {
			if (e.kind != ERR_INPUT)
				__builtin_trap();
			continue;
		}
		for (size_t i = 0; i < list.entries.n; i++) {
			const struct tar_entry *n = &list.entries.v[i];

			if (n->offset > size || n->size > size - n->offset ||
			    strncmp(n->path, "../", 3) == 0 || n->path[0] == '/' || !n->path[0] ||
			    (n->type != TAR_FILE && n->size))
				__builtin_trap();
		}
	}
	free(copy);
	return 0;
}
