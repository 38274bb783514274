/* SPDX-License-Identifier: Apache-2.0 */
/* A project of Python from a requirements file with hashes to a container. Debian's packages of
 * Python code, made into wheels, stand for other people's; a server speaks what indexes speak. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

/* An index (port, -, folder, requirements file): a wheel of each project in a folder of Debian's,
 * pages in HTML up to the letter k and in JSON from there on. Writes the requirements file. */
static const char python_index[] =
	"import glob, hashlib, http.server, io, json, os, sys, urllib.parse, zipfile\n"
	"port, src, lock = int(sys.argv[1]), sys.argv[3], sys.argv[4]\n"
	"files, pages, lines = {}, {}, []\n"
	"def tree(top):\n"
	"    if os.path.isfile(top): yield top\n"
	"    for d, dirs, names in os.walk(top):\n"
	"        for n in names: yield d + '/' + n\n"
	"for info in sorted(glob.glob(src + '/*-info')):\n"
	"    meta = glob.glob(info + '/METADATA') + glob.glob(info + '/PKG-INFO')\n"
	"    text = open(meta[0]).read()\n"
	"    head = dict(l.split(': ', 1) for l in text.split('\\n\\n')[0].split('\\n') if ': ' in l)\n"
	"    name, version = head['Name'], head['Version']\n"
	"    module = src + '/' + name.lower()\n"
	"    paths = list(tree(module)) + list(tree(module + '.py'))\n"
	"    native = any(p.endswith('.so') for p in paths)\n"
	"    tag = 'cp313-cp313-manylinux_2_17_x86_64' if native else 'py3-none-any'\n"
	"    content = {os.path.relpath(p, src): open(p, 'rb').read() for p in paths}\n"
	"    own = '%s-%s.dist-info/' % (name, version)\n"
	"    content[own + 'METADATA'] = text.encode()\n"
	"    content[own + 'WHEEL'] = ('Wheel-Version: 1.0\\nRoot-Is-Purelib: %s\\nTag: %s\\n' %\n"
	"                              ('false' if native else 'true', tag)).encode()\n"
	"    content[own + 'RECORD'] = ''.join(p + ',,\\n' for p in content).encode()\n"
	"    out = io.BytesIO()\n"
	"    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:\n"
	"        for p in content: z.writestr(zipfile.ZipInfo(p), content[p])\n"
	"    wheel, file = out.getvalue(), '%s-%s-%s.whl' % (name, version, tag)\n"
	"    digest, key = hashlib.sha256(wheel).hexdigest(), name.lower()\n"
	"    files['/files/' + file] = wheel\n"
	"    lines.append('%s==%s ; sys_platform != \"win32\" \\\\\\n    --hash=sha256:%s \\\\\\n'\n"
	"                 '    --hash=sha256:%s\\n' % (name, version, '0' * 64, digest))\n"
	"    pages['/simple/%s/' % key] = ('<a href=\"../../files/%s#sha256=%s\">%s</a>' % (\n"
	"        file, digest, file) if key < 'k' else json.dumps({'files': [\n"
	"            {'filename': file, 'url': '/files/' + file, 'hashes': {'sha256': digest}}]}))\n"
	"open(lock, 'w').write(''.join(lines))\n"
	"class Index(http.server.BaseHTTPRequestHandler):\n"
	"    def do_GET(self):\n"
	"        path = urllib.parse.unquote(self.path)\n"
	"        body = pages[path].encode() if path in pages else files.get(path)\n"
	"        self.send_response(200 if body else 404)\n"
	"        self.send_header('Content-Length', str(len(body or b'')))\n"
	"        self.end_headers()\n"
	"        self.wfile.write(body or b'')\n"
	"    def log_message(self, *args): pass\n"
	"http.server.ThreadingHTTPServer(('127.0.0.1', port), Index).serve_forever()\n";

/* The project's own code. */
static const char python_app[] = "import sys\n"
				 "\n"
				 "from shop import greet\n"
				 "\n"
				 "print(greet(sys.argv[1]))\n";
static const char python_shop[] = "import click\n"
				  "import idna\n"
				  "import jinja2\n"
				  "import markupsafe\n"
				  "import packaging.version\n"
				  "import six\n"
				  "\n"
				  "\n"
				  "def greet(name):\n"
				  "    words = [\n"
				  "        markupsafe.escape(name),\n"
				  "        idna.encode('b\\u00fccher').decode(),\n"
				  "        jinja2.Template('{{ a + b }}').render(a=40, b=2),\n"
				  "        six.PY3,\n"
				  "        packaging.version.parse('1.2').minor,\n"
				  "        click.unstyle('plain'),\n"
				  "        type(markupsafe.escape).__name__,\n"
				  "    ]\n"
				  "    return ' '.join(str(w) for w in words)\n";

/* The folder with Debian's packages of Python code. */
static const char *packages_of_python(struct project *p)
{
	const char *layout = project_path(p, "packages");
	struct oracle_run r = IMGBUILD(p->a, "--progress=quiet", "--no-audit",
				       project_path(p, "packages.json"), "-o", layout);

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	return arena_printf(p->a, "%s/usr/lib/python3/dist-packages",
			    image_unpack(p->a, p->dir, layout, "packages"));
}

static void expect_projects_in_sbom(struct project *p)
{
	static const char *const parts[] = { "click@8.",      "idna@3.",     "jinja2@3.",
					     "markupsafe@2.", "packaging@2", "six@1." };
	struct oracle_run r = IMGBUILD(p->a, "sbom", project_path(p, "out"), "--format",
				       "cyclonedx-json");

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		cr_expect(strstr(r.out.p, arena_printf(p->a, "\"pkg:pypi/%s", parts[i])), "%s",
			  parts[i]);
}

Test(python_projects, the_wheels_of_a_requirements_file_from_an_index, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	struct web web;
	struct oracle_run r;
	const char *digest;

	run_needs_time();
	project_open(&p, &a, "python");
	files_put(project_path(&p, "code/app.py"), python_app);
	files_put(project_path(&p, "code/shop/__init__.py"), python_shop);
	unsetenv("PIP_INDEX_URL");
	web_run(&a, &web, python_index,
		(const char *const[]){ packages_of_python(&p),
				       project_path(&p, "code/requirements.txt"), NULL });
	setenv("PIP_CONFIG_FILE", project_path(&p, "pip.conf"), 1);
	r = project_build(&p, NULL);
	cr_expect_eq(r.status, 3, "%s", r.err.p);
	cr_expect(strstr(r.err.p, "nothing says which index has what "), "%s", r.err.p);
	files_put(project_path(&p, "pip.conf"),
		  arena_printf(&a, "[global]\nindex-url = http://127.0.0.1:%u/simple/\n",
			       web.port));
	cr_expect_str_eq(project_answer(&p, "<you>"),
			 "&lt;you&gt; xn--bcher-kva 42 True 2 plain builtin_function_or_method\n");
	expect_projects_in_sbom(&p);
	digest = project_digest(&p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&p), digest);
	web_stop(&web);
	cr_expect_str_eq(project_digest(&p, "--frozen"), digest);
	unsetenv("PIP_CONFIG_FILE");
	project_close(&p);
}
