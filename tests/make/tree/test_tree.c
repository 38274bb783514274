/* SPDX-License-Identifier: Apache-2.0 */
/* The tree: order, merging, conflicts, links. */

#include <criterion/criterion.h>

#include "make/tree/tree.h"

static const struct owner one = { .kind = OWNER_PACKAGE, .name = "one" };
static const struct owner two = { .kind = OWNER_PACKAGE, .name = "two" };

static const struct owner image = { .kind = OWNER_IMAGE, .name = "docker://h/base" };

static struct node file_node(const char *path, const char *text, const struct owner *owner)
{
	return (struct node){ .path = path,
			      .type = NODE_FILE,
			      .mode = 0644,
			      .owner = owner,
			      .content = { .bytes = text, .size = strlen(text) } };
}

static struct node folder_node(const char *path, unsigned mode, const struct owner *owner)
{
	return (struct node){ .path = path, .type = NODE_DIR, .mode = mode, .owner = owner };
}

static struct node link_to(const char *path, const char *target, const struct owner *owner)
{
	return (struct node){
		.path = path, .type = NODE_LINK, .mode = 0777, .target = target, .owner = owner
	};
}

static void must_add(struct tree *t, struct node n)
{
	struct error e = { 0 };

	cr_assert(tree_add(t, &n, &e), "%s", e.cause);
}

static void must_conflict(struct tree *t, struct node n, const char *words)
{
	struct error e = { 0 };

	cr_assert(!tree_add(t, &n, &e), "/%s was added", n.path);
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect(strstr(e.cause, words), "\"%s\" does not say \"%s\"", e.cause, words);
	if (n.owner == &two)
		cr_expect(strstr(e.cause, "one") && strstr(e.cause, "two"), "%s names both owners",
			  e.cause);
}

Test(tree, nodes_are_sorted_and_parents_implied)
{
	AUTO_ARENA a = { 0 };
	struct tree t;

	tree_init(&t, &a);
	must_add(&t, file_node("usr/lib/b", "b", &one));
	must_add(&t, file_node("etc/a", "a", &one));
	cr_assert_eq(t.n, 5u);
	for (size_t i = 1; i < t.n; i++)
		cr_expect_lt(strcmp(t.v[i - 1]->path, t.v[i]->path), 0);
	cr_expect(tree_find(&t, "usr/lib")->implied);
	cr_expect_null(tree_find(&t, "usr/li"));
}

Test(tree, folder_of_a_package_takes_the_place_of_an_implied_one)
{
	AUTO_ARENA a = { 0 };
	struct tree t;

	tree_init(&t, &a);
	must_add(&t, file_node("var/lib/x", "x", &one));
	must_add(&t, folder_node("var/lib", 0750, &two));
	cr_expect_eq(tree_find(&t, "var/lib")->mode, 0750u);
	cr_expect_str_eq(tree_find(&t, "var/lib")->owner->name, "two");
	must_add(&t, file_node("var/lib/y", "y", &one));
	cr_expect_eq(tree_find(&t, "var/lib")->mode, 0750u);
}

Test(tree, same_things_merge_and_different_ones_conflict)
{
	AUTO_ARENA a = { 0 };
	struct tree t;

	tree_init(&t, &a);
	must_add(&t, file_node("a", "same", &one));
	must_add(&t, file_node("a", "same", &two));
	must_add(&t, link_to("l", "a", &one));
	must_add(&t, link_to("l", "a", &two));
	must_add(&t, folder_node("d", 0755, &one));
	must_add(&t, folder_node("d", 0755, &two));
	cr_expect_eq(t.n, 3u);
	must_conflict(&t, file_node("a", "other", &two), "/a is a file");
	must_conflict(&t, link_to("l", "b", &two), "/l is a symlink");
	must_conflict(&t, folder_node("d", 0700, &two), "/d has mode 0755");
	must_conflict(&t, folder_node("a", 0755, &two), "and a directory");
	must_conflict(&t, file_node("a/below", "x", &two), "lies below /a");
	must_conflict(&t, file_node("l/below", "x", &two),
		      "goes through /l, a symlink to a of package one; add \"/l/**\" to \"drop\" "
		      "of that component");
}

