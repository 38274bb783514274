/* SPDX-License-Identifier: Apache-2.0 */
/* Files of tests first, then the image, then test by test. */

#include "inspect/suite/suite_run.h"

#include "base/path.h"
#include "inspect/suite/suite.h"
#include "inspect/suite/suite_checks.h"

/* The texts that tests ask for. Links may lead to files of other names: those are known only when
 * the image was read once. */
struct tests_wanted {
	struct keep_rule rule;
	struct strings names; /* last parts of paths, sorted */
	struct strings paths; /* whole ones, sorted */
	bool copyrights;
};

static bool suite_is_wanted(const struct keep_rule *rule, const char *path)
{
	const struct tests_wanted *w = (const struct tests_wanted *)(const void *)rule;

	return strings_has(&w->names, path_base(path)) || strings_has(&w->paths, path) ||
	       (w->copyrights && strncmp(path, "usr/share/doc/", 14) == 0 &&
		strcmp(path_base(path), "copyright") == 0);
}

/* Calls `one` for every path whose content some test asks for. */
static void each_path(const struct structure_result *r,
		      void (*one)(void *context, const char *path), void *context)
{
	for (size_t s = 0; s < r->suites.n; s++) {
		const struct test_suite *suite = r->suites.v[s].suite;

		for (size_t i = 0; i < suite->tests.n; i++) {
			const struct structure_test *t = &suite->tests.v[i];

			if (t->kind == TEST_CONTENT)
				one(context, t->content.path);
			for (size_t k = 0; t->kind == TEST_LICENSE && k < t->license.files.n; k++)
				one(context, t->license.files.v[k]);
		}
	}
}

struct wishing {
	struct arena *a;
	struct tests_wanted *wanted;
	const struct inspection *image;
};

static void want_name(void *context, const char *path)
{
	struct wishing *w = context;

	*list_push(w->a, &w->wanted->names) = path_base(path);
}

/* What a path led to, if it was not kept. */
static void want_target(void *context, const char *path)
{
	struct wishing *w = context;
	const struct item *i = item_meant(&w->image->model,
					  expand_variables(w->a, &w->image->facts, path));

	if (!i || i->type != ITEM_FILE || i->kept_at)
		return;
	*list_push(w->a, &w->wanted->paths) = i->path;
	/* a hard link has no content of its own: that of the file it names is kept */
	for (size_t k = 0; i->shared && k < w->image->model.items.n; k++) {
		const struct item *one = w->image->model.items.v[k];

		if (one->type == ITEM_FILE && !one->shared && digest_eq(&one->sha256, &i->sha256))
			*list_push(w->a, &w->wanted->paths) = one->path;
	}
}

static void suite_want(struct arena *a, const struct structure_result *r, struct tests_wanted *out)
{
	struct wishing w = { a, out, NULL };

	*out = (struct tests_wanted){ .rule = { .want = suite_is_wanted } };
	each_path(r, want_name, &w);
	for (size_t s = 0; s < r->suites.n; s++)
		for (size_t i = 0; i < r->suites.v[s].suite->tests.n; i++) {
			const struct structure_test *t = &r->suites.v[s].suite->tests.v[i];

			out->copyrights |= t->kind == TEST_LICENSE && t->license.debian;
		}
	strings_sort(&out->names);
}

/* Reads the image; again, if a link led to a file whose text was not kept. */
static bool read_image(struct arena *a, const struct structure_request *req,
		       const struct structure_result *r, struct inspection *out, struct error *e)
{
	struct tests_wanted wanted;
	struct wishing w = { a, &wanted, out };
	const struct inspect_request what = { req->image, req->platform, &wanted.rule,
					      NULL,	  req->opened,	 NULL };

	struct inspect_request again = what;
	AUTO_BUNDLE opened = BUNDLE_INIT;

	suite_want(a, r, &wanted);
	if (!inspect_image(a, &what, out, e))
		return false;
	each_path(r, want_target, &w);
	if (wanted.paths.n == 0)
		return true;
	strings_sort(&wanted.paths);
	again.opened = &opened;
	opened = out->bundle;
	model_close(&out->model);
	*out = (struct inspection)INSPECTION_INIT;
	return inspect_image(a, &again, out, e);
}

static bool run_one(struct checking *c, struct runtime *runtime,
		    const struct structure_request *req, const struct test_suite *s,
		    struct error *e)
{
	switch (c->test->kind) {
	case TEST_EXISTENCE:
		check_existence(c);
		return true;
	case TEST_CONTENT:
		return check_content(c, e);
	case TEST_METADATA:
		check_metadata(c);
		return true;
	case TEST_LICENSE:
		return check_license(c, e);
	case TEST_COMMAND:
		break;
	}
	return runtime_open(runtime, req, c->image, e) && check_command(c, runtime, s, e);
}

static bool suite_run_tests(struct arena *a, const struct structure_request *req,
			    const struct inspection *image, struct runtime *runtime,
			    struct structure_result *out, struct error *e)
{
	size_t *const counts[] = { &out->passed, &out->failed, &out->skipped };
	size_t number = 0;

	for (size_t s = 0; s < out->suites.n; s++) {
		const struct test_suite *suite = out->suites.v[s].suite;

		for (size_t i = 0; i < suite->tests.n; i++) {
			struct test_outcome *o = list_push(a, &out->suites.v[s].tests);
			struct checking c = { a, image, &suite->tests.v[i], number++, o };

			o->test = c.test;
			if (!run_one(&c, runtime, req, suite, e))
				return err_wrap(e, "test %s", c.test->name);
			++*counts[o->outcome];
		}
	}
	return true;
}

bool structure_begin(struct arena *a, const struct structure_request *req,
		     struct structure_result *out, struct error *e)
{
	*out = (struct structure_result){ .image = req->image };
	for (size_t i = 0; i < req->files->n; i++) {
		struct test_suite *suite = arena_alloc(a, sizeof(*suite));

		if (!suite_load(a, req->files->v[i], suite, e))
			return false;
		list_push(a, &out->suites)->suite = suite;
	}
	return true;
}

bool structure_run(struct arena *a, const struct structure_request *req,
		   struct structure_result *out, struct error *e)
{
	AUTO_INSPECTION image = INSPECTION_INIT;
	struct runtime runtime = { .a = a, .scratch = FILE_SCRATCH_INIT };
	bool ok;

	if (!read_image(a, req, out, &image, e))
		return err_wrap(e, "image %s", req->image);
	ok = suite_run_tests(a, req, &image, &runtime, out, e);
	runtime_close(&runtime);
	return ok;
}
