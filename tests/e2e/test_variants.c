/* SPDX-License-Identifier: Apache-2.0 */
/* The variants of the main image: other providers, the same proxy. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_port.h"

struct variant {
	struct arena *a;
	struct podman podman;
	const char *name, *dir, *image;
};

static void variant_open(struct variant *v, struct arena *a, const char *name)
{
	*v = (struct variant){ .a = a, .name = name, .dir = files_temporary(a) };
	v->image = arena_printf(a, "localhost/%s:latest", name);
	oracle_need("curl");
	image_build(a, v->dir, name);
	podman_open(&v->podman, a);
	PODMAN_MUST(&v->podman, "load", "--input", arena_printf(a, "%s/%s.tar", v->dir, name));
}

static void variant_close(struct variant *v)
{
	podman_close(&v->podman);
	files_remove(v->dir);
}

/* Starts it with its default configuration on another port, fetches a page, stops it. */
static void serves_a_request(struct variant *v)
{
	unsigned port = free_port(), health = free_port();
	const char *conf = arena_printf(v->a, "%s/squid.conf", v->dir);
	struct oracle_run r;
	struct web web;

	files_put(conf,
		  arena_printf(
			  v->a,
			  "http_port %u\nhttp_access allow localhost\ncache_log stdio:/dev/stderr\n"
			  "visible_hostname test\n",
			  port));
	web_start(v->a, &web);
	files_put(arena_printf(v->a, "%s/page", web.dir), "from the origin\n");
	PODMAN_MUST(&v->podman, "run", "--detach", "--name=proxy", "--network=host",
		    "--cap-drop=all", "--security-opt=no-new-privileges",
		    arena_printf(v->a, "--env=HEALTH_PORT=%u", health),
		    arena_printf(v->a, "--volume=%s:/etc/squid/squid.conf:ro", conf), v->image);
	podman_await(&v->podman, "proxy", "Container ready, entering monitoring loop");
	r = oracle_run(v->a,
		       (const char *const[]){
			       "curl", "--silent", "--show-error", "--max-time", "60", "--noproxy",
			       "", "--proxy", arena_printf(v->a, "http://127.0.0.1:%u", port),
			       arena_printf(v->a, "http://127.0.0.1:%u/page", web.port), NULL });
	cr_expect_str_eq(r.out.p, "from the origin\n", "%s: %s", v->name, r.err.p);
	PODMAN_MUST(&v->podman, "stop", "--time", "35", "proxy");
	cr_expect_str_eq(PODMAN(&v->podman, "inspect", "--format", "{{.State.ExitCode}}", "proxy")
				 .out.p,
			 "0\n");
	web_stop(&web);
}

/* The structure tests of cephalo hold for all of them, with their commands. */
static void passes_the_tests_of_cephalo(struct variant *v)
{
	struct oracle_run r;

	setenv("STORAGE_DRIVER", "vfs", 1);
	r = IMGBUILD(v->a, "-q", "test", arena_printf(v->a, "%s/%s", v->dir, v->name),
		     "recipes/cephalo.tests.json", "--no-skips");
	cr_expect(r.status == 0 && strstr(r.out.p, "14 passed, 0 failed, 0 skipped"), "%s%s",
		  r.out.p, r.err.p);
}

/* Runs a program of the image by itself. */
static struct oracle_run variant_run(struct variant *v, const char *program, const char *option,
				     const char *word)
{
	return PODMAN(&v->podman, "run", "--rm", "--network=none",
		      arena_printf(v->a, "--entrypoint=%s", program), v->image, option, word);
}

Test(variants, slim_is_a_proxy_without_python, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct variant v;

	variant_open(&v, &a, "cephalo-slim");
	cr_expect_neq(variant_run(&v, "/usr/bin/python3", "-c", "1").status, 0,
		      "there is a Python");
	serves_a_request(&v);
	passes_the_tests_of_cephalo(&v);
	variant_close(&v);
}

Test(variants, packages_give_the_same_proxy, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct variant v;
	struct oracle_run r;

	variant_open(&v, &a, "cephalo-packages");
	r = variant_run(&v, "/usr/sbin/squid", "-v", "-N");
	cr_expect(strstr(r.out.p, "'--enable-ssl-crtd'") && strstr(r.out.p, "'--with-openssl'"),
		  "%s%s", r.out.p, r.err.p);
	serves_a_request(&v);
	passes_the_tests_of_cephalo(&v);
	variant_close(&v);
}

static void has_no_leftovers(struct variant *v)
{
	static const char *const gone[] = { "idlelib",	     "test",	   "ensurepip",
					    "site-packages", "turtledemo", "tkinter" };
	const char *root = image_unpack(v->a, v->dir, arena_printf(v->a, "%s/%s", v->dir, v->name),
					v->name);
	const char *lib = arena_printf(v->a, "%s/usr/lib/python3.13", root);
	struct oracle_run r;

	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		cr_expect_neq(access(arena_printf(v->a, "%s/%s", lib, gone[i]), F_OK), 0, "%s",
			      gone[i]);
	r = oracle_run(v->a,
		       (const char *const[]){
			       "grep", "--recursive", "--files-with-matches", "--binary-files=text",
			       "/build/src", lib, arena_printf(v->a, "%s/usr/bin/python3.13", root),
			       arena_printf(v->a, "%s/usr/sbin/squid", root), NULL });
	cr_expect_eq(r.status, 1, "the build path is in %s%s", r.out.p, r.err.p);
	r = oracle_run(v->a, (const char *const[]){ "find", root, "-name", "*.a", "-o", "-name",
						    "*.pyc", NULL });
	cr_expect_str_eq(r.out.p, "");
	/* it is known to scanners as what it was made from */
	cr_expect(strstr(files_get(v->a,
				   arena_printf(v->a, "%s/var/lib/dpkg/status.d/python3.13-minimal",
						root)),
			 "\nSource: python3.13 ("));
}

Test(variants, a_compiled_python_has_every_module_and_nothing_else, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct variant v;
	struct oracle_run r;

	variant_open(&v, &a, "cephalo-py-source");
	r = variant_run(&v, "/usr/bin/python3", "-c", image_import_everything);
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	r = variant_run(&v, "/usr/bin/python3", "-c",
			"import ssl, sqlite3, ctypes, lzma, bz2, zlib, readline, uuid, _decimal, "
			"_uuid, sys\n"
			"assert sqlite3.connect(':memory:').execute('select 6 * 7').fetchone() == "
			"(42,)\n"
			"assert ctypes.CDLL('libc.so.6').abs(-7) == 7\n"
			"for m in lzma, bz2, zlib: assert m.decompress(m.compress(b'x' * 999)) == "
			"b'x' * 999\n"
			"print(ssl.OPENSSL_VERSION, sys.version_info[:2])");
	cr_expect(r.status == 0 && strstr(r.out.p, "OpenSSL 3.") && strstr(r.out.p, "(3, 13)"),
		  "%s%s", r.out.p, r.err.p);
	has_no_leftovers(&v);
	serves_a_request(&v);
	passes_the_tests_of_cephalo(&v);
	variant_close(&v);
}
