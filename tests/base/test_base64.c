/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 beside Python's. */

#include <criterion/criterion.h>

#include "base/base64.h"
#include "support/fixture_oracle.h"

Test(base64, texts_are_those_of_python)
{
	static const char script[] =
		"import base64, sys\n"
		"b = bytes((i * 37 + 251) % 256 for i in range(int(sys.argv[1])))\n"
		"print(base64.b64encode(b).decode(), base64.urlsafe_b64encode(b).decode()"
		".rstrip('='), end='')\n";
	AUTO_ARENA a = { 0 };
	char bytes[40];

	oracle_need("python3");
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)((i * 37 + 251) % 256);
	for (size_t n = 1; n <= sizeof(bytes); n += 13) {
		const struct str s = { bytes, n };
		const char *both = arena_printf(&a, "%s %s", base64_text(&a, s, false),
						base64_text(&a, s, true));

		cr_expect_str_eq(both, ORACLE(&a, "python3", "-c", script,
					      arena_printf(&a, "%zu", n))
					       .p);
	}
}
