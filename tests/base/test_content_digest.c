/* SPDX-License-Identifier: Apache-2.0 */
/* Digests by either algorithm, as sha256sum and sha512sum give them. */

#include <criterion/criterion.h>
#include <fcntl.h>

#include "base/content_digest.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* FIPS 180-4's example "abc" */
#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_SHA512                                                         \
	"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" \
	"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"

Test(content_digest, names_and_parts_are_read_back)
{
	static const char *const names[] = { "sha256:" ABC_SHA256, "sha512:" ABC_SHA512 };
	static const char *const parts[] = { "blobs/sha256/" ABC_SHA256,
					     "blobs/sha512/" ABC_SHA512 };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < 2; i++) {
		struct content_digest d, of = content_digest_of(STR("abc"), i == 1);
		char part[CONTENT_PART_SIZE];

		cr_assert(content_digest_parse(str_of(names[i]), &d));
		cr_expect(content_digest_eq(&d, &of));
		cr_expect_str_eq(content_digest_text(&a, &d), names[i]);
		content_digest_part(&d, part);
		cr_expect_str_eq(part, parts[i]);
	}
}

Test(content_digest, T32_only_the_two_forms_are_read)
{
	static const char *const wrong[] = {
		"",
		"sha256:",
		ABC_SHA256,
		"sha256:" ABC_SHA256 "0",
		"sha256:../" ABC_SHA256,
		"sha512:" ABC_SHA256,
		"sha256:" ABC_SHA512,
		"sha384:" ABC_SHA256 "00000000000000000000000000000000",
		"SHA256:" ABC_SHA256,
		"sha256:Ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"sha256:bA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag",
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015/d",
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015:d",
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015`d",
		"sha512:" ABC_SHA512 " ",
	};
	struct content_digest d;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		cr_expect(!content_digest_parse(str_of(wrong[i]), &d), "%s", wrong[i]);
}

Test(content_digest, what_others_call_bytes_has_to_be_their_digest)
{
	cr_expect(content_digest_names("sha256:" ABC_SHA256, STR("abc")));
	cr_expect(content_digest_names("sha512:" ABC_SHA512, STR("abc")));
	cr_expect(!content_digest_names("sha256:" ABC_SHA256, STR("abd")));
	cr_expect(!content_digest_names("sha512:" ABC_SHA512, STR("ab")));
	cr_expect(!content_digest_names("md5:900150983cd24fb0d6963f7d28e17f72", STR("abc")));
}

Test(content_digest, a_sha256_is_no_sha512_of_which_nothing_else_is_known)
{
	struct content_digest x = content_digest_of(STR("abc"), false), y = x;

	cr_expect(content_digest_eq(&x, &y));
	y.sha512 = true;
	cr_expect(!content_digest_eq(&x, &y));
}

Test(content_digest, a_file_has_the_digest_that_the_coreutils_give)
{
	static const char *const programs[] = { "sha256sum", "sha512sum" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x", dir);
	struct buf text = { .a = &a };

	for (unsigned i = 0; i < 30000; i++)
		buf_printf(&text, "%u,", i);
	files_put(path, buf_cstr(&text));
	for (size_t i = 0; i < 2; i++) {
		AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
		struct content_digest d;
		struct fd_source from;
		struct error e = { 0 };

		cr_assert_geq(fd, 0);
		fd_source_init(&from, fd, 0, FD_SOURCE_ALL, path);
		cr_assert(content_digest_read(&from.base, i == 1, &d, &e));
		cr_expect(str_starts(ORACLE(&a, programs[i], path),
				     str_from(str_of(content_digest_text(&a, &d)),
					      strlen("sha256:"))));
		/* a file that is too short for what was said of it has none */
		fd_source_init(&from, fd, 0, text.n + 1, path);
		cr_expect(!content_digest_read(&from.base, i == 1, &d, &e));
		cr_expect_eq(e.kind, ERR_INPUT);
	}
	files_remove(dir);
}
