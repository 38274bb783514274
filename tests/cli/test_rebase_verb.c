/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild rebase: what is refused is what the real loader refuses, for a program and libraries
 * that the real compiler made; and what comes out. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "base/file.h"

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

#define TO_DIGEST                      \
	"docker://h.example/x@sha256:" \
	"0000000000000000000000000000000000000000000000000000000000000000"
#define LIB "usr/lib/x86_64-linux-gnu/"

/* A library of the base: `two` may be left out, have another version, or the library another name.
 */
struct base_kind {
	const char *name, *functions, *versions, *soname;
	const char *extra; /* a file more, "PATH=TEXT"; or NULL */
	const char *env;   /* of its config */
};

#define FUNCTIONS(value)                        \
	"int one(void) { return " value "; }\n" \
	"int two(void) { return 1; }\n"         \
	"int unused(void) { return 1; }\n"
#define VERSIONS "LX_1 { global: one; unused; local: *; };\nLX_2 { global: two; } LX_1;\n"

static const struct base_kind bases[] = {
	{ "old", FUNCTIONS("3"), VERSIONS, "libx.so.1", NULL, "A=1" },
	{ "good", FUNCTIONS("4"), VERSIONS, "libx.so.1", "usr/share/new=1", "A=1" },
	{ "unused", "int one(void) { return 3; }\nint two(void) { return 1; }\n",
	  "LX_1 { global: one; local: *; };\nLX_2 { global: two; } LX_1;\n", "libx.so.1", NULL,
	  "A=1" },
	{ "symbol", "int one(void) { return 3; }\nint other(void) { return 1; }\n",
	  "LX_1 { global: one; local: *; };\nLX_2 { global: other; } LX_1;\n", "libx.so.1", NULL,
	  "A=1" },
	{ "version", "int one(void) { return 3; }\nint two(void) { return 1; }\n",
	  "LX_1 { global: one; two; local: *; };\n", "libx.so.1", NULL, "A=1" },
	{ "moved",
	  "int one(void) { return 3; }\nint two(void) { return 1; }\nint x(void) { return 1; }\n",
	  "LX_1 { global: one; two; local: *; };\nLX_2 { global: x; } LX_1;\n", "libx.so.1", NULL,
	  "A=1" },
	{ "soname", FUNCTIONS("3"), VERSIONS, "libx.so.2", NULL, "A=1" },
	{ "file", FUNCTIONS("3"), VERSIONS, "libx.so.1", "etc/app.conf=2", "A=1" },
	{ "env", FUNCTIONS("3"), VERSIONS, "libx.so.1", NULL, "A=2" },
};

struct rebase_scene {
	struct arena a;
	const char *dir;
	struct imagegen images[ARRAY_SIZE(bases)], app;
};

static const char *scene_path(struct rebase_scene *s, const char *name)
{
	return arena_printf(&s->a, "%s/%s", s->dir, name);
}

/* gcc makes libx.so in a folder of the base's name, and a link of its SONAME. */
static void make_library(struct rebase_scene *s, const struct base_kind *k)
{
	const char *dir = scene_path(s, k->name), *so = arena_printf(&s->a, "%s/libx.so", dir);
	const char *source = arena_printf(&s->a, "%s/x.c", dir);
	const char *map = arena_printf(&s->a, "%s/x.map", dir);

	files_put(source, k->functions);
	files_put(map, k->versions);
	ORACLE(&s->a, "gcc", "-shared", "-fPIC", "-nostdlib", "-Wl,-z,noexecstack", "-o", so,
	       source, arena_printf(&s->a, "-Wl,-soname,%s", k->soname),
	       arena_printf(&s->a, "-Wl,--version-script,%s", map));
	cr_assert_eq(symlink("libx.so", arena_printf(&s->a, "%s/%s", dir, k->soname)), 0);
}

static void make_program(struct rebase_scene *s)
{
	static const char text[] =
		"int one(void), two(void);\n"
		"void _start(void) { long code = one() * two();\n"
		"  __asm__ volatile(\"syscall\" : : \"a\"(60), \"D\"(code)); }\n";

	files_put(scene_path(s, "app.c"), text);
	ORACLE(&s->a, "gcc", "-fPIE", "-pie", "-nostdlib", "-nostartfiles", "-O1",
	       "-Wl,-z,noexecstack,-z,now", "-o", scene_path(s, "app"), scene_path(s, "app.c"),
	       arena_printf(&s->a, "-L%s", scene_path(s, "old")), "-lx");
}

static struct str read_bytes(struct rebase_scene *s, const char *path)
{
	struct error e = { 0 };
	struct str text;

	cr_assert(io_read_named(&s->a, path, 1u << 20, &text, &e), "%s", path);
	return text;
}

