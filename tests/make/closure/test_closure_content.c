/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken over from another tree is of the very same bytes; and versions are compared where
 * both files of an edge are known. */

#include <criterion/criterion.h>
#include <sys/mman.h>

#include "base/io.h"
#include "make/closure/closure.h"
#include "make/closure/symbol_versions.h"
#include "support/gen_elf.h"

#define ELF(...) (&(struct elfgen){ __VA_ARGS__ })

static const struct owner content_owner = { .kind = OWNER_RECIPE, .name = "test", .layer = "app" };

static void content_add(struct tree *t, const char *path, const struct content *c)
{
	struct node n = { .path = path,
			  .type = NODE_FILE,
			  .mode = 0755,
			  .owner = &content_owner,
			  .content = *c };
	struct error e = { 0 };

	cr_assert(tree_add(t, &n, &e), "%s", e.cause);
}

/* Two libraries of one size behind each other in one blob, and the first of them in another. */
Test(closure_content, a_place_in_a_blob_is_the_same_or_another)
{
	AUTO_ARENA a = { 0 };
	struct str one = elfgen_make(&a, ELF(.soname = "libone.so"));
	struct str two = elfgen_make(&a, ELF(.soname = "libtwo.so"));
	struct blob blob = { .fd = memfd_create("blob", MFD_CLOEXEC), .name = "blob" };
	struct blob other = { .fd = memfd_create("other", MFD_CLOEXEC), .name = "other" };
	const struct content first = { .blob = &blob, .size = one.n };
	const struct content second = { .blob = &blob, .offset = one.n, .size = two.n };
	const struct content elsewhere = { .blob = &other, .size = one.n };
	const struct content cut = { .blob = &blob, .size = 20 };
	const struct content bytes = { .bytes = two.p, .size = two.n };
	const struct content more = { .bytes = one.p, .size = one.n };
	static const char *const paths[] = { "a/same", "a/offset", "a/blob", "a/size", "a/bytes" };
	const struct content *before[] = { &first, &first, &first, &first, &more };
	const struct content *after[] = { &first, &second, &elsewhere, &cut, &bytes };
	static const char *const sonames[] = { "libone.so", "libtwo.so", "libtwo.so", NULL,
					       "libtwo.so" };
	struct tree t, u;
	struct error e = { 0 };
	struct world *w, *v;

	cr_assert_eq(one.n, two.n);
	cr_assert(fd_write(blob.fd, one, "blob", &e) && fd_write(blob.fd, two, "blob", &e) &&
		  fd_write(other.fd, two, "other", &e));
	tree_init(&t, &a);
	tree_init(&u, &a);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		content_add(&t, paths[i], before[i]);
		content_add(&u, paths[i], after[i]);
	}
	w = closure_world(&a, &t, NULL, &e);
	cr_assert(w && closure_read_ahead(w,
					  &(struct strings){ (const char **)(uintptr_t)paths, 5,
							     5 },
					  &e),
		  "%s", e.cause);
	v = closure_world(&a, &u, NULL, &e);
	cr_assert(v);
	closure_adopt(v, w);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct closure c;
		const struct closure_object *o;
		bool ok = closure_run_in(&a, v, paths[i], &c, &e);

		cr_assert_eq(ok, sonames[i] != NULL, "%s: %s", paths[i], e.cause);
		err_clear(&e);
		o = ok ? closure_object(&c, paths[i]) : NULL;
		cr_expect(!ok || strcmp(o->elf->soname, sonames[i]) == 0, "%s", paths[i]);
	}
}

/* An edge that leads nowhere, or to a file that cannot be read, asks for no version. */
Test(closure_content, versions_are_compared_where_both_files_are_known)
{
	static struct elf_version asked[] = { { .name = "V_1" }, { .name = "V_2", .weak = true } };
	static struct elf_need needs[] = { { .library = "libx.so", .versions = { asked, 2, 2 } },
					   { .library = "liby.so", .versions = { asked, 1, 1 } } };
	static struct elf_version offered[] = { { .name = "V_0" }, { .name = "V_1" } };
	const struct node p = { .path = "p" }, x = { .path = "x" }, y = { .path = "y" };
	const struct elf program = { .needs = { needs, 2, 2 } },
			 library = { .versions = { offered, 2, 2 } }, plain = { .is64 = true };
	struct closure_object objects[] = { { &p, &program }, { &x, &library }, { &y, &plain } };
	struct closure_edge edges[] = {
		{ .file = "gone", .needed = "libx.so", .found = "x" },
		{ .file = "p", .needed = "libx.so", .found = "x" },
		{ .file = "p", .needed = "libx.so" },
		{ .file = "p", .needed = "libx.so", .found = "gone" },
		{ .file = "p", .needed = "liby.so", .found = "y" },
		{ .file = "p", .needed = "libz.so", .found = "y" },
	};
	struct closure c = { .edges = { edges, 6, 6 }, .objects = { objects, 3, 3 } };
	AUTO_ARENA a = { 0 };
	struct version_misses out;

	versions_check(&a, &c, &out);
	cr_assert_eq(out.v.n, 2, "%zu", out.v.n);
	cr_expect_str_eq(out.v.v[0].library, "x");
	cr_expect_str_eq(out.v.v[0].version, "V_2");
	cr_expect(out.v.v[0].weak && !out.v.v[0].unversioned);
	cr_expect_not(version_miss_is_fatal(&out.v.v[0]));
	cr_expect_str_eq(out.v.v[1].library, "y");
	cr_expect(!out.v.v[1].weak && out.v.v[1].unversioned);
	cr_expect_not(version_miss_is_fatal(&out.v.v[1]));
	cr_expect(version_miss_is_fatal(&(struct version_miss){ .weak = false }));
	cr_expect_not(
		version_miss_is_fatal(&(struct version_miss){ .weak = true, .unversioned = true }));
}
