/* SPDX-License-Identifier: Apache-2.0 */
#include "e2e/fixture_node_locks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "support/fixture_files.h"

/* A registry (port, -, a file with the packages that it has). Each of them tells its name, its
 * version and what it finds under the names that it needs. The tarballs are the same on each
 * machine, whatever its zlib. */
static const char node_registry[] =
	"import base64, hashlib, http.server, io, json, struct, sys, tarfile, urllib.parse, zlib\n"
	"\n"
	"TELL = \"\"\"#!/usr/bin/env node\n"
	"const p = require('./package.json');\n"
	"const names = Object.keys(p.dependencies || {})\n"
	"  .concat(Object.keys(p.peerDependencies || {}), p['x-asks'] || []);\n"
	"const optional = Object.keys(p.optionalDependencies || {}).filter((n) => {\n"
	"  try { return require.resolve(n); } catch (e) { return false; }\n"
	"});\n"
	"module.exports = `${p.name}@${p.version}` +\n"
	"  (names.length + optional.length ? `(${names.concat(optional).map((n) => require(n)).join(' ')})` : '');\n"
	"\"\"\"\n"
	"\n"
	"\n"
	"def gzip_stored(data):\n"
	"    parts = [data[i:i + 65535] for i in range(0, len(data), 65535)]\n"
	"    out = b'\\x1f\\x8b\\x08\\0\\0\\0\\0\\0\\0\\xff'\n"
	"    for i, part in enumerate(parts):\n"
	"        out += struct.pack('<BHH', i == len(parts) - 1, len(part), 65535 - len(part)) + part\n"
	"    return out + struct.pack('<II', zlib.crc32(data), len(data))\n"
	"\n"
	"\n"
	"def tarball(package):\n"
	"    out = io.BytesIO()\n"
	"    with tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT) as tar:\n"
	"        for name, text in ('package.json', json.dumps(package)), ('index.js', TELL):\n"
	"            entry = tarfile.TarInfo('package/' + name)\n"
	"            entry.size = len(text)\n"
	"            tar.addfile(entry, io.BytesIO(text.encode()))\n"
	"    return gzip_stored(out.getvalue())\n"
	"\n"
	"\n"
	"port = int(sys.argv[1])\n"
	"url, files, docs = 'http://127.0.0.1:%d' % port, {}, {}\n"
	"for p in json.load(open(sys.argv[3])):\n"
	"    data = tarball(p)\n"
	"    path = '/%s/-/%s-%s.tgz' % (p['name'], p['name'].split('/')[-1], p['version'])\n"
	"    files[path] = data\n"
	"    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()\n"
	"    dist = {'tarball': url + path, 'integrity': 'sha512-' + digest,\n"
	"            'shasum': hashlib.sha1(data).hexdigest()}\n"
	"    doc = docs.setdefault(p['name'], {'name': p['name'], 'versions': {}})\n"
	"    doc['versions'][p['version']] = dict(p, dist=dist)\n"
	"    doc['dist-tags'] = {'latest': p['version']}\n"
	"\n"
	"\n"
	"class Registry(http.server.BaseHTTPRequestHandler):\n"
	"    def do_GET(self):\n"
	"        path = urllib.parse.unquote(self.path)\n"
	"        doc, body = docs.get(path[1:]), files.get(path)\n"
	"        if doc:\n"
	"            body = json.dumps(doc).encode()\n"
	"        self.send_response(200 if body else 404)\n"
	"        self.send_header('Content-Length', str(len(body or b'')))\n"
	"        self.end_headers()\n"
	"        self.wfile.write(body or b'')\n"
	"\n"
	"    def log_message(self, *args):\n"
	"        pass\n"
	"\n"
	"\n"
	"http.server.ThreadingHTTPServer(('127.0.0.1', port), Registry).serve_forever()\n";

/* What the project finds under the names that it needs; and its workspace. */
static const char node_main[] =
	"const p = require('./package.json');\n"
	"\n"
	"console.log(Object.keys(p.dependencies).map((n) => `${n}=${require(n)}`).join('\\n'));\n";
