/* SPDX-License-Identifier: Apache-2.0 */
/* Packages into the tree: selection, parents, copyright files, records. */

#include <criterion/criterion.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/fixture_debscene.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "make/place/place.h"

#define DIR_(d, p) debscene_entry(&a, d, NODE_DIR, p, NULL)
#define FILE_(d, p) debscene_entry(&a, d, NODE_FILE, p, NULL)
#define LINK_(d, p, t) debscene_entry(&a, d, NODE_LINK, p, t)

static struct owner owner_of_deb(const struct deb *deb)
{
	return (struct owner){ .kind = OWNER_PACKAGE,
			       .name = deb->package->name,
			       .version = deb->package->version,
			       .layer = "layer",
			       .why = "why" };
}

/* "usr/bin/x usr/lib": every path of the tree, in order. */
static const char *tree_paths(struct arena *a, const struct tree *t)
{
	struct buf b = { .a = a };

	for (size_t i = 0; i < t->n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", t->v[i]->path);
	return buf_cstr(&b);
}

static void make_library_deb(struct arena *arena, struct deb *deb)
{
	debscene_package(arena, deb, "libx1", "1.0");
	debscene_entry(arena, deb, NODE_DIR, "usr", NULL);
	debscene_entry(arena, deb, NODE_DIR, "usr/lib", NULL);
	deb->entries.v[1].mode = 02755;
	debscene_entry(arena, deb, NODE_FILE, "usr/lib/libx.so.1", NULL);
	debscene_entry(arena, deb, NODE_FILE, "usr/lib/other", NULL);
	debscene_entry(arena, deb, NODE_DIR, "usr/share", NULL);
	debscene_entry(arena, deb, NODE_DIR, "usr/share/doc", NULL);
	debscene_entry(arena, deb, NODE_DIR, "usr/share/doc/libx1", NULL);
	debscene_entry(arena, deb, NODE_FILE, "usr/share/doc/libx1/changelog.gz", NULL);
	debscene_entry(arena, deb, NODE_FILE, "usr/share/doc/libx1/copyright", NULL);
	debscene_control(arena, deb, "md5sums",
			 "d41d8cd98f00b204e9800998ecf8427e  usr/lib/libx.so.1\n");
}

Test(unpack, place_takes_what_is_selected_its_folders_and_the_copyright)
{
	AUTO_ARENA a = { 0 };
	struct glob kept[] = { { .text = "/usr/lib/libx*" },
			       { .text = "/nothing" },
			       { .text = "/usr/lib" } };
	struct glob dropped[] = { { .text = "/usr/share/doc/" } };
	struct globs keep = { kept, 3, 3 }, drop = { dropped, 1, 1 };
	bool used[3] = { false }, dropping[1] = { false };
	struct selection which = { .keep = &keep, .drop = &drop, .used = { used, dropping } };
	struct error e = { 0 };
	struct deb deb;
	struct tree t;
	struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
	struct owner o;

	tree_init(&t, &a);
	make_library_deb(&a, &deb);
	o = owner_of_deb(&deb);
	cr_assert(place_package(&to, &deb, &which, &o, &e), "%s", e.cause);
	cr_expect_str_eq(tree_paths(&a, &t),
			 "usr usr/lib usr/lib/libx.so.1 usr/share usr/share/doc "
			 "usr/share/doc/libx1 usr/share/doc/libx1/copyright");
	cr_expect_eq(tree_find(&t, "usr/lib")->mode, 02755);
	cr_expect_eq(tree_find(&t, "usr/lib/libx.so.1")->owner, &o);
	cr_expect(used[0] && !used[1] && !used[2], "a directory is not what is in it");
	cr_expect(dropping[0]);
	cr_expect_eq(which.files, 1);
}

Test(unpack, place_of_nothing_selected_adds_no_copyright)
{
	AUTO_ARENA a = { 0 };
	struct glob kept[] = { { .text = "/opt/**" } };
	struct globs keep = { kept, 1, 1 };
	struct selection which = { .keep = &keep };
	struct error e = { 0 };
	struct deb deb;
	struct tree t;
	struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
	struct owner o;
	bool added = true;

	tree_init(&t, &a);
	make_library_deb(&a, &deb);
	o = owner_of_deb(&deb);
	cr_assert(place_package(&to, &deb, &which, &o, &e), "%s", e.cause);
	cr_expect_eq(t.n, 0);
	cr_assert(place_record(&t, &deb, &o, &added, &e), "%s", e.cause);
	cr_expect(!added && t.n == 0);
	cr_assert(place_copyright(&to, &deb, &o, &e), "%s", e.cause);
	cr_expect(tree_find(&t, "usr/share/doc/libx1/copyright"));
	cr_assert(place_record(&t, &deb, &o, &added, &e), "%s", e.cause);
	cr_expect(added);
}

Test(unpack, place_names_both_packages_of_a_conflict)
{
	AUTO_ARENA a = { 0 };
	struct selection all = { .keep = NULL };
	struct error e = { 0 };
	struct deb one, two;
	struct tree t;
	struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
	struct owner o1, o2;
	char text[2048];

	tree_init(&t, &a);
	debscene_package(&a, &one, "one", "1");
	FILE_(&one, "usr/bin/tool");
	debscene_package(&a, &two, "two", "1");
	FILE_(&two, "usr/bin/tool");
	two.entries.v[0].size = 1;
	o1 = owner_of_deb(&one);
	o2 = owner_of_deb(&two);
	cr_assert(place_package(&to, &one, &all, &o1, &e), "%s", e.cause);
	cr_expect_not(place_package(&to, &two, &all, &o2, &e));
	err_format(&e, text, sizeof(text));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect(strstr(text, "usr/bin/tool") && strstr(text, "one") && strstr(text, "two"), "%s",
		  text);
}

/* Debian's libstdc++6 has a link for its doc folder; openssl-provider-legacy one for the file. */
Test(unpack, place_copyright_follows_links_into_other_packages)
{
	for (int of_file = 0; of_file < 2; of_file++) {
		AUTO_ARENA a = { 0 };
		struct selection all = { .keep = NULL };
		struct error e = { 0 };
		struct deb lib, base;
		const struct deb *debs[] = { &lib, &base };
		struct tree t;
		struct placing to = { .tree = &t, .debs = debs, .n = 2 };
		struct owner o;
		const struct node *n;
		bool added;

		tree_init(&t, &a);
		debscene_package(&a, &lib, "libstdc++6", "14");
		FILE_(&lib, "usr/lib/libstdc++.so.6");
		if (of_file) {
			DIR_(&lib, "usr/share/doc/libstdc++6");
			LINK_(&lib, "usr/share/doc/libstdc++6/copyright",
			      "../gcc-14-base/copyright");
		} else {
			LINK_(&lib, "usr/share/doc/libstdc++6", "gcc-14-base");
		}
		debscene_package(&a, &base, "gcc-14-base", "14");
		FILE_(&base, "usr/share/doc/gcc-14-base/changelog");
		FILE_(&base, "usr/share/doc/gcc-14-base/copyright");
		debscene_control(&a, &base, "md5sums", "");
		o = owner_of_deb(&lib);
		cr_assert(place_package(&to, &lib, &all, &o, &e), "%s", e.cause);
		n = tree_resolve(&t, "/usr/share/doc/libstdc++6/copyright");
		cr_assert(n);
		cr_expect_str_eq(n->path, "usr/share/doc/gcc-14-base/copyright");
		cr_expect_str_eq(n->owner->name, "gcc-14-base");
		cr_expect_str_eq(n->owner->layer, "layer");
		cr_expect_null(tree_find(&t, "usr/share/doc/gcc-14-base/changelog"));
		cr_assert(place_record(&t, &base, &o, &added, &e), "%s", e.cause);
		cr_expect(added, "a package of which only the copyright is there is there");
	}
}

Test(unpack, place_copyright_survives_links_that_lead_nowhere)
{
	static const char *const targets[] = { "libx", "../../../../../../etc", "gone", "/",
					       "./././" };

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct deb lib;
		struct tree t;
		struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
		struct owner o;

		tree_init(&t, &a);
		debscene_package(&a, &lib, "libx", "1");
		LINK_(&lib, "usr/share/doc/libx", targets[i]);
		o = owner_of_deb(&lib);
		cr_expect(place_copyright(&to, &lib, &o, &e), "%s: %s", targets[i], e.cause);
		cr_expect_str_eq(tree_find(&t, "usr/share/doc/libx")->target, targets[i]);
	}
}

