/* SPDX-License-Identifier: Apache-2.0 */
/* What is laid out for Go and cargo before a build. That both find it there is tested with whole
 * images (tests/e2e/test_projects.c). */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "make/compile/dependency_layout.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"

#define OWN "sparse+https://own.test/index/"

struct layout_scene {
	struct depot d;
	struct source_recipe source;
	struct lock lock;
	struct compile_request rq;
	const char *dir; /* the build's folder */
	int fd;
	struct error e;
};

static void layout_add(struct layout_scene *t, const char *path, const char *origin,
		       const char *text)
{
	struct dependency *d = list_push(&t->d.a, &t->source.dependencies.v);
	struct locked_file *f = list_push(&t->d.a, &t->lock.sources.v[0].files);

	*d = (struct dependency){ .path = path, .origin = origin };
	*f = (struct locked_file){ .name = path, .path = path, .size = strlen(text) };
	f->sha256 = d->hash = digest_of(str_of(text));
	f->url = "http://a.test/x";
	cr_assert(store_put_bytes(&t->d.store, str_of(text), &f->sha256, &t->e));
}

static void layout_open(struct layout_scene *t, enum dependency_form form, const char *format)
{
	*t = (struct layout_scene){ .fd = -1 };
	depot_open(&t->d);
	t->dir = arena_printf(&t->d.a, "%s/build", t->d.dir);
	files_put(arena_printf(&t->d.a, "%s/src/main", t->dir), "");
	t->fd = open(t->dir, O_DIRECTORY | O_CLOEXEC);
	t->source.name = "app";
	t->source.dependencies.form = form;
	t->source.dependencies.file = "code/x.lock";
	t->lock.file = "app.lock.json";
	t->lock.architecture = "amd64";
	*list_push(&t->d.a, &t->lock.sources) = (struct locked_source){ .name = "app",
									.format = format };
	t->rq = (struct compile_request){ .store = &t->d.store,
					  .lock = &t->lock,
					  .source = &t->source };
}

static bool layout_refuse_wheel(const struct compile_request *rq, const struct locked_file *f,
				const struct unpacking *how, int dir, struct error *e)
{
	(void)rq;
	(void)how;
	(void)dir;
	return err_set(e, ERR_INPUT, "%s is a wheel", f->path);
}

static void layout_close(struct layout_scene *t)
{
	close(t->fd);
	depot_close(&t->d);
}

static const char *layout_text(struct layout_scene *t, const char *name)
{
	return files_get(&t->d.a, arena_printf(&t->d.a, "%s/%s", t->dir, name));
}

static void layout_add_jar(struct layout_scene *t, const char *path, const char *file,
			   unsigned rank, bool provided)
{
	struct dependency *d;

	layout_add(t, path, NULL, file);
	d = &t->source.dependencies.v.v[t->source.dependencies.v.n - 1];
	d->file = file;
	d->rank = rank;
	d->provided = provided;
}

/* The order of the class path is that of the lock file, not that of the lock. A line of a manifest
 * has 72 bytes at most (JAR file specification). */
Test(dependency_layout, jars_stand_in_the_order_of_the_class_path)
{
	static const char manifest[] =
		"Manifest-Version: 1.0\r\n"
		"Class-Path: lib/second-1.0.0-with-a-classifier.jar lib/first-1.0.0-with-\r\n"
		" a-classifier.jar\r\n";
	struct layout_scene t;
	struct variables env = { NULL, 0, 0 };

	layout_open(&t, DEPENDENCY_MAVEN, LOCK_MAVEN);
	layout_add_jar(&t, "a/first/1/x.jar", "first-1.0.0-with-a-classifier.jar", 2, false);
	layout_add_jar(&t, "b/notes/1/x.jar", "notes-1.jar", 1, true);
	layout_add_jar(&t, "c/second/1/x.jar", "second-1.0.0-with-a-classifier.jar", 0, false);
	cr_assert(dependencies_lay_out(&t.rq, t.fd, &t.e), "%s%s", t.e.context, t.e.cause);
	cr_expect_str_eq(layout_text(&t, "out/app/lib/first-1.0.0-with-a-classifier.jar"),
			 "first-1.0.0-with-a-classifier.jar");
	cr_expect_str_eq(layout_text(&t, "provided/notes-1.jar"), "notes-1.jar");
	cr_expect_str_eq(layout_text(&t, "manifest"), manifest);
	dependencies_set_env(&t.d.a, &t.source, &env);
	cr_assert_eq(env.n, 1);
	cr_expect_str_eq(env.v[0].name, "CLASSPATH");
	cr_expect_str_eq(env.v[0].value,
			 "/build/out/app/lib/second-1.0.0-with-a-classifier.jar:/build/provided/"
			 "notes-1.jar:/build/out/app/lib/first-1.0.0-with-a-classifier.jar");
	layout_close(&t);
}

