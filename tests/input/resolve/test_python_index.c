/* SPDX-License-Identifier: Apache-2.0 */
/* What a requirements file names, from an index of the test's own on 127.0.0.1 into a lock. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "input/resolve/python_index.h"
#include "support/fixture_files.h"
#include "support/fixture_relock.h"

#define WHEEL "the bytes of a wheel"
#define ANY "idna-3.7-py3-none-any.whl"
#define NATIVE "idna-3.7-cp313-cp313-manylinux_2_17_x86_64.whl"

struct python_scene {
	struct relock_scene s;
	struct fault_reply script[4];
	struct faultd index;
	const char *url; /* "http://127.0.0.1:PORT/simple" */
	struct dependency *d;
};

static void python_open(struct python_scene *t)
{
	relock_open(&t->s);
	relock_publish(&t->s, 2, "gcc 14\n libcap-dev 1", NULL);
	archivegen_serve(&t->s.g);
	t->script[0] = (struct fault_reply){ .path = "/simple/idna/" };
	t->script[1] = (struct fault_reply){ .path = "/files/" ANY, .body = STR(WHEEL) };
	t->script[2] = (struct fault_reply){ .path = "/files/" NATIVE, .body = STR(WHEEL) };
	t->script[3] = (struct fault_reply){ .status = 404 };
	faultd_start(&t->index, t->script, ARRAY_SIZE(t->script));
	t->url = faultd_url(&t->s.a, &t->index, "/simple");
	t->s.source.debian_source = NULL;
	t->s.source.folder = arena_printf(&t->s.a, "%s/repo/code", t->s.d.dir);
	t->s.source.repository = arena_printf(&t->s.a, "%s/repo", t->s.d.dir);
	files_put(arena_printf(&t->s.a, "%s/main.py", t->s.source.folder), "");
	t->s.source.dependencies = (struct dependencies){ .form = DEPENDENCY_PYTHON,
							  .file = "code/requirements.txt",
							  .at = { "app.json", 4, 3 } };
	t->d = list_push(&t->s.a, &t->s.source.dependencies.v);
	*t->d = (struct dependency){
		.name = "idna", .version = "3.7", .path = "idna/3.7/", .line = 7
	};
	*list_push(&t->s.a, &t->d->hashes) = content_digest_of(STR(WHEEL), false);
	relock_add_provider(&t->s, relock_add_component(&t->s, "app", NULL), NULL);
	setenv("PIP_CONFIG_FILE", arena_printf(&t->s.a, "%s/pip.conf", t->s.d.dir), 1);
	setenv("HOME", t->s.d.dir, 1);
	unsetenv("PIP_INDEX_URL");
	unsetenv("PIP_EXTRA_INDEX_URL");
}

static void python_close(struct python_scene *t)
{
	unsetenv("PIP_CONFIG_FILE");
	faultd_stop(&t->index);
	relock_close(&t->s);
}

/* A page with links to these files, each with its SHA-256. */
static void python_page(struct python_scene *t, const char *const *files)
{
	struct buf out = { .a = &t->s.a };
	struct digest d = digest_of(STR(WHEEL));

	for (; *files; files++)
		buf_printf(&out, "<a href=\"../../files/%s#sha256=%s\">%s</a>\n", *files,
			   digest_hex_dup(&t->s.a, &d), *files);
	t->script[0].body = buf_str(&out);
}
#define PYTHON_PAGE(t, ...) python_page((t), (const char *const[]){ __VA_ARGS__, NULL })

static const char *python_failure(struct python_scene *t, enum err_kind kind)
{
	char *text = arena_alloc(&t->s.a, sizeof(t->s.e) * 4);

	cr_assert(!relock_make(&t->s, false));
	err_format(&t->s.e, text, sizeof(t->s.e) * 4);
	cr_expect_eq(t->s.e.kind, kind, "%s", text);
	err_clear(&t->s.e);
	return text;
}

static void expect_wheel(struct python_scene *t, const char *file)
{
	struct digest d = digest_of(STR(WHEEL));

	cr_assert(relock_make(&t->s, false), "%s%s", t->s.e.context, t->s.e.cause);
	cr_expect(strstr(relock_text(&t->s),
			 arena_printf(&t->s.a,
				      "{ \"path\": \"idna/3.7/%s\", \"size\": %zu, \"sha256\": "
				      "\"%s\", \"url\": \"%s\" }",
				      file, sizeof(WHEEL) - 1, digest_hex_dup(&t->s.a, &d),
				      faultd_url(&t->s.a, &t->index,
						 arena_printf(&t->s.a, "/files/%s", file)))),
		  "%s", relock_text(&t->s));
	cr_expect(strstr(relock_text(&t->s), "\"format\": \"python\""));
}

