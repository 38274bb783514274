/* SPDX-License-Identifier: Apache-2.0 */
/* What a requirements file names, from an index of the test's own on 127.0.0.1 into a lock. */

#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "input/resolve/python_index.h"
#include "support/fixture_files.h"
#include "support/fixture_one_dependency.h"
#include "support/fixture_oracle.h"

#define WHEEL "the bytes of a wheel"
#define ANY "idna-3.7-py3-none-any.whl"
#define NATIVE "idna-3.7-cp313-cp313-manylinux_2_17_x86_64.whl"

static void python_open(struct one_dependency *t)
{
	static const struct dependency idna = { .name = "idna",
						.version = "3.7",
						.path = "idna/3.7/" };

	t->script[0] = (struct fault_reply){ .path = "/simple/idna/" };
	t->script[1] = (struct fault_reply){ .path = "/files/" ANY, .body = STR(WHEEL) };
	t->script[2] = (struct fault_reply){ .path = "/files/" NATIVE, .body = STR(WHEEL) };
	one_dependency_open(t, DEPENDENCY_PYTHON, "requirements.txt", "/simple", &idna);
	*list_push(&t->s.a, &t->d->hashes) = content_digest_of(STR(WHEEL), false);
	t->s.source.dependencies.again = "pip-compile --generate-hashes";
	setenv("PIP_CONFIG_FILE", arena_printf(&t->s.a, "%s/pip.conf", t->s.d.dir), 1);
	setenv("HOME", t->s.d.dir, 1);
	unsetenv("PIP_INDEX_URL");
	unsetenv("PIP_EXTRA_INDEX_URL");
}

static void python_close(struct one_dependency *t)
{
	unsetenv("PIP_CONFIG_FILE");
	one_dependency_close(t);
}

/* A page with links to these files, each with its SHA-256. */
static void python_page(struct one_dependency *t, const char *const *files)
{
	struct buf out = { .a = &t->s.a };
	struct digest d = digest_of(STR(WHEEL));

	for (; *files; files++)
		buf_printf(&out, "<a href=\"../../files/%s#sha256=%s\">%s</a>\n", *files,
			   digest_hex_dup(&t->s.a, &d), *files);
	t->script[0].body = buf_str(&out);
}
#define PYTHON_PAGE(t, ...) python_page((t), (const char *const[]){ __VA_ARGS__, NULL })

static void expect_wheel(struct one_dependency *t, const char *file)
{
	one_dependency_expect(t, "python", arena_printf(&t->s.a, "idna/3.7/%s", file), STR(WHEEL),
			      arena_printf(&t->s.a, "/files/%s", file));
}

Test(python_index, the_wheel_that_fits_best_is_taken)
{
	struct one_dependency t = { .url = NULL };

	python_open(&t);
	one_dependency_from(&t);
	PYTHON_PAGE(&t, ANY, "idna-3.7-cp312-cp312-manylinux_2_17_x86_64.whl", NATIVE,
		    "idna-3.7-cp313-cp313-manylinux_2_17_aarch64.whl", "idna-3.8-py3-none-any.whl",
		    "idna-3.7.tar.gz");
	expect_wheel(&t, NATIVE);
	cr_expect(faultd_saw(&t.server, "/simple/idna/",
			     "Accept: application/vnd.pypi.simple.v1+json"));
	one_dependency_expect_kept(&t);
	python_close(&t);
}

