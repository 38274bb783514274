/* SPDX-License-Identifier: Apache-2.0 */
/* Code of one's own, from a folder to a container, in each language. */

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

Test(projects, c_with_pkg_config_and_a_library_by_name, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	struct oracle_run r;

	project_open(&p, &a, "c");
	cr_expect_str_eq(project_answer(&p, NULL), "zlib 1: 17 bytes, root 4.12\n");
	files_put(project_path(&p, "code/words.c"),
		  "#include \"words.h\"\n\nconst char *words_default(void)\n{\n\treturn 5 +;\n}\n");
	r = project_build(&p, NULL);
	cr_expect_eq(r.status, 3);
	cr_expect(strstr(r.err.p, "code/words.c:5:19: error: "), "%s", r.err.p);
	cr_expect(strstr(r.err.p, "step \"compile\" failed with exit status 1"), "%s", r.err.p);
	project_close(&p);
}

Test(projects, cxx_with_cmake_and_a_library_of_its_own, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	const char *digest;

	run_needs_time();
	project_open(&p, &a, "cxx");
	cr_expect_str_eq(project_answer(&p, "select 40 + 2"), "answer 42\n");
	digest = project_digest(&p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&p), digest);
	project_close(&p);
}

/* The folder with Debian's packages of Go code, which stand for other people's modules. */
static const char *debian_go(struct project *p)
{
	const char *layout = project_path(p, "vendor");
	struct oracle_run r = IMGBUILD(p->a, "--progress=quiet", "--no-audit",
				       project_path(p, "vendor.json"), "-o", layout);

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	return arena_printf(p->a, "%s/usr/share/gocode/src",
			    image_unpack(p->a, p->dir, layout, "vendor"));
}

/* Puts them where `go mod vendor` would have put the modules. */
static void vendor_go(struct project *p)
{
	AUTO_ARENA a = { 0 };
	const char *vendor = project_path(p, "code/vendor");

	ORACLE(&a, "mv", debian_go(p), vendor);
	ORACLE(&a, "mv", project_path(p, "modules.txt"),
	       arena_printf(&a, "%s/modules.txt", vendor));
}

/* Fills a module proxy (argument 2) from a folder of Go code (1) with what the go.mod in a folder
 * (3) requires, and writes go.sum there. Versions that only other modules ask for have a go.mod
 * alone, as they have in a go.sum. */
static const char go_proxy[] =
	"import base64, hashlib, os, re, sys, zipfile\n"
	"src, web, code = sys.argv[1:]\n"
	"def h1(files):\n"
	"    text = ''.join('%s  %s\\n' % (hashlib.sha256(files[n]).hexdigest(), n) for n in sorted(files))\n"
	"    return 'h1:' + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()\n"
	"def requires(mod): return re.findall(r'^(?:require)?\\s*([\\w./~-]+\\.[\\w./~-]+) (v\\S+)', mod, re.M)\n"
	"def place(m, v, end):\n"
	"    path = re.sub('[A-Z]', lambda c: '!' + c.group().lower(), '%s/@v/%s.%s' % (m, v, end))\n"
	"    os.makedirs(os.path.dirname(web + '/' + path), exist_ok=True)\n"
	"    return web + '/' + path\n"
	"sums, todo = [], [(m, v, True) for m, v in requires(open(code + '/go.mod').read())]\n"
	"own, seen = {m: v for m, v, _ in todo}, set()\n"
	"while todo:\n"
	"    m, v, whole = todo.pop()\n"
	"    if (m, v) in seen: continue\n"
	"    seen.add((m, v))\n"
	"    mod = b'module %s\\n' % m.encode()\n"
	"    if whole:\n"
	"        files = {}\n"
	"        for d, dirs, names in os.walk(src + '/' + m):\n"
	"            for n in names:\n"
	"                p = os.path.join(d, n)\n"
	"                files['%s@%s/%s' % (m, v, os.path.relpath(p, src + '/' + m))] = open(p, 'rb').read()\n"
	"        mod = files.setdefault('%s@%s/go.mod' % (m, v), mod)\n"
	"        with zipfile.ZipFile(place(m, v, 'zip'), 'w', zipfile.ZIP_DEFLATED) as z:\n"
	"            for n in files: z.writestr(n, files[n])\n"
	"        sums.append('%s %s %s' % (m, v, h1(files)))\n"
	"        todo += [(n, w, False) for n, w in requires(mod.decode()) if own.get(n) != w]\n"
	"    open(place(m, v, 'mod'), 'wb').write(mod)\n"
	"    sums.append('%s %s/go.mod %s' % (m, v, h1({'go.mod': mod})))\n"
	"open(code + '/go.sum', 'w').write('\\n'.join(sums) + '\\n')\n";

