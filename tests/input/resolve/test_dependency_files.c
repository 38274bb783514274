/* SPDX-License-Identifier: Apache-2.0 */
/* What go.sum names, from a module proxy of the test's own on 127.0.0.1 into a lock. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "input/resolve/dependency_files.h"
#include "input/resolve/go_proxies.h"
#include "format/text/base64.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_relock.h"

#define MOD "module x.test/lib\n"
#define MOD_PATH "x.test/lib/@v/v1.0.0.mod"
#define ZIP_PATH "x.test/lib/@v/v1.0.0.zip"

struct dependency_scene {
	struct relock_scene s;
	struct str zip;
	const char *servers; /* "http://127.0.0.1:PORT/debian/proxy" */
};

static const char module_script[] =
	"import base64, hashlib, sys, zipfile\n"
	"z = zipfile.ZipFile(sys.argv[1], 'w')\n"
	"files = {'x.test/lib@v1.0.0/go.mod': b'module x.test/lib\\n', 'x.test/lib@v1.0.0/lib.go': b'package lib\\n'}\n"
	"for n in files: z.writestr(n, files[n])\n"
	"z.close()\n"
	"def h1(f): return base64.b64encode(hashlib.sha256(''.join('%s  %s\\n' % (\n"
	"    hashlib.sha256(f[n]).hexdigest(), n) for n in sorted(f)).encode()).digest()).decode()\n"
	"print(h1({'go.mod': b'module x.test/lib\\n'}), h1(files), end='')\n";

static void add_dependency(struct dependency_scene *t, const char *path, struct str hash,
			   unsigned line)
{
	struct dependency *d = list_push(&t->s.a, &t->s.source.dependencies.v);
	struct str bytes;

	cr_assert(base64_decode(&t->s.a, hash, &bytes) && bytes.n == 32);
	*d = (struct dependency){ .name = "x.test/lib", .version = "v1.0.0", .path = path };
	memcpy(d->hash.b, bytes.p, 32);
	d->line = line;
}

static void dependency_open(struct dependency_scene *t)
{
	struct str hashes, mod, zip;
	const char *path;

	oracle_need("python3");
	relock_open(&t->s);
	relock_publish(&t->s, 2, "gcc 14\n libcap-dev 1", NULL);
	path = arena_printf(&t->s.a, "%s/x.zip", t->s.d.dir);
	hashes = ORACLE(&t->s.a, "python3", "-c", module_script, path);
	cr_assert(io_read_file(&t->s.a, AT_FDCWD, path, 1 << 20, &t->zip, &t->s.e));
	str_cut(hashes, ' ', &mod, &zip);
	t->s.source.debian_source = NULL;
	t->s.source.folder = t->s.d.dir;
	t->s.source.dependencies = (struct dependencies){ .form = DEPENDENCY_GO,
							  .file = "code/go.sum",
							  .at = { "app.json", 4, 3 } };
	add_dependency(t, MOD_PATH, mod, 2);
	add_dependency(t, ZIP_PATH, zip, 1);
	relock_add_provider(&t->s, relock_add_component(&t->s, "app", NULL), NULL);
	unsetenv("GOPROXY");
	setenv("GOENV", "off", 1);
}

static void dependency_serve(struct dependency_scene *t)
{
	archivegen_serve(&t->s.g);
	t->servers = arena_printf(&t->s.a, "%s/proxy", archivegen_mirror(&t->s.g));
}

static void serve_module(struct dependency_scene *t)
{
	archivegen_file(&t->s.g, "proxy/" MOD_PATH, MOD);
	archivegen_bytes(&t->s.g, "proxy/" ZIP_PATH, t->zip);
	dependency_serve(t);
}

static void name_server(struct dependency_scene *t)
{
	*list_push(&t->s.a, &t->s.source.dependencies.from) = t->servers;
}

static void expect_failure(struct dependency_scene *t, enum err_kind kind, const char *says)
{
	char text[sizeof(t->s.e) * 4];

	cr_assert(!relock_make(&t->s, false));
	err_format(&t->s.e, text, sizeof(text));
	cr_expect_eq(t->s.e.kind, kind, "%s", text);
	cr_expect(strstr(text, says), "%s\n%s", text, says);
}

