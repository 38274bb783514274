/* SPDX-License-Identifier: Apache-2.0 */
/* "python-bytecode": Python of the image takes its modules from what was compiled here. */

#include <criterion/criterion.h>
#include <string.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"

static const char bytecode_recipe[] =
	"{ \"name\": \"app\", \"base\": \"cc-debian13\",\n"
	"  \"components\": [ { \"name\": \"python\", \"providers\": [ { \"packages\":\n"
	"    [\"python3.13-minimal\", \"libpython3.13-minimal\"] } ], \"keep\": [%s] } ],\n"
	"  \"files\": [ { \"from\": \"app\", \"to\": \"%s\" } ],\n"
	"  \"effects\": { \"python-bytecode\": true },\n"
	"  \"config\": { \"entrypoint\": [\"/usr/bin/python3.13\"], \"user\": \"65532:65532\",\n"
	"    \"env\": { \"PYTHONPATH\": \"/opt/app\" } } }\n";

#define BYTECODE_OF_PYTHON                                                \
	"\"/usr/bin/python3.13\", \"/usr/lib/python3.13/encodings/**\", " \
	"\"/usr/lib/python3.13/*.py\", \"/usr/lib/python3.13/{collections,importlib,re}/**\""

static struct oracle_run modules_build(struct arena *a, const char *dir, const char *keep,
				       const char *to)
{
	const char *recipe = arena_printf(a, "%s/app.json", dir);

	files_put(arena_printf(a, "%s/images.json", dir), "{}\n");
	/* a module that no run before has compiled */
	files_put(arena_printf(a, "%s/app/greeting.py", dir),
		  arena_printf(a, "WHERE = '%s'\n\ndef greet():\n    return 'hello'\n", dir));
	files_put(arena_printf(a, "%s/app/template.py", dir), "class {{ name }}:\n    pass\n");
	files_put(recipe, arena_printf(a, bytecode_recipe, keep, to));
	return IMGBUILD(a, "--progress=plain", recipe, "-o", arena_printf(a, "%s/out", dir),
			"--archive", arena_printf(a, "%s/app.tar", dir));
}

Test(bytecode, python_reads_it_and_why_tells_of_it, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;
	struct podman p;

	podman_open(&p, &a);
	r = modules_build(&a, dir, BYTECODE_OF_PYTHON, "/opt/app");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(strstr(r.err.p, "python-bytecode: 1 of ") &&
			  strstr(r.err.p, " modules have no byte code: they are not Python 3.13"),
		  "%s", r.err.p);
	PODMAN_MUST(&p, "load", "--input", arena_printf(&a, "%s/app.tar", dir));
	r = PODMAN(&p, "run", "--rm", "--network=none", "--read-only", "localhost/app:latest", "-v",
		   "-c", "import greeting; print(greeting.greet(), greeting.__cached__)");
	cr_expect_str_eq(r.out.p, "hello /opt/app/__pycache__/greeting.cpython-313.pyc\n");
	cr_expect(strstr(r.err.p,
			 "code object from '/opt/app/__pycache__/greeting.cpython-313.pyc'"),
		  "%s", r.err.p);
	cr_expect(
		strstr(r.err.p,
		       "code object from '/usr/lib/python3.13/encodings/__pycache__/utf_8.cpython-313.pyc'"),
		"%s", r.err.p);
	cr_expect_not(strstr(r.err.p, "wrote "), "%s", r.err.p);
	r = IMGBUILD(&a, "why", "--recipe", arena_printf(&a, "%s/app.json", dir),
		     arena_printf(&a, "%s/out", dir),
		     "/opt/app/__pycache__/greeting.cpython-313.pyc");
	cr_expect(strstr(r.out.p, "made here: \"python-bytecode\" of "), "%s%s", r.out.p, r.err.p);
	podman_close(&p);
	files_remove(dir);
}

Test(bytecode, what_has_no_module_of_this_python_is_refused, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;

	r = modules_build(&a, dir, "\"/usr/bin/python3.13\"", "/usr/lib/python3.12/app");
	cr_expect_eq(r.status, 3, "%d: %s", r.status, r.err.p);
	cr_expect(
		strstr(r.err.p,
		       "app.json:5:35: image app: \"python-bytecode\" compiles for Python 3.13, and "
		       "/usr/lib/python3.12/app/greeting.py belongs to another; remove the line"),
		"%s", r.err.p);
	ORACLE(&a, "rm", arena_printf(&a, "%s/app/greeting.py", dir),
	       arena_printf(&a, "%s/app/template.py", dir));
	files_put(arena_printf(&a, "%s/app/readme", dir), "no module\n");
	r = IMGBUILD(&a, "--progress=plain", arena_printf(&a, "%s/app.json", dir), "-o",
		     arena_printf(&a, "%s/out", dir));
	cr_expect_eq(r.status, 3, "%d: %s", r.status, r.err.p);
	cr_expect(strstr(r.err.p,
			 "app.json:5:35: image app: \"python-bytecode\": the recipe puts no "
			 "Python module into the image; remove the line"),
		  "%s", r.err.p);
	files_remove(dir);
}