Test(tree, what_an_image_of_others_has_stays_as_it_is)
{
	static const struct owner recipe = { .kind = OWNER_RECIPE, .name = "/d" };
	AUTO_ARENA a = { 0 };
	struct node other = file_node("a", "same", &one);
	struct tree t;

	tree_init(&t, &a);
	must_add(&t, file_node("a", "same", &image));
	must_add(&t, folder_node("d", 01777, &image));
	other.mode = 0555;
	must_add(&t, other);
	must_add(&t, folder_node("d", 0755, &one));
	cr_expect_eq(tree_find(&t, "a")->mode, 0644u);
	cr_expect_eq(tree_find(&t, "d")->mode, 01777u);
	cr_expect_eq(tree_find(&t, "d")->owner->kind, OWNER_IMAGE);
	must_conflict(
		&t, folder_node("d", 0755, &recipe),
		"/d has mode 1777 and owner 0:0 in the base image docker://h/base, but mode 0755");
	must_conflict(&t, file_node("a", "other", &one),
		      "/a is a file of the base image docker://h/base and a file of package one; "
		      "add \"/a\" to \"drop\" of that component");
}

Test(tree, conflicts_say_what_to_change)
{
	static const struct owner a1 = {
		.kind = OWNER_PACKAGE, .name = "one", .version = "1", .why = "r.json:4:5"
	};
	static const struct owner b1 = {
		.kind = OWNER_PACKAGE, .name = "two", .version = "2", .why = "r.json:9:5"
	};
	static const struct owner c1 = { .kind = OWNER_SOURCE, .name = "two", .why = "r.json:4:5" };
	static const struct owner d1 = {
		.kind = OWNER_PACKAGE, .name = "one", .version = "two", .why = "r.json:4:5"
	};
	static const struct owner p1 = { .kind = OWNER_SOURCE,
					 .name = "two",
					 .remedy = "write another \"to\"" };
	static const struct owner l1 = { .kind = OWNER_RECIPE,
					 .name = "two",
					 .why = "r.json:20:7" };
	AUTO_ARENA a = { 0 };
	struct tree t;

	tree_init(&t, &a);
	must_add(&t, file_node("usr/bin/x", "x", &a1));
	must_add(&t, link_to("var/run", "/run", &a1));
	must_add(&t, link_to("up", "../../x", &a1));
	must_conflict(
		&t, file_node("usr/bin/x", "y", &b1),
		"/usr/bin/x is a file of package one 1 (r.json:4:5) and a file of package two 2 (r.json:9:5); "
		"add \"/usr/bin/x\" to \"drop\" of one of the two components");
	must_conflict(&t, file_node("usr/bin/x", "y", &c1),
		      "make two components of this one, and add \"/usr/bin/x\" to "
		      "\"drop\" of one of them");
	must_conflict(&t, file_node("usr/bin/x", "y", &d1), "lock the recipe and its base again");
	must_conflict(&t, link_to("usr/bin/x", "y", &l1),
		      "; add \"/usr/bin/x\" to \"drop\" of that component");
	must_conflict(&t, folder_node("var/run", 0755, &l1), "use /run instead");
	must_conflict(&t, file_node("var/run/a/b", "y", &l1), "write \"/run/a/b\"");
	must_conflict(&t, file_node("var/run/a/b", "y", &b1),
		      "add \"/var/run/**\" to \"drop\" of that component");
	must_conflict(&t, file_node("var/run/a/b", "y", &c1),
		      "its steps must install it as \"/run/a/b\"");
	must_conflict(&t, file_node("var/run/a/b", "y", &p1), "; write \"/run/a/b\"");
	must_conflict(&t, file_node("usr/bin/x", "y", &p1), "; write another \"to\"");
	must_conflict(&t, folder_node("up", 0755, &l1), "/up is a symlink of package one");
}

Test(tree, replace_takes_files_and_links_but_no_folder)
{
	AUTO_ARENA a = { 0 };
	struct tree t;
	struct error e = { 0 };
	struct node n = file_node("x", "new", &two), d = file_node("d", "x", &two);

	tree_init(&t, &a);
	must_add(&t, file_node("x", "old", &one));
	must_add(&t, folder_node("d", 0755, &one));
	cr_expect(tree_replace(&t, &n, &e));
	cr_expect_str_eq(tree_find(&t, "x")->owner->name, "two");
	cr_expect(!tree_replace(&t, &d, &e));
}