Test(unpack, T24_place_record_is_what_scanners_read)
{
	AUTO_ARENA a = { 0 };
	struct selection all = { .keep = NULL };
	struct error e = { 0 };
	struct deb deb;
	struct tree t;
	struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
	struct owner o;
	const struct node *n;

	tree_init(&t, &a);
	make_library_deb(&a, &deb);
	o = owner_of_deb(&deb);
	cr_assert(place_package(&to, &deb, &all, &o, &e), "%s", e.cause);
	cr_assert(place_record(&t, &deb, &o, NULL, &e), "%s", e.cause);
	n = tree_find(&t, "var/lib/dpkg/status.d/libx1");
	cr_assert(n);
	cr_expect_eq(n->mode, 0644);
	cr_expect_eq(n->mtime, 1700000001);
	cr_expect(str_eq((struct str){ n->content.bytes, n->content.size },
			 STR("Package: libx1\nVersion: 1.0\n")));
	n = tree_find(&t, "var/lib/dpkg/status.d/libx1.md5sums");
	cr_assert(n);
	cr_expect_eq(n->content.size, 52);
}

/* Configuration files that the package brought, in the form of dpkg's database: dpkg reads the
 * field. */
Test(unpack, place_record_names_configuration_files)
{
	AUTO_ARENA a = { 0 };
	struct selection some = { .drop = NULL };
	struct error e = { 0 };
	const char *dir = files_temporary(&a);
	struct globs keep = { 0 };
	struct deb deb;
	struct tree t;
	struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
	AUTO_FD data = memfd_create("data", MFD_CLOEXEC);
	struct owner o;
	const struct node *n;

	oracle_need("dpkg-query");
	tree_init(&t, &a);
	debscene_package(&a, &deb, "libx", "1");
	FILE_(&deb, "etc/x.conf");
	FILE_(&deb, "etc/left-out.conf");
	deb.data.fd = data;
	debscene_control(&a, &deb, "conffiles",
			 "/etc/x.conf\n/etc/left-out.conf\nremove-on-upgrade /etc/old.conf\n");
	*list_push(&a, &keep) = (struct glob){ .text = "/etc/x.conf" };
	some.keep = &keep;
	some.used.keep = arena_array(&a, 2, sizeof(bool));
	o = owner_of_deb(&deb);
	cr_assert(place_package(&to, &deb, &some, &o, &e), "%s", e.cause);
	cr_assert(place_record(&t, &deb, &o, NULL, &e), "%s", e.cause);
	n = tree_find(&t, "var/lib/dpkg/status.d/libx");
	cr_assert(n);
	files_put(arena_printf(&a, "%s/status", dir),
		  arena_printf(&a,
			       "Status: install ok installed\nArchitecture: all\n"
			       "Maintainer: x\nDescription: x\n%.*s",
			       (int)n->content.size, n->content.bytes));
	cr_expect(str_eq(ORACLE(&a, "dpkg-query", "--admindir", dir, "-W", "-f", "${Conffiles}",
				"libx"),
			 STR(" /etc/x.conf d41d8cd98f00b204e9800998ecf8427e")));
	files_remove(dir);
}

