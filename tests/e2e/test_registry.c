/* SPDX-License-Identifier: Apache-2.0 */
/* push and pull with a real registry; skopeo and podman see the same image. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "e2e/fixture_registry.h"
#include "e2e/fixture_web.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/gen_image.h"

static const char *push_path(struct arena *a, const char *dir, const char *name)
{
	return arena_printf(a, "%s/%s", dir, name);
}

/* "sha256:..." of what imgbuild printed; the test fails if it did not succeed. */
static const char *printed_digest(struct arena *a, struct oracle_run r)
{
	const char *at = strstr(r.out.p, "sha256:");

	cr_assert(r.status == 0 && at, "%d: %s%s", r.status, r.out.p, r.err.p);
	return arena_strndup(a, at, strlen("sha256:") + 64);
}

/* What a file's bytes have as digest. */
static const char *digest_of_text(struct arena *a, struct str text)
{
	struct digest d = digest_of(text);

	return arena_printf(a, "sha256:%s", digest_hex_dup(a, &d));
}

Test(registry, what_is_pushed_is_what_skopeo_and_podman_get, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout, *digest, *ref;
	struct registry r;
	struct podman p;
	struct oracle_run run;

	oracle_need("skopeo");
	registry_open(&r, &a, REGISTRY_OPEN);
	layout = image_build(&a, dir, "hello");
	ref = registry_ref(&r, "team/hello:1.0");
	digest = printed_digest(&a, IMGBUILD(&a, "push", layout, ref));
	cr_expect(strstr(ORACLE(&a, "skopeo", "inspect", "--tls-verify=false", ref).p,
			 arena_printf(&a, "\"Digest\": \"%s\"", digest)) != NULL);
	ORACLE(&a, "skopeo", "copy", "--src-tls-verify=false", ref,
	       arena_printf(&a, "dir:%s/copy", dir));
	cr_expect_str_eq(digest_of_text(&a, str_of(files_get(&a, push_path(&a, dir,
									   "copy/manifest.json")))),
			 digest);

	podman_open(&p, &a);
	PODMAN_MUST(&p, "pull", "--tls-verify=false", ref);
	run = PODMAN(&p, "run", "--rm", "--network=none", ref + strlen("docker://"));
	cr_expect_str_eq(run.out.p, "Hello from an image without a shell.\n", "%s", run.err.p);
	podman_close(&p);

	/* the same from the archive: nothing is left to send */
	run = IMGBUILD(&a, "push", arena_printf(&a, "oci-archive:%s/hello.tar", dir), ref);
	cr_expect_str_eq(printed_digest(&a, run), digest);
	cr_expect(strstr(run.err.p, "nothing was sent"), "%s", run.err.p);
	registry_close(&r);
	files_remove(dir);
}

Test(registry, a_second_push_sends_nothing)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout;
	struct registry r;
	struct oracle_run run;
	size_t puts, posts, all;

	registry_open(&r, &a, REGISTRY_OPEN);
	layout = image_build(&a, dir, "hello");
	printed_digest(&a, IMGBUILD(&a, "push", layout, registry_ref(&r, "hello")));
	all = registry_logged(&r, " /v2/hello/");
	puts = registry_logged(&r, "\"PUT /v2/");
	posts = registry_logged(&r, "\"POST /v2/");
	cr_expect_gt(puts, 0);
	run = IMGBUILD(&a, "--json", "push", layout, registry_ref(&r, "hello"));
	cr_expect(run.status == 0 && strstr(run.out.p, "\"unchanged\":true"), "%s%s", run.out.p,
		  run.err.p);
	cr_expect_eq(registry_logged(&r, " /v2/hello/"), all + 1, "one question");
	cr_expect_eq(registry_logged(&r, "\"PUT /v2/"), puts);
	cr_expect_eq(registry_logged(&r, "\"POST /v2/"), posts);
	/* another repository takes the layers over */
	run = IMGBUILD(&a, "--json", "push", layout, registry_ref(&r, "team/other:2"),
		       "--mount-from", "hello");
	cr_expect(run.status == 0 && strstr(run.out.p, "\"uploaded\":0,\"mounted\":6"), "%s%s",
		  run.out.p, run.err.p);
	registry_close(&r);
	files_remove(dir);
}

