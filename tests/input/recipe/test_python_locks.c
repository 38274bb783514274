/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files of Python's tools beside the pyproject.toml that they answer. */

#include <criterion/criterion.h>

#include "base/path.h"
#include "input/recipe/python_locks.h"
#include "support/fixture_files.h"
#include "support/fixture_python_lock.h"

#define FILES 8
#define URL(file) "url = \"https://a.test/" file "\", hash = \"sha256:SUM\""
#define UV                                                                                                                        \
	"version = 1\n[[package]]\nname = \"shop\"\nversion = \"1\"\n"                                                            \
	"source = { editable = \".\" }\ndependencies = [{ name = \"idna\" }, "                                                    \
	"{ name = \"lib\" }, { name = \"arm-only\", marker = \"platform_machine == "                                              \
	"'aarch64'\" }]\n"                                                                                                        \
	"[[package]]\nname = \"lib\"\nversion = \"1\"\nsource = { editable = \"lib\" }\n"                                         \
	"[[package]]\nname = \"idna\"\nversion = \"3.7\"\nsource = { registry = \"x\" }\n"                                        \
	"wheels = [{ " URL(                                                                                                       \
		"idna-3.7-py3-none-any.whl") " }]\n"                                                                              \
					     "[[package]]\nname = \"arm-only\"\nversion = \"1\"\nsource = { registry = \"x\" }\n" \
					     "sdist = { " URL("arm_only-1.tar.gz") " }\n"
#define POETRY                                                                        \
	"[[package]]\nname = \"idna\"\nversion = \"3.7\"\ngroups = [\"main\"]\n"      \
	"files = [{ file = \"idna-3.7-py3-none-any.whl\", hash = \"sha256:SUM\" }]\n" \
	"[package.source]\ntype = \"legacy\"\nurl = \"https://own.test/simple/\"\n"   \
	"[metadata]\nlock-version = \"2.1\"\n"
#define PYLOCK                                                                       \
	"lock-version = \"1.0\"\n[[packages]]\nname = \"idna\"\nversion = \"3.7\"\n" \
	"wheels = [{ url = \"https://a.test/idna-3.7-py3-none-any.whl\", hashes = {sha256 = \"SUM\"} }]\n"

#define FORK(version, machine)                                                     \
	"[[packages]]\nname = \"idna\"\nversion = \"" version "\"\n"               \
	"marker = \"platform_machine == '" machine "'\"\n"                         \
	"wheels = [{ url = \"https://a.test/idna-" version "-py3-none-any.whl\", " \
	"hashes = {sha256 = \"SUM\"} }]\n"

struct locks_run {
	struct arena a;
	const char *dir;
	struct dependencies found;
	struct strings inputs;
	struct error e;
};

/* The files ("NAME", text, ...), of which the first is the lock file. */
static bool locks_read(struct locks_run *r, const char *const *files)
{
	struct buf texts = { .a = &r->a };

	r->dir = files_temporary(&r->a);
	for (size_t i = 0; i + 1 < FILES && files[i]; i += 2)
		files_put(arena_printf(&r->a, "%s/app/%s", r->dir, files[i]), files[i + 1]);
	r->found.file = arena_printf(&r->a, "%s/app/%s", r->dir, files[0]);
	r->found.dir = "";
	return python_lock_gather(&r->a, str_of(python_lock_with_sums(&r->a, files[1])), &r->found,
				  &r->inputs, &texts, &r->e);
}

static void locks_close(struct locks_run *r)
{
	files_remove(r->dir);
	arena_free(&r->a);
}

Test(python_locks, packages_become_dependencies)
{
	static const char *const files[FILES] = { "uv.lock",
						  UV,
						  "pyproject.toml",
						  "[project]\ndependencies = [\n \"IDNA >= 3\",\n "
						  "\"lib\",\n \"colorama; os_name == 'nt'\",\n]\n",
						  "lib/pyproject.toml",
						  "[project]\nname = \"lib\"\n" };
	struct locks_run r = { .dir = NULL };
	const struct dependency *d;

	cr_assert(locks_read(&r, files), "%s:%u: %s", r.e.at.file, r.e.at.line, r.e.cause);
	cr_assert_eq(r.found.v.n, 2);
	d = &r.found.v.v[0];
	cr_expect_str_eq(d->path, "arm-only/1/");
	cr_expect(d->platforms.n == 1 && strcmp(d->platforms.v[0]->machine->oci, "arm64") == 0);
	d = &r.found.v.v[1];
	cr_expect_str_eq(d->path, "idna/3.7/");
	cr_expect_eq(d->platforms.n, 2);
	cr_expect(d->files.n == 1 && d->hashes.n == 1 && !d->origin);
	cr_expect_str_eq(d->files.v[0].url, "https://a.test/idna-3.7-py3-none-any.whl");
	cr_expect_eq(r.inputs.n, 2);
	cr_expect_str_eq(r.found.again, "uv lock");
	cr_expect_eq(r.found.only_line, 0u);
	locks_close(&r);
}