/* The lowest layer of all: the base. */
static void add_base(struct rebase_scene *s, struct imagegen *g, const struct base_kind *k)
{
	static const char *const folders[] = { "usr/", "usr/lib/", LIB, "usr/share/", "etc/" };
	struct str path, content;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		imagegen_add(g, &(struct imagegen_entry){ .path = folders[i] });
	imagegen_file(g, arena_printf(&s->a, LIB "%s", k->soname), 0644,
		      read_bytes(s, arena_printf(&s->a, "%s/%s/libx.so", s->dir, k->name)));
	imagegen_file(g, "etc/base.conf", 0644, STR("base\n"));
	imagegen_file(g, "usr/share/removed", 0644, STR("removed\n"));
	if (k->extra && str_cut(str_of(k->extra), '=', &path, &content))
		imagegen_file(g, str_dup(&s->a, path), 0644, content);
	imagegen_layer(g);
	g->config = arena_printf(&s->a,
				 "{\"Env\":[\"%s\"],\"Labels\":{\"from\":\"%s\"},\"User\":\"1:1\"}",
				 k->env, k->name);
}

static void add_app(struct rebase_scene *s, struct imagegen *g)
{
	imagegen_add(g, &(struct imagegen_entry){ .path = "usr/bin/" });
	imagegen_file(g, "usr/bin/app", 0755, read_bytes(s, scene_path(s, "app")));
	imagegen_file(g, "etc/app.conf", 0644, STR("1"));
	imagegen_file(g, "usr/share/.wh.removed", 0644, STR(""));
	g->config = "{\"Env\":[\"A=1\"],\"Entrypoint\":[\"/usr/bin/app\"],\"Labels\":{\"from\":"
		    "\"old\",\"own\":\"x\"},\"User\":\"1:1\"}";
}

static void scene_open(struct rebase_scene *s)
{
	oracle_need("gcc");
	*s = (struct rebase_scene){ 0 };
	s->dir = files_temporary(&s->a);
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		make_library(s, &bases[i]);
		imagegen_begin(&s->images[i], &s->a);
		add_base(s, &s->images[i], &bases[i]);
		imagegen_write(&s->images[i]);
	}
	make_program(s);
	imagegen_begin(&s->app, &s->a);
	add_base(s, &s->app, &bases[0]);
	add_app(s, &s->app);
	imagegen_write(&s->app);
}

static void scene_close(struct rebase_scene *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++)
		imagegen_end(&s->images[i]);
	imagegen_end(&s->app);
	files_remove(s->dir);
	arena_free(&s->a);
}

static size_t scene_base(const char *name)
{
	size_t i = 0;

	while (strcmp(bases[i].name, name) != 0)
		i++;
	return i;
}

static struct oracle_run run_rebase(struct rebase_scene *s, const char *base, const char *mode,
				    const char *more)
{
	return oracle_run(&s->a,
			  (const char *const[]){
				  "env", arena_printf(&s->a, "IMGBUILD_CACHE_DIR=%s/store", s->dir),
				  "./imgbuild", "rebase", s->app.path, "--from", s->images[0].path,
				  "--base", s->images[scene_base(base)].path, mode, more, NULL });
}

/* The exit status of the program with the library of a base; 127: the loader refuses. */
static int run_program(struct rebase_scene *s, const char *base)
{
	return oracle_run(&s->a,
			  (const char *const[]){
				  "env", arena_printf(&s->a, "LD_LIBRARY_PATH=%s/%s", s->dir, base),
				  "LD_BIND_NOW=1", scene_path(s, "app"), NULL })
		.status;
}

Test(rebase_verb, what_the_loader_refuses_is_refused_and_named)
{
	static const struct {
		const char *base, *says;
		bool loads; /* it is for another reason that it is refused, or it is not */
	} cases[] = {
		{ "good", NULL, true },
		{ "unused", NULL, true },
		{ "symbol",
		  "/usr/bin/app: it takes the symbol two from libx.so.1, which the new base's does "
		  "not have",
		  false },
		{ "version",
		  "/usr/bin/app: it needs version LX_2 of libx.so.1, which the new base's does not "
		  "have",
		  false },
		{ "moved", "/usr/bin/app: it takes the symbol two from libx.so.1", false },
		{ "soname",
		  "/" LIB "libx.so.1: the new base has no library of the SONAME libx.so.1", false },
		{ "file", "/etc/app.conf: its layer and the new base have it, the old base had not",
		  true },
		{ "env", "the setting Env of the bases differs: [\"A=1\"], and now [\"A=2\"]",
		  true },
	};
	struct rebase_scene s;

	scene_open(&s);
	cr_assert_eq(run_program(&s, "old"), 3);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oracle_run r = run_rebase(&s, cases[i].base, "--check", NULL);
		int status = run_program(&s, cases[i].base);

		cr_expect_eq(status == 3 || status == 4, cases[i].loads, "%s: the loader: %d",
			     cases[i].base, status);
		cr_expect_eq(r.status, cases[i].says ? 1 : 0, "%s: %s%s", cases[i].base, r.out.p,
			     r.err.p);
		cr_expect(!cases[i].says || strstr(r.out.p, cases[i].says), "%s: %s", cases[i].base,
			  r.out.p);
		cr_expect(strstr(cases[i].says ? r.err.p : r.out.p,
				 cases[i].says ? " cannot be rebased: " : "can stand on sha256:"),
			  "%s: %s%s", cases[i].base, r.out.p, r.err.p);
	}
	scene_close(&s);
}