Test(python_index, settings_of_pip_name_the_index)
{
	struct one_dependency t = { .url = NULL };
	const char *conf;

	python_open(&t);
	PYTHON_PAGE(&t, ANY);
	cr_expect_str_eq(
		one_dependency_failure(&t, ERR_INPUT),
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
	t.s.source.dependencies.indexes_alone = true;
	expect_wheel(&t, ANY);
	setenv("PIP_INDEX_URL", t.url, 1);
	t.s.source.dependencies.indexes.v[0] = "http://127.0.0.1:9/none";
	t.s.source.dependencies.indexes_alone = false;
	expect_wheel(&t, ANY);
	unsetenv("PIP_INDEX_URL");
	python_close(&t);
}

Test(python_index, what_no_wheel_satisfies_is_told_with_its_line)
{
	struct one_dependency t = { .url = NULL };

	python_open(&t);
	one_dependency_from(&t);
	PYTHON_PAGE(&t, "idna-3.7-cp312-cp312-manylinux_2_17_x86_64.whl",
		    "idna-3.7-cp313-cp313-musllinux_1_2_x86_64.whl");
	cr_expect_str_eq(
		one_dependency_failure(&t, ERR_INPUT),
		"code/requirements.txt:7:1: component app: idna 3.7 has no wheel for Python "
		"3.13 on x86_64; it has them for cp312-cp312-manylinux_2_17_x86_64, "
		"cp313-cp313-musllinux_1_2_x86_64");
	PYTHON_PAGE(&t, "idna-3.7.tar.gz", "idna-3.7-cp312-cp312-manylinux_2_17_x86_64.whl");
	cr_expect(strstr(
		one_dependency_failure(&t, ERR_INPUT),
		"idna 3.7 has no wheel for Python 3.13 on x86_64, only a source distribution: "
		"the toolchain python-build, instead of c, builds it"));
	PYTHON_PAGE(&t, "idna-3.8-py3-none-any.whl");
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "idna 3.7: the index has no such version"));
	t.d->hashes.v[0].b[0] ^= 1;
	PYTHON_PAGE(&t, ANY);
	cr_expect(strstr(one_dependency_failure(&t, ERR_VERIFY),
			 "idna 3.7: the index has " ANY
			 ", whose hash requirements.txt does not name; write its "
			 "hashes anew with pip-compile --generate-hashes"));
	t.script[0].status = 500;
	cr_expect(strstr(one_dependency_failure(&t, ERR_NETWORK), "idna 3.7: "));
	python_close(&t);
}

/* pip takes a wheel that fits before a source distribution. */
Test(python_index, a_source_distribution_where_no_wheel_fits)
{
	struct one_dependency t = { .url = NULL };

	t.script[3] = (struct fault_reply){ .path = "/files/idna-3.7.tar.gz", .body = STR(WHEEL) };
	python_open(&t);
	one_dependency_from(&t);
	*list_push(&t.s.a, &t.s.source.build_depends) = "python3-build";
	PYTHON_PAGE(&t, "idna-3.70.tar.gz", "idna-3.7.tar.gz", "idna-3.7-cp312-none-any.whl");
	expect_wheel(&t, "idna-3.7.tar.gz");
	PYTHON_PAGE(&t, "idna-3.7.tar.gz", ANY);
	t.s.first = NULL;
	expect_wheel(&t, ANY);
	t.script[3].path = "/files/idna-3.7.zip";
	PYTHON_PAGE(&t, "idna-3.7.tar.gz", "idna-3.7.zip", "idna-3.7.tar.lz");
	t.s.first = NULL;
	expect_wheel(&t, "idna-3.7.zip");
	python_close(&t);
}

/* pip itself, in its wheel, asked for the same; it ends badly, for the bytes are no archive. */
static struct oracle_run python_ask_pip(struct one_dependency *t)
{
	const char *pip = NULL;
	glob_t found;

	oracle_need("python3");
	if (glob("/usr/share/python-wheels/pip-*.whl", 0, NULL, &found) == 0)
		pip = arena_printf(&t->s.a, "%s/pip", found.gl_pathv[0]);
	globfree(&found);
	if (!pip)
		cr_skip_test("python3-pip-whl is not installed");
	return oracle_run(&t->s.a,
			  (const char *const[]){
				  "python3", pip, "--isolated", "download", "--no-cache-dir",
				  "--no-deps", "--index-url", t->url, "--dest",
				  arena_printf(&t->s.a, "%s/pip", t->s.d.dir), "idna==3.7", NULL });
}

Test(python_index, of_source_distributions_that_which_pip_takes)
{
	struct one_dependency t = { .url = NULL };
	struct oracle_run r;

	t.script[3] = (struct fault_reply){ .path = "/files/idna-3.7.tar.gz", .body = STR(WHEEL) };
	python_open(&t);
	t.script[2].path = "/files/idna-3.7.zip";
	t.script[0].headers = "Content-Type: text/html\r\n";
	one_dependency_from(&t);
	*list_push(&t.s.a, &t.s.source.build_depends) = "python3-build";
	PYTHON_PAGE(&t, "idna-3.7.tar.gz", "idna-3.7.zip");
	r = python_ask_pip(&t);
	cr_expect(strstr(r.out.p, "/files/idna-3.7.zip"), "%s%s", r.out.p, r.err.p);
	expect_wheel(&t, "idna-3.7.zip");
	python_close(&t);
}

/* Of a warning, the text. */
struct python_said {
	struct progress progress;
	char text[300];
};

static void python_hear(struct progress *p, const char *text)
{
	struct python_said *said = (struct python_said *)p;

	snprintf(said->text, sizeof(said->text), "%s", text);
}

