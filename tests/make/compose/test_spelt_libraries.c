/* SPDX-License-Identifier: Apache-2.0 */
/* Which strings of a file count as names of libraries. */

#include "make/compose/spelt_libraries.h"

#include <criterion/criterion.h>

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
	cr_assert(spelt_collect(&a, &t, "app", &files, &e), "%s", e.cause);
	cr_assert_eq(files.n, 2);
	cr_expect_str_eq(files.v[0].node->path, "usr/bin/a");
	cr_expect_str_eq(strings_join(&a, &files.v[0].names, " "), "lib.d/x.so libb.so libz.so.1");
	cr_expect_str_eq(files.v[1].node->path, "usr/bin/long");
	cr_assert_eq(files.v[1].names.n, 1);
	cr_expect_eq(strlen(files.v[1].names.v[0]), 255);
}
