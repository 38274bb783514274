/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as XML: a value is found under its path and has the last part of it as its name. */

#include <stdlib.h>

#include "format/text/xml_values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct xml_values l = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };

	if (!xml_values_read(&a, text, "fuzz.xml", &l, &e) && e.kind != ERR_INPUT)
		abort();
	if (e.kind)
		return 0;
	for (size_t i = 0; i < l.n; i++) {
		if (!str_ends(str_of(l.v[i].path), str_of(l.v[i].name)) ||
		    !xml_value_at(&l, l.v[i].path) || !l.v[i].line)
			abort();
	}
	return 0;
}