/* A package without md5sums, such as iconx, gets those of what the image has of it; configuration
 * files are never among them (dpkg makes such a list, too). */
Test(unpack, place_record_makes_sums_that_a_package_lacks)
{
	AUTO_ARENA a = { 0 };
	struct selection all = { .keep = NULL };
	struct error e = { 0 };
	struct deb deb;
	struct tree t;
	const struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
	AUTO_FD data = memfd_create("data", MFD_CLOEXEC);
	struct owner o;
	const struct node *n;

	tree_init(&t, &a);
	cr_assert_eq(write(data, "abcmessage digest", 17), 17);
	debscene_package(&a, &deb, "libx", "1");
	FILE_(&deb, "etc/x.conf");
	FILE_(&deb, "usr/bin/x");
	FILE_(&deb, "usr/share/x");
	deb.data.fd = data;
	deb.entries.v[1].size = 3;
	deb.entries.v[2].offset = 3;
	deb.entries.v[2].size = 14;
	debscene_control(&a, &deb, "conffiles", "/etc/x.conf\n");
	o = owner_of_deb(&deb);
	cr_assert(place_package(&to, &deb, &all, &o, &e), "%s", e.cause);
	cr_assert(place_record(&t, &deb, &o, NULL, &e), "%s", e.cause);
	n = tree_find(&t, "var/lib/dpkg/status.d/libx.md5sums");
	cr_assert(n);
	/* RFC 1321, A.5 */
	cr_expect(str_eq((struct str){ n->content.bytes, n->content.size },
			 STR("900150983cd24fb0d6963f7d28e17f72  usr/bin/x\n"
			     "f96b697d7cb7938d525a2f31aaf161d0  usr/share/x\n")),
		  "%.*s", (int)n->content.size, n->content.bytes);
}

