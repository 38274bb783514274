/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled results in the store: as many files as there are, under whatever names, or not at all.
 */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make/compile/fragment.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"

struct yard {
	struct depot d;
	const char *dir;
	struct source_recipe source;
	struct digest key;
	struct error e;
};

static void yard_open(struct yard *y)
{
	*y = (struct yard){ .source = { .name = "many" }, .key = digest_of(STR("key")) };
	depot_open(&y->d);
	y->dir = files_temporary(&y->d.a);
	*list_push(&y->d.a, &y->source.keep) = (struct glob){ .text = "/**" };
}

static void yard_close(struct yard *y)
{
	files_remove(y->dir);
	depot_close(&y->d);
}

static bool yard_collect(struct yard *y)
{
	AUTO_FD fd = open(y->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fragment_collect(&y->d.store, fd, &y->source, &y->key, &y->e);
}

static int yard_reopen(struct yard *y, struct fragment *f)
{
	return fragment_open(&y->d.a, &y->d.store, &y->key, f, &y->e);
}

Test(fragment, holds_any_number_of_files, .timeout = 120)
{
	enum { FILES = 50000 };
	struct yard y;
	struct fragment f;

	yard_open(&y);
	for (unsigned i = 0; i < FILES; i++) {
		AUTO_ARENA a = { 0 };
		const char *folder = arena_printf(&a, "%s/%u", y.dir, i / 1000);

		if (i % 1000 == 0)
			cr_assert_eq(mkdir(folder, 0755), 0);
		cr_assert_eq(mknod(arena_printf(&a, "%s/%05u", folder, i), S_IFREG | 0644, 0), 0);
	}
	cr_assert(yard_collect(&y), "%s%s", y.e.context, y.e.cause);
	cr_assert_eq(yard_reopen(&y, &f), 1, "%s%s", y.e.context, y.e.cause);
	cr_expect_eq(f.nodes.n, FILES + FILES / 1000);
	fragment_close(&f);
	yard_close(&y);
}

Test(fragment, holds_names_of_any_bytes)
{
	static const char *const names[] = { "\xff", "a\nb", "\"\\", "\xc3\xa4", " " };
	struct yard y;
	struct fragment f;

	yard_open(&y);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		files_put(arena_printf(&y.d.a, "%s/%s", y.dir, names[i]), names[i]);
	cr_assert_eq(symlink("to\xfe", arena_printf(&y.d.a, "%s/link", y.dir)), 0);
	cr_assert(yard_collect(&y), "%s%s", y.e.context, y.e.cause);
	cr_assert_eq(yard_reopen(&y, &f), 1, "%s%s", y.e.context, y.e.cause);
	cr_assert_eq(f.nodes.n, ARRAY_SIZE(names) + 1);
	for (size_t i = 0; i < f.nodes.n; i++) {
		AUTO_MAPPING m = { 0 };
		struct error e = { 0 };

		if (f.nodes.v[i].type == NODE_LINK) {
			cr_expect_str_eq(f.nodes.v[i].target, "to\xfe");
			continue;
		}
		cr_assert(node_map(&f.nodes.v[i], &m, &e), "%s", e.cause);
		cr_expect(str_eq(m.bytes, str_of(f.nodes.v[i].path)));
	}
	fragment_close(&f);
	yard_close(&y);
}

/* A path of 60 folders fits a disk, and no image: nothing is stored that could not be read back. */
Test(fragment, what_cannot_be_read_back_is_not_stored)
{
	struct yard y;
	struct fragment f;
	char name[121];
	int at;

	yard_open(&y);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	at = open(y.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < 60; i++) {
		int below;

		cr_assert_eq(mkdirat(at, name, 0755), 0);
		below = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = below;
	}
	close(at);
	cr_expect_not(yard_collect(&y));
	cr_expect_eq(y.e.kind, ERR_INPUT);
	cr_expect(strstr(y.e.context, "what was installed cannot be kept"), "%s%s", y.e.context,
		  y.e.cause);
	err_clear(&y.e);
	cr_expect_eq(yard_reopen(&y, &f), 0);
	yard_close(&y);
}

Test(fragment, a_damaged_list_is_as_good_as_none)
{
	static const char *const texts[] = { "",
					     "{",
					     "{\"entries\": []}",
					     "imgbuild-fragment 2\n",
					     "imgbuild-fragment 2\n\x20"
					     "short",
					     "imgbuild-fragment 3\n" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct yard y;
		struct fragment f;

		yard_open(&y);
		cr_assert(store_put_action(&y.d.store, &y.key, str_of(texts[i]), &y.e), "%s",
			  y.e.cause);
		cr_expect_eq(yard_reopen(&y, &f), 0, "%zu: %s", i, y.e.cause);
		files_put(arena_printf(&y.d.a, "%s/file", y.dir), "x");
		cr_expect(yard_collect(&y) && yard_reopen(&y, &f) == 1, "%zu: %s", i, y.e.cause);
		fragment_close(&f);
		yard_close(&y);
	}
}
