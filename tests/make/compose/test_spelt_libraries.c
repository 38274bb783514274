/* SPDX-License-Identifier: Apache-2.0 */
/* Which strings of a file count as names of libraries. */

#include "make/compose/spelt_libraries.h"

#include <criterion/criterion.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static const struct owner app = {
	.kind = OWNER_PACKAGE, .name = "app", .layer = "app", .why = "-"
};
static const struct owner more = {
	.kind = OWNER_PACKAGE, .name = "more", .layer = "m", .why = "-"
};

static void put_file(struct tree *t, const char *path, struct str bytes, const struct owner *owner)
{
	struct error e = { 0 };
	struct node n = { .path = path,
			  .type = NODE_FILE,
			  .mode = 0644,
			  .owner = owner,
			  .content = { .bytes = bytes.p, .size = bytes.n } };

	cr_assert(tree_add(t, &n, &e), "%s", e.cause);
}

#define HEAD "\177ELF and some more bytes, so that it is long enough for a header"

Test(spelt_libraries, are_whole_strings_or_last_parts_of_paths)
{
	AUTO_ARENA a = { 0 };
	struct tree t;
	struct spelt_files files = { 0 };
	struct error e = { 0 };
	const char *longest = arena_printf(&a, "lib%0247d.so.", 0);

	tree_init(&t, &a);
	put_file(&t, "usr/bin/a",
		 STR(HEAD "\0libz.so.1\0/opt/x/libb.so\0libz.so.1\0xlibc.so\0libnone\0lib.d/x.so\0"
			  "libcut.so"),
		 &app);
	put_file(&t, "usr/bin/b",
		 str_of(arena_printf(&a, "%s %s", HEAD, "nothing that begins a string: liba.so ")),
		 &app);
	put_file(&t, "usr/bin/long",
		 (struct str){ arena_printf(&a, "%s%c%s1%c%s12%c", HEAD, 0, longest, 0, longest, 0),
			       sizeof(HEAD) + 2 * strlen(longest) + 5 },
		 &app);
	put_file(&t, "usr/bin/script", STR("#!" HEAD "\0liba.so\0"), &app);
	put_file(&t, "usr/bin/short", STR("\177ELF\0liba.so\0"), &app);
	put_file(&t, "usr/lib/m", STR(HEAD "\0libm.so\0"), &more);
	cr_assert(spelt_collect(&a, &t, "app", &(struct kept_facts){ 0 }, &files, &e), "%s",
		  e.cause);
	cr_assert_eq(files.n, 3);
	cr_expect_str_eq(files.v[0].node->path, "usr/bin/a");
	cr_expect_str_eq(strings_join(&a, &files.v[0].names, " "), "lib.d/x.so libb.so libz.so.1");
	cr_expect_str_eq(files.v[1].node->path, "usr/bin/long");
	cr_assert_eq(files.v[1].names.n, 1);
	cr_expect_eq(strlen(files.v[1].names.v[0]), 255);
	cr_expect_str_eq(files.v[2].node->path, "usr/bin/script");
}

Test(spelt_libraries, are_in_quotes_in_modules)
{
	static const char module[] =
		"lib = ctypes.CDLL(\"libmagic.so.1\") or dlopen('/usr/lib/libx.so.2')\n"
		"# libno.so.1 \"lib no.so.1\" \"mylibno.so.1\" \"libno.txt\" 'libno.so.1 '\n"
		"find_library(\"pq\"), find_library('z'), find_library(name), find_library(\"a b\")\n"
		"\"libcut.so.1";
	AUTO_ARENA a = { 0 };
	struct tree t;
	struct spelt_files files = { 0 };
	struct error e = { 0 };
	char *large = arena_alloc(&a, (1u << 20) + sizeof(module));

	tree_init(&t, &a);
	memset(large, ' ', 1u << 20);
	memcpy(large + (1u << 20), module, sizeof(module) - 1);
	put_file(&t, "usr/lib/python3/dist-packages/m.py", str_of(module), &app);
	put_file(&t, "usr/share/app/large", str_of(large), &app);
	cr_assert(spelt_collect(&a, &t, "app", &(struct kept_facts){ 0 }, &files, &e), "%s",
		  e.cause);
	cr_assert_eq(files.n, 1);
	cr_expect_str_eq(strings_join(&a, &files.v[0].names, " "),
			 "libmagic.so.1 libpq.so* libx.so.2 libz.so*");
	cr_expect(spelt_names_library(&files.v[0].names, "libmagic.so.1"));
	cr_expect_not(spelt_names_library(&files.v[0].names, "libmagic.so.1.0"));
	cr_expect(spelt_names_library(&files.v[0].names, "libpq.so.5"));
	cr_expect(spelt_names_library(&files.v[0].names, "libpq.so"));
	cr_expect_not(spelt_names_library(&files.v[0].names, "libpq.sox"));
	cr_expect_not(spelt_names_library(&files.v[0].names, "libpqxx.so.5"));
}

/* What a file spells, by one who keeps it. */
static const char *spelt_by(struct depot *d, const struct kept_facts *kept, struct str bytes)
{
	struct spelt_files files = { 0 };
	struct error e = { 0 };
	struct tree t;

	tree_init(&t, &d->a);
	put_file(&t, "usr/bin/none", STR(HEAD), &app);
	put_file(&t, "usr/bin/some", bytes, &app);
	cr_assert(spelt_collect(&d->a, &t, "app", kept, &files, &e), "%s", e.cause);
	cr_assert_eq(files.n, 1);
	cr_assert_str_eq(files.v[0].node->path, "usr/bin/some");
	return strings_join(&d->a, &files.v[0].names, " ");
}

/* The text that was kept last for another reader counts for him alone. */
Test(spelt_libraries, are_kept_by_bytes_and_reader)
{
	struct depot d;
	struct kept_facts kept, other;
	struct strings names;
	struct error e = { 0 };
	struct digest key;
	struct str said;

	depot_open(&d);
	kept = (struct kept_facts){ &d.store, "one" };
	other = (struct kept_facts){ &d.store, "other" };
	cr_expect_str_eq(spelt_by(&d, &kept, STR(HEAD "\0liba.so\0libb.so\0")), "liba.so libb.so");
	names = files_below(&d.a, arena_printf(&d.a, "%s/actions", d.path), "");
	cr_assert_eq(names.n, 1);
	cr_assert(digest_parse(str_of(path_base(names.v[0])), &key));
	cr_assert_eq(store_get_action(&d.a, &d.store, &key, &said, &e), 1);
	cr_expect(str_eq(said, STR("\0\2\10liba.so\10libb.so")), "of each file, by lengths");
	cr_assert(store_put_action(&d.store, &key, STR("\0\1\10libc.so"), &e));
	cr_expect_str_eq(spelt_by(&d, &kept, STR(HEAD "\0liba.so\0libb.so\0")), "libc.so");
	cr_expect_str_eq(spelt_by(&d, &other, STR(HEAD "\0liba.so\0libb.so\0")), "liba.so libb.so");
	cr_expect_str_eq(spelt_by(&d, &kept, STR(HEAD "\0liba.so\0libd.so\0")), "liba.so libd.so");
	/* what is no list of them is as nothing */
	cr_assert(store_put_action(&d.store, &key, STR("\0\1\10libc"), &e));
	cr_expect_str_eq(spelt_by(&d, &kept, STR(HEAD "\0liba.so\0libb.so\0")), "liba.so libb.so");
	depot_close(&d);
}
