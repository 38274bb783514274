/* SPDX-License-Identifier: Apache-2.0 */
/* A dependency with a vulnerability: found by an OSV record, gone after an update that diff names.
 * For npm and for PyPI, from lock file to report. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

/* A registry of npm and an index of Python (port, folder) with two versions of "words", and lock
 * files for each below the folder: npm-VERSION, pypi-VERSION. */
static const char cve_servers[] =
	"import base64, gzip, hashlib, http.server, io, json, sys, tarfile, zipfile\n"
	"port, dir = int(sys.argv[1]), sys.argv[2]\n"
	"files = {}\n"
	"for v in ['1.0.0', '1.0.1']:\n"
	"    out, text = io.BytesIO(), json.dumps({'name': 'words', 'version': v}).encode()\n"
	"    with tarfile.open(fileobj=out, mode='w') as t:\n"
	"        i = tarfile.TarInfo('package/package.json')\n"
	"        i.size = len(text)\n"
	"        t.addfile(i, io.BytesIO(text))\n"
	"    tgz = gzip.compress(out.getvalue(), mtime=0)\n"
	"    files['/words/-/words-%s.tgz' % v] = tgz\n"
	"    sum = base64.b64encode(hashlib.sha512(tgz).digest()).decode()\n"
	"    json.dump({'lockfileVersion': 3, 'packages': {'': {'dependencies': {'words': v}},\n"
	"        'node_modules/words': {'version': v, 'integrity': 'sha512-' + sum, 'resolved':\n"
	"            'http://127.0.0.1:%d/words/-/words-%s.tgz' % (port, v)}}},\n"
	"        open(dir + '/npm-' + v, 'w'))\n"
	"    out, own = io.BytesIO(), 'words-%s.dist-info/' % v\n"
	"    with zipfile.ZipFile(out, 'w') as z:\n"
	"        z.writestr('words.py', 'V = \"%s\"\\n' % v)\n"
	"        z.writestr(own + 'METADATA', 'Metadata-Version: 2.1\\nName: words\\nVersion: %s\\n' % v)\n"
	"        z.writestr(own + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n'\n"
	"                   'Tag: py3-none-any\\n')\n"
	"        z.writestr(own + 'RECORD', '')\n"
	"    name = 'words-%s-py3-none-any.whl' % v\n"
	"    files['/files/' + name] = out.getvalue()\n"
	"    sum = hashlib.sha256(out.getvalue()).hexdigest()\n"
	"    files['/simple/words/'] = files.get('/simple/words/', b'') + (\n"
	"        '<a href=\"/files/%s#sha256=%s\">%s</a>\\n' % (name, sum, name)).encode()\n"
	"    open(dir + '/pypi-' + v, 'w').write('--index-url http://127.0.0.1:%d/simple\\n'\n"
	"        'words==%s --hash=sha256:%s\\n' % (port, v, sum))\n"
	"class Server(http.server.BaseHTTPRequestHandler):\n"
	"    def do_GET(self):\n"
	"        body = files.get(self.path)\n"
	"        self.send_response(200 if body else 404)\n"
	"        self.send_header('Content-Length', str(len(body or b'')))\n"
	"        self.end_headers()\n"
	"        self.wfile.write(body or b'')\n"
	"    def log_message(self, *args): pass\n"
	"http.server.ThreadingHTTPServer(('127.0.0.1', port), Server).serve_forever()\n";

static const struct cve_case {
	const char *kind, *lock, *toolchain, *base, *ecosystem, *main, *keep;
} cve_cases[] = {
	{ "npm", "package-lock.json", "node", "nodejs20", "npm", "main.js", "\"/app/**\"" },
	{ "pypi", "requirements.txt", "python", "python3", "PyPI", "main.py",
	  "\"/app/**\", \"/usr/local/**\"" },
};

static const char *cve_path(struct arena *a, const char *dir, const char *name)
{
	return arena_printf(a, "%s/%s", dir, name);
}

