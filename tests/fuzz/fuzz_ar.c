/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: ar members of a package. */

#include "make/deb/deb_members.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct deb_members m;
	struct error e = { 0 };

	if (deb_members_find(bytes, "fuzz", &m, &e)) {
		/* what is accepted lies within the input, control before data, to its end */
		if (m.control.bytes.p + m.control.bytes.n > m.data.bytes.p ||
		    m.data.bytes.p + m.data.bytes.n + m.data.bytes.n % 2 != bytes.p + bytes.n)
			__builtin_trap();
	} else if (e.kind != ERR_INPUT) {
		__builtin_trap();
	}
	return 0;
}