/* What skopeo and Python read out of the result. */
Test(rebase_verb, layers_history_settings_and_annotations_are_those_of_both)
{
	static const char program[] =
		"import json, sys\n"
		"def load(d):\n"
		"    blob = lambda x: json.load(open(d + '/blobs/' + x['digest'].replace(':', '/')))\n"
		"    m = blob(json.load(open(d + '/index.json'))['manifests'][0])\n"
		"    return m, blob(m['config'])\n"
		"(am, ac), (nm, nc), (m, c) = (load(d) for d in sys.argv[1:4])\n"
		"assert m['layers'] == nm['layers'] + am['layers'][1:], m\n"
		"assert c['rootfs']['diff_ids'] == nc['rootfs']['diff_ids'] + "
		"ac['rootfs']['diff_ids'][1:]\n"
		"assert c['history'] == nc['history'] + ac['history'][len(nc['history']):]\n"
		"l = c['config'].pop('Labels')\n"
		"assert l.pop('vnd.imgbuild.rebased').startswith('sha256:')\n"
		"assert l == {'from': 'good', 'own': 'x'}, l\n"
		"assert c['config'] == {'Env': ['A=1'], 'Entrypoint': ['/usr/bin/app'], 'User': '1:1'}\n"
		"assert m['annotations']['org.opencontainers.image.base.digest'].startswith('sha256:')\n"
		"print('ok')\n";
	struct rebase_scene s;
	struct oracle_run r;
	const char *out;

	oracle_need("skopeo");
	scene_open(&s);
	out = scene_path(&s, "result");
	r = run_rebase(&s, "good", "-o", out);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(strstr(r.out.p, ": stands on sha256:") &&
			  strstr(r.out.p, "of which they take 2 symbols\n"),
		  "%s", r.out.p);
	ORACLE(&s.a, "skopeo", "copy", "--quiet", arena_printf(&s.a, "oci:%s", out),
	       arena_printf(&s.a, "dir:%s", scene_path(&s, "copy")));
	cr_expect_str_eq(str_dup(&s.a, ORACLE(&s.a, "python3", "-c", program, s.app.path,
					      s.images[scene_base("good")].path, out)),
			 "ok\n");
	scene_close(&s);
}

