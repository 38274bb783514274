/* SPDX-License-Identifier: Apache-2.0 */
/* Where packages of pnpm stand. What pnpm itself makes of the same lock file is compared with whole
 * images (tests/e2e/test_node_locks.c, tests/full/test_node_managers.c). */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/npm_isolated.h"
#include "format/text/npm_tree.h"
#include "format/text/pnpm_lock.h"
#include "support/fixture_files.h"

struct isolated_scene {
	struct arena a;
	struct npm_graph g;
	struct npm_entries l, others;
};

static void isolated_open(struct isolated_scene *t, struct str text, bool hoist)
{
	struct pnpm_asking asking = { .hooks = false };
	struct error e = { 0 };

	cr_assert(pnpm_lock_read(&t->a, text, "pnpm-lock.yaml", &t->g, &asking, &e), "%u: %s",
		  e.at.line, e.cause);
	npm_isolated_place(&t->a, &t->g, hoist, &t->l, &t->others);
}

static void isolated_show_flags(struct buf *out, bool dev, bool optional)
{
	buf_printf(out, "%s%s\n", dev ? " dev" : "", optional ? " optional" : "");
}

/* A line for each package and link, and for each symlink to it. */
static const char *isolated_show(struct isolated_scene *t)
{
	struct buf out = { .a = &t->a };

	list_each(x, &t->l) {
		buf_printf(&out, "%s %s", x->place, x->link ? x->link : x->file);
		isolated_show_flags(&out, x->dev, x->optional);
		list_each(alias, &x->aliases) {
			buf_printf(&out, "  %s", alias->place);
			isolated_show_flags(&out, alias->dev, false);
		}
	}
	return buf_cstr(&out);
}

#define SUM \
	"sha512-9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV1w=="
#define FILE_OF(key) "  '" key "':\n    resolution: {integrity: " SUM "}\n"

/* `a` is needed, and only for development `t`; `m` is for macOS, with what only it needs. */
static const char isolated_text[] =
	"lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n"
	"      a: {specifier: '1', version: 1.0.0(p@1.0.0)}\n"
	"      p: {specifier: '1', version: 1.0.0}\n      w: {specifier: '*', version: 'link:w'}\n"
	"    optionalDependencies:\n      m: {specifier: '1', version: 1.0.0}\n"
	"    devDependencies:\n      t: {specifier: '1', version: 1.0.0}\n"
	"  w:\n    dependencies:\n      '@s/b': {specifier: '2', version: 2.0.0}\n"
	"packages:\n" FILE_OF("a@1.0.0") FILE_OF("p@1.0.0") FILE_OF("t@1.0.0") FILE_OF("@s/b@1.0.0")
		FILE_OF("@s/b@2.0.0") FILE_OF("n@1.0.0") FILE_OF(
			"m@1.0.0") "    os: [darwin]\n"
				   "snapshots:\n"
				   "  a@1.0.0(p@1.0.0):\n    dependencies: {'@s/b': 1.0.0, p: 1.0.0}\n"
				   "  p@1.0.0: {}\n  '@s/b@1.0.0': {}\n  '@s/b@2.0.0': {}\n"
				   "  m@1.0.0:\n    dependencies: {n: 1.0.0}\n    optional: true\n"
				   "  n@1.0.0:\n    optional: true\n"
				   "  t@1.0.0:\n    dependencies: {n: 1.0.0, '@s/b': 1.0.0}\n";

#define STORE "node_modules/.pnpm/"

Test(npm_isolated, each_package_in_a_folder_of_its_own)
{
	struct isolated_scene t = { .g.packages.n = 0 };

	isolated_open(&t, str_of(isolated_text), false);
	cr_expect_str_eq(
		isolated_show(&t), STORE
		"a@1.0.0_p@1.0.0/node_modules/a a/-/a-1.0.0.tgz\n  node_modules/a\n" STORE
		"p@1.0.0/node_modules/p p/-/p-1.0.0.tgz\n  " STORE
		"a@1.0.0_p@1.0.0/node_modules/p\n  node_modules/p\n" STORE
		"m@1.0.0/node_modules/m m/-/m-1.0.0.tgz optional\n  node_modules/m\n" STORE
		"@s+b@2.0.0/node_modules/@s/b @s/b/-/b-2.0.0.tgz\n  w/node_modules/@s/b\n  " STORE
		"node_modules/@s/b\n" STORE
		"@s+b@1.0.0/node_modules/@s/b @s/b/-/b-1.0.0.tgz\n  " STORE
		"a@1.0.0_p@1.0.0/node_modules/@s/b\n  " STORE "t@1.0.0/node_modules/@s/b\n" STORE
		"n@1.0.0/node_modules/n n/-/n-1.0.0.tgz optional\n  " STORE
		"m@1.0.0/node_modules/n\n  " STORE "t@1.0.0/node_modules/n\n  " STORE
		"node_modules/n\n" STORE
		"t@1.0.0/node_modules/t t/-/t-1.0.0.tgz dev\n  node_modules/t dev\n"
		"node_modules/w w\n");
	arena_free(&t.a);
}

