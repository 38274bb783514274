/* SPDX-License-Identifier: Apache-2.0 */
/* Source distributions of a requirements file: of each back end that the toolchain python-build
 * has, one with a module in C. An index hands them out. */

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

/* An index (port, -, folder, requirements file) of the folders NAME-VERSION in a folder, each in a
 * form of its own. The requirements stand in a file of their own, too. */
static const char sdist_index[] =
	"import hashlib, http.server, io, os, sys, tarfile, zipfile\n"
	"port, src, lock = int(sys.argv[1]), sys.argv[3], sys.argv[4]\n"
	"files, lines = {}, []\n"
	"ends = {'flat': ('zip', '.zip'), 'hatched': ('xz', '.tar.xz'), 'old': ('bz2', '.tar.bz2'),\n"
	"        'poem': ('gz', '.tgz')}\n"
	"def pack(folder, form):\n"
	"    out = io.BytesIO()\n"
	"    if form != 'zip':\n"
	"        with tarfile.open(fileobj=out, mode='w:' + form) as t:\n"
	"            t.add(src + '/' + folder, folder)\n"
	"        return out.getvalue()\n"
	"    with zipfile.ZipFile(out, 'w') as z:\n"
	"        for d, _, names in os.walk(src + '/' + folder):\n"
	"            for n in names: z.write(d + '/' + n, os.path.relpath(d + '/' + n, src))\n"
	"    return out.getvalue()\n"
	"for folder in sorted(os.listdir(src)):\n"
	"    name, version = folder.split('-')\n"
	"    form, end = ends.get(name, ('gz', '.tar.gz'))\n"
	"    data, file = pack(folder, form), folder + end\n"
	"    digest = hashlib.sha256(data).hexdigest()\n"
	"    files['/files/' + file] = data\n"
	"    files['/simple/%s/' % name] = ('<a href=\"/files/%s#sha256=%s\">%s</a>' % (\n"
	"        file, digest, file)).encode()\n"
	"    lines.append('%s==%s --hash=sha256:%s\\n' % (name, version, digest))\n"
	"open(os.path.dirname(lock) + '/all.txt', 'w').write(''.join(lines))\n"
	"open(lock, 'w').write('--index-url http://127.0.0.1:%d/simple\\n-r all.txt\\n' % port)\n"
	"class Index(http.server.BaseHTTPRequestHandler):\n"
	"    def do_GET(self):\n"
	"        body = files.get(self.path)\n"
	"        self.send_response(200 if body else 404)\n"
	"        self.send_header('Content-Length', str(len(body or b'')))\n"
	"        self.end_headers()\n"
	"        self.wfile.write(body or b'')\n"
	"    def log_message(self, *args): pass\n"
	"http.server.ThreadingHTTPServer(('127.0.0.1', port), Index).serve_forever()\n";

#define PROJECT(name, version, backend, requires) \
	"[build-system]\nrequires = [\""          \
		requires                          \
	"\"]\nbuild-backend = \"" backend "\"\n"  \
	"[project]\nname = \"" name "\"\nversion = \"" version "\"\ndescription = \"words\"\n"

static const char *const sdist_files[] = {
	"calc-1.0/pyproject.toml",
	PROJECT("calc", "1.0", "setuptools.build_meta", "setuptools"),
	"calc-1.0/setup.py",
	"from setuptools import Extension, setup\n"
	"setup(ext_modules=[Extension('calc', ['calc.c'])])\n",
	"calc-1.0/calc.c",
	"#include <Python.h>\n"
	"static PyObject *twice(PyObject *self, PyObject *x) { return PyNumber_Add(x, x); }\n"
	"static PyMethodDef methods[] = { { \"twice\", twice, METH_O, NULL }, { NULL } };\n"
	"static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, \"calc\", NULL, -1, methods };\n"
	"PyMODINIT_FUNC PyInit_calc(void) { return PyModule_Create(&def); }\n",
	"flat-2.0/pyproject.toml",
	PROJECT("flat", "2.0", "flit_core.buildapi", "flit_core"),
	"flat-2.0/flat.py",
	"\"\"\"Words.\"\"\"\nWORD = 'flit'\n",
	"hatched-3.0/pyproject.toml",
	PROJECT("hatched", "3.0", "hatchling.build", "hatchling"),
	"hatched-3.0/hatched/__init__.py",
	"WORD = 'hatch'\n",
	"old-5.0/setup.py",
	"from setuptools import setup\n"
	"setup(name='old', version='5.0', py_modules=['old'],\n"
	"      entry_points={'console_scripts': ['old-word = old:say']})\n",
	"old-5.0/old.py",
	"WORD = 'setup.py'\ndef say(): print('old')\n",
	"poem-4.0/pyproject.toml",
	"[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n"
	"[tool.poetry]\nname = \"poem\"\nversion = \"4.0\"\ndescription = \"words\"\n"
	"authors = [\"A <a@b.test>\"]\n",
	"poem-4.0/poem.py",
	"WORD = 'poetry'\n",
	NULL
};

