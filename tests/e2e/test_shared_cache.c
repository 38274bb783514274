/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled results over servers that others wrote: Debian's registry, Python's web server. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_registry.h"
#include "e2e/fixture_web.h"
#include "support/fixture_cache_world.h"
#include "support/fixture_files.h"

static void cache_must_say(struct oracle_run r, const char *text)
{
	cr_expect(strstr(r.err.p, text), "\"%s\" is not in:\n%s", text, r.err.p);
}

static void cache_must_not_compile(struct cache_world *w, const char *machine, struct oracle_run r)
{
	cr_expect_not(strstr(r.err.p, "compiling") || strstr(r.err.p, "warning: cache"), "%s",
		      r.err.p);
	cr_expect_not(cache_world_compiled(w, machine));
}

Test(shared_cache, registry_carries_results_between_machines, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct registry r;
	struct oracle_run run;
	const char *first, *ref, *listed;

	registry_open(&r, &a, REGISTRY_OPEN);
	cache_world_open(&w, &a);
	ref = arena_printf(&a, "type=registry,ref=%s/team/cache", r.host);
	first = CACHE_DIGEST(&w, "a", &run, "--cache-to", ref, "--cache-key", w.pem);
	cache_must_say(run, "thing: given to the cache docker://127.0.0.1:");
	cr_expect_str_eq(CACHE_DIGEST(&w, "b", &run, "--cache-from", ref, "--cache-key", w.pub),
			 first);
	cache_must_say(run, "thing: taken from the cache docker://127.0.0.1:");
	cache_must_not_compile(&w, "b", run);
	/* a registry's own eyes: one tag, an artifact of a type of its own */
	oracle_need("skopeo");
	listed = ORACLE(&a, "skopeo", "list-tags", "--tls-verify=false",
			registry_ref(&r, "team/cache"))
			 .p;
	cr_expect(strstr(listed, "\"compiled-"), "%s", listed);
	/* the registry ends: the same image, after one warning */
	registry_kill(&r);
	cr_expect_str_eq(CACHE_DIGEST(&w, "c", &run, "--cache-from", ref, "--cache-key", w.pub),
			 first);
	cache_must_say(run, "this cache is not asked again in this run");
	cache_must_say(run, "compiling thing");
	registry_start(&r);
	cache_world_close(&w);
	registry_close(&r);
}

Test(shared_cache, registry_wants_a_login, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct registry r;
	struct oracle_run run;
	const char *ref, *auth;

	registry_open(&r, &a, REGISTRY_LOGIN);
	cache_world_open(&w, &a);
	auth = cache_world_path(&w, "auth.json");
	/* anna:secret */
	files_put(auth,
		  arena_printf(&a, "{\"auths\":{\"%s\":{\"auth\":\"YW5uYTpzZWNyZXQ=\"}}}", r.host));
	ref = arena_printf(&a, "type=registry,ref=%s/team/cache", r.host);
	CACHE_DIGEST(&w, "a", &run, "--cache-to", ref, "--cache-key", w.pem);
	cache_must_say(run, "not given to it");
	CACHE_DIGEST(&w, "a", &run, "--cache-to", ref, "--cache-key", w.pem, "--authfile", auth);
	cache_must_say(run, "thing: given to the cache ");
	CACHE_DIGEST(&w, "b", &run, "--cache-from", ref, "--cache-key", w.pub, "--authfile", auth);
	cache_must_not_compile(&w, "b", run);
	cache_world_close(&w);
	registry_close(&r);
}

/* Somebody else's entry in the place of ours. */
Test(shared_cache, T42_entry_of_a_stranger_is_written_over, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct registry r;
	struct oracle_run run;
	const char *first, *ref;

	registry_open(&r, &a, REGISTRY_OPEN);
	cache_world_open(&w, &a);
	cache_world_key(&w, "eve");
	ref = arena_printf(&a, "type=registry,ref=%s/team/cache", r.host);
	first = CACHE_DIGEST(&w, "a", &run, "--cache-to", ref, "--cache-key",
			     cache_world_path(&w, "eve.pem"));
	cr_expect_str_eq(CACHE_DIGEST(&w, "b", &run, "--cache-from", ref, "--cache-to", ref,
				      "--cache-key", w.pem),
			 first);
	cache_must_say(run, "none of the keys of --cache-key has signed its record");
	cache_must_say(run, "compiling thing");
	cache_must_say(run, "thing: given to the cache ");
	CACHE_DIGEST(&w, "c", &run, "--cache-from", ref, "--cache-key", w.pub);
	cache_must_not_compile(&w, "c", run);
	cache_world_close(&w);
	registry_close(&r);
}

/* A store with PUT, as WebDAV has it. */
static const char put_server[] =
	"import http.server, os, sys\n"
	"class H(http.server.SimpleHTTPRequestHandler):\n"
	"  protocol_version = 'HTTP/1.1'\n"
	"  def do_PUT(self):\n"
	"    path = self.translate_path(self.path)\n"
	"    os.makedirs(os.path.dirname(path), exist_ok=True)\n"
	"    with open(path, 'wb') as f:\n"
	"      f.write(self.rfile.read(int(self.headers['Content-Length'])))\n"
	"    self.send_response(201)\n"
	"    self.send_header('Content-Length', '0')\n"
	"    self.end_headers()\n"
	"os.chdir(sys.argv[2])\n"
	"http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), H).serve_forever()\n";

Test(shared_cache, web_server_carries_results_between_machines, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct web web;
	struct oracle_run run;
	const char *first, *http, *local;

	cache_world_open(&w, &a);
	web_run(&a, &web, put_server, (const char *const[]){ NULL });
	http = arena_printf(&a, "type=http,url=http://127.0.0.1:%u/imgbuild", web.port);
	local = arena_printf(&a, "type=local,dir=%s/imgbuild", web.dir);
	first = CACHE_DIGEST(&w, "a", &run, "--cache-to", http, "--cache-key", w.pem);
	cache_must_say(run, "thing: given to the cache http://127.0.0.1:");
	cr_expect_str_eq(CACHE_DIGEST(&w, "b", &run, "--cache-from", http, "--cache-key", w.pub),
			 first);
	cache_must_not_compile(&w, "b", run);
	/* what the server keeps is a folder cache */
	cr_expect_str_eq(CACHE_DIGEST(&w, "c", &run, "--cache-from", local, "--cache-key", w.pub),
			 first);
	cache_must_not_compile(&w, "c", run);
	web_stop(&web);
	cache_world_close(&w);
}
