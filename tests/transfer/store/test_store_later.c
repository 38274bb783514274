/* SPDX-License-Identifier: Apache-2.0 */
/* What a run leaves for the end is found before and after it is written, by whoever may see it. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "transfer/store/store_later.h"

static size_t later_files(struct depot *d)
{
	return files_below(&d->a, arena_printf(&d->a, "%s/actions", d->path), "").n;
}

static struct digest later_key(unsigned i)
{
	return digest_of((struct str){ (const char *)&i, sizeof(i) });
}

static void later_put(struct depot *d, unsigned i, struct str text)
{
	struct digest key = later_key(i);
	struct error e = { 0 };

	cr_assert(store_note_action(&d->store, &key, text, &e), "%s", e.cause);
}

/* NULL: not known. */
static const char *later_get(struct depot *d, const struct store *s, unsigned i)
{
	struct digest key = later_key(i);
	struct error e = { 0 };
	struct str text;
	int got = store_get_action(&d->a, s, &key, &text, &e);

	cr_assert_geq(got, 0, "%s", e.cause);
	return got ? str_dup(&d->a, text) : NULL;
}

/* Another process on the same store. */
static const char *later_get_elsewhere(struct depot *d, unsigned i)
{
	AUTO_STORE other = STORE_INIT;
	struct error e = { 0 };

	cr_assert(store_open(&d->a, d->path, &other, &e), "%s", e.cause);
	return later_get(d, &other, i);
}

static void later_settle(struct depot *d)
{
	struct error e = { 0 };

	cr_assert(store_settle(&d->store, &e), "%s", e.cause);
}

Test(store_later, result_is_written_by_settling_and_found_before)
{
	struct store_later later = STORE_LATER_INIT;
	struct digest key = later_key(1);
	struct depot d;

	depot_open(&d);
	d.store.later = &later;
	later_put(&d, 1, STR("old"));
	later_put(&d, 1, STR("new"));
	cr_expect_str_eq(later_get(&d, &d.store, 1), "new");
	cr_expect(str_eq(store_peek_action(&d.a, &d.store, &key, 2), STR("ne")));
	cr_expect_null(later_get(&d, &d.store, 2));
	cr_expect_null(later_get_elsewhere(&d, 1));
	cr_expect_eq(later_files(&d), 0);
	later_settle(&d);
	cr_expect_str_eq(later_get_elsewhere(&d, 1), "new");
	cr_expect_str_eq(later_get(&d, &d.store, 1), "new");
	cr_expect_eq(later_files(&d), 1);
	cr_expect_eq(files_below(&d.a, arena_printf(&d.a, "%s/new", d.path), "").n, 0);
	later_settle(&d);
	depot_close(&d);
}

Test(store_later, too_many_and_too_long_results_do_not_wait)
{
	struct store_later later = STORE_LATER_INIT;
	struct depot d;
	struct str noise;

	depot_open(&d);
	noise = depot_noise(&d.a, LATER_BYTES_MAX + 1, 1);
	d.store.later = &later;
	later_put(&d, 1000, noise);
	cr_expect_eq(later_files(&d), 1);
	for (unsigned i = 0; i < LATER_MAX; i++)
		later_put(&d, i, STR("text"));
	cr_expect_eq(later_files(&d), 1);
	later_put(&d, LATER_MAX, STR("one more"));
	cr_expect_geq(later_files(&d), 1u + LATER_MAX);
	later_settle(&d);
	cr_expect_eq(later_files(&d), 2u + LATER_MAX);
	cr_expect_str_eq(later_get_elsewhere(&d, LATER_MAX), "one more");
	depot_close(&d);
}

Test(store_later, what_cannot_be_written_is_told_and_stays_known)
{
	struct store_later later = STORE_LATER_INIT;
	struct error e = { 0 };
	struct depot d;

	depot_open(&d);
	d.store.later = &later;
	later_put(&d, 1, STR("text"));
	files_remove(arena_printf(&d.a, "%s/new", d.path));
	cr_expect_not(store_settle(&d.store, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.context, d.path), "%s", e.context);
	cr_expect_str_eq(later_get(&d, &d.store, 1), "text");
	later_drop(&later);
	cr_expect_null(later_get(&d, &d.store, 1));
	depot_close(&d);
}

Test(store_later, a_folder_in_its_place_gives_way)
{
	struct store_later later = STORE_LATER_INIT;
	struct digest key = later_key(1);
	struct depot d;

	depot_open(&d);
	d.store.later = &later;
	files_put(arena_printf(&d.a, "%s/actions/%s/x", d.path, digest_hex_dup(&d.a, &key)), "");
	later_put(&d, 1, STR("text"));
	later_settle(&d);
	cr_expect_str_eq(later_get_elsewhere(&d, 1), "text");
	depot_close(&d);
}

Test(store_later, without_a_later_it_is_written_at_once)
{
	struct depot d;

	depot_open(&d);
	later_put(&d, 1, STR("text"));
	cr_expect_str_eq(later_get_elsewhere(&d, 1), "text");
	later_settle(&d);
	depot_close(&d);
}
