/* SPDX-License-Identifier: Apache-2.0 */
/* What an image lacks of what its packages depend on, and of libraries: packages are made by hand,
 * as they are after decoding. */

#include <criterion/criterion.h>
#include <stddef.h>

#include "make/compose/depends.h"
#include "make/compose/missing_libraries.h"
#include "make/place/locked_deb.h"
#include "support/gen_elf.h"

#define LIB "usr/lib/x86_64-linux-gnu/"

/* An image of one recipe with one component, "app". */
struct depends_world {
	struct arena a;
	struct recipe recipe;
	struct component *app;
	struct lock lock;
	struct compose_order order;
	struct composition composition, *compositions[1];
	struct compositions image;
	struct tree tree;
	struct error e;
	struct progress progress;
	struct buf said;
};

static struct depends_world *open_now;

static void world_warn(struct progress *p, const char *text)
{
	(void)p;
	buf_printf(&open_now->said, "%s\n", text);
}

static void depends_world_open(struct depends_world *w)
{
	struct arena *a = &w->a;

	*w = (struct depends_world){ .recipe = { .name = "x", .file = "x.json" },
				     .lock = { .architecture = "amd64" } };
	open_now = w;
	w->said.a = a;
	w->progress.warn = world_warn;
	w->app = list_push(a, &w->recipe.components);
	*w->app = (struct component){ .name = "app", .at = { "x.json", 3, 5 } };
	*list_push(a, &w->app->providers) = (struct provider){ .at = { "x.json", 4, 7 } };
	*list_push(a, &w->app->providers.v[0].packages) = "app";
	*list_push(a, &w->lock.components) = (struct locked_component){ .name = "app" };
	w->order = (struct compose_order){ .recipe = &w->recipe,
					   .lock = &w->lock,
					   .progress = &w->progress };
	w->composition = (struct composition)COMPOSITION_INIT;
	w->composition.order = &w->order;
	w->composition.packages.cap = 20;
	w->composition.packages.v = arena_array(a, 20, sizeof(struct placed));
	tree_init(&w->tree, a);
	w->composition.tree = &w->tree;
	w->compositions[0] = &w->composition;
	w->image = (struct compositions){ .v = w->compositions, .n = 1 };
}

/* A package; `control`: more fields, with "shlibs" for a library. */
static struct deb *add_deb(struct depends_world *w, const char *name, const char *depends,
			   const char *control)
{
	struct placed *p = list_push(&w->a, &w->composition.packages);
	struct locked_package *locked = arena_alloc(&w->a, sizeof(*locked));
	struct deb *deb = &p->deb;

	*locked = (struct locked_package){
		.name = name, .version = "1", .architecture = "amd64", .depends = depends
	};
	p->locked = locked;
	deb->package = locked_deb(&w->a, locked);
	p->open = true;
	*list_push(&w->a, &deb->control) = (struct deb_control){
		.name = "control",
		.text = str_of(arena_printf(&w->a, "Package: %s\n%s\n", name, control))
	};
	if (strstr(control, "X-Shlibs"))
		*list_push(&w->a, &deb->control) =
			(struct deb_control){ .name = "shlibs", .text = STR("libx 1 x\n") };
	*list_push(&w->a, &w->composition.debs) = deb;
	return deb;
}

static struct locked_package *locked_of(struct depends_world *w, const struct deb *deb)
{
	struct placed *p = w->composition.packages.v;

	while (&p->deb != deb)
		p++;
	return p->locked;
}

static void add_script(struct depends_world *w, struct deb *deb, const char *text)
{
	/* sorted by name, "postinst" behind "control" */
	*list_push(&w->a, &deb->control) = (struct deb_control){ .name = "postinst",
								 .text = str_of(text) };
}

static void add_deb_entry(struct depends_world *w, struct deb *deb, const char *path)
{
	*list_push(&w->a, &deb->entries) = (struct deb_entry){ .path = path, .type = NODE_FILE };
}

/* Puts a file of a package into the image: by the component, or by the closure. */
static void put_in_image(struct depends_world *w, struct deb *deb, const char *path,
			 struct str bytes, bool library)
{
	struct owner *owner = arena_alloc(&w->a, sizeof(*owner));
	struct placed *p = (struct placed *)((char *)deb - offsetof(struct placed, deb));
	struct node n = { .path = path,
			  .type = NODE_FILE,
			  .mode = 0644,
			  .owner = owner,
			  .content = { .bytes = bytes.p, .size = bytes.n } };

