/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes are UTF-8: Python is the oracle. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "format/json/json.h"
#include "format/json/jsonw.h"
#include "support/fixture_oracle.h"

/* Of 1, 2, 3 and 4 bytes that begin with `first`, `second` and go on with 0x80: where they are one
 * character, in lines of hexadecimal. */
static const char utf8_script[] = "for a in range(256):\n"
				  "  for b in range(256):\n"
				  "    for n in range(1, 5):\n"
				  "      s = bytes([a, b, 0x80, 0x80][:n])\n"
				  "      try:\n"
				  "        if len(s.decode()) == 1: print(s.hex())\n"
				  "      except UnicodeDecodeError: pass\n";

Test(jsonw, sequences_of_utf8_are_those_that_python_decodes)
{
	AUTO_ARENA a = { 0 };
	struct str valid, line;
	static unsigned char known[256][256]; /* the length, of more than one byte */

	oracle_need("python3");
	valid = ORACLE(&a, "python3", "-c", utf8_script);
	while (str_next(&valid, '\n', &line)) {
		unsigned first, second;

		if (line.n > 2 && sscanf(line.p, "%2x%2x", &first, &second) == 2)
			known[first][second] = (unsigned char)(line.n / 2);
	}
	for (unsigned first = 0x80; first < 256; first++) {
		for (unsigned second = 0; second < 256; second++) {
			const char bytes[] = { (char)first, (char)second, (char)0x80, (char)0x80 };
			size_t n = known[first][second];

			cr_expect_eq(jsonw_utf8_sequence((struct str){ bytes, 4 }), n, "%02x %02x",
				     first, second);
			if (n)
				cr_expect_eq(jsonw_utf8_sequence((struct str){ bytes, n - 1 }), 0,
					     "%02x %02x is cut short", first, second);
		}
	}
	cr_expect_eq(jsonw_utf8_sequence((struct str){ "\xe2\x82\x28", 3 }), 0);
	cr_expect_eq(jsonw_utf8_sequence((struct str){ "\xf0\x9f\x98\xc0", 4 }), 0);
}

/* And they come back as they were. */
Test(jsonw, every_byte_is_read_back)
{
	for (unsigned c = 1; c < 256; c++) {
		AUTO_ARENA a = { 0 };
		AUTO_JSON doc = { 0 };
		const char text[] = { 'x', (char)c, 'y', '\0' };
		struct buf out = { .a = &a };
		struct error e = { 0 };
		struct json_node root, n;
		const char *back;
		struct jsonw w;

		jsonw_init(&w, &out, false);
		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "k", text);
		jsonw_object_end(&w);
		jsonw_finish(&w);
		cr_assert(json_parse("x", buf_str(&out), &doc, &e), "%02x: %s", c, e.cause);
		root = json_root(&doc);
		cr_assert(json_get(&root, "k", &n) && json_as_string(&a, &n, &back, &e));
		cr_expect_str_eq(back, c < 0x80 ? text : "x\xef\xbf\xbdy", "%02x", c);
	}
}