Test(rebase_verb, an_upper_layer_that_changes_the_base_is_judged_by_what_was_there)
{
	static const struct {
		const char *path, *content, *says;
	} cases[] = {
		{ "etc/base.conf", "own\n", NULL }, /* both bases have the same */
		{ LIB "libx.so.1", "no library",
		  "libx.so.1: its layer replaces a file of the base, which is another one in the new "
		  "base" },
		{ "etc/ld.so.cache", "none", NULL }, /* libraries have the same names */
		{ "usr/lib/x86_64-linux-gnu/.wh.libx.so.1", "",
		  "libx.so.1: a layer removes this file of the base, which is another one in the new "
		  "base" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rebase_scene s;
		struct oracle_run r;

		scene_open(&s);
		imagegen_end(&s.app);
		imagegen_begin(&s.app, &s.a);
		add_base(&s, &s.app, &bases[0]);
		imagegen_file(&s.app, cases[i].path, 0644, str_of(cases[i].content));
		s.app.config = "{\"Env\":[\"A=1\"],\"User\":\"1:1\"}";
		imagegen_write(&s.app);
		r = run_rebase(&s, "good", "--check", NULL);
		cr_expect_eq(r.status, cases[i].says ? 1 : 0, "%s: %s%s", cases[i].path, r.out.p,
			     r.err.p);
		cr_expect(!cases[i].says || strstr(r.out.p, cases[i].says), "%s: %s", cases[i].path,
			  r.out.p);
		scene_close(&s);
	}
}

/* A cache of the loader in an upper layer lists the base's libraries. */
Test(rebase_verb, a_loader_cache_that_would_change_is_refused)
{
	struct rebase_scene s;
	struct oracle_run r;

	scene_open(&s);
	imagegen_end(&s.app);
	imagegen_begin(&s.app, &s.a);
	add_base(&s, &s.app, &bases[0]);
	imagegen_file(&s.app, "etc/ld.so.cache", 0644, STR("none"));
	s.app.config = "{\"Env\":[\"A=1\"],\"User\":\"1:1\"}";
	imagegen_write(&s.app);
	r = run_rebase(&s, "soname", "--check", NULL);
	cr_expect(r.status == 1 &&
			  strstr(r.out.p,
				 "/etc/ld.so.cache: it stands in a layer above the base and "
				 "would change: /" LIB "libx.so.1 is in one base only"),
		  "%s%s", r.out.p, r.err.p);
	scene_close(&s);
}

/* Packages of one source have one version: an upper layer that has one of another is left alone. */
Test(rebase_verb, a_package_of_a_source_that_moved_is_refused)
{
	static const char record[] = "Package: %s\nStatus: install ok installed\nMaintainer: m\n"
				     "Architecture: amd64\nSource: x-src\nVersion: %s\n";
	struct rebase_scene s;
	struct oracle_run r;
	struct imagegen *now;

	scene_open(&s);
	now = &s.images[scene_base("good")];
	imagegen_end(now);
	imagegen_begin(now, &s.a);
	imagegen_file(now, "var/lib/dpkg/status.d/libx1", 0644,
		      str_of(arena_printf(&s.a, record, "libx1", "2-1")));
	add_base(&s, now, &bases[scene_base("good")]);
	imagegen_write(now);
	imagegen_end(&s.app);
	imagegen_begin(&s.app, &s.a);
	add_base(&s, &s.app, &bases[0]);
	imagegen_file(&s.app, "var/lib/dpkg/status.d/x-tools", 0644,
		      str_of(arena_printf(&s.a, record, "x-tools", "1-1")));
	s.app.config = "{\"Env\":[\"A=1\"],\"User\":\"1:1\"}";
	imagegen_write(&s.app);
	r = run_rebase(&s, "good", "--check", NULL);
	cr_expect(r.status == 1 &&
			  strstr(r.out.p, "status.d/x-tools: package x-tools 1-1 is of the "
					  "source x-src 1-1, of which the new base has "
					  "libx1 2-1"),
		  "%s%s", r.out.p, r.err.p);
	scene_close(&s);
}

Test(rebase_verb, what_makes_no_sense_is_refused)
{
	struct rebase_scene s;
	struct oracle_run r;
	const char *good, *app;

	scene_open(&s);
	good = s.images[scene_base("good")].path;
	app = s.app.path;
	const struct {
		const char *words[8], *says;
		int status;
	} cases[] = {
		{ { NULL }, "name an image: imgbuild rebase", 2 },
		{ { app, NULL }, "rebase: name the new base: --base IMAGE", 2 },
		{ { app, "--base", good, NULL },
		  "say where the result goes, with --output DIR",
		  2 },
		{ { app, "--base", good, "--check", NULL },
		  "name the base that it stands on with --from IMAGE",
		  2 },
		{ { app, app, "--base", good, "-o", "x", NULL },
		  "rebase: --output and --to go with one image only",
		  2 },
		{ { app, "--base", good, "--check", "--sign", "x.pem", NULL },
		  "does not go with --check",
		  2 },
		{ { app, "--base", good, "--from", good, "--check", NULL },
		  " does not stand on ",
		  3 },
		{ { app, "--base", good, "--from", good, "--to", "h.example/x:1", NULL },
		  "\"h.example/x:1\" is not docker://REGISTRY/NAME[:TAG]",
		  2 },
		{ { app, "--base", good, "--from", good, "--to", TO_DIGEST, NULL },
		  "an image is pushed to a tag; its digest comes of its bytes",
		  2 },
		{ { "docker://127.0.0.1:1/x:1", "--base", good, "--check", NULL },
		  "docker://127.0.0.1:1/x:1",
		  4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strings argv = { 0 };

		*list_push(&s.a, &argv) = "env";
		*list_push(&s.a, &argv) = arena_printf(&s.a, "IMGBUILD_CACHE_DIR=%s/store", s.dir);
		*list_push(&s.a, &argv) = "./imgbuild";
		*list_push(&s.a, &argv) = "rebase";
		for (size_t k = 0; cases[i].words[k]; k++)
			*list_push(&s.a, &argv) = cases[i].words[k];
		*list_push(&s.a, &argv) = NULL;
		r = oracle_run(&s.a, argv.v);
		cr_expect(r.status == cases[i].status && strstr(r.err.p, cases[i].says),
			  "case %zu: %d %s", i, r.status, r.err.p);
	}
	scene_close(&s);
}
