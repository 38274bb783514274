/* SPDX-License-Identifier: Apache-2.0 */
/* Verifications: blobs, results and roots that are not as they were made. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "transfer/store/store_gc.h"
#include "transfer/store/store_root.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"

Test(store, verification_finds_and_removes_every_damaged_entry)
{
	struct store_check check;
	struct error e = { 0 };
	struct digest key = digest_of(STR("key"));
	struct depot d;

	depot_open(&d);
	depot_put_aged(&d, "a good one", 1);
	cr_assert_eq(truncate(depot_put_aged(&d, "a bad one", 1), 3), 0);
	cr_assert(store_put_action(&d.store, &key, STR("result"), &e));
	cr_assert(store_verify(&d.store, &check, &e), "%s", e.cause);
	cr_expect_eq(check.checked, 3);
	cr_expect_eq(check.damaged, 1);
	cr_assert(store_verify(&d.store, &check, &e), "%s", e.cause);
	cr_expect_eq(check.checked, 2);
	cr_expect_eq(check.damaged, 0);
	depot_close(&d);
}

/* A root with a program, a link and a folder, sealed. */
static const char *make_sealed_root(struct depot *d)
{
	const char *name = digest_hex_dup(&d->a, &(struct digest){ { 1 } });
	const char *root = arena_printf(&d->a, "%s/roots/%s", d->path, name);
	struct error e = { 0 };
	AUTO_FD fd = -1;

	files_put(arena_printf(&d->a, "%s/usr/bin/cc", root), "compiler");
	cr_assert_eq(symlink("cc", arena_printf(&d->a, "%s/usr/bin/gcc", root)), 0);
	fd = open(root, O_RDONLY | O_DIRECTORY);
	cr_assert(store_root_seal(&d->store, fd, name, &e), "%s", e.cause);
	return root;
}

static void change_bytes(const char *root)
{
	AUTO_ARENA a = { 0 };

	files_put(arena_printf(&a, "%s/usr/bin/cc", root), "comp1ler");
}

static void change_mode(const char *root)
{
	AUTO_ARENA a = { 0 };

	cr_assert_eq(chmod(arena_printf(&a, "%s/usr/bin/cc", root), 0755), 0);
}

static void change_link(const char *root)
{
	AUTO_ARENA a = { 0 };
	const char *link = arena_printf(&a, "%s/usr/bin/gcc", root);

	cr_assert(unlink(link) == 0 && symlink("/bin/cc", link) == 0);
}

static void add_name(const char *root)
{
	AUTO_ARENA a = { 0 };

	files_put(arena_printf(&a, "%s/usr/bin/as", root), "");
}

static void change_nothing(const char *root)
{
	(void)root;
}

Test(store, T36_verification_finds_roots_that_are_not_as_they_were_made)
{
	static const struct {
		void (*change)(const char *root);
		size_t damaged;
	} cases[] = {
		{ change_nothing, 0 }, { change_bytes, 1 }, { change_mode, 1 },
		{ change_link, 1 },    { add_name, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct store_check check;
		struct error e = { 0 };
		struct depot d;
		const char *root;

		depot_open(&d);
		root = make_sealed_root(&d);
		cases[i].change(root);
		cr_assert(store_verify(&d.store, &check, &e), "%s", e.cause);
		cr_expect_eq(check.checked, 2, "case %zu", i);
		cr_expect_eq(check.damaged, cases[i].damaged, "case %zu", i);
		cr_expect_eq(access(root, F_OK) == 0, cases[i].damaged == 0, "case %zu", i);
		depot_close(&d);
	}
}

/* The lowest descriptor that is free. */
static unsigned first_free(void)
{
	int fd = dup(0);

	cr_assert_geq(fd, 0);
	close(fd);
	return (unsigned)fd;
}

/* Who can open nothing more knows nothing of what he could not open: from no free descriptor to
 * enough of them, nothing is taken away. */
Test(store, without_descriptors_nothing_counts_as_damaged)
{
	struct digest key = digest_of(STR("key"));
	struct store_check check = { 0 };
	struct error first = { 0 };
	unsigned refused = 0;
	bool ok = false;
	struct depot d;
	const char *root, *blob;

	depot_open(&d);
	root = make_sealed_root(&d);
	blob = depot_put_aged(&d, "a good one", 1);
	cr_assert(store_put_action(&d.store, &key, STR("result"), &first));
	for (unsigned more = 0; more < 64 && !ok; more++) {
		struct rlimit before, few;
		struct error e = { 0 };

		getrlimit(RLIMIT_NOFILE, &before);
		few = before;
		few.rlim_cur = first_free() + more;
		cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
		ok = store_verify(&d.store, &check, &e);
		cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
		cr_expect(ok || (e.kind == ERR_SYSTEM && e.exhausted), "%s", e.cause);
		refused += !ok;
	}
	cr_expect_geq(refused, 4);
	cr_expect_eq(check.checked, 4, "blob, result, root and its seal: %zu", check.checked);
	cr_expect_eq(check.damaged, 0);
	cr_expect(access(root, F_OK) == 0 && access(blob, F_OK) == 0);
	depot_close(&d);
}