/* Who remembers where a path led asks again after each. */
Test(tree, what_may_lead_elsewhere_is_counted)
{
	const struct node link = link_to("lib/b", "a", &one), file = file_node("lib/b", "b", &two);
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct tree t, copy;
	size_t before;

	tree_init(&t, &a);
	must_add(&t, file_node("lib/a", "a", &one));
	before = t.changes;
	cr_expect_gt(before, 1u, "the folder, too");
	must_add(&t, file_node("lib/a", "a", &one));
	cr_expect_eq(t.changes, before, "it is as it was");
	cr_assert(tree_add(&t, &link, &e), "%s", e.cause);
	cr_expect_gt(t.changes, before);
	before = t.changes;
	cr_assert(tree_replace(&t, &file, &e), "%s", e.cause);
	cr_expect_gt(t.changes, before);
	before = t.changes;
	must_add(&t, folder_node("lib", 0700, &one));
	cr_expect_gt(t.changes, before);
	copy = (struct tree){ .a = &a };
	tree_copy(&t, &copy);
	cr_expect_gt(copy.changes, 0u, "nothing is what a path of no tree leads to");
}

Test(tree, T12_links_are_followed_as_in_a_chroot)
{
	static const struct {
		const char *path, *found;
	} cases[] = {
		{ "/usr/lib/x.so", "usr/lib/x.so.1" },
		{ "lib/x.so", "usr/lib/x.so.1" },
		{ "/lib/../lib/x.so.1", "usr/lib/x.so.1" },
		{ "/../../lib/x.so.1", "usr/lib/x.so.1" },
		{ "/abs", "usr/lib/x.so.1" },
		{ "/up", "usr/lib/x.so.1" },
		{ "/lib", "usr/lib" },
		{ "/dangling", NULL },
		{ "/loop", NULL },
		{ "/usr/lib/x.so.1/below", NULL },
		{ "/nothing", NULL },
		{ "/self", NULL },
	};
	AUTO_ARENA a = { 0 };
	struct tree t;

	tree_init(&t, &a);
	must_add(&t, file_node("usr/lib/x.so.1", "elf", &one));
	must_add(&t, link_to("usr/lib/x.so", "x.so.1", &one));
	must_add(&t, link_to("lib", "usr/lib", &one));
	must_add(&t, link_to("abs", "/lib/x.so", &one));
	must_add(&t, link_to("up", "../../../lib/x.so", &one));
	must_add(&t, link_to("dangling", "nowhere", &one));
	must_add(&t, link_to("loop", "loop2", &one));
	must_add(&t, link_to("loop2", "loop", &one));
	must_add(&t, link_to("self", "self/x", &one));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct node *n = tree_resolve(&t, cases[i].path);

		if (cases[i].found)
			cr_expect(n && strcmp(n->path, cases[i].found) == 0, "%s -> %s",
				  cases[i].path, n ? n->path : "nothing");
		else
			cr_expect_null(n, "%s leads somewhere", cases[i].path);
	}
	cr_expect_str_eq(tree_resolve(&t, "usr/lib/../lib/x.so")->path, "usr/lib/x.so.1");
}

/* Names are walked one by one: no length of what they resolve to in all makes a difference. */
Test(tree, T12_long_chains_of_links_are_followed_to_their_end_or_refused)
{
	AUTO_ARENA a = { 0 };
	const char *path = "deep";
	char name[256];
	struct tree t;

	tree_init(&t, &a);
	memset(name, 'd', 255);
	name[255] = '\0';
	for (int i = 0; i < 15; i++)
		path = arena_printf(&a, "%s/%s", path, name);
	must_add(&t, file_node(arena_printf(&a, "%s/file", path), "x", &one));
	must_add(&t, link_to("link", path, &one));
	must_add(&t, link_to("far", arena_printf(&a, "link/../../%s/../../link/file", name), &one));
	cr_expect_null(tree_resolve(&t, "far"), "the parents of a folder are those of where it is");
	must_add(&t, link_to("near", arena_printf(&a, "link/../%s/file", name), &one));
	cr_assert_not_null(tree_resolve(&t, "near"));
	cr_expect_str_eq(tree_resolve(&t, "near")->path, arena_printf(&a, "%s/file", path));
	for (int i = 0; i < 100; i++)
		must_add(&t,
			 link_to(arena_printf(&a, "c%d", i), arena_printf(&a, "c%d", i + 1), &one));
	must_add(&t, file_node("c100", "x", &one));
	cr_expect_null(tree_resolve(&t, "c0"), "more than 40 links lead nowhere in Linux either");
	cr_expect_not_null(tree_resolve(&t, "c70"));
}