Test(dependency_layout, modules_of_go_stand_as_a_proxy_has_them)
{
	struct layout_scene t;
	struct variables env = { NULL, 0, 0 };

	layout_open(&t, DEPENDENCY_GO, LOCK_GO);
	layout_add(&t, "x.test/!a/@v/v1.0.0.mod", NULL, "module x.test/A\n");
	layout_add(&t, "x.test/!a/@v/v1.0.0.zip", NULL, "zip");
	cr_assert(dependencies_lay_out(&t.rq, t.fd, &t.e), "%s%s", t.e.context, t.e.cause);
	cr_expect_str_eq(layout_text(&t, "modules/x.test/!a/@v/v1.0.0.mod"), "module x.test/A\n");
	cr_expect_str_eq(layout_text(&t, "modules/x.test/!a/@v/v1.0.0.zip"), "zip");
	dependencies_set_env(&t.d.a, &t.source, &env);
	cr_expect(env.n == 1 && strcmp(env.v[0].name, "GOPROXY") == 0 &&
		  strcmp(env.v[0].value, "file:///build/modules") == 0);
	layout_close(&t);
}

Test(dependency_layout, cargo_takes_every_registry_from_the_folder)
{
	static const char settings[] = "[source.crates-io]\nreplace-with = \"mirror\"\n"
				       "[source.mirror]\nregistry = \"sparse+https://m.test/\"\n"
				       "[registries.own]\nindex = \"" OWN "\"\n[build]\njobs = 1\n";
	struct layout_scene t;
	struct digest d = digest_of(STR("one"));
	struct dependency_steps steps = { NULL, 0, 0 };

	layout_open(&t, DEPENDENCY_CARGO, LOCK_CARGO);
	files_put(arena_printf(&t.d.a, "%s/src/.cargo/config.toml", t.dir), settings);
	layout_add(&t, "a-1.0.0.crate", "registry+https://git.test/crates.io-index", "one");
	layout_add(&t, "b-2.0.0.crate", OWN, "two");
	layout_add(&t, "c-3.0.0.crate", OWN, "three");
	cr_assert(dependencies_lay_out(&t.rq, t.fd, &t.e), "%s%s", t.e.context, t.e.cause);
	cr_expect_str_eq(layout_text(&t, "modules/b-2.0.0.crate"), "two");
	cr_expect_str_eq(layout_text(&t, "vendor/a-1.0.0/.cargo-checksum.json"),
			 arena_printf(&t.d.a, "{\"files\":{},\"package\":\"%s\"}\n",
				      digest_hex_dup(&t.d.a, &d)));
	cr_expect_str_eq(layout_text(&t, "cargo-home/config.toml"),
			 "[source.vendored]\ndirectory = \"/build/vendor\"\n"
			 "[source.crates-io]\nreplace-with = \"vendored\"\n"
			 "[source.\"" OWN "\"]\nregistry = \"" OWN "\"\n"
			 "replace-with = \"vendored\"\n");
	cr_expect_str_eq(layout_text(&t, "src/.cargo/config.toml"),
			 "[registries.own]\nindex = \"" OWN "\"\n[build]\njobs = 1\n");
	dependencies_unpacking(&t.d.a, &t.rq, &steps);
	cr_expect(steps.n == 1 && strcmp(steps.v[0].run.v[0], "find") == 0);
	cr_expect(!dependencies_unpacked(&t.rq, t.dir, &t.e));
	cr_expect_str_eq(t.e.cause, "a-1.0.0.crate does not hold a-1.0.0/Cargo.toml");
	layout_close(&t);
}