Test(python_locks, an_index_of_its_own_is_noted)
{
	static const char *const files[FILES] = {
		"poetry.lock", POETRY, "pyproject.toml",
		"[tool.poetry.dependencies]\npython = \"^3.11\"\n"
		"idna = \"^3.7\"\nuvloop = {version = \"1\", "
		"optional = true}\nold = {version = \"1\", python = \"<3.12\"}\n"
		"caret = {version = \"1\", python = \"^3.9\"}\n"
		"win = {version = \"1\", platform = \"win32\"}\ncolorama = [{version = \"*\", "
		"markers = \"os_name == 'nt'\"}]\n"
	};
	struct locks_run r = { .dir = NULL };

	cr_assert(locks_read(&r, files), "%s", r.e.cause);
	cr_assert_eq(r.found.v.n, 1);
	cr_expect_str_eq(r.found.v.v[0].origin, "https://own.test/simple");
	cr_expect(!r.found.v.v[0].files.v[0].url && r.found.v.v[0].hashes.n == 1);
	locks_close(&r);
}

static const struct {
	const char *files[FILES], *file;
	unsigned line;
	const char *says;
} locks_faults[] = {
	{ { "uv.lock", UV, "pyproject.toml",
	    "[project]\ndependencies = [\n  \"idna\",\n  \"Six_Seven[x]>=1 ; os_name == 'posix'\",\n]\n" },
	  "pyproject.toml",
	  4,
	  "six-seven is not in uv.lock: uv lock adds it" },
	{ { "uv.lock", UV, "pyproject.toml", "[project]\ndependencies = [ \"idna>=3.8\" ]\n" },
	  "pyproject.toml",
	  2,
	  "uv.lock has idna 3.7, which \">=3.8\" does not take: uv lock writes it anew" },
	{ { "uv.lock", UV, "lib/pyproject.toml", "[project]\ndependencies = [\n\"six\"\n]\n" },
	  "lib/pyproject.toml",
	  3,
	  "six is not in uv.lock: uv lock adds it" },
	{ { "uv.lock", UV, "pyproject.toml", "[project]\ndependencies = [ \"what ever\" ]\n" },
	  "pyproject.toml",
	  2,
	  "\"what ever\" is not a requirement" },
	{ { "uv.lock", UV, "pyproject.toml", "[project\n" }, "pyproject.toml", 1, "the header of" },
	{ { "poetry.lock", POETRY, "pyproject.toml",
	    "[tool.poetry.dependencies]\npython = \"^3\"\nidna = \"*\"\nsix = \"*\"\n" },
	  "pyproject.toml",
	  4,
	  "six is not in poetry.lock: poetry lock adds it" },
	{ { "poetry.lock", POETRY, "pyproject.toml",
	    "[tool.poetry.dependencies]\nidna = {version = \">=3.8,<4\"}\n" },
	  "pyproject.toml",
	  2,
	  "poetry.lock has idna 3.7, which \">=3.8,<4\" does not take: poetry lock writes it anew" },
	{ { "poetry.lock", POETRY, "pyproject.toml",
	    "[project]\ndependencies = [\"six (>=1)\"]\n" },
	  "pyproject.toml",
	  2,
	  "six is not in poetry.lock: poetry lock adds it" },
	{ { "pylock.toml", PYLOCK, "pyproject.toml",
	    "[project]\ndependencies = [\"six @ https://a.test/six.whl ; python_version > '3'\"]\n" },
	  "pyproject.toml",
	  2,
	  "six is not in pylock.toml: the tool that wrote it adds it" },
	{ { "pylock.toml", "lock-version = \"1.0\"\n" FORK("1", "x86_64") FORK("2", "aarch64")
				   FORK("3", "x86_64") },
	  "pylock.toml",
	  12,
	  "idna is there twice for linux/amd64 (see line 2)" },
	{ { "uv.lock", "version = 1\nsupported-markers = [\n\"sys_platform == 'win32'\",\n]\n"
		       "[[package]]\nname = \"shop\"\nsource = { virtual = \".\" }\n" },
	  "uv.lock",
	  2,
	  "uv.lock is for no Linux machine, as it says here: lock it for one, too, with uv lock" },
	{ { "pylock.web.toml", PYLOCK PYLOCK },
	  "pylock.web.toml",
	  7,
	  "idna is there twice for linux/amd64 (see line 2)" },
};

Test(python_locks, what_has_left_its_project_behind_is_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(locks_faults); i++) {
		struct locks_run r = { .dir = NULL };

		cr_expect_not(locks_read(&r, locks_faults[i].files), "%zu", i);
		cr_expect(r.e.kind == ERR_INPUT && strstr(r.e.cause, locks_faults[i].says) &&
				  str_ends(str_of(r.e.at.file),
					   str_of(arena_printf(&r.a, "/app/%s",
							       locks_faults[i].file))) &&
				  r.e.at.line == locks_faults[i].line,
			  "%zu: %s:%u: %s", i, r.e.at.file, r.e.at.line, r.e.cause);
		locks_close(&r);
	}
}