static const char sdist_app[] =
	"import calc, flat, hatched, old, poem\n"
	"print(calc.twice(21), flat.WORD, hatched.WORD, old.WORD, poem.WORD)\n";

static void sdist_open(struct project *p, struct arena *a, struct web *web,
		       const char *const *files)
{
	project_open(p, a, "python");
	files_put(
		project_path(p, "app.json"),
		"{ \"name\": \"app\", \"folder\": \"code\", \"toolchain\": \"python-build\",\n"
		"\"dependencies\": { \"lock\": \"requirements.txt\" },\n"
		"\"steps\": [ { \"name\": \"install\", \"run\": [\"install\", \"-D\", \"app.py\", "
		"\"${destdir}/app/app.py\"] } ],\n"
		"\"keep\": [\"/app/**\", \"/usr/local/**\"] }\n");
	files_put(project_path(p, "code/app.py"), sdist_app);
	for (; *files; files += 2)
		files_put(project_path(p, arena_printf(a, "sdists/%s", files[0])), files[1]);
	web_run(a, web, sdist_index,
		(const char *const[]){ project_path(p, "sdists"),
				       project_path(p, "code/requirements.txt"), NULL });
}

Test(python_sdists, each_back_end_builds, .timeout = 1800)
{
	static const char *const parts[] = { "calc@1.0", "flat@2.0", "hatched@3.0", "old@5.0",
					     "poem@4.0" };
	AUTO_ARENA a = { 0 };
	struct project p;
	struct web web;
	struct oracle_run r;
	const char *digest;

	run_needs_time();
	sdist_open(&p, &a, &web, sdist_files);
	cr_expect_str_eq(project_answer(&p, NULL), "42 flit hatch setup.py poetry\n");
	r = IMGBUILD(&a, "sbom", project_path(&p, "out"), "--format", "cyclonedx-json");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		cr_expect(strstr(r.out.p, arena_printf(&a, "\"pkg:pypi/%s\"", parts[i])), "%s",
			  parts[i]);
	digest = project_digest(&p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&p), digest);
	web_stop(&web);
	cr_expect_str_eq(project_digest(&p, "--frozen"), digest);
	project_close(&p);
}

/* What the sandbox says of a project that cannot be built is shown: a C compiler's error with its
 * file and line, a back end that is not there with its name. */
Test(python_sdists, what_cannot_be_built, .timeout = 900)
{
	static const struct {
		const char *files[5], *says, *step;
	} cases[] = {
		{ { "calc-1.0/setup.py",
		    "from setuptools import Extension, setup\n"
		    "setup(name='calc', version='1.0', ext_modules=[Extension('calc', ['calc.c'])])\n",
		    "calc-1.0/calc.c", "int x = ;\n" },
		  "calc.c:1:9: error: expected expression",
		  "step \"build-calc-1.0\" failed" },
		{ { "calc-1.0/pyproject.toml",
		    "[build-system]\nrequires = [\"other\"]\nbuild-backend = \"other.api\"\n" },
		  "other.api",
		  "step \"build-calc-1.0\" failed" },
	};

	run_needs_time();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct project p;
		struct web web;
		struct oracle_run r;

		sdist_open(&p, &a, &web, cases[i].files);
		r = project_build(&p, NULL);
		cr_expect_eq(r.status, 3, "%s", r.err.p);
		cr_expect(strstr(r.err.p, cases[i].says) && strstr(r.err.p, cases[i].step), "%s",
			  r.err.p);
		web_stop(&web);
		project_close(&p);
	}
}