/* What skopeo put there, in OCI's form and in Docker's. */
Test(registry, what_skopeo_pushed_is_pulled_and_audited, .timeout = 600)
{
	static const char *const formats[] = { "oci", "v2s2" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout;
	struct registry r;

	oracle_need("skopeo");
	registry_open(&r, &a, REGISTRY_OPEN);
	layout = image_build(&a, dir, "hello");
	for (size_t i = 0; i < 2; i++) {
		const char *ref = registry_ref(&r, arena_printf(&a, "hello:%s", formats[i]));
		const char *out = push_path(&a, dir, formats[i]), *digest, *raw, *again;
		struct oracle_run run;

		ORACLE(&a, "skopeo", "copy", "--dest-tls-verify=false", "--format", formats[i],
		       arena_printf(&a, "oci:%s:hello:latest", layout), ref);
		digest = printed_digest(&a, IMGBUILD(&a, "pull", ref, "-o", out, "--archive",
						     arena_printf(&a, "%s.tar", out)));
		raw = ORACLE(&a, "skopeo", "inspect", "--tls-verify=false", "--raw", ref).p;
		cr_expect_str_eq(digest_of_text(&a, str_of(raw)), digest,
				 "other bytes than the registry's");
		run = IMGBUILD(&a, "audit", out, "--recipe", "recipes/hello.json");
		cr_expect_eq(run.status, 0, "%s: %s%s", formats[i], run.out.p, run.err.p);
		run = IMGBUILD(&a, "diff", layout, out);
		cr_expect(run.status <= 1 && !strstr(run.out.p, "usr/"), "%s: %s%s", formats[i],
			  run.out.p, run.err.p);
		/* and skopeo reads both the layout and the archive */
		again = ORACLE(&a, "skopeo", "inspect", "--raw", arena_printf(&a, "oci:%s", out)).p;
		cr_expect_str_eq(again, raw);
		ORACLE(&a, "skopeo", "inspect", arena_printf(&a, "docker-archive:%s.tar", out));
		ORACLE(&a, "skopeo", "inspect", arena_printf(&a, "oci-archive:%s.tar", out));
	}
	registry_close(&r);
	files_remove(dir);
}

Test(registry, an_image_for_two_platforms_goes_and_comes_as_a_whole, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = push_path(&a, dir, "hello"), *ref, *digest,
		   *raw;
	struct registry r;
	struct oracle_run run;

	oracle_need("skopeo");
	registry_open(&r, &a, REGISTRY_OPEN);
	run = IMGBUILD(&a, "--platform", "linux/amd64,linux/arm64", "recipes/hello.json", "-o",
		       layout);
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	ref = registry_ref(&r, "hello:both");
	digest = printed_digest(&a, IMGBUILD(&a, "push", layout, ref));
	raw = ORACLE(&a, "skopeo", "inspect", "--tls-verify=false", "--raw", ref).p;
	cr_expect_str_eq(digest_of_text(&a, str_of(raw)), digest);
	for (int i = 0; i < 2; i++)
		ORACLE(&a, "skopeo", "inspect", "--tls-verify=false", "--override-arch",
		       i ? "arm64" : "amd64", ref);
	cr_expect_str_eq(printed_digest(&a,
					IMGBUILD(&a, "pull", ref, "-o", push_path(&a, dir, "all"))),
			 digest);
	ORACLE(&a, "diff", "-r", arena_printf(&a, "%s/blobs", layout),
	       push_path(&a, dir, "all/blobs"));
	printed_digest(&a,
		       IMGBUILD(&a, "pull", registry_ref(&r, arena_printf(&a, "hello@%s", digest)),
				"-o", push_path(&a, dir, "one"), "--platform", "linux/arm64"));
	/* docker load would take the first one alone */
	run = IMGBUILD(&a, "pull", ref, "-o", push_path(&a, dir, "two"), "--archive",
		       push_path(&a, dir, "two.tar"), "--archive-format", "docker");
	cr_expect(run.status == 2 &&
			  strstr(run.err.p, "--archive-format docker holds one image, not 2; name "
					    "one with --platform, or take oci or hybrid") &&
			  access(push_path(&a, dir, "two"), F_OK) < 0,
		  "%d %s", run.status, run.err.p);
	run = IMGBUILD(&a, "audit", push_path(&a, dir, "one"), "--platform", "linux/arm64",
		       "--recipe", "recipes/hello.json");
	cr_expect_eq(run.status, 0, "%s%s", run.out.p, run.err.p);
	registry_close(&r);
	files_remove(dir);
}

/* How many tags a repository has. */
static size_t count_tags(struct arena *a, const struct registry *r, const char *name)
{
	glob_t found;
	size_t n;
	const char *pattern =
		arena_printf(a, "%s/data/docker/registry/v2/repositories/%s/_manifests/tags/*",
			     r->dir, name);

	n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	globfree(&found);
	return n;
}

Test(registry, a_damaged_layer_makes_no_tag)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout, *victim = NULL;
	struct strings blobs;
	struct registry r;
	struct oracle_run run;
	struct error e = { 0 };
	struct stat st;
	int fd;

	registry_open(&r, &a, REGISTRY_OPEN);
	layout = image_build(&a, dir, "hello");
	blobs = files_below(&a, arena_printf(&a, "%s/blobs", layout), "");
	for (size_t i = 0; i < blobs.n; i++)
		if (stat(blobs.v[i], &st) == 0 && st.st_size > 500000)
			victim = blobs.v[i];
	cr_assert(victim != NULL);
	/* a copy: the layout's blob is the store's own file */
	ORACLE(&a, "cp", victim, push_path(&a, dir, "copy"));
	cr_assert(file_remove_tree(AT_FDCWD, victim, &e));
	ORACLE(&a, "cp", push_path(&a, dir, "copy"), victim);
	cr_assert_eq(chmod(victim, 0644), 0);
	fd = open(victim, O_WRONLY);
	cr_assert(pwrite(fd, "damage", 6, 300000) == 6 && close(fd) == 0);
	run = IMGBUILD(&a, "push", layout, registry_ref(&r, "hello"));
	cr_expect_eq(run.status, 5, "%s", run.err.p);
	cr_expect(strstr(run.err.p, "is damaged: its bytes have another digest"), "%s", run.err.p);
	cr_expect_eq(count_tags(&a, &r, "hello"), 0);
	registry_close(&r);
	files_remove(dir);
}