/* Builds with this version of the lock file into DIR/VERSION. */
static const char *cve_build(struct arena *a, const char *dir, const struct web *web,
			     const struct cve_case *c, const char *version)
{
	const char *out = cve_path(a, dir, version);
	struct oracle_run r;

	files_put(cve_path(a, dir, arena_printf(a, "code/%s", c->lock)),
		  files_get(a, arena_printf(a, "%s/%s-%s", web->dir, c->kind, version)));
	r = IMGBUILD(a, "--progress=plain", "lock", cve_path(a, dir, "recipe.json"));
	cr_assert_eq(r.status, 0, "%s: %s", c->kind, r.err.p);
	r = IMGBUILD(a, "--progress=plain", cve_path(a, dir, "recipe.json"), "-o", out);
	cr_assert_eq(r.status, 0, "%s: %s", c->kind, r.err.p);
	return out;
}

static void cve_judge(const struct cve_case *c)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *old, *now, *url;
	const char *osv = cve_path(&a, dir, "osv.json");
	struct oracle_run r;
	struct web web;

	web_run(&a, &web, cve_servers, (const char *const[]){ NULL });
	files_put(cve_path(&a, dir, arena_printf(&a, "code/%s", c->main)), "\n");
	files_put(cve_path(&a, dir, "app.json"),
		  arena_printf(&a,
			       "{ \"name\": \"app\", \"folder\": \"code\", \"toolchain\": \"%s\",\n"
			       "\"dependencies\": { \"lock\": \"%s\" },\n\"steps\": [ { \"name\": "
			       "\"folder\", \"run\": [\"mkdir\", \"-p\", \"${destdir}/app\"] },\n"
			       "{ \"name\": \"install\", \"run\": [\"cp\", \"-R\", \".\", "
			       "\"${destdir}/app\"] } ],\n\"keep\": [%s] }\n",
			       c->toolchain, c->lock, c->keep));
	files_put(cve_path(&a, dir, "recipe.json"),
		  arena_printf(
			  &a,
			  "{ \"name\": \"app\", \"base\": \"%s\",\n\"components\": [ { \"name\": "
			  "\"app\", \"providers\": [ { \"source\": \"app.json\" } ] } ],\n"
			  "\"config\": { \"user\": \"65532:65532\" } }\n",
			  c->base));
	files_put(osv,
		  arena_printf(&a,
			       "{\"id\":\"GHSA-test-1\",\"affected\":[{\"package\":{"
			       "\"ecosystem\":\"%s\",\"name\":\"words\"},\"ranges\":[{\"type\":"
			       "\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":"
			       "\"1.0.1\"}]}]}]}\n",
			       c->ecosystem));
	url = arena_printf(&a, "pkg:%s/words", c->kind);
	old = cve_build(&a, dir, &web, c, "1.0.0");
	r = IMGBUILD(&a, "audit", old, "--cve", osv, "--format", "json");
	cr_expect(strstr(r.out.p, "GHSA-test-1") && strstr(r.out.p, "cve.fix-available"),
		  "%s: %s%s", c->kind, r.out.p, r.err.p);
	now = cve_build(&a, dir, &web, c, "1.0.1");
	r = IMGBUILD(&a, "audit", now, "--cve", osv, "--format", "json");
	cr_expect(!strstr(r.out.p, "cve.fix-available"), "%s: %s", c->kind, r.out.p);
	r = IMGBUILD(&a, "diff", old, now);
	cr_expect_eq(r.status, 1, "%s", r.err.p);
	cr_expect(strstr(r.out.p, url) && strstr(r.out.p, "1.0.0 -> 1.0.1 (upgrade)"), "%s: %s",
		  c->kind, r.out.p);
	web_stop(&web);
	files_remove(dir);
}

Test(language_cve, an_update_takes_the_vulnerability_away, .timeout = 1800)
{
	run_needs_time();
	for (size_t i = 0; i < ARRAY_SIZE(cve_cases); i++)
		cve_judge(&cve_cases[i]);
}
