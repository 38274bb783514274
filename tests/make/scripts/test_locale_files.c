/* SPDX-License-Identifier: Apache-2.0 */
/* Locales out of locales-all: whole ones, whatever the package links to where. */

#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "make/scripts/locale_files.h"

static void locale_file_add(struct arena *a, struct deb *deb, const char *path, const char *text,
			    uint64_t *at)
{
	size_t n = strlen(text);

	cr_assert_eq(pwrite(deb->data.fd, text, n, (off_t)*at), (ssize_t)n);
	*list_push(a, &deb->entries) = (struct deb_entry){
		.path = path, .type = NODE_FILE, .mode = 0644, .mtime = 5, .offset = *at, .size = n
	};
	*at += n;
}

static void locale_link_add(struct arena *a, struct deb *deb, const char *path, const char *target)
{
	*list_push(a, &deb->entries) = (struct deb_entry){
		.path = path, .type = NODE_LINK, .mode = 0777, .target = target
	};
}

/* As locales-all has them: sorted by path, and what is the same is a link. */
static struct deb locale_package(struct arena *a)
{
	static const struct deb_package p = { .name = "locales-all", .version = "2.41" };
	struct deb deb = { .package = &p,
			   .data = { .fd = memfd_create("deb", MFD_CLOEXEC),
				     .name = "locales-all" } };
	uint64_t at = 0;

	locale_file_add(a, &deb, "usr/lib/locale/aa_DJ.utf8/LC_COLLATE", "collate", &at);
	*list_push(a, &deb.entries) = (struct deb_entry){ .path = "usr/lib/locale/de_DE.utf8",
							  .type = NODE_DIR,
							  .mode = 0755 };
	locale_link_add(a, &deb, "usr/lib/locale/de_DE.utf8/LC_COLLATE",
			"../aa_DJ.utf8/LC_COLLATE");
	locale_link_add(a, &deb, "usr/lib/locale/de_DE.utf8/LC_MESSAGES/SYS_LC_MESSAGES",
			"../../de_LI.utf8/LC_MESSAGES/SYS_LC_MESSAGES");
	locale_file_add(a, &deb, "usr/lib/locale/de_DE.utf8/LC_TIME", "time", &at);
	locale_file_add(a, &deb, "usr/lib/locale/de_LI.utf8/LC_MESSAGES/SYS_LC_MESSAGES",
			"messages", &at);
	locale_link_add(a, &deb, "usr/lib/locale/xx_XX/LC_TIME", "../yy_YY/LC_TIME");
	locale_link_add(a, &deb, "usr/lib/locale/zz_ZZ/LC_TIME", "LC_TIME");
	locale_file_add(a, &deb, "usr/share/doc/locales-all/copyright", "free", &at);
	return deb;
}

static const char *locale_text(struct arena *a, const struct tree *t, const char *path)
{
	const struct node *n = tree_find(t, path);
	AUTO_MAPPING m = { 0 };
	struct error e = { 0 };

	cr_assert(n && n->type == NODE_FILE, "%s", path);
	cr_assert(node_map(n, &m, &e));
	return str_dup(a, m.bytes);
}

Test(locale_files, folders_are_named_as_the_c_library_looks_for_them)
{
	static const char *const cases[][2] = {
		{ "de_DE.UTF-8", "de_DE.utf8" },
		{ "de_DE.utf8", "de_DE.utf8" },
		{ "en_US.ISO-8859-15", "en_US.iso885915" },
		{ "ca_ES@valencia", "ca_ES@valencia" },
		{ "sr_RS.UTF-8@latin", "sr_RS.utf8@latin" },
		{ "de_DE", "de_DE" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(locale_folder(&a, cases[i][0]), cases[i][1]);
}

Test(locale_files, a_locale_is_whole_and_others_stay_out)
{
	AUTO_ARENA a = { 0 };
	struct deb deb = locale_package(&a);
	struct strings names = { 0 };
	struct tree t;
	struct effects_to to = { &t, "files", 42, "recipes/x.json" };
	struct error e = { 0 };
	const struct node *n;

	tree_init(&t, &a);
	*list_push(&a, &names) = "de_DE.UTF-8";
	cr_assert(effects_locales(&a, &deb, &names, &to, &e), "%s%s", e.context, e.cause);
	cr_expect_str_eq(locale_text(&a, &t, "usr/lib/locale/de_DE.utf8/LC_COLLATE"), "collate");
	cr_expect_str_eq(locale_text(&a, &t,
				     "usr/lib/locale/de_DE.utf8/LC_MESSAGES/SYS_LC_MESSAGES"),
			 "messages");
	cr_expect_str_eq(locale_text(&a, &t, "usr/lib/locale/de_DE.utf8/LC_TIME"), "time");
	cr_expect(!tree_find(&t, "usr/lib/locale/aa_DJ.utf8/LC_COLLATE"));
	n = tree_find(&t, "usr/lib/locale/de_DE.utf8/LC_COLLATE");
	cr_expect_eq(n->owner->kind, OWNER_GENERATED);
	cr_expect_eq(n->mode, 0644);
	cr_expect_eq(n->mtime, 5);
	n = tree_find(&t, "usr/share/doc/locales-all/copyright");
	cr_assert(n);
	cr_expect_eq(n->owner->kind, OWNER_PACKAGE, "so that the package has its status entry");
	close(deb.data.fd);
}

Test(locale_files, what_the_package_does_not_have_is_named)
{
	static const struct {
		const char *name, *cause;
	} cases[] = {
		{ "de_DF.UTF-8", "it has no locale de_DF.UTF-8; did you mean \"de_DE.utf8\"?" },
		{ "klingon", "it has no locale klingon" },
		{ "xx_XX", "/usr/lib/locale/xx_XX/LC_TIME leads nowhere in it" },
		{ "zz_ZZ", "/usr/lib/locale/zz_ZZ/LC_TIME leads nowhere in it" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct deb deb = locale_package(&a);
		struct strings names = { 0 };
		struct tree t;
		struct effects_to to = { .t = &t, .layer = "l" };
		struct error e = { 0 };

		tree_init(&t, &a);
		*list_push(&a, &names) = cases[i].name;
		cr_expect(!effects_locales(&a, &deb, &names, &to, &e));
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect_str_eq(e.cause, cases[i].cause);
		close(deb.data.fd);
	}
}