static pid_t start_push(const char *layout, const char *ref)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		dup2(null, 2);
		execl("./imgbuild", "./imgbuild", "push", layout, ref, (char *)NULL);
		_exit(127);
	}
	return pid;
}

Test(registry, F25_a_registry_that_dies_during_a_push_has_no_tag, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g = { 0 };
	struct registry r;
	const char *uploads;
	glob_t found = { 0 };
	pid_t pid;
	int status;

	registry_open(&r, &a, REGISTRY_OPEN);
	imagegen_begin(&g, &a);
	g.codec = IMAGEGEN_PLAIN;
	imagegen_file(&g, "noise", 0644, depot_noise(&a, 120u << 20, 7));
	imagegen_write(&g);
	uploads = arena_printf(&a, "%s/data/docker/registry/v2/repositories/big/_uploads/*/data",
			       r.dir);
	pid = start_push(g.path, registry_ref(&r, "big"));
	for (int i = 0; i < 10000; i++) {
		struct stat st;
		size_t most = 0;

		if (glob(uploads, 0, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc; k++)
				if (stat(found.gl_pathv[k], &st) == 0 && (size_t)st.st_size > most)
					most = (size_t)st.st_size;
		globfree(&found);
		if (most > 1000000)
			break;
		usleep(500);
	}
	registry_kill(&r);
	waitpid(pid, &status, 0);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 4, "%x", (unsigned)status);
	cr_expect_eq(count_tags(&a, &r, "big"), 0, "a tag of half an image");
	registry_start(&r);
	printed_digest(&a, IMGBUILD(&a, "push", g.path, registry_ref(&r, "big")));
	cr_expect_eq(count_tags(&a, &r, "big"), 1);
	registry_close(&r);
}

