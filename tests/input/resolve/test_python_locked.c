/* SPDX-License-Identifier: Apache-2.0 */
/* What a lock file of Python has an address or an index of its own for, from a server of the
 * test's own on 127.0.0.1 into a lock. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "support/fixture_files.h"
#include "support/fixture_one_dependency.h"

#define BYTES "the bytes of a file"
#define ANY "idna-3.7-py3-none-any.whl"
#define NATIVE "idna-3.7-cp313-cp313-manylinux_2_17_x86_64.whl"
#define OTHER "idna-3.7-cp312-cp312-manylinux_2_17_x86_64.whl"
#define SDIST "idna-3.7.tar.gz"

static void locked_open(struct one_dependency *t)
{
	static const struct dependency idna = { .name = "idna",
						.version = "3.7",
						.path = "idna/3.7/" };

	t->script[0] = (struct fault_reply){ .path = "/simple/idna/" };
	t->script[1] = (struct fault_reply){ .path = "/x/" ANY, .body = STR(BYTES) };
	t->script[2] = (struct fault_reply){ .path = "/x/" NATIVE, .body = STR(BYTES) };
	t->script[3] = (struct fault_reply){ .path = "/x/" SDIST, .body = STR(BYTES) };
	one_dependency_open(t, DEPENDENCY_PYTHON, "uv.lock", "/simple", &idna);
	t->s.source.dependencies.again = "uv lock";
	setenv("PIP_CONFIG_FILE", arena_printf(&t->s.a, "%s/pip.conf", t->s.d.dir), 1);
	setenv("HOME", t->s.d.dir, 1);
	unsetenv("PIP_INDEX_URL");
	unsetenv("PIP_EXTRA_INDEX_URL");
}

static void locked_close(struct one_dependency *t)
{
	unsetenv("PIP_CONFIG_FILE");
	one_dependency_close(t);
}

static void locked_files(struct one_dependency *t, const char *const *files)
{
	t->d->files.n = t->d->hashes.n = 0;
	for (; *files; files++) {
		const char *url = faultd_url(&t->s.a, &t->server,
					     arena_printf(&t->s.a, "/x/%s", *files));
		struct content_digest hash = content_digest_of(STR(BYTES), false);

		*list_push(&t->s.a, &t->d->files) = (struct python_lock_file){
			.name = *files, .url = url, .hash = hash, .line = 9
		};
		*list_push(&t->s.a, &t->d->hashes) = hash;
	}
}
#define LOCKED_FILES(t, ...) locked_files((t), (const char *const[]){ __VA_ARGS__, NULL })

static void expect_locked(struct one_dependency *t, const char *file)
{
	t->s.first = NULL;
	one_dependency_expect(t, "python", arena_printf(&t->s.a, "idna/3.7/%s", file), STR(BYTES),
			      arena_printf(&t->s.a, "/x/%s", file));
}

Test(python_locked, the_file_that_fits_best_comes_from_its_address)
{
	struct one_dependency t = { .url = NULL };

	locked_open(&t);
	LOCKED_FILES(&t, SDIST, ANY, OTHER, NATIVE);
	expect_locked(&t, NATIVE);
	LOCKED_FILES(&t, OTHER, SDIST);
	cr_expect_str_eq(
		one_dependency_failure(&t, ERR_INPUT),
		"code/uv.lock:7:1: component app: idna 3.7 has no wheel for Python 3.13 on "
		"x86_64, only a source distribution: the toolchain python-build, instead "
		"of c, builds it");
	*list_push(&t.s.a, &t.s.source.build_depends) = "python3-build";
	expect_locked(&t, SDIST);
	LOCKED_FILES(&t, "idna-3.8-py3-none-any.whl");
	cr_expect_str_eq(
		one_dependency_failure(&t, ERR_INPUT),
		"code/uv.lock:7:1: component app: idna 3.7: no file of the lock has such a "
		"name: its first one is idna-3.8-py3-none-any.whl; write it anew with uv "
		"lock");
	LOCKED_FILES(&t, ANY);
	t.d->files.v[0].hash.b[0] ^= 1;
	t.d->hashes.v[0].b[0] ^= 1;
	cr_expect(strstr(one_dependency_failure(&t, ERR_VERIFY), "code/uv.lock:7:1: "));
	locked_close(&t);
}

/* A mirror without the Internet behind it: the recipe names it. */
Test(python_locked, an_index_of_the_recipe_goes_first)
{
	struct one_dependency t = { .url = NULL };

	locked_open(&t);
	LOCKED_FILES(&t, ANY);
	t.d->files.v[0].url = "http://127.0.0.1:9/none/" ANY;
	t.script[0].body = STR("<a href=\"../../x/" ANY "\"></a>");
	one_dependency_from(&t);
	expect_locked(&t, ANY);
	locked_close(&t);
}

Test(python_locked, a_package_has_an_index_of_its_own)
{
	struct one_dependency t = { .url = NULL };

	locked_open(&t);
	*list_push(&t.s.a, &t.d->hashes) = content_digest_of(STR(BYTES), false);
	t.script[0].body = STR("<a href=\"../../x/" ANY "\"></a>");
	t.d->origin = t.url;
	expect_locked(&t, ANY);
	t.d->origin = NULL;
	t.s.first = NULL;
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "nothing says which index has what code/uv.lock names"));
	locked_close(&t);
}

Test(python_locked, a_platform_that_the_lock_is_not_for)
{
	struct one_dependency t = { .url = NULL };

	locked_open(&t);
	LOCKED_FILES(&t, ANY);
	t.s.source.dependencies.only_line = 3;
	cr_expect_str_eq(one_dependency_failure(&t, ERR_INPUT),
			 "code/uv.lock:3:1: component app: uv.lock is not for linux/amd64, as it "
			 "says here: lock it for that, too, with uv lock");
	locked_close(&t);
}