	*owner = (struct owner){ .kind = OWNER_PACKAGE,
				 .name = deb->package->name,
				 .layer = library ? "x/libraries" : "x/app",
				 .why = "a test" };
	p->owner = owner;
	cr_assert(tree_add(&w->tree, &n, &w->e), "%s", w->e.cause);
}

/* "node-undici<app", sorted. */
static const char *depends_missing(struct depends_world *w, struct depends_report *r)
{
	struct buf text = { .a = &w->a };

	cr_assert(depends_check(&w->a, &w->image, r, &w->e), "%s%s", w->e.context, w->e.cause);
	for (size_t i = 0; i < r->v.n; i++) {
		buf_printf(&text, "%s%s<", i ? " " : "", r->v.v[i].package);
		for (size_t k = 0; k < r->v.v[i].by.n; k++)
			buf_printf(&text, "%s%s", k ? "," : "", r->v.v[i].by.v[k]);
	}
	return text.n ? buf_cstr(&text) : "";
}

Test(build_depends, what_nothing_in_the_image_meets_is_told)
{
	static const struct {
		const char *depends, *misses;
	} cases[] = {
		{ "data", "data<app" },
		{ "data (>= 1), tool", "data<app tool<app" },
		{ "here, data | here", "" },
		{ "virtual", "" },	    /* "here" provides it */
		{ "virtual2", "prov<app" }, /* by a package that is not there */
		{ "essential", "" },
		{ "debconf (>= 0.5) | debconf-2.0", "" },
		{ "libold1", "" },	 /* a library that nobody needs */
		{ "meta", "data<meta" }, /* documents alone: its own count */
		{ "unknown:any", "unknown<app" },
		/* python3-vobject: "python3-dateutil | python3-supported-max (<< 3.10)" */
		{ "data | here (<< 1)", "data<app" },
		{ "data | virtual (<< 1)", "data<app" },
		{ "data | virtual (>= 1), virtual (= 1)", "" },
		{ "data | v3 (>= 1)", "data<app" }, /* provided without a version */
		{ "data | v3", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct depends_report r;
		struct depends_world w;

		depends_world_open(&w);
		put_in_image(&w, add_deb(&w, "app", cases[i].depends, ""), "usr/bin/app", STR("x"),
			     false);
		put_in_image(&w, add_deb(&w, "here", "", "Provides: virtual (= 1), v3"),
			     "usr/bin/here", STR("x"), false);
		add_deb_entry(&w, add_deb(&w, "data", "", ""), "usr/share/data");
		add_deb_entry(&w, add_deb(&w, "tool", "", ""), "usr/bin/tool");
		add_deb_entry(&w, add_deb(&w, "prov", "", "Provides: virtual2"), "usr/bin/prov");
		add_deb_entry(&w, add_deb(&w, "essential", "", "Essential: yes"),
			      "usr/bin/essential");
		add_deb_entry(&w, add_deb(&w, "libold1", "data", "X-Shlibs: yes"),
			      LIB "libold.so.1");
		add_deb_entry(&w, add_deb(&w, "meta", "data, here", ""),
			      "usr/share/doc/meta/copyright");
		cr_expect_str_eq(depends_missing(&w, &r), cases[i].misses, "%s: %s",
				 cases[i].depends, depends_missing(&w, &r));
		arena_free(&w.a);
	}
}

Test(build_depends, accepts_are_used_or_told)
{
	struct depends_report r;
	struct depends_world w;

	depends_world_open(&w);
	put_in_image(&w, add_deb(&w, "app", "data, tool", ""), "usr/bin/app", STR("x"), false);
	add_deb_entry(&w, add_deb(&w, "data", "", ""), "usr/share/data");
	*list_push(&w.a, &w.app->depends.accept) =
		(struct depends_accept){ "da*", "because", { "x.json", 7, 9, NULL } };
	*list_push(&w.a, &w.app->depends.accept) =
		(struct depends_accept){ "old", "because", { "x.json", 8, 9, NULL } };
	cr_expect_str_eq(depends_missing(&w, &r), "tool<app");
	depends_warn(&w.a, &w.progress, &r);
	cr_expect_str_eq(
		buf_cstr(&w.said),
		"x.json:8:9: depends: there is nothing to accept: no package of the image lacks \"old\"\n"
		"1 package that the image's packages depend on is not in it:\n"
		"tool: app depends on tool\n"
		"  x.json:3:5, component app: \"depends\": { \"take\": [\"tool\"] }\n"
		"or, where the image does without it: \"accept\": [ { \"package\": ..., \"reason\": ... } ]; "
		"imgbuild lock --suggest prints the lines\n");
	/* of two providers each may need its own */
	*list_push(&w.a, &w.app->providers) = (struct provider){ .at = { "x.json", 5, 7 } };
	depends_missing(&w, &r);
	cr_expect_eq(r.unused.n, 0);
	arena_free(&w.a);
}

/* As libnss3 has it: libnss3.so opens libsoftokn3.so, which no ELF file needs. */
Test(build_depends, libraries_that_are_opened_by_name_are_told)
{
	struct depends_report r;
	struct depends_world w;
	struct deb *nss;

	depends_world_open(&w);
	put_in_image(&w, add_deb(&w, "app", "libnss3, libother1", ""), "usr/bin/app",
		     STR("\177ELF and some more bytes, so that it is long "
			 "enough\0/opt/libother.so.1\0"),
		     false);
	nss = add_deb(&w, "libnss3", "", "X-Shlibs: yes");
	add_deb_entry(&w, nss, LIB "libnss3.so");
	add_deb_entry(&w, nss, LIB "libsoftokn3.so");
	add_deb_entry(&w, nss, LIB "libnssdbm3.so");
	put_in_image(&w, nss, LIB "libnss3.so",
		     STR("\177ELF and some more bytes, so that it is long enough\0libsoftokn3.so\0"
			 "xlibnssdbm3.so\0"),
		     true);
	add_deb_entry(&w, add_deb(&w, "libother1", "", "X-Shlibs: yes"), LIB "libother.so.1");
	cr_assert_str_eq(depends_missing(&w, &r), "libnss3<libnss3 libother1<app");
	cr_expect_str_eq(r.v.v[0].spelt, "/" LIB "libnss3.so opens libsoftokn3.so by name");
	cr_expect_str_eq(r.v.v[1].spelt, "/usr/bin/app opens libother.so.1 by name");
	arena_free(&w.a);
}

/* As graphviz has it: dot is a link to a program of libgvc6. */
Test(build_depends, links_into_a_library_package_are_told)
{
	struct depends_report r;
	struct depends_world w;
	struct deb *app, *library;
	struct node link = {
		.path = "usr/bin/dot", .type = NODE_LINK, .target = "../sbin/update", .mode = 0777
	};

	depends_world_open(&w);
	app = add_deb(&w, "app", "libgvc6, libother1", "");
	put_in_image(&w, app, "usr/bin/app", STR("x"), false);
	library = add_deb(&w, "libgvc6", "", "X-Shlibs: yes");
	add_deb_entry(&w, library, LIB "libgvc.so.6");
	add_deb_entry(&w, library, "usr/sbin/update");
	add_deb_entry(&w, add_deb(&w, "libother1", "", "X-Shlibs: yes"), LIB "libother.so.1");
	cr_expect_str_eq(depends_missing(&w, &r), "");
	link.owner = ((struct placed *)((char *)app - offsetof(struct placed, deb)))->owner;
	cr_assert(tree_add(&w.tree, &link, &w.e));
	cr_assert_str_eq(depends_missing(&w, &r), "libgvc6<app");
	cr_expect_str_eq(r.v.v[0].spelt, "/usr/bin/dot leads to its /usr/sbin/update");
	/* the closure took a library of it */
	put_in_image(&w, library, LIB "libgvc.so.6", STR("x"), true);
	cr_assert_str_eq(depends_missing(&w, &r), "libgvc6<libgvc6");
	cr_expect_str_eq(r.v.v[0].spelt, "/usr/bin/dot leads to its /usr/sbin/update");
	put_in_image(&w, library, "usr/sbin/update", STR("x"), false);
	cr_expect_str_eq(depends_missing(&w, &r), "");
	arena_free(&w.a);
}

/* As libpython3.13 has it: the way to its copyright leads over a link of libpython3.13-stdlib, of
 * which nothing else is there. */
Test(build_depends, a_link_of_documents_is_not_the_package)
{
	static const char *const paths[] = { "usr/share/doc/stdlib",
					     "usr/share/doc/stdlib/copyright" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct owner owner = { .kind = OWNER_PACKAGE,
					     .name = "stdlib",
					     .layer = "x/app" };
		const struct node link = { .path = paths[i],
					   .type = NODE_LINK,
					   .target = "../minimal",
					   .mode = 0777,
					   .owner = &owner };
		struct depends_report r;
		struct depends_world w;

		depends_world_open(&w);
		put_in_image(&w, add_deb(&w, "app", "stdlib", ""), "usr/bin/app", STR("x"), false);
		add_deb_entry(&w, add_deb(&w, "stdlib", "", ""), "usr/lib/python3.13/gzip.py");
		cr_assert(tree_add(&w.tree, &link, &w.e), "%s", w.e.cause);
		cr_expect_str_eq(depends_missing(&w, &r), "stdlib<app", "%s", paths[i]);
		arena_free(&w.a);
	}
}

/* As libmagickcore has it. */
Test(build_depends, plug_ins_that_stayed_behind_are_told)
{
	struct depends_report r;
	struct depends_world w;
	struct deb *core;

	depends_world_open(&w);
	core = add_deb(&w, "libcore", "", "X-Shlibs: yes");
	add_deb_entry(&w, core, LIB "Magick/coders/gif.so");
	add_deb_entry(&w, core, LIB "Magick/coders/png.so.6.0");
	add_deb_entry(&w, core, LIB "Magick/coders/none.solid");
	add_deb_entry(&w, core, LIB "glibc-hwcaps/x86-64-v3/libcore.so.1");
	add_deb_entry(&w, core, LIB "libcore.so");
	put_in_image(&w, core, LIB "libcore.so", STR("x"), true);
	cr_assert_str_eq(depends_missing(&w, &r), "libcore<libcore");
	cr_expect_str_eq(r.v.v[0].spelt, "its plug-ins are not in the image, /" LIB
					 "Magick/coders/gif.so and 1 more");
	cr_expect_not(r.v.v[0].named); /* nothing can take it */
	put_in_image(&w, core, LIB "Magick/coders/png.so.6.0", STR("x"), true);
	cr_expect_str_eq(depends_missing(&w, &r), "");
	arena_free(&w.a);
}

/* As libgrpc29t64 has them, and libctl7t64, whose data programs name. */
Test(build_depends, data_that_libraries_name_is_told)
{
	static const struct {
		const char *library, *program, *entry, *there, *spelt;
	} cases[] = {
		{ "/usr/share/grpc/roots.pem", "x", "usr/share/grpc/roots.pem", NULL,
		  "/" LIB "libgrpc.so.29 names its data in /usr/share/grpc" },
		{ "x", "/usr/share/grpc", "usr/share/grpc/roots.pem", NULL,
		  "/usr/bin/app names its data in /usr/share/grpc" },
		{ "/usr/share/grpc2", "/opt/usr/share/grpcs", "usr/share/grpc/roots.pem", NULL,
		  NULL },
		{ "/usr/share/doc/grpc", "x", "usr/share/doc/grpc/README", NULL, NULL },
		{ "/usr/share/grpc/roots.pem", "x", "usr/share/grpc/roots.pem",
		  "usr/share/grpc/roots.pem", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct depends_report r;
		struct depends_world w;
		struct deb *grpc;

		depends_world_open(&w);
		put_in_image(&w, add_deb(&w, "app", "libgrpc29t64 (>= 1)", ""), "usr/bin/app",
			     str_of(arena_printf(&w.a, "\177ELF %s", cases[i].program)), false);
		grpc = add_deb(&w, "libgrpc29t64", "", "X-Shlibs: yes");
		add_deb_entry(&w, grpc, LIB "libgrpc.so.29");
		add_deb_entry(&w, grpc, cases[i].entry);
		if (cases[i].there)
			put_in_image(&w, grpc, cases[i].there, STR("x"), false);
		put_in_image(&w, grpc, LIB "libgrpc.so.29",
			     str_of(arena_printf(&w.a, "\177ELF %s", cases[i].library)), true);
		cr_assert_str_eq(depends_missing(&w, &r),
				 cases[i].spelt ? "libgrpc29t64<libgrpc29t64" : "", "case %zu", i);
		if (cases[i].spelt)
			cr_expect_str_eq(r.v.v[0].spelt, cases[i].spelt);
		arena_free(&w.a);
	}
}

/* As lua-filesystem has them: a library that nothing is linked with, and what Lua loads. */
Test(build_depends, modules_beside_a_library_are_told_where_something_loads_them)
{
	struct depends_report r;
	struct depends_world w;
	struct placed *closed;

	depends_world_open(&w);
	put_in_image(&w, add_deb(&w, "app", "lua-fs, libperl5, lua-closed", ""), "usr/bin/app",
		     STR("#!/usr/bin/lua5.4"), false);
	add_deb_entry(&w, add_deb(&w, "lua-fs", "", "X-Shlibs: yes"), LIB "lua/5.4/lfs.so");
	add_deb_entry(&w, add_deb(&w, "libperl5", "", "X-Shlibs: yes"), LIB "perl/5.40/B.pm");
	closed = (struct placed *)((char *)add_deb(&w, "lua-closed", "", "") -
				   offsetof(struct placed, deb));
	closed->open = false;
	*list_push(&w.a, &closed->locked->notes.libraries) = LIB "liblua5.4-x.so.0";
	*list_push(&w.a, &closed->locked->notes.libraries) = LIB "lua/5.4/x.so";
	cr_expect_str_eq(depends_missing(&w, &r), ""); /* nothing here is Lua */
	put_in_image(&w, add_deb(&w, "lua5.4", "", ""), "usr/bin/lua5.4", STR("x"), false);
	cr_assert_str_eq(depends_missing(&w, &r), "lua-closed<app lua-fs<app");
	cr_expect_str_eq(r.v.v[0].spelt,
			 "its modules for lua5.4 are not in the image, /" LIB "lua/5.4/x.so");
	cr_expect(r.v.v[0].named);
	cr_expect_str_eq(r.v.v[1].spelt,
			 "its modules for lua5.4 are not in the image, /" LIB "lua/5.4/lfs.so");
	arena_free(&w.a);
}

/* As python3-requests has it: python3-charset-normalizer is modules, and a program besides. */
Test(build_depends, modules_beside_a_program_are_told)
{
	struct depends_report r;
	struct depends_world w;
	struct deb *modules, *tool, *node;

	depends_world_open(&w);
	put_in_image(&w, add_deb(&w, "app", "node-x", ""), "usr/bin/app", STR("x"), false);
	modules = add_deb(&w, "node-x", "", "");
	add_deb_entry(&w, modules, "usr/bin/x");
	add_deb_entry(&w, modules, "usr/share/nodejs/x/index.js");
	cr_assert_str_eq(depends_missing(&w, &r), "node-x<app");
	cr_expect_null(r.v.v[0].spelt);
	tool = add_deb(&w, "node-tool", "", "");
	add_deb_entry(&w, tool, "usr/bin/tool");
	add_deb_entry(&w, tool, "usr/share/nodejs/tool/index.js");
	node = add_deb(&w, "nodejs", "node-tool", "");
	add_deb_entry(&w, node, "usr/bin/nodejs");
	put_in_image(&w, node, "usr/bin/nodejs", STR("x"), false);
	cr_assert_str_eq(depends_missing(&w, &r), "node-tool<nodejs node-x<app");
	cr_expect_null(r.v.v[0].spelt); /* of the interpreter: a tool like others */
	cr_expect_str_eq(
		r.v.v[1].spelt,
		"its modules for nodejs are not in the image, /usr/share/nodejs/x/index.js");
	arena_free(&w.a);
}

/* As jekyll has them: rouge has a program besides, and Ruby asks for its gem; and PHP for a file
 * that phpunit names. What asks has a file that is named like the interpreter. */
Test(build_depends, gems_and_scripts_of_php_are_modules)
{
	struct depends_report r;
	struct depends_world w;
	struct deb *deb, *app;

	depends_world_open(&w);
	app = add_deb(&w, "app", "rouge, parser, php-common", "");
	put_in_image(&w, app, "usr/bin/app", STR("x"), false);
	add_deb_entry(&w, app, "usr/share/x/rubyfmt");
	put_in_image(&w, app, "usr/share/x/rubyfmt", STR("x"), false);
	deb = add_deb(&w, "rouge", "", "");
	add_deb_entry(&w, deb, "usr/bin/rougify");
	add_deb_entry(&w, deb, "usr/share/rubygems-integration/all/specifications/rouge.gemspec");
	deb = add_deb(&w, "parser", "", "");
	add_deb_entry(&w, deb, "usr/bin/php-parse");
	add_deb_entry(&w, deb, "usr/share/php/PhpParser/autoload.php");
	deb = add_deb(&w, "php-common", "", "");
	add_deb_entry(&w, deb, "usr/lib/php/sessionclean");
	put_in_image(&w, add_deb(&w, "ruby", "", ""), "usr/bin/ruby3.3", STR("x"), false);
	put_in_image(&w, add_deb(&w, "php8.4-cli", "", ""), "usr/bin/php8.4", STR("x"), false);
	cr_assert_str_eq(depends_missing(&w, &r), "parser<app php-common<app rouge<app");
	cr_expect_str_eq(r.v.v[0].spelt, "its modules for php8.4 are not in the image, "
					 "/usr/share/php/PhpParser/autoload.php");
	cr_expect_null(r.v.v[1].spelt);
	cr_expect_str_eq(r.v.v[2].spelt,
			 "its modules for ruby3.3 are not in the image, "
			 "/usr/share/rubygems-integration/all/specifications/rouge.gemspec");
	arena_free(&w.a);
}

static void add_edge(struct depends_world *w, const char *file, const char *needed, bool given)
{
	*list_push(&w->a, &w->composition.closure.edges) =
		(struct closure_edge){ .file = file,
				       .needed = needed,
				       .why = "not found",
				       .given = given,
				       .chain = arena_printf(&w->a, "%s > %s", file, needed) };
}

Test(missing, all_libraries_are_told_with_the_lines_to_write)
{
	struct missing m;
	struct depends_world w;
	struct deb *blas, *fast;

	depends_world_open(&w);
	blas = add_deb(&w, "libblas3", "", "");
	add_deb_entry(&w, blas, LIB "blas/libblas.so.3");
	add_script(&w, blas,
		   "#!/bin/sh\nupdate-alternatives --install /" LIB
		   "libblas.so.3 libblas.so.3-x /" LIB "blas/libblas.so.3 10\n");
	fast = add_deb(&w, "libfast0", "", "");
	add_deb_entry(&w, fast, LIB "fast/libblas.so.3");
	add_deb_entry(&w, fast, LIB "fast/libfast.so.0");
	add_script(&w, fast,
		   "#!/bin/sh\nupdate-alternatives --install /" LIB
		   "libblas.so.3 libblas.so.3-x /" LIB "fast/libblas.so.3 100\n");
	add_edge(&w, "usr/bin/a", "libblas.so.3", false);
	add_edge(&w, "usr/bin/b", "libblas.so.3", false);
	add_edge(&w, "usr/bin/b", "libfast.so.0", false);
	add_edge(&w, "usr/bin/b", "libnone.so.1", false);
	missing_find(&w.a, &w.composition, &m);
	cr_expect(!missing_refuse(&w.a, &w.composition, &m, &w.e));
	cr_expect_eq(w.e.kind, ERR_INPUT);
	cr_expect_str_eq(
		w.e.cause,
		"3 libraries are missing: libblas.so.3, libfast.so.0, libnone.so.1; the warning above "
		"says who needs them and what to write, imgbuild lock --suggest x.json looks for all "
		"that is needed");
	cr_expect_str_eq(
		buf_cstr(&w.said),
		"libraries that files of the image need and the loader would not find:\n"
		"libblas.so.3: usr/bin/a > libblas.so.3 and 1 more (not found); libfast0 has it as /" LIB
		"fast/libblas.so.3, where the loader does not look\n"
		"  x.json:3:5, component app: \"alternatives\": { \"/usr/lib/${multiarch}/libblas.so.3\": "
		"\"/usr/lib/${multiarch}/fast/libblas.so.3\" } in its provider, and \"depends\": { \"take\": "
		"[\"libfast0\"] }\n"
		"libfast.so.0: usr/bin/b > libfast.so.0 (not found); libfast0 has it as /" LIB
		"fast/libfast.so.0, where the loader does not look\n"
		"  x.json:3:5, component app: \"alternatives\": { \"/usr/lib/${multiarch}/libfast.so.0\": "
		"\"/usr/lib/${multiarch}/fast/libfast.so.0\" } in its provider, and \"depends\": { \"take\": "
		"[\"libfast0\"] }\n"
		"libnone.so.1: usr/bin/b > libnone.so.1 (not found); no package of the lock has it\n"
		"  \"libraries\": [ the package that has it ], or \"drop\": [\"/usr/bin/b\"]\n");
	/* a package that the recipe names goes before one that only came along */
	*list_push(&w.a, &locked_of(&w, blas)->roles) = "image";
	missing_find(&w.a, &w.composition, &m);
	cr_expect_str_eq(m.v.v[0].has->package->name, "libblas3");
	arena_free(&w.a);
}

Test(missing, without_the_links_of_merged_usr_base_files_is_named)
{
	struct missing m;
	struct depends_world w;

	depends_world_open(&w);
	add_edge(&w, "usr/bin/a", "/lib64/ld-linux-x86-64.so.2", true);
	missing_find(&w.a, &w.composition, &m);
	cr_expect(m.v.v[0].no_links);
	cr_expect(!missing_refuse(&w.a, &w.composition, &m, &w.e));
	cr_expect(strstr(buf_cstr(&w.said), "name base-files in the \"packages\" of a component"),
		  "%s", buf_cstr(&w.said));
	cr_expect(str_starts(str_of(w.e.cause),
			     STR("1 library is missing: /lib64/ld-linux-x86-64.so.2; ")));
	arena_free(&w.a);
}

/* What .note.dlopen requires is told with its feature; what it suggests is not missing; a file that
 * the loader stumbles over is named. */
Test(missing, required_features_and_files_in_the_way_are_told)
{
	static const struct elf_dlopen required = { .feature = "lz4",
						    .priority = ELF_DLOPEN_REQUIRED };
	static const struct elf_dlopen suggested = { .feature = "xz",
						     .priority = ELF_DLOPEN_SUGGESTED };
	struct missing m;
	struct depends_world w;

	depends_world_open(&w);
	add_edge(&w, "usr/bin/a", "liblz4.so.1", false);
	w.composition.closure.edges.v[0].dlopen = &required;
	add_edge(&w, "usr/bin/a", "liblzma.so.5", false);
	w.composition.closure.edges.v[1].dlopen = &suggested;
	add_edge(&w, "usr/bin/b", "libbad.so", false);
	w.composition.closure.edges.v[2].blocked = true;
	w.composition.closure.edges.v[2].why =
		"/lib/libbad.so is malformed: the ELF header is cut off";
	missing_find(&w.a, &w.composition, &m);
	cr_expect(!missing_refuse(&w.a, &w.composition, &m, &w.e));
	cr_expect(
		str_starts(str_of(w.e.cause),
			   STR("2 libraries are missing: libbad.so, liblz4.so.1, feature \"lz4\", "
			       "required by .note.dlopen of /usr/bin/a; ")),
		"%s", w.e.cause);
	cr_expect_str_eq(
		buf_cstr(&w.said),
		"libraries that files of the image need and the loader would not find:\n"
		"libbad.so: usr/bin/b > libbad.so: /lib/libbad.so is malformed: the ELF header is cut off\n"
		"  replace that file, or \"drop\" it\n"
		"liblz4.so.1: usr/bin/a > liblz4.so.1, feature \"lz4\", required by .note.dlopen of /usr/bin/a (not found); "
		"no package of the lock has it\n"
		"  \"libraries\": [ the package that has it ], or \"drop\": [\"/usr/bin/a\"]\n");
	arena_free(&w.a);
}