Test(registry, F1_a_pull_that_is_killed_leaves_no_half_layout, .timeout = 600)
{
	static const char *const calls[] = { "openat",	"renameat", "renameat2", "linkat",
					     "mkdirat", "fsync",    "write" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout, *out = push_path(&a, dir, "out"), *ref,
		   *digest;
	struct registry r;

	oracle_need("strace");
	registry_open(&r, &a, REGISTRY_OPEN);
	layout = image_build(&a, dir, "hello");
	ref = registry_ref(&r, "hello");
	digest = printed_digest(&a, IMGBUILD(&a, "push", layout, ref));
	for (size_t i = 0; i < ARRAY_SIZE(calls) * 4; i++) {
		const char *store = arena_printf(&a, "%s/store%zu", dir, i);
		const char *inject =
			arena_printf(&a, "inject=%s:signal=SIGKILL:when=%zu", calls[i / 4],
				     1 + (i % 4) * (strcmp(calls[i / 4], "openat") ? 2 : 12));

		oracle_run(&a, (const char *const[]){ "strace", "-f", "-o", "/dev/null", "-e",
						      inject, "./imgbuild", "--cache-dir", store,
						      "pull", ref, "-o", out, NULL });
		if (access(out, F_OK) == 0) {
			cr_expect_eq(access(push_path(&a, out, "index.json"), F_OK), 0,
				     "%s: half a layout", inject);
			cr_expect_eq(IMGBUILD(&a, "audit", out, "--policy", "report-only").status,
				     0, "%s", inject);
		}
		cr_expect_str_eq(printed_digest(&a, IMGBUILD(&a, "--cache-dir", store, "pull", ref,
							     "-o", out)),
				 digest);
		ORACLE(&a, "rm", "-r", out, store);
	}
	registry_close(&r);
	files_remove(dir);
}

Test(registry, a_login_is_taken_from_podmans_file)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout, *ref, *file, *digest;
	struct registry r;
	struct oracle_run run;

	oracle_need("skopeo");
	registry_open(&r, &a, REGISTRY_LOGIN);
	layout = image_build(&a, dir, "hello");
	ref = registry_ref(&r, "hello");
	file = push_path(&a, dir, "login.json");
	run = IMGBUILD(&a, "push", layout, ref);
	cr_expect_eq(run.status, 4);
	cr_expect(strstr(run.err.p, "HTTP 401; no credentials for 127.0.0.1:"), "%s", run.err.p);
	ORACLE(&a, "skopeo", "login", "--tls-verify=false", "--authfile", file, "-u", "anna", "-p",
	       "secret", r.host);
	digest = printed_digest(&a, IMGBUILD(&a, "push", layout, ref, "--authfile", file));
	cr_expect_str_eq(printed_digest(&a,
					IMGBUILD(&a, "pull", ref, "-o", push_path(&a, dir, "out"),
						 "--authfile", file)),
			 digest);
	setenv("REGISTRY_AUTH_FILE", file, 1);
	cr_expect_str_eq(printed_digest(&a,
					IMGBUILD(&a, "pull", ref, "-o", push_path(&a, dir, "out"))),
			 digest);
	/* another's password */
	files_put(file,
		  arena_printf(&a, "{\"auths\":{\"%s\":{\"auth\":\"YW5uYTp3cm9uZw==\"}}}", r.host));
	run = IMGBUILD(&a, "pull", ref, "-o", push_path(&a, dir, "out"));
	cr_expect_eq(run.status, 4);
	cr_expect(strstr(run.err.p, "login.json are not accepted") && !strstr(run.err.p, "wrong"),
		  "%s", run.err.p);
	registry_close(&r);
	files_remove(dir);
}