/* Bytes of memory for each byte of the paths of a package with folders `depth` deep. */
static double memory_of_depth(unsigned depth)
{
	AUTO_ARENA a = { 0 };
	struct selection all = { .keep = NULL };
	struct error e = { 0 };
	struct deb deb;
	struct tree t;
	struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
	struct owner o;
	struct mallinfo2 before;
	struct buf path = { .a = &a };
	size_t input = 0;

	debscene_package(&a, &deb, "libx", "1");
	for (unsigned i = 0; i < depth; i++) {
		buf_printf(&path, "%sa", i ? "/" : "");
		debscene_entry(&a, &deb, i + 1 < depth ? NODE_DIR : NODE_FILE,
			       str_dup(&a, buf_str(&path)), NULL);
		input += path.n;
	}
	o = owner_of_deb(&deb);
	before = mallinfo2();
	tree_init(&t, &a);
	cr_assert(place_package(&to, &deb, &all, &o, &e), "%s", e.cause);
	cr_assert_eq(t.n, depth);
	return (double)(mallinfo2().uordblks + mallinfo2().hblkhd - before.uordblks -
			before.hblkhd) /
	       (double)input;
}

Test(unpack, place_package_takes_memory_as_its_paths_do)
{
	double once = memory_of_depth(500), twice = memory_of_depth(1000);

	cr_expect(twice <= 1.1 * once || twice < 2, "%.1f bytes a byte, then %.1f", once, twice);
}

Test(unpack, place_package_lets_nobody_write_package_records)
{
	static const char *const paths[] = { "var/lib/dpkg/status.d/other", "var/lib/dpkg/status" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		AUTO_ARENA a = { 0 };
		struct selection all = { .keep = NULL };
		struct error e = { 0 };
		struct deb deb;
		struct tree t;
		struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
		struct owner o;

		tree_init(&t, &a);
		debscene_package(&a, &deb, "libx", "1");
		FILE_(&deb, paths[i]);
		o = owner_of_deb(&deb);
		cr_assert_not(place_package(&to, &deb, &all, &o, &e), "%s", paths[i]);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect_str_eq(
			e.cause,
			arena_printf(
				&a,
				"the package brings /%s, where imgbuild records packages: scanners "
				"would believe it; leave it out: \"drop\": [\"/%s\"]",
				paths[i], paths[i]));
	}
}

Test(unpack, place_record_refuses_md5sums_that_break_scanners)
{
	static const char *const texts[] = {
		"d41d8cd98f00b204e9800998ecf8427e usr/x\n", /* one blank */
		"d41d8cd98f00b204e9800998ecf8427e  /usr/x\n",
		"d41d8cd98f00b204e9800998ecf8427E  usr/x\n",
		"d41d8cd98f00b204e9800998ecf8427e  \n",
		"d41d8cd98f00b204e9800998ecf8427e  usr/x\n\n",
		"d41d8cd98f00b204e9800998ecf8427e  usr/x",
		"d41d8cd98f00b204e9800998ecf8427e  usr/\x01x\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO_ARENA a = { 0 };
		struct selection all = { .keep = NULL };
		struct error e = { 0 };
		struct deb deb;
		struct tree t;
		struct placing to = { .tree = &t, .debs = NULL, .n = 0 };
		struct owner o;

		tree_init(&t, &a);
		debscene_package(&a, &deb, "libx", "1");
		FILE_(&deb, "usr/x");
		debscene_control(&a, &deb, "md5sums", texts[i]);
		o = owner_of_deb(&deb);
		cr_assert(place_package(&to, &deb, &all, &o, &e), "%s", e.cause);
		cr_expect_not(place_record(&t, &deb, &o, NULL, &e), "%zu", i);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, "md5sums") && strstr(e.context, "libx"), "%s%s",
			  e.context, e.cause);
	}
}