/* What the program says of itself stands in the bill of materials of its image. */
static void expect_modules_in_sbom(struct project *p)
{
	const char *said = project_answer(p, "--modules");
	struct oracle_run sbom = IMGBUILD(p->a, "sbom", project_path(p, "out"), "--format",
					  "cyclonedx-json");
	struct str rest = str_of(said), line;
	size_t n = 0;

	cr_assert_eq(sbom.status, 0, "%s", sbom.err.p);
	for (; str_next(&rest, '\n', &line); n++) {
		char *purl = arena_printf(p->a, "\"pkg:golang/" STR_FMT "\"", STR_ARG(line));

		for (char *c = purl; *c && *c != '@'; c++)
			*c = (char)tolower((unsigned char)*c);
		cr_expect(strstr(sbom.out.p, purl), "%s", purl);
	}
	cr_expect_geq(n, 7u, "%s", said);
}

Test(projects, go_with_vendored_modules, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	struct oracle_run r;
	const char *digest;

	run_needs_time();
	project_open(&p, &a, "go");
	r = project_build(&p, NULL);
	cr_expect_eq(r.status, 3, "without its modules it was built");
	cr_expect(strstr(r.err.p, "main.go:13:2: "), "%s", r.err.p);
	vendor_go(&p);
	cr_expect_str_eq(project_answer(&p, "--text=name = \"you\""),
			 "hello you 3 b945a8c5-037f-5f84-9ca9-59a60165968d\n");
	digest = project_digest(&p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&p), digest);
	project_close(&p);
}

Test(projects, go_with_the_modules_of_go_sum_from_a_proxy, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	struct web web;
	struct oracle_run r;
	const char *digest;

	run_needs_time();
	project_open(&p, &a, "go");
	p.recipe = project_path(&p, "modules.json");
	web_start(&a, &web);
	ORACLE(&a, "python3", "-c", go_proxy, debian_go(&p), web.dir, project_path(&p, "code"));
	unsetenv("GOPROXY");
	r = project_build(&p, NULL);
	cr_expect_eq(r.status, 3, "%s", r.err.p);
	cr_expect(strstr(r.err.p, "app-modules.json:6:19: ") &&
			  strstr(r.err.p, "nothing says where the modules of "),
		  "%s", r.err.p);
	setenv("GOPROXY", arena_printf(&a, "http://127.0.0.1:%u", web.port), 1);
	cr_expect_str_eq(project_answer(&p, "--text=name = \"you\""),
			 "hello you 3 b945a8c5-037f-5f84-9ca9-59a60165968d\n");
	expect_modules_in_sbom(&p);
	digest = project_digest(&p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&p), digest);
	web_stop(&web);
	unsetenv("GOPROXY");
	cr_expect_str_eq(project_digest(&p, "--frozen"), digest);
	project_close(&p);
}

/* Fills a registry with a sparse index (argument 2) from Debian's packages of crates (1), and
 * writes Cargo.lock into a folder (3), as cargo would for its Cargo.toml. */