/* As root without XDG_RUNTIME_DIR; in a name space, so that the machine's own logins stay as they
 * are. */
Test(registry, a_login_is_taken_from_below_run)
{
	static const char script[] =
		"mount -t tmpfs none /run && unset XDG_RUNTIME_DIR REGISTRY_AUTH_FILE && mkdir /run/containers && "
		"skopeo login --tls-verify=false -u anna -p secret \"$1\" && ./imgbuild push \"$2\" \"$3\"";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout;
	struct registry r;
	struct str out;

	oracle_need("skopeo");
	oracle_need("unshare");
	registry_open(&r, &a, REGISTRY_LOGIN);
	layout = image_build(&a, dir, "hello");
	out = ORACLE(&a, "unshare", "-rm", "sh", "-c", script, "sh", r.host, layout,
		     registry_ref(&r, "hello"));
	cr_expect(strstr(out.p, "@sha256:"), "%s", out.p);
	registry_close(&r);
	files_remove(dir);
}

Test(registry, clear_text_where_https_was_expected_is_told)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct registry r;
	struct oracle_run run;

	registry_open(&r, &a, REGISTRY_OPEN);
	run = IMGBUILD(&a, "pull", registry_ref(&r, "hello"), "-o", push_path(&a, dir, "out"),
		       "--tls-verify=true");
	cr_expect_eq(run.status, 4);
	cr_expect(strstr(run.err.p, "if it speaks clear-text http alone: --tls-verify=false"), "%s",
		  run.err.p);
	registry_close(&r);
	files_remove(dir);
}

Test(registry, certificates_are_checked)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout, *ref, *digest;
	struct registry r;
	struct oracle_run run;

	registry_open(&r, &a, REGISTRY_TLS);
	layout = image_build(&a, dir, "hello");
	ref = registry_ref(&r, "hello");
	run = IMGBUILD(&a, "push", layout, ref, "--tls-verify=true");
	cr_expect_eq(run.status, 4, "%s", run.err.p);
	cr_expect(strstr(run.err.p, "certificate"), "%s", run.err.p);
	run = IMGBUILD(&a, "push", layout, ref);
	cr_expect(run.status == 4 &&
			  strstr(run.err.p, "HTTP 400; if it speaks https: --tls-verify=true"),
		  "%d %s", run.status, run.err.p);
	run = IMGBUILD(&a, "pull", ref, "-o", push_path(&a, dir, "out"));
	cr_expect(run.status == 4 && strstr(run.err.p, "if it speaks https: --tls-verify=true"),
		  "%d %s", run.status, run.err.p);
	unsetenv("CURL_CA_BUNDLE");
	setenv("SSL_CERT_FILE", push_path(&a, r.dir, "ca.pem"), 1);
	digest = printed_digest(&a, IMGBUILD(&a, "push", layout, ref, "--tls-verify=true"));
	cr_expect_str_eq(printed_digest(&a,
					IMGBUILD(&a, "pull", ref, "-o", push_path(&a, dir, "out"),
						 "--tls-verify=true")),
			 digest);
	registry_close(&r);
	files_remove(dir);
}

