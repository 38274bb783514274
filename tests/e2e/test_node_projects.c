/* SPDX-License-Identifier: Apache-2.0 */
/* A project of Node.js from its package-lock.json, which npm writes here, to a container. Debian's
 * packages of Node code stand for other people's; a server speaks what registries of npm speak. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_npm.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

/* A registry (port, -, folder) of all packages below a folder: metadata of a package, and tarballs.
 * What they depend on is whatever version is there. */
static const char npm_registry[] =
	"import base64, gzip, hashlib, http.server, io, json, os, sys, tarfile, urllib.parse\n"
	"port, src = int(sys.argv[1]), sys.argv[3]\n"
	"url, files, docs = 'http://127.0.0.1:%d' % port, {}, {}\n"
	"def add(d, p):\n"
	"    out = io.BytesIO()\n"
	"    with tarfile.open(fileobj=out, mode='w') as t: t.add(d, 'package')\n"
	"    tgz = gzip.compress(out.getvalue(), mtime=0)\n"
	"    path = '/%s/-/%s-%s.tgz' % (p['name'], p['name'].split('/')[-1], p['version'])\n"
	"    files[path] = tgz\n"
	"    digest = base64.b64encode(hashlib.sha512(tgz).digest()).decode()\n"
	"    p['dist'] = {'tarball': url + path, 'integrity': 'sha512-' + digest}\n"
	"    docs[p['name']] = p\n"
	"for d, dirs, names in os.walk(src):\n"
	"    p = json.load(open(d + '/package.json')) if 'package.json' in names else {}\n"
	"    if 'name' in p and 'version' in p:\n"
	"        dirs.clear()\n"
	"        add(d, p)\n"
	"for p in docs.values():\n"
	"    p['dependencies'] = {n: '*' for n in p.get('dependencies', {}) if n in docs}\n"
	"    p.pop('devDependencies', None)\n"
	"class Registry(http.server.BaseHTTPRequestHandler):\n"
	"    def do_GET(self):\n"
	"        path = urllib.parse.unquote(self.path)\n"
	"        p, body = docs.get(path[1:]), files.get(path)\n"
	"        if p: body = json.dumps({'name': p['name'], 'versions': {p['version']: p},\n"
	"                                 'dist-tags': {'latest': p['version']}}).encode()\n"
	"        self.send_response(200 if body else 404)\n"
	"        self.send_header('Content-Length', str(len(body or b'')))\n"
	"        self.end_headers()\n"
	"        self.wfile.write(body or b'')\n"
	"    def log_message(self, *args): pass\n"
	"http.server.ThreadingHTTPServer(('127.0.0.1', port), Registry).serve_forever()\n";

/* The project's own code. */
static const char node_main[] =
	"const { Iconv } = require('iconv');\n"
	"const debug = require('debug');\n"
	"const semver = require('semver');\n"
	"const color = require('supports-color');\n"
	"const words = require('words');\n"
	"\n"
	"const latin = new Iconv('UTF-8', 'ISO-8859-1').convert('\\u00e9').toString('hex');\n"
	"\n"
	"console.log(latin, semver.inc('1.2.3', 'minor'), words.long(process.argv[2] || '2d'), color.stdout, debug.enabled('x'));\n";
static const char node_words[] = "const ms = require('ms');\n"
				 "\n"
				 "exports.long = (text) => ms(ms(text), { long: true });\n";

struct node_project {
	struct project p;
	struct web web;
	const char *url;
};

/* The folder with Debian's packages of Node code; one that is for macOS alone, with what it needs;
 * and two that are for a Node.js that nobody has. */
static const char *packages_of_node(struct project *p)
{
	const char *layout = project_path(p, "packages");
	struct oracle_run r = IMGBUILD(p->a, "--progress=quiet", "--no-audit",
				       project_path(p, "packages.json"), "-o", layout);
	const char *src;

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	src = arena_printf(p->a, "%s/usr", image_unpack(p->a, p->dir, layout, "packages"));
	files_put(arena_printf(p->a, "%s/only-mac/package.json", src),
		  "{ \"name\": \"only-mac\", \"version\": \"1.0.0\", \"os\": [\"darwin\"],\n"
		  "\"dependencies\": { \"mac-helper\": \"*\", \"ms\": \"*\" } }\n");
	files_put(arena_printf(p->a, "%s/mac-helper/package.json", src),
		  "{ \"name\": \"mac-helper\", \"version\": \"1.0.0\",\n"
		  "\"dependencies\": { \"mac-words\": \"*\" } }\n");
	files_put(arena_printf(p->a, "%s/mac-words/package.json", src),
		  "{ \"name\": \"mac-words\", \"version\": \"1.0.0\" }\n");
	files_put(
		arena_printf(p->a, "%s/only-new/package.json", src),
		"{ \"name\": \"only-new\", \"version\": \"1.0.0\", \"bin\": \"x.js\",\n"
		"\"engines\": { \"node\": \">=99\" }, \"dependencies\": { \"new-helper\": \"*\" } }\n");
	files_put(arena_printf(p->a, "%s/only-new/x.js", src), "");
	files_put(arena_printf(p->a, "%s/new-helper/package.json", src),
		  "{ \"name\": \"new-helper\", \"version\": \"1.0.0\" }\n");
	files_put(arena_printf(p->a, "%s/wants-new/package.json", src),
		  "{ \"name\": \"wants-new\", \"version\": \"1.0.0\",\n"
		  "\"engines\": { \"node\": \">=99\" } }\n");
	return src;
}

