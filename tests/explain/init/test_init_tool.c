/* SPDX-License-Identifier: Apache-2.0 */
/* Which program a package without a unit is for. */

#include <criterion/criterion.h>

#include "explain/init/init_tool.h"

/* Programs of the package asked for, and others of the image, separated by blanks. */
static const struct tool_case {
	const char *package, *own, *others, *path;
} cases[] = {
	{ "jq", "jq", "", "/usr/bin/jq" },
	{ "php8.4-cli", "php8.4", "", "/usr/bin/php8.4" },
	{ "tesseract-ocr", "ambiguous_words tesseract text2image", "", "/usr/bin/tesseract" },
	{ "a-b-c", "a a-b", "", "/usr/bin/a-b" },
	{ "python3-x", "x-run", "python3", "/usr/bin/x-run" }, /* python3 is another's */
	{ "node-marked", "marked other", "", "/usr/bin/marked" },
	{ "ruby-sass", "sass scss", "", "/usr/bin/sass" },
	{ "graphviz", "acyclic bcomps", "", NULL },
};

static void add_programs(struct arena *a, struct tree *t, struct deb *deb, const char *names)
{
	static const struct owner owner = { .kind = OWNER_PACKAGE, .name = "x" };
	struct str rest = str_of(names), name;
	struct error e = { 0 };

	while (str_next(&rest, ' ', &name)) {
		const char *path = arena_printf(a, "usr/bin/" STR_FMT, STR_ARG(name));
		const struct node n = {
			.path = path, .type = NODE_FILE, .mode = 0755, .owner = &owner
		};

		if (!name.n)
			continue;
		cr_assert(tree_add(t, &n, &e), "%s", e.cause);
		if (deb)
			*list_push(a, &deb->entries) = (struct deb_entry){ .path = path,
									   .type = NODE_FILE };
	}
}

Test(init_tool, the_program_has_the_name_of_the_package_or_its_beginning)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct tool_case *x = &cases[i];
		AUTO_ARENA a = { 0 };
		const struct deb_package package = { .name = x->package };
		struct deb deb = { .package = &package };
		const struct composition none = { 0 };
		struct init_draft d = { .a = &a };
		struct chain chain = { 0 };
		struct collecting c = { .a = &a, .d = &d, .chain = &chain, .top = &none };
		const char *found;

		tree_init(&chain.tree, &a);
		*list_push(&a, &c.own) = &deb;
		*list_push(&a, &d.packages) = x->package;
		add_programs(&a, &chain.tree, &deb, x->own);
		add_programs(&a, &chain.tree, NULL, x->others);
		found = tool_find(&c).path;
		cr_expect(x->path ? found && strcmp(found, x->path) == 0 : !found, "%s: %s",
			  x->package, found ? found : "none");
	}
}

Test(init_tool, where_none_has_its_name_all_are_told)
{
	AUTO_ARENA a = { 0 };
	const struct deb_package package = { .name = "mercurial" };
	struct deb deb = { .package = &package };
	struct init_draft d = { .a = &a };
	struct chain chain = { 0 };
	struct collecting c = { .a = &a, .d = &d, .chain = &chain };

	tree_init(&chain.tree, &a);
	cr_expect_str_eq(tool_unknown(&c), "neither a package nor a program was named");
	*list_push(&a, &c.own) = &deb;
	*list_push(&a, &d.packages) = "mercurial";
	cr_expect_str_eq(tool_unknown(&c), "no package has a unit file or a program of its name");
	add_programs(&a, &chain.tree, &deb, "chg hg");
	cr_expect_str_eq(tool_unknown(&c), "no unit file and no program of its name says what to "
					   "start; its programs are /usr/bin/chg, /usr/bin/hg");
}

/* Java's path has the name of the machine. */
Test(init_tool, a_program_has_one_name_on_all_machines)
{
	const char *java = "/usr/lib/jvm/java-21-openjdk-amd64/bin/java";
	static const struct owner owner = { .kind = OWNER_PACKAGE, .name = "x" };
	AUTO_ARENA a = { 0 };
	const struct node node = {
		.path = java + 1, .type = NODE_FILE, .mode = 0755, .owner = &owner
	};
	struct init_draft d = { .a = &a, .machine = &machine_rows[MACHINE_AMD64] };
	struct chain chain = { 0 };
	struct collecting c = { .a = &a, .d = &d, .chain = &chain };
	struct buf text = { .a = &a };
	struct error e = { 0 };

	tree_init(&chain.tree, &a);
	cr_assert(tree_add(&chain.tree, &node, &e));
	cr_expect_str_eq(tool_portable(&c, java), "/usr/bin/java");
	cr_expect_str_eq(tool_portable(&c, java), "/usr/bin/java");
	cr_expect_str_eq(tool_portable(&c, "/usr/bin/x"), "/usr/bin/x");
	cr_assert_eq(d.links.n, 1);
	d.name = "x";
	*list_push(&a, &d.packages) = "x";
	*list_push(&a, &d.drop) = "/usr/bin/x86_64-linux-gnu-ar";
	*list_push(&a, &d.findings) =
		(struct draft_pair){ .rule = "program.interpreter", .name = java, .text = "y" };
	draft_format(&d, &text);
	cr_expect(strstr(buf_cstr(&text),
			 "\"to\": \"/usr/lib/jvm/java-21-openjdk-${arch}/bin/java\""),
		  "%s", buf_cstr(&text));
	cr_expect(strstr(buf_cstr(&text), "\"/usr/bin/${multiarch}-ar\""), "%s", buf_cstr(&text));
	cr_expect(strstr(buf_cstr(&text), "\"path\": \"/usr/lib/jvm/java-21-openjdk-*/bin/java\""),
		  "%s", buf_cstr(&text));
}