Test(dependency_files, are_locked_with_url_size_and_digest)
{
	struct dependency_scene t = { .servers = NULL };
	struct digest d;
	const char *path;
	struct lock again;

	dependency_open(&t);
	serve_module(&t);
	name_server(&t);
	cr_assert(relock_make(&t.s, false), "%s%s", t.s.e.context, t.s.e.cause);
	d = digest_of(t.zip);
	cr_expect(
		strstr(relock_text(&t.s),
		       arena_printf(&t.s.a,
				    "{ \"path\": \"" ZIP_PATH
				    "\", \"size\": %zu, \"sha256\": \"%s\", \"url\": \"%s/" ZIP_PATH
				    "\" }",
				    t.zip.n, digest_hex_dup(&t.s.a, &d), t.servers)),
		"%s", relock_text(&t.s));
	path = arena_printf(&t.s.a, "%s/x.lock.json", t.s.d.dir);
	files_put(path, relock_text(&t.s));
	cr_assert(lock_load(&t.s.a, path, &again, &t.s.e), "%s", t.s.e.cause);
	cr_assert(lock_check(&again, &t.s.recipe, t.s.platform, &t.s.e));
	cr_expect_eq(lock_source(&again, "app")->files.n, 2u);
	/* what is locked and in the store is asked of nobody: no server is named any more */
	t.s.old = &again;
	t.s.source.dependencies.from = (struct strings){ NULL, 0, 0 };
	cr_assert(relock_make(&t.s, true), "%s%s", t.s.e.context, t.s.e.cause);
	cr_expect_str_eq(lock_source(&t.s.lock, "app")->files.v[1].url,
			 arena_printf(&t.s.a, "%s/" ZIP_PATH, t.servers));
	/* another go.sum is another question */
	t.s.source.dependencies.v.v[0].hash.b[0] ^= 1;
	cr_expect(!lock_check(&again, &t.s.recipe, t.s.platform, &t.s.e));
	cr_expect(strstr(t.s.e.cause, "older x.json or app.json or code/go.sum: run imgbuild lock"),
		  "%s", t.s.e.cause);
	relock_close(&t.s);
}

Test(dependency_files, goproxy_names_servers_that_are_asked_in_turn)
{
	struct dependency_scene t = { .servers = NULL };

	dependency_open(&t);
	serve_module(&t);
	setenv("GOPROXY", arena_printf(&t.s.a, "%s/none,%s/|direct", t.servers, t.servers), 1);
	cr_assert(relock_make(&t.s, false), "%s%s", t.s.e.context, t.s.e.cause);
	cr_expect_str_eq(lock_source(&t.s.lock, "app")->files.v[0].url,
			 arena_printf(&t.s.a, "%s/" MOD_PATH, t.servers));
	unsetenv("GOPROXY");
	relock_close(&t.s);
}

/* As `go env GOPROXY` with such a file: the last line counts, and what is empty does not. */
Test(dependency_files, goproxy_of_go_env_counts_where_no_variable_is)
{
	struct dependency_scene t = { .servers = NULL };
	const char *file;

	dependency_open(&t);
	serve_module(&t);
	file = arena_printf(&t.s.a, "%s/env", t.s.d.dir);
	files_put(file,
		  arena_printf(&t.s.a, "GOFLAGS=-v\nGOPROXY=off\nGOPROXY=%s,direct\n", t.servers));
	setenv("GOENV", file, 1);
	setenv("GOPROXY", "", 1);
	cr_assert(relock_make(&t.s, false), "%s%s", t.s.e.context, t.s.e.cause);
	cr_expect_str_eq(lock_source(&t.s.lock, "app")->files.v[0].url,
			 arena_printf(&t.s.a, "%s/" MOD_PATH, t.servers));
	unsetenv("GOPROXY");
	setenv("GOENV", "off", 1);
	relock_close(&t.s);
}

Test(dependency_files, private_modules_are_asked_of_no_proxy_of_goproxy)
{
	struct dependency_scene t = { .servers = NULL };

	dependency_open(&t);
	serve_module(&t);
	setenv("GOPROXY", t.servers, 1);
	setenv("GOPRIVATE", "other.test,*.test/lib", 1);
	expect_failure(&t, ERR_INPUT,
		       "x.test/lib is private (GONOPROXY or GOPRIVATE name it), so no proxy "
		       "of GOPROXY is asked for it: name in the recipe the proxy that has it, "
		       "\"from\": [\"https://...\"], or put all modules into vendor/ with go mod "
		       "vendor");
	err_clear(&t.s.e);
	setenv("GONOPROXY", "none", 1);
	cr_assert(relock_make(&t.s, false), "%s%s", t.s.e.context, t.s.e.cause);
	unsetenv("GOPROXY");
	unsetenv("GOPRIVATE");
	unsetenv("GONOPROXY");
	relock_close(&t.s);
}

