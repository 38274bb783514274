/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 against the vectors of FIPS 180-4, and its text form. */

#include <criterion/criterion.h>

#include "base/digest.h"

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

Test(digest, known_vectors)
{
	AUTO_ARENA a = { 0 };
	struct digest abc = digest_of(STR("abc")), empty = digest_of(STR(""));

	cr_expect_str_eq(digest_hex_dup(&a, &abc), ABC);
	cr_expect_str_eq(digest_hex_dup(&a, &empty), EMPTY);
}

Test(digest, sink_counts_and_hashes_whatever_the_chunks)
{
	struct error e = { 0 };
	struct digest_sink s;
	struct digest want = digest_of(STR("abc"));

	digest_sink_init(&s, NULL);
	cr_expect(s.base.write(&s.base, STR("a"), &e) && s.base.write(&s.base, STR(""), &e) &&
		  s.base.write(&s.base, STR("bc"), &e) && s.base.finish(&s.base, &e));
	cr_expect(digest_eq(&s.digest, &want));
	cr_expect_eq(s.size, 3u);
}

Test(digest, parse_takes_one_form_only)
{
	static const char *const bad[] = {
		"",
		"ba7816bf",
		ABC "0",
		"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag",
		"../7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
	};
	struct digest d, want = digest_of(STR("abc"));

	cr_expect(digest_parse(STR(ABC), &d) && digest_eq(&d, &want));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_expect(!digest_parse(str_of(bad[i]), &d), "%s", bad[i]);
}

Test(digest, md5_is_that_of_dpkg)
{
	char hex[33];

	md5_hex(STR("abc"), hex);
	cr_expect_str_eq(hex, "900150983cd24fb0d6963f7d28e17f72");
}