static const char rust_registry[] =
	"import gzip, hashlib, io, json, os, sys, tarfile\n"
	"src, web, code, url = sys.argv[1:]\n"
	"source = 'registry+https://github.com/rust-lang/crates.io-index'\n"
	"needs = {'app': ['cc', 'either', 'fnv', 'hex', 'itoa', 'smallvec'], 'cc': ['shlex']}\n"
	"os.makedirs(web + '/index'), os.makedirs(web + '/crates')\n"
	"open(web + '/index/config.json', 'w').write(json.dumps({'dl': url + '/crates/{crate}-{version}.crate'}))\n"
	"packages = {'app': ('0.1.0', None)}\n"
	"for d in sorted(os.listdir(src)):\n"
	"    out = io.BytesIO()\n"
	"    with tarfile.open(fileobj=out, mode='w') as t: t.add(src + '/' + d, d)\n"
	"    crate = gzip.compress(out.getvalue())\n"
	"    open(web + '/crates/' + d + '.crate', 'wb').write(crate)\n"
	"    packages[d.rsplit('-', 1)[0]] = (d.rsplit('-', 1)[1], hashlib.sha256(crate).hexdigest())\n"
	"with open(code + '/Cargo.lock', 'w') as f:\n"
	"    f.write('# This file is automatically @generated by Cargo.\\n'\n"
	"            '# It is not intended for manual editing.\\nversion = 4\\n')\n"
	"    for name in sorted(packages):\n"
	"        version, checksum = packages[name]\n"
	"        f.write('\\n[[package]]\\nname = \"%s\"\\nversion = \"%s\"\\n' % (name, version))\n"
	"        if checksum: f.write('source = \"%s\"\\nchecksum = \"%s\"\\n' % (source, checksum))\n"
	"        if name in needs:\n"
	"            f.write('dependencies = [\\n%s]\\n' % ''.join(' \"%s\",\\n' % n for n in needs[name]))\n";

static const char *debian_crates(struct project *p)
{
	const char *layout = project_path(p, "crates");
	struct oracle_run r = IMGBUILD(p->a, "--progress=quiet", "--no-audit",
				       project_path(p, "crates.json"), "-o", layout);

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	return arena_printf(p->a, "%s/usr/share/cargo/registry",
			    image_unpack(p->a, p->dir, layout, "crates"));
}

/* The same recipe, cross-compiled; the program runs under qemu. */
static const char *rust_answer_of_arm64(struct project *p, const char *argument)
{
	const char *layout = project_path(p, "out-arm64");
	struct oracle_run r = IMGBUILD(p->a, "--progress=plain", p->recipe, "--platform",
				       "linux/arm64", "-o", layout);
	const char *root;

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	oracle_need("qemu-aarch64-static");
	root = image_unpack(p->a, p->dir, layout, "project-rust");
	return ORACLE(p->a, "qemu-aarch64-static", "-L", root,
		      arena_printf(p->a, "%s/usr/bin/app", root), argument)
		.p;
}

Test(projects, rust_with_the_crates_of_cargo_lock_from_a_registry, .timeout = 1800)
{
	static const char *const parts[] = { "either@1.", "fnv@1.", "hex@0.4.", "itoa@1.",
					     "smallvec@1." };
	AUTO_ARENA a = { 0 };
	struct project p;
	struct web web;
	struct oracle_run r;
	const char *digest, *url;

	run_needs_time();
	project_open(&p, &a, "rust");
	web_start(&a, &web);
	url = arena_printf(&a, "http://127.0.0.1:%u", web.port);
	ORACLE(&a, "python3", "-c", rust_registry, debian_crates(&p), web.dir,
	       project_path(&p, "code"), url);
	r = project_build(&p, NULL);
	cr_expect_eq(r.status, 3, "%s", r.err.p);
	cr_expect(strstr(r.err.p, "and nothing says where its files can be fetched"), "%s",
		  r.err.p);
	files_put(project_path(&p, "code/.cargo/config.toml"),
		  arena_printf(&a,
			       "[source.crates-io]\nreplace-with = \"local\"\n"
			       "[source.local]\nregistry = \"sparse+%s/index/\"\n",
			       url));
	cr_expect_str_eq(project_answer(&p, "hello"), "68656c6c6f a430d84680aabd0b 10\n");
	r = IMGBUILD(&a, "sbom", project_path(&p, "out"), "--format", "cyclonedx-json");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		cr_expect(strstr(r.out.p, arena_printf(&a, "\"pkg:cargo/%s", parts[i])), "%s",
			  parts[i]);
	cr_expect(!strstr(r.out.p, "pkg:cargo/cc@"), "it ran while it was built");
	digest = project_digest(&p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&p), digest);
	cr_expect_str_eq(rust_answer_of_arm64(&p, "hello"), "68656c6c6f a430d84680aabd0b 10\n");
	web_stop(&web);
	cr_expect_str_eq(project_digest(&p, "--frozen"), digest);
	project_close(&p);
}