/* module.MatchPrefixPatterns() of golang.org/x/mod */
Test(dependency_files, patterns_of_private_modules)
{
	static const struct {
		const char *patterns, *module;
		bool named;
	} cases[] = {
		{ "", "rsc.io/quote", false },
		{ "rsc.io", "rsc.io/quote", true },
		{ "rsc.io/", "rsc.io/quote", true },
		{ "rsc.io/quote", "rsc.io/quote/v3", true },
		{ "rsc.io/quote/v3", "rsc.io/quote", false },
		{ "rsc.io/q", "rsc.io/quote", false },
		{ "*.corp.example,x", "git.corp.example/team/app", true },
		{ "*.corp.example", "corp.example/team", false },
		{ ",,rsc.*/quote", "rsc.io/quote", true },
		{ "*", "rsc.io/quote", true },
		{ "*/quote", "rsc.io/quote", true },
		{ "*/*/*", "rsc.io/quote", false },
		{ "rsc.io[", "rsc.io", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_eq(go_module_is_named(&a, cases[i].patterns, cases[i].module),
			     cases[i].named, "%s %s", cases[i].patterns, cases[i].module);
	}
}

Test(dependency_files, a_proxy_that_nobody_named_is_an_error)
{
	struct dependency_scene t = { .servers = NULL };

	dependency_open(&t);
	serve_module(&t);
	expect_failure(
		&t, ERR_INPUT,
		"app.json:4:3: component app: nothing says where the modules of code/go.sum can be fetched; "
		"name a module proxy here, \"from\": [\"https://...\"], or in the variable "
		"GOPROXY");
	err_clear(&t.s.e);
	setenv("GOPROXY", "direct", 1);
	expect_failure(&t, ERR_INPUT, "nothing says where");
	unsetenv("GOPROXY");
	relock_close(&t.s);
}

Test(dependency_files, other_bytes_than_go_sum_wants_are_refused)
{
	static const struct {
		const char *mod, *says;
		bool page;
	} cases[] = {
		{ MOD "// more\n",
		  "code/go.sum:2:1: component app: x.test/lib v1.0.0: expected h1:", false },
		{ MOD, "code/go.sum:1:1: component app: x.test/lib v1.0.0: expected h1:", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dependency_scene t = { .servers = NULL };

		dependency_open(&t);
		if (cases[i].page)
			t.zip = STR("<html>please log in</html>");
		archivegen_file(&t.s.g, "proxy/" MOD_PATH, cases[i].mod);
		archivegen_bytes(&t.s.g, "proxy/" ZIP_PATH, t.zip);
		dependency_serve(&t);
		name_server(&t);
		expect_failure(&t, ERR_VERIFY, cases[i].says);
		cr_expect(strstr(t.s.e.cause, cases[i].page ? "it is cut short, or no zip at http"
							    : ", found h1:"),
			  "%s", t.s.e.cause);
		relock_close(&t.s);
	}
}

Test(dependency_files, what_no_server_has_is_named)
{
	struct dependency_scene t = { .servers = NULL };

	dependency_open(&t);
	archivegen_file(&t.s.g, "proxy/" MOD_PATH, MOD);
	dependency_serve(&t);
	name_server(&t);
	expect_failure(&t, ERR_NETWORK, "x.test/lib v1.0.0: http://127.0.0.1:");
	cr_expect(strstr(t.s.e.cause, "HTTP 404"), "%s", t.s.e.cause);
	relock_close(&t.s);
}

Test(dependency_files, servers_of_a_list)
{
	static const struct {
		const char *list, *out, *says;
	} cases[] = {
		{ "", "", NULL },
		{ "off", "", NULL },
		/* go asks nobody behind these */
		{ "http://a.test,off,http://b.test", "http://a.test", NULL },
		{ "http://a.test|direct|file:///x", "http://a.test", NULL },
		{ "direct,http://a.test", "", NULL },
		{ ",http://a.test,, http://b.test ", "http://a.test http://b.test", NULL },
		{ "https://a.test/,http://b.test/x|direct", "https://a.test http://b.test/x",
		  NULL },
		{ "file:///srv/modules", NULL,
		  "GOPROXY: \"file:///srv/modules\" is not an http or https address" },
		{ "https://me:word@a.test", NULL, "GOPROXY holds credentials" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct strings out = { NULL, 0, 0 };
		struct error e = { 0 };
		bool ok = go_proxy_list(&a, cases[i].list, &out, &e);

		cr_expect_eq(ok, cases[i].says == NULL);
		if (ok)
			cr_expect_str_eq(strings_join(&a, &out, " "), cases[i].out);
		else if (cases[i].says)
			cr_expect(strstr(e.cause, cases[i].says) && !strstr(e.cause, "word"), "%s",
				  e.cause);
	}
}