static const char node_workspace[] =
	"const p = require('./package.json');\n"
	"\n"
	"module.exports = `${p.name}@${p.version}(${Object.keys(p.dependencies).map((n) => require(n)).join(' ')})`;\n";

void node_locks_open(struct node_locks *n, struct arena *a, const char *name)
{
	project_open(&n->p, a, "node-locks");
	web_run(a, &n->web, node_registry,
		(const char *const[]){ project_path(&n->p, "registry.json"), NULL });
	n->url = arena_printf(a, "http://127.0.0.1:%u", n->web.port);
	n->name = name;
	files_put(project_path(&n->p, arena_printf(a, "%s/main.js", name)), node_main);
	files_put(project_path(&n->p, arena_printf(a, "%s/packages/w/index.js", name)),
		  node_workspace);
	ORACLE(a, "sed", "--in-place", arena_printf(a, "s,http://127.0.0.1:47311,%s,", n->url),
	       project_path(&n->p, arena_printf(a, "%s/%s", name,
						strcmp(name, "pnpm") == 0 ? "pnpm-lock.yaml"
									  : "yarn.lock")));
}

void node_locks_close(struct node_locks *n)
{
	project_close(&n->p);
}

static struct oracle_run node_locks_run(struct node_locks *n, const char *words)
{
	char here[4096];

	cr_assert(getcwd(here, sizeof(here)));
	return oracle_run(n->p.a,
			  (const char *const[]){ "sh", "-c",
						 arena_printf(n->p.a,
							      "cd %s && npm_config_registry=%s "
							      "%s/imgbuild --progress=plain %s",
							      n->p.dir, n->url, here, words),
						 NULL });
}

struct oracle_run node_locks_init(struct node_locks *n)
{
	return node_locks_run(n, arena_printf(n->p.a, "init --node %s", n->name));
}

const char *node_locks_answer(struct node_locks *n)
{
	struct oracle_run r =
		node_locks_run(n, "--locked recipes/shop.json -o out/shop --archive out/shop.tar");
	struct podman podman;
	struct str said;

	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	podman_open(&podman, n->p.a);
	PODMAN_MUST(&podman, "load", "--input", project_path(&n->p, "out/shop.tar"));
	said = PODMAN_MUST(&podman, "run", "--rm", "--network=none", "localhost/shop:latest");
	podman_close(&podman);
	return said.p;
}

/* Files and links, but for those that are for one processor. */
static const char *node_locks_lines(struct arena *a, struct str text)
{
	struct strings lines = { NULL, 0, 0 };
	struct str line;

	while (str_next(&text, '\n', &line)) {
		const char *one = str_dup(a, line);

		if (one[0] && !strstr(one, "only-x64") && !strstr(one, "only-arm64"))
			*list_push(a, &lines) = one;
	}
	strings_sort(&lines);
	return strings_join(a, &lines, "\n");
}

void node_locks_expect_placed(struct node_locks *n)
{
	struct arena *a = n->p.a;
	const char *layout = project_path(&n->p, "out/shop"), *app;
	struct str expected = str_of(
		files_get(a, project_path(&n->p, arena_printf(a, "%s.placed", n->name))));
	struct oracle_run r = IMGBUILD(a, "sbom", layout, "--format", "cyclonedx-json");

	app = arena_printf(a, "%s/app", image_unpack(a, n->p.dir, layout, "shop"));
	cr_expect_str_eq(node_locks_lines(a, ORACLE(a, "find", app, "-mindepth", "2", "-type", "f",
						    "-printf", "%P\n", "-o", "-mindepth", "2",
						    "-type", "l", "-printf", "%P -> %l\n")),
			 node_locks_lines(a, expected));
	cr_expect(strstr(r.out.p, "\"pkg:npm/b@1.0.0\"") &&
			  strstr(r.out.p, "\"pkg:npm/b@2.0.0\"") &&
			  strstr(r.out.p, "\"pkg:npm/%40s/e@1.0.0\""),
		  "%s", r.out.p);
	cr_expect(!strstr(r.out.p, "npm/tool") && !strstr(r.out.p, "mac-helper"), "%s", r.out.p);
}
