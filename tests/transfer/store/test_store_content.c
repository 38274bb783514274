/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs that are asked for by their SHA-512: what is noted is proved each time. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/gen_sha512.h"
#include "transfer/store/store_content.h"

#define TEXT "the quick brown fox"

/* As sha512sum has it. */
static struct content_digest content_named(struct depot *d, const char *text)
{
	const char *path = arena_printf(&d->a, "%s/named", d->dir);
	struct content_digest out;

	files_put(path, text);
	cr_assert(content_digest_parse(str_of(arena_printf(&d->a, "sha512:%s",
							   sha512_of_file(&d->a, path))),
				       &out));
	return out;
}

static int content_opened(struct depot *d, const struct content_digest *name, uint64_t size,
			  struct error *e)
{
	AUTO_FD fd = -1;
	char bytes[sizeof(TEXT)] = "";
	int got = store_open_content(&d->store, name, size, &fd, e);

	cr_expect_eq(got > 0, fd >= 0);
	if (got > 0) {
		cr_expect_eq(pread(fd, bytes, sizeof(bytes), 0), (ssize_t)strlen(TEXT));
		cr_expect_str_eq(bytes, TEXT);
	}
	return got;
}

Test(store_content, bytes_are_found_by_either_digest)
{
	struct depot d;
	struct content_digest name, sha256;
	struct digest blob;
	struct error e = { 0 };

	depot_open(&d);
	name = content_named(&d, TEXT);
	sha256 = content_digest_of(STR(TEXT), false);
	cr_expect_eq(content_opened(&d, &name, UINT64_MAX, &e), 0);
	cr_expect_eq(content_opened(&d, &sha256, UINT64_MAX, &e), 0);
	cr_assert(store_put_content(&d.store, STR(TEXT), &name, &e));
	cr_expect_eq(content_opened(&d, &name, UINT64_MAX, &e), 1);
	cr_expect_eq(content_opened(&d, &name, strlen(TEXT), &e), 1);
	cr_expect_eq(content_opened(&d, &sha256, strlen(TEXT), &e), 1);
	cr_expect_eq(store_find_content(&d.store, &name, &blob, &e), 1);
	cr_expect_eq(depot_blobs(&d).n, 1, "it is kept once");
	cr_expect_str_eq(depot_blobs(&d).v[0], digest_hex_dup(&d.a, &blob));
	depot_close(&d);
}

Test(store_content, another_size_is_whoever_asks_mistaken)
{
	struct depot d;
	struct content_digest name;
	struct error e = { 0 };

	depot_open(&d);
	name = content_named(&d, TEXT);
	cr_assert(store_put_content(&d.store, STR(TEXT), &name, &e));
	cr_expect_eq(content_opened(&d, &name, strlen(TEXT) + 1, &e), -1);
	cr_expect_eq(e.kind, ERR_VERIFY);
	cr_expect(strstr(e.cause, "has 19 bytes, not 20: the index that names it is wrong"), "%s",
		  e.cause);
	e = (struct error){ 0 };
	cr_expect_eq(content_opened(&d, &name, strlen(TEXT), &e), 1, "it is left alone");
	depot_close(&d);
}

Test(store_content, a_note_that_lies_is_not_believed)
{
	struct depot_notes warnings = { .base = { .warn = depot_count_note } };
	struct depot d;
	struct content_digest name;
	struct digest other;
	struct error e = { 0 };

	depot_open(&d);
	d.store.progress = &warnings.base;
	name = content_named(&d, TEXT);
	cr_assert(store_put_bytes(&d.store, STR("other bytes"), &other, &e));
	cr_assert(store_note_content(&d.store, &name, &other, &e));
	cr_expect_eq(content_opened(&d, &name, UINT64_MAX, &e), 0);
	cr_expect_eq(content_opened(&d, &name, strlen(TEXT), &e), 0, "nor by its size");
	cr_expect_eq(warnings.n, 2);
	/* and a later, true one replaces it */
	cr_assert(store_put_content(&d.store, STR(TEXT), &name, &e));
	cr_expect_eq(content_opened(&d, &name, UINT64_MAX, &e), 1);
	depot_close(&d);
}

Test(store_content, a_note_without_its_blob_counts_as_none)
{
	struct depot d;
	struct content_digest name;
	struct digest blob;
	struct error e = { 0 };

	depot_open(&d);
	name = content_named(&d, TEXT);
	cr_assert(store_put_content(&d.store, STR(TEXT), &name, &e));
	cr_assert_eq(store_find_content(&d.store, &name, &blob, &e), 1);
	cr_assert_eq(unlink(depot_blob_path(&d, &blob)), 0);
	cr_expect_eq(content_opened(&d, &name, UINT64_MAX, &e), 0);
	depot_close(&d);
}

/* A note is nothing to keep where a SHA-256 says all. */
Test(store_content, sha256_needs_no_note)
{
	struct depot d;
	struct content_digest name = content_digest_of(STR(TEXT), false);
	struct strings actions;
	struct error e = { 0 };

	depot_open(&d);
	cr_assert(store_put_content(&d.store, STR(TEXT), &name, &e));
	actions = files_below(&d.a, arena_printf(&d.a, "%s/actions", d.path), "");
	cr_expect_eq(actions.n, 0);
	depot_close(&d);
}