/* What has no wheel is built in the sandbox: unpacked, built, installed. */
Test(dependency_layout, source_distributions_become_steps)
{
	struct layout_scene t;
	struct dependency_steps steps = { NULL, 0, 0 };
	struct buf out;

	layout_open(&t, DEPENDENCY_PYTHON, LOCK_PYTHON);
	t.rq.unpack = layout_refuse_wheel;
	layout_add(&t, "a-b/1.0/", NULL, "tar");
	t.lock.sources.v[0].files.v[0].path = "a-b/1.0/a_b-1.0.tar.gz";
	*list_push(&t.d.a, &t.source.dependencies.v.v[0].hashes) = content_digest_sha256(
		t.lock.sources.v[0].files.v[0].sha256);
	cr_assert(dependencies_lay_out(&t.rq, t.fd, &t.e), "%s%s", t.e.context, t.e.cause);
	cr_expect_str_eq(layout_text(&t, "sdists/a_b-1.0.tar.gz"), "tar");
	dependencies_unpacking(&t.d.a, &t.rq, &steps);
	out = (struct buf){ .a = &t.d.a };
	list_each(step, &steps)
		buf_printf(&out, "%s: %s\n", step->name, strings_join(&t.d.a, &step->run, " "));
	cr_expect_str_eq(buf_cstr(&out),
			 "unpack-a_b-1.0: tar --extract --strip-components=1 --no-same-owner "
			 "--no-same-permissions --directory /build/sdists/a_b-1.0 --file "
			 "/build/sdists/a_b-1.0.tar.gz\n"
			 "build-a_b-1.0: python3 -m build --wheel --no-isolation "
			 "--skip-dependency-check --outdir /build/wheels/a_b-1.0 "
			 "/build/sdists/a_b-1.0\n"
			 "install-a_b-1.0: find /build/wheels/a_b-1.0 -name *.whl -exec python3 -m "
			 "installer --no-compile-bytecode --destdir=/build/out {} +\n");
	cr_expect(dependencies_unpacked(&t.rq, t.dir, &t.e));
	layout_close(&t);
}

/* tar of the toolchain has no bzip2, xz or unzip beside it, and Python needs none of them. */
Test(dependency_layout, other_forms_of_source_distributions_are_unpacked_by_python)
{
	static const struct {
		const char *file, *unpack;
	} cases[] = {
		{ "a-1.zip", "python3 -m zipfile -e /build/sdists/a-1.zip /build/sdists/a-1" },
		{ "a-1.tar.bz2", "python3 -m tarfile --filter data -e /build/sdists/a-1.tar.bz2 "
				 "/build/sdists/a-1" },
		{ "a-1.tar.xz", "python3 -m tarfile --filter data -e /build/sdists/a-1.tar.xz "
				"/build/sdists/a-1" },
		{ "a-1.tgz", "tar --extract --strip-components=1 --no-same-owner "
			     "--no-same-permissions --directory /build/sdists/a-1 --file "
			     "/build/sdists/a-1.tgz" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct layout_scene t;
		struct dependency_steps steps = { NULL, 0, 0 };

		layout_open(&t, DEPENDENCY_PYTHON, LOCK_PYTHON);
		layout_add(&t, "a/1/", NULL, "bytes");
		t.lock.sources.v[0].files.v[0].path = arena_printf(&t.d.a, "a/1/%s", cases[i].file);
		dependencies_unpacking(&t.d.a, &t.rq, &steps);
		cr_assert_eq(steps.n, 3);
		cr_expect_str_eq(steps.v[0].name, "unpack-a-1");
		cr_expect_str_eq(strings_join(&t.d.a, &steps.v[0].run, " "), cases[i].unpack);
		cr_expect_str_eq(steps.v[1].run.v[0],
				 steps.v[0].run.v[0][0] == 't' ? "python3" : "find");
		layout_close(&t);
	}
}

Test(dependency_layout, a_lock_that_names_other_files_is_refused)
{
	struct layout_scene t;

	layout_open(&t, DEPENDENCY_CARGO, LOCK_CARGO);
	layout_add(&t, "a-1.0.0.crate", OWN, "one");
	t.lock.sources.v[0].files.v[0].path = "a-1.0.1.crate";
	cr_expect(!dependencies_lay_out(&t.rq, t.fd, &t.e));
	cr_expect(t.e.kind == ERR_INPUT &&
			  strcmp(t.e.cause,
				 "app.lock.json does not name what code/x.lock names; run "
				 "imgbuild lock") == 0,
		  "%s", t.e.cause);
	layout_close(&t);
}

Test(dependency_layout, a_file_that_the_store_lacks_is_named)
{
	struct layout_scene t;

	layout_open(&t, DEPENDENCY_GO, LOCK_GO);
	layout_add(&t, "x.test/a/@v/v1.0.0.mod", NULL, "module x.test/a\n");
	t.lock.sources.v[0].files.v[0].sha256.b[0] ^= 1;
	cr_expect(!dependencies_lay_out(&t.rq, t.fd, &t.e));
	cr_expect(t.e.kind == ERR_SYSTEM &&
			  strstr(t.e.cause, "x.test/a/@v/v1.0.0.mod is not in the store; run "
					    "imgbuild fetch"),
		  "%s", t.e.cause);
	layout_close(&t);
}