static void python_begin(struct progress *p, const char *id, const char *text)
{
	(void)p, (void)id, (void)text;
}

static void python_end(struct progress *p, const char *id, const char *text, bool cached)
{
	(void)p, (void)id, (void)text, (void)cached;
}

static void python_advance(struct progress *p, const char *id, uint64_t current, uint64_t total)
{
	(void)p, (void)id, (void)current, (void)total;
}

/* As pip does: none that was taken back if there is another, then the greater build. */
Test(python_index, of_wheels_that_fit_alike_the_greater_build_is_taken)
{
	struct one_dependency t = { .url = NULL };
	struct python_said said = { .progress = { NULL, python_begin, python_end, python_advance,
						  python_hear, python_hear } };

	t.script[3] = (struct fault_reply){ .path = "/files/idna-3.7-10-py3-none-any.whl",
					    .body = STR(WHEEL) };
	python_open(&t);
	one_dependency_from(&t);
	PYTHON_PAGE(&t, "idna-3.7-9-py3-none-any.whl", "idna-3.7-10-py3-none-any.whl", ANY);
	expect_wheel(&t, "idna-3.7-10-py3-none-any.whl");
	t.s.first = NULL;
	t.script[0].body = STR("<a href=/files/" NATIVE
			       " data-yanked=broken></a><a href=/files/" ANY "></a>");
	expect_wheel(&t, ANY);
	t.s.first = NULL;
	t.script[0].body = STR("<a href=/files/" ANY " data-yanked='it broke'></a>");
	t.s.progress = &said.progress;
	expect_wheel(&t, ANY);
	cr_expect_str_eq(said.text, "idna 3.7: its authors have taken " ANY " back: it broke");
	python_close(&t);
}

Test(python_index, files_that_no_python_of_debian_takes_are_told)
{
	struct one_dependency t = { .url = NULL };

	python_open(&t);
	one_dependency_from(&t);
	t.script[0].body = STR("<a href=/files/" ANY " data-requires-python=\"<3.11\"></a>");
	cr_expect_str_eq(one_dependency_failure(&t, ERR_INPUT),
			 "code/requirements.txt:7:1: component app: idna 3.7: " ANY
			 " is for Python <3.11, and Debian 13 has Python 3.13; name a version that "
			 "is for it");
	PYTHON_PAGE(&t, "idna-3.7.tar.lz", "idna-3.7.exe");
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "idna 3.7: the index has no such version"));
	t.script[0].status = 401;
	cr_expect(strstr(one_dependency_failure(&t, ERR_NETWORK),
			 "/simple/idna/: HTTP 401; credentials for it belong in the file of "
			 "IMGBUILD_NETRC or ~/.config/imgbuild/auth"));
	python_close(&t);
}

/* Addresses are relative to where redirects led, and to <base>. */
Test(python_index, links_are_relative_to_where_the_page_came_from)
{
	struct one_dependency t = { .url = NULL };

	t.script[3] = (struct fault_reply){
		.path = "/deep/er/idna/", .body = STR("<a href=\"../../../files/" ANY "\"></a>")
	};
	python_open(&t);
	one_dependency_from(&t);
	t.script[0].status = 302;
	t.script[0].headers = "Location: /deep/er/idna/\r\n";
	expect_wheel(&t, ANY);
	t.s.first = NULL;
	t.script[3].body = STR("<base href=\"/files/x/\"><a href=\"../" ANY "\"></a>");
	expect_wheel(&t, ANY);
	python_close(&t);
}

/* The index does not say which bytes it has, or says it wrongly. */
Test(python_index, bytes_are_compared_with_the_hashes)
{
	struct one_dependency t = { .url = NULL };

	python_open(&t);
	one_dependency_from(&t);
	t.script[0].body = STR("{\"files\":[{\"filename\":\"" ANY "\",\"url\":\"/files/" ANY
			       "\"}]}");
	expect_wheel(&t, ANY);
	t.d->hashes.v[0] = content_digest_of(STR(WHEEL), true);
	expect_wheel(&t, ANY);
	t.d->hashes.v[0].b[0] ^= 1;
	cr_expect(strstr(one_dependency_failure(&t, ERR_VERIFY),
			 "code/requirements.txt:7:1: component app: idna 3.7: expected sha512:"));
	t.d->hashes.v[0] = content_digest_of(STR(WHEEL), false);
	PYTHON_PAGE(&t, ANY);
	t.script[1].body = STR("other");
	cr_expect(relock_make(&t.s, false), "it is in the store: %s", t.s.e.cause);
	python_close(&t);
}
