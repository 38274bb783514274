/* SPDX-License-Identifier: Apache-2.0 */
/* Wheels that stand in the folder of the source. */

#include <criterion/criterion.h>

#include "make/compile/python_local.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"

#define ANY "idna-3.7-py3-none-any.whl"
#define NATIVE "idna-3.7-cp313-cp313-manylinux_2_17_x86_64.whl"

struct local_scene {
	struct depot d;
	struct source_recipe source;
	struct lock lock;
	struct compile_request rq;
	struct dependency *idna;
	struct python_local_wheels found;
	struct error e;
};

static void wheels_open(struct local_scene *t)
{
	*t = (struct local_scene){ .idna = NULL };
	depot_open(&t->d);
	t->source.dependencies.file = arena_printf(&t->d.a, "%s/code/pylock.toml", t->d.dir);
	t->idna = list_push(&t->d.a, &t->source.dependencies.v);
	*t->idna = (struct dependency){
		.name = "idna", .version = "3.7", .path = "idna/3.7/", .line = 3, .local = true
	};
	t->lock.architecture = "amd64";
	t->rq = (struct compile_request){ .store = &t->d.store,
					  .lock = &t->lock,
					  .source = &t->source };
}

static void wheels_close(struct local_scene *t)
{
	depot_close(&t->d);
}

/* A wheel in the folder, with the digest of `says`. */
static void wheels_add(struct local_scene *t, const char *name, const char *bytes, const char *says)
{
	struct python_lock_file *f = list_push(&t->d.a, &t->idna->files);

	*f = (struct python_lock_file){ .name = name,
					.path = arena_printf(&t->d.a, "wheels/%s", name),
					.hash = content_digest_of(str_of(says), false) };
	if (bytes)
		files_put(arena_printf(&t->d.a, "%s/code/%s", t->d.dir, f->path), bytes);
}

static void wheels_expect_failure(struct local_scene *t, enum err_kind kind, const char *says)
{
	cr_expect_not(python_local_wheels(&t->d.a, &t->rq, &t->found, &t->e));
	cr_expect_eq(t->e.kind, kind);
	cr_expect(strstr(t->e.cause, says), "%s", t->e.cause);
	cr_expect_str_eq(t->e.context, "idna 3.7: ");
	cr_expect(str_ends(str_of(t->e.at.file), STR("code/pylock.toml")) && t->e.at.line == 3);
	err_clear(&t->e);
}

Test(python_local, the_wheel_that_fits_best_comes_into_the_store)
{
	struct local_scene t;

	wheels_open(&t);
	wheels_add(&t, ANY, "any", "any");
	wheels_add(&t, NATIVE, "native", "native");
	wheels_add(&t, "idna-3.7-cp312-cp312-win_amd64.whl", NULL, "none");
	list_push(&t.d.a, &t.source.dependencies.v)->path = "six/1/";
	cr_assert(python_local_wheels(&t.d.a, &t.rq, &t.found, &t.e), "%s", t.e.cause);
	cr_assert_eq(t.found.n, 1);
	cr_expect_str_eq(t.found.v[0].path, "idna/3.7/" NATIVE);
	cr_expect_eq(t.found.v[0].size, strlen("native"));
	cr_expect(store_has_blob(&t.d.store, &t.found.v[0].sha256, t.found.v[0].size));
	wheels_close(&t);
}

Test(python_local, what_cannot_be_taken_is_told_with_its_line)
{
	struct local_scene t;

	wheels_open(&t);
	wheels_add(&t, "idna-3.7-cp312-cp312-win_amd64.whl", "x", "x");
	wheels_expect_failure(
		&t, ERR_INPUT,
		"no wheel of those that pylock.toml knows by a path is for Python 3.13 "
		"on x86_64");
	wheels_add(&t, ANY, NULL, "any");
	wheels_expect_failure(&t, ERR_INPUT, "code/wheels/" ANY ": No such file or directory");
	files_put(arena_printf(&t.d.a, "%s/code/wheels/" ANY "/x", t.d.dir), "");
	wheels_expect_failure(&t, ERR_INPUT, "wheels/" ANY " is not a regular file");
	t.idna->files.n = 0;
	wheels_add(&t, NATIVE, "other", "native");
	wheels_expect_failure(&t, ERR_VERIFY, "expected SHA-256");
	wheels_close(&t);
}