Test(npm_isolated, a_peer_may_be_a_workspace)
{
	struct isolated_scene t = { .g.packages.n = 0 };

	isolated_open(&t,
		      STR("lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n"
			  "      a: {specifier: '1', version: 1.0.0(w@p+w)}\n  p/w: {}\n"
			  "packages:\n" FILE_OF("a@1.0.0") "snapshots:\n  a@1.0.0(w@p+w):\n"
							   "    dependencies: {w: 'link:p/w'}\n"),
		      false);
	cr_expect_str_eq(isolated_show(&t), STORE
			 "a@1.0.0_w@p+w/node_modules/a a/-/a-1.0.0.tgz\n  node_modules/a\n" STORE
			 "a@1.0.0_w@p+w/node_modules/w p/w\n");
	arena_free(&t.a);
}

/* With shamefully-hoist. */
Test(npm_isolated, what_packages_need_is_in_node_modules_of_the_project)
{
	struct isolated_scene t = { .g.packages.n = 0 };

	isolated_open(&t, str_of(isolated_text), true);
	cr_expect(strstr(isolated_show(&t), "  w/node_modules/@s/b\n  node_modules/@s/b\n") &&
			  strstr(isolated_show(&t), "  node_modules/n\n") &&
			  !strstr(isolated_show(&t), STORE "node_modules"),
		  "%s", isolated_show(&t));
	arena_free(&t.a);
}

/* Needs are found through symlinks. */
Test(npm_isolated, what_only_a_left_out_package_needs_goes_with_it)
{
	struct isolated_scene t = { .g.packages.n = 0 };
	struct buf text = { .a = &t.a };
	struct buf out = { .a = &t.a };

	/* without what is for development, which needs n as well */
	buf_add(&text,
		(struct str){ isolated_text, (size_t)(strstr(isolated_text, "    devDependencies") -
						      isolated_text) });
	buf_puts(&text, strstr(isolated_text, "  w:\n"));
	isolated_open(&t, buf_str(&text), false);
	npm_tree_leave_out(&t.a, &t.l, &t.others, "x64", NULL);
	list_each(x, &t.l) {
		if (x->left_out.n)
			buf_printf(&out, "%s ", x->name);
	}
	cr_expect_str_eq(buf_cstr(&out), "m n ");
	arena_free(&t.a);
}

/* As pnpm 10: at most 120 characters, and no capitals, else the end is a digest of all. */
Test(npm_isolated, names_of_folders_are_short_and_without_capitals)
{
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"
	static const struct {
		const char *key, *dir;
	} cases[] = {
		{ "A@1.0.0", "A@1.0.0_030f5287fa75dd4cda2fe675a140bfac" },
		{ "a@1.0.0(b@1.0.0(c@1.0.0))(d@1.0.0)", "a@1.0.0_b@1.0.0_c@1.0.0__d@1.0.0" },
		{ "a@1.0.0(" LONG "@1.0.0)(" LONG "@1.0.0)",
		  "a@1.0.0_" LONG "@1.0.0_01_22bebf550236d818dca2ae33c95db26d" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct isolated_scene t = { .g.packages.n = 0 };
		const char *dir;

		isolated_open(&t,
			      str_of(arena_printf(&t.a,
						  "lockfileVersion: '9.0'\nimporters:\n  .:\n"
						  "    dependencies:\n      x: {version: '%s'}\n"
						  "packages:\n  '%.*s':\n    resolution: "
						  "{integrity: " SUM "}\nsnapshots:\n  '%s': {}\n",
						  cases[i].key, 7, cases[i].key, cases[i].key)),
			      false);
		dir = t.l.v[0].place + strlen(STORE);
		dir = arena_strndup(&t.a, dir, strcspn(dir, "/"));
		cr_expect_str_eq(dir, cases[i].dir, "%s", dir);
		arena_free(&t.a);
	}
}

/* Versions 9.0 and 6.0 as pnpm 10 and 8 write them for one project. */
Test(npm_isolated, both_versions_of_the_format_say_the_same)
{
	struct isolated_scene now = { .g.packages.n = 0 }, old = { .g.packages.n = 0 };
	static const char folder[] = "tests/e2e/projects/node-locks";

	isolated_open(&now,
		      str_of(files_get(&now.a,
				       arena_printf(&now.a, "%s/pnpm/pnpm-lock.yaml", folder))),
		      false);
	isolated_open(&old,
		      str_of(files_get(&old.a,
				       arena_printf(&old.a, "%s/pnpm8/pnpm-lock.yaml", folder))),
		      false);
	cr_expect_gt(now.l.n, 13);
	cr_expect_str_eq(isolated_show(&now), isolated_show(&old));
	arena_free(&now.a);
	arena_free(&old.a);
}