Test(python_index, the_wheel_that_fits_best_is_taken)
{
	struct python_scene t = { .url = NULL };
	struct lock again;

	python_open(&t);
	*list_push(&t.s.a, &t.s.source.dependencies.from) = t.url;
	PYTHON_PAGE(&t, ANY, "idna-3.7-cp312-cp312-manylinux_2_17_x86_64.whl", NATIVE,
		    "idna-3.7-cp313-cp313-manylinux_2_17_aarch64.whl", "idna-3.8-py3-none-any.whl",
		    "idna-3.7.tar.gz");
	expect_wheel(&t, NATIVE);
	cr_expect(faultd_saw(&t.index, "/simple/idna/",
			     "Accept: application/vnd.pypi.simple.v1+json"));
	again = t.s.lock;
	t.s.old = &again;
	t.s.source.dependencies.from.n = 0;
	cr_expect(relock_make(&t.s, true), "what is locked is asked of nobody: %s", t.s.e.cause);
	python_close(&t);
}

Test(python_index, settings_of_pip_name_the_index)
{
	struct python_scene t = { .url = NULL };
	const char *conf;

	python_open(&t);
	PYTHON_PAGE(&t, ANY);
	cr_expect_str_eq(
		python_failure(&t, ERR_INPUT),
		"app.json:4:3: component app: nothing says which index has what "
		"code/requirements.txt names; name one here, \"from\": [\"https://...\"], in "
		"the requirements file (--index-url), or in pip.conf");
	conf = arena_printf(&t.s.a, "%s/pip.conf", t.s.d.dir);
	files_put(conf, arena_printf(&t.s.a, "[global]\nindex-url = %s/\n", t.url));
	expect_wheel(&t, ANY);
	files_put(conf, "[global]\nindex-url = http://127.0.0.1:9/none\n");
	setenv("PIP_INDEX_URL", t.url, 1);
	expect_wheel(&t, ANY);
	setenv("PIP_INDEX_URL", "http://127.0.0.1:9/none", 1);
	*list_push(&t.s.a, &t.s.source.dependencies.indexes) = t.url;
	expect_wheel(&t, ANY);
	unsetenv("PIP_INDEX_URL");
	python_close(&t);
}

Test(python_index, what_no_wheel_satisfies_is_told_with_its_line)
{
	struct python_scene t = { .url = NULL };

	python_open(&t);
	*list_push(&t.s.a, &t.s.source.dependencies.from) = t.url;
	PYTHON_PAGE(&t, "idna-3.7-cp312-cp312-manylinux_2_17_x86_64.whl",
		    "idna-3.7-cp313-cp313-musllinux_1_2_x86_64.whl");
	cr_expect_str_eq(
		python_failure(&t, ERR_INPUT),
		"code/requirements.txt:7:1: component app: idna 3.7 has no wheel for Python "
		"3.13 on x86_64; it has them for cp312-cp312-manylinux_2_17_x86_64, "
		"cp313-cp313-musllinux_1_2_x86_64");
	PYTHON_PAGE(&t, "idna-3.7.tar.gz");
	cr_expect(
		strstr(python_failure(&t, ERR_INPUT),
		       "idna 3.7 has only a source distribution, which imgbuild does not compile"));
	PYTHON_PAGE(&t, "idna-3.8-py3-none-any.whl");
	cr_expect(strstr(python_failure(&t, ERR_INPUT), "idna 3.7: the index has no such version"));
	t.d->hashes.v[0].b[0] ^= 1;
	PYTHON_PAGE(&t, ANY);
	cr_expect(strstr(python_failure(&t, ERR_INPUT),
			 "idna 3.7: the index has " ANY
			 ", whose hash the requirements file does not "
			 "name"));
	t.script[0].status = 500;
	cr_expect(strstr(python_failure(&t, ERR_NETWORK), "idna 3.7: "));
	python_close(&t);
}

/* The index does not say which bytes it has, or says it wrongly. */
Test(python_index, bytes_are_compared_with_the_hashes)
{
	struct python_scene t = { .url = NULL };

	python_open(&t);
	*list_push(&t.s.a, &t.s.source.dependencies.from) = t.url;
	t.script[0].body = STR("{\"files\":[{\"filename\":\"" ANY "\",\"url\":\"/files/" ANY
			       "\"}]}");
	expect_wheel(&t, ANY);
	t.d->hashes.v[0] = content_digest_of(STR(WHEEL), true);
	expect_wheel(&t, ANY);
	t.d->hashes.v[0].b[0] ^= 1;
	cr_expect(strstr(python_failure(&t, ERR_VERIFY),
			 "code/requirements.txt:7:1: component app: idna 3.7: expected sha512:"));
	t.d->hashes.v[0] = content_digest_of(STR(WHEEL), false);
	PYTHON_PAGE(&t, ANY);
	t.script[1].body = STR("other");
	cr_expect(relock_make(&t.s, false), "it is in the store: %s", t.s.e.cause);
	python_close(&t);
}