/* A token server: knows anna, gives what is asked for, for so many seconds, and notes who came. */
static const char token_server[] =
	"import base64, json, subprocess, sys, time, urllib.parse\n"
	"from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer\n"
	"port, folder, seconds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])\n"
	"key, cert = folder + '/key.pem', folder + '/cert.pem'\n"
	"subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=test', '-days', '2',\n"
	"                '-keyout', key, '-out', cert], check=True)\n"
	"der = subprocess.run(['openssl', 'x509', '-in', cert, '-outform', 'DER'], check=True, capture_output=True).stdout\n"
	"b64 = lambda b: base64.urlsafe_b64encode(b).rstrip(b'=')\n"
	"def token(access):\n"
	"    now = int(time.time())\n"
	"    head = {'typ': 'JWT', 'alg': 'RS256', 'x5c': [base64.b64encode(der).decode()]}\n"
	"    body = {'iss': 'test', 'sub': 'anna', 'aud': 'test', 'exp': now + seconds + 1, 'nbf': now - 60, 'iat': now,\n"
	"            'jti': str(time.time_ns()), 'access': access}\n"
	"    text = b64(json.dumps(head).encode()) + b'.' + b64(json.dumps(body).encode())\n"
	"    sign = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', key], input=text, check=True, capture_output=True)\n"
	"    return (text + b'.' + b64(sign.stdout)).decode()\n"
	"class Server(BaseHTTPRequestHandler):\n"
	"    def do_GET(self):\n"
	"        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)\n"
	"        known = self.headers.get('Authorization') == 'Basic YW5uYTpzZWNyZXQ='\n"
	"        open(folder + '/log', 'a').write(f'{known} {asked.get(\"scope\")}\\n')\n"
	"        access = []\n"
	"        for scope in asked.get('scope', []):\n"
	"            kind, name, actions = scope.split(':')\n"
	"            access.append({'type': kind, 'name': name, 'actions': actions.split(',') if known else ['pull']})\n"
	"        answer = json.dumps({'token': token(access), 'expires_in': seconds}).encode()\n"
	"        self.send_response(200)\n"
	"        self.send_header('Content-Length', str(len(answer)))\n"
	"        self.end_headers()\n"
	"        self.wfile.write(answer)\n"
	"ThreadingHTTPServer(('127.0.0.1', port), Server).serve_forever()\n";

Test(registry, tokens_are_got_for_what_is_done, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout, *ref,
		   *file = push_path(&a, dir, "login.json"), *digest, *tokens;
	struct web server;
	struct registry r;
	struct oracle_run run;

	oracle_need("docker-registry");
	oracle_need("openssl");
	web_run(&a, &server, token_server, (const char *const[]){ "60", NULL });
	registry_open_tokens(&r, &a, arena_printf(&a, "http://127.0.0.1:%u/token", server.port),
			     push_path(&a, server.dir, "cert.pem"));
	tokens = arena_printf(&a, "127.0.0.1:%u", server.port);
	layout = image_build(&a, dir, "hello");
	ref = registry_ref(&r, "team/hello:1");
	files_put(file,
		  arena_printf(&a, "{\"auths\":{\"%s\":{\"auth\":\"YW5uYTpzZWNyZXQ=\"}}}", r.host));
	/* anybody may pull, and nobody who is unknown may push */
	run = IMGBUILD(&a, "push", layout, ref);
	cr_expect_eq(run.status, 4);
	cr_expect(strstr(run.err.p,
			 "HTTP 401: UNAUTHORIZED: authentication required; no credentials for"),
		  "%s", run.err.p);
	/* another port is another host */
	run = IMGBUILD(&a, "push", layout, ref, "--authfile", file);
	cr_expect_eq(run.status, 4);
	cr_expect(strstr(run.err.p, arena_printf(&a, "add --token-server %s", tokens)), "%s",
		  run.err.p);
	digest = printed_digest(&a, IMGBUILD(&a, "push", layout, ref, "--authfile", file,
					     "--token-server", tokens));
	cr_expect_str_eq(printed_digest(&a,
					IMGBUILD(&a, "pull", ref, "-o", push_path(&a, dir, "out"))),
			 digest);
	run = IMGBUILD(&a, "--json", "push", layout, registry_ref(&r, "other/app"), "--authfile",
		       file, "--mount-from", "team/hello", "--token-server", tokens);
	cr_expect(run.status == 0 && strstr(run.out.p, "\"mounted\":6"), "%s%s", run.out.p,
		  run.err.p);
	cr_expect(strstr(files_get(&a, push_path(&a, server.dir, "log")),
			 "True ['repository:other/app:pull,push', 'repository:team/hello:pull']") !=
		  NULL);
	registry_close(&r);
	web_stop(&server);
	files_remove(dir);
}