static void node_project_open(struct node_project *n, struct arena *a)
{
	oracle_need("npm");
	project_open(&n->p, a, "node");
	files_put(project_path(&n->p, "code/main.js"), node_main);
	files_put(project_path(&n->p, "code/packages/words/index.js"), node_words);
	web_run(a, &n->web, npm_registry, (const char *const[]){ packages_of_node(&n->p), NULL });
	n->url = arena_printf(a, "http://127.0.0.1:%u", n->web.port);
	(void)npm_run(a, n->p.dir, project_path(&n->p, "code"), "install", "--package-lock-only",
		      n->url);
}

/* As `npm ci --omit=dev --ignore-scripts` installs it. */
static void expect_as_npm(struct node_project *n)
{
	struct arena *a = n->p.a;
	const char *copy = project_path(&n->p, "copy");
	const char *image = image_unpack(a, n->p.dir, project_path(&n->p, "out"), "project-node");
	struct oracle_run r;

	ORACLE(a, "cp", "--recursive", project_path(&n->p, "code"), copy);
	r = npm_run(a, n->p.dir, copy, "ci", "--omit=dev", n->url);
	cr_expect(strstr(r.err.p, "EBADENGINE") && strstr(r.err.p, "wants-new@1.0.0"), "%s",
		  r.err.p);
	cr_expect(!strstr(r.err.p, "only-new@1.0.0"), "%s", r.err.p);
	npm_expect_same(a, arena_printf(a, "%s/app", image), copy);
}

/* What npm says of the same lock file is expected in expect_as_npm(). */
static void expect_engines_told(struct node_project *n)
{
	struct oracle_run r = project_build(&n->p, NULL);

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect(strstr(r.err.p, ", and some packages want another (npm: EBADENGINE): wants-new "
				  "1.0.0 (>=99)"),
		  "%s", r.err.p);
	cr_expect(strstr(r.err.p, " are left out, with what only they need: "
				  "new-helper/-/new-helper-1.0.0.tgz, "
				  "only-new/-/only-new-1.0.0.tgz"),
		  "%s", r.err.p);
}

static void expect_packages_in_sbom(struct node_project *n)
{
	static const char *const parts[] = { "debug@4.",  "has-flag@5.",
					     "iconv@3.",  "lru-cache@10.",
					     "ms@2.",	  "safer-buffer@2.",
					     "semver@7.", "supports-color@8." };
	struct oracle_run r = IMGBUILD(n->p.a, "sbom", project_path(&n->p, "out"), "--format",
				       "cyclonedx-json");

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		cr_expect(strstr(r.out.p, arena_printf(n->p.a, "\"pkg:npm/%s", parts[i])), "%s",
			  parts[i]);
	cr_expect(!strstr(r.out.p, "types/ms"), "what only development needs is in the image");
	cr_expect(!strstr(r.out.p, "only-mac"));
	cr_expect(!strstr(r.out.p, "only-new") && !strstr(r.out.p, "new-helper"));
}

Test(node_projects, the_packages_of_package_lock_from_a_registry, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct node_project n;
	const char *digest;

	run_needs_time();
	node_project_open(&n, &a);
	expect_engines_told(&n);
	cr_expect_str_eq(project_answer(&n.p, "3d"), "e9 1.3.0 3 days false false\n");
	expect_as_npm(&n);
	expect_packages_in_sbom(&n);
	digest = project_digest(&n.p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&n.p), digest);
	web_stop(&n.web);
	cr_expect_str_eq(project_digest(&n.p, "--frozen"), digest);
	project_close(&n.p);
}

/* A tarball that is another one now ends with status 5 and the line of the lock file. */
Test(node_projects, other_bytes_than_the_lock_file_wants, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct node_project n;
	struct oracle_run r;
	const char *path;
	char *text, *at;

	run_needs_time();
	node_project_open(&n, &a);
	path = project_path(&n.p, "code/package-lock.json");
	text = arena_strdup(&a, files_get(&a, path));
	at = strstr(text, "\"node_modules/debug\"");
	cr_assert(at);
	at = strstr(at, "\"sha512-");
	cr_assert(at);
	at += strlen("\"sha512-");
	*at = *at == 'A' ? 'B' : 'A';
	files_put(path, text);
	r = project_build(&n.p, NULL);
	cr_expect_eq(r.status, 5, "%s", r.err.p);
	cr_expect(strstr(r.err.p, "code/package-lock.json:") &&
			  strstr(r.err.p, ": expected sha512-"),
		  "%s", r.err.p);
	web_stop(&n.web);
	project_close(&n.p);
}
