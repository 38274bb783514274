/* SPDX-License-Identifier: Apache-2.0 */
/* What users of the predecessor rely on, and its defects, seen from outside of a container:
 * messages, streams, exit codes, files, signals, verbs. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_proxy.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

Test(contract, the_image_says_how_it_is_run, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;
	struct str config;

	proxy_open(&x, &a);
	config = PODMAN_MUST(
		&x.podman, "image", "inspect", "--format",
		"{{.User}} {{.Config.Entrypoint}} {{.Config.StopSignal}} {{.HealthCheck.Test}} "
		"{{.HealthCheck.StartPeriod}} {{.HealthCheck.Interval}} {{.HealthCheck.Timeout}} "
		"{{.HealthCheck.Retries}} {{json .Config.ExposedPorts}}",
		PROXY_IMAGE);
	cr_expect_str_eq(config.p,
			 "1000:0 [/usr/local/bin/entrypoint] SIGTERM "
			 "[CMD /usr/local/bin/healthcheck --check] 10s 30s 5s 3 "
			 "{\"3128/tcp\":{},\"8080/tcp\":{}}\n",
			 "%s", config.p);
	proxy_close(&x);
}

/* Configurations that must end the start, and what has to be in stderr. */
static const struct refused_start {
	const char *conf; /* %P: the port */
	const char *text[2];
} refused[] = {
	{ "http_port %P\nnonsense_directive 1\n",
	  { "[ERROR] Squid configuration validation failed:\n", "nonsense_directive" } },
	{ "http_port 3128 port\n",
	  { "[ERROR] Squid configuration validation failed:\n", "squid.conf line 1" } },
	{ "http_port %P\nhttp_port_max_connections 5\n",
	  { "[ERROR] Squid configuration validation failed:\n", "http_port_max_connections" } },
	{ "http_port %P\ninclude /etc/squid/squid.conf\n",
	  { "[ERROR] Squid configuration validation failed:\n", "include" } },
	{ "http_port %P ssl-bump cert=/var/lib/squid/squid-ca.pem\n",
	  { "[ERROR] SSL-bump enabled but TLS certificate not found: /etc/squid/ssl_cert/tls.crt\n",
	    "" } },
	{ "http_port %P ssl-bump cert=/etc/squid/ssl_cert/ca.pem key=/etc/squid/ssl_cert/ca.key\n",
	  { "[ERROR] TLS file of cert= cannot be read (UID: 1000, GID: 0): /etc/squid/ssl_cert/ca.pem: ",
	    "" } },
	{ "http_port %P\ncache_dir ufs /nowhere/deep 100 16 256\n",
	  { "[ERROR] cache_dir directive found in squid.conf but volume not mounted: /nowhere/deep\n",
	    "" } },
};

/* stderr holds ERROR lines only, and they are nowhere else. */
static void check_streams(const char *what, struct oracle_run logs)
{
	struct str rest = logs.err, line;

	while (str_next(&rest, '\n', &line))
		cr_expect(line.n > 27 && memcmp(line.p + 19, " [ERROR] ", 9) == 0,
			  "%s: not an error: " STR_FMT, what, STR_ARG(line));
	cr_expect(!strstr(logs.out.p, "[ERROR]"), "%s: errors in stdout:\n%s", what, logs.out.p);
}

/* Of a line of the log: the seconds of its hour. */
static long second_of(const char *line)
{
	return strtol(line + 14, NULL, 10) * 60 + strtol(line + 17, NULL, 10);
}

/* By the log's own clock, from the first line to the last. A second is promised, on a machine that
 * is not busy; what waits for Squid's time limit takes thirty. */
static void check_quick(const char *what, struct oracle_run logs)
{
	const char *last = logs.err.p;

	for (const char *p = logs.err.p; (p = strchr(p, '\n')) && p[1]; p++)
		last = p + 1;
	cr_expect_leq(second_of(last) - second_of(logs.out.p), 29, "%s took long:\n%s%s", what,
		      logs.out.p, logs.err.p);
}

static void expect_container_failure(struct proxy *x, const char *name, const char *const *texts,
				     size_t n)
{
	struct oracle_run logs;
	int code = proxy_wait(x, name);

	logs = PODMAN(&x->podman, "logs", name);
	cr_expect_eq(code, 1, "%s: %d\n%s", name, code, logs.err.p);
	for (size_t i = 0; i < n; i++)
		cr_expect(strstr(logs.err.p, texts[i]), "%s: no \"%s\" in\n%s", name, texts[i],
			  logs.err.p);
	check_streams(name, logs);
	check_quick(name, logs);
}

static const char *conf_with_port(struct proxy *x, const char *text)
{
	const char *mark = strstr(text, "%P");

	return mark ? arena_printf(x->a, "%.*s%u%s", (int)(mark - text), text, x->port, mark + 2)
		    : text;
}

Test(contract, each_refused_configuration_is_named_and_ends_with_1, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;

	proxy_open(&x, &a);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const char *name = arena_printf(&a, "refused%zu", i);

		PROXY_START(&x, name,
			    proxy_mount(&x, arena_printf(&a, "%s.conf", name),
					"/etc/squid/squid.conf",
					conf_with_port(&x, refused[i].conf)));
		expect_container_failure(&x, name, refused[i].text, 2);
	}
	proxy_close(&x);
}

static void make_pair(struct proxy *x, const char *name)
{
	ORACLE(x->a, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
	       "-subj", "/CN=ca", "-keyout", arena_printf(x->a, "%s/%s.key", x->dir, name), "-out",
	       arena_printf(x->a, "%s/%s.crt", x->dir, name));
}

static const char *mount_as(struct proxy *x, const char *name, const char *to)
{
	return arena_printf(x->a, "--volume=%s/%s:%s:ro", x->dir, name, to);
}

Test(contract, keys_that_are_missing_foreign_or_hidden_are_named, .timeout = 900)
{
	static const char *const missing[] = {
		"[ERROR] SSL-bump enabled but TLS private key not found: /etc/squid/ssl_cert/tls.key\n"
	};
	static const char *const foreign[] = {
		"[ERROR] Failed to merge SSL certificates: the private key in "
		"tls.key does not match the certificate in tls.crt\n"
	};
	static const char *const hidden[] = {
		"[ERROR] Failed to merge SSL certificates: /etc/squid/ssl_cert/tls.key: Permission denied\n"
	};
	static const char *const own[] = {
		"[ERROR] The private key in /etc/squid/ssl_cert/ca.key does not match the "
		"certificate in /etc/squid/ssl_cert/ca.pem\n"
	};
	AUTO_ARENA a = { 0 };
	struct proxy x;
	const char *conf, *own_conf, *crt;

	proxy_open(&x, &a);
	oracle_need("openssl");
	make_pair(&x, "one");
	make_pair(&x, "two");
	crt = mount_as(&x, "one.crt", "/etc/squid/ssl_cert/tls.crt");
	conf = proxy_mount(&x, "bump.conf", "/etc/squid/squid.conf",
			   conf_with_port(&x, "http_port %P ssl-bump "
					      "cert=/var/lib/squid/squid-ca.pem\n"));
	PROXY_START(&x, "missing", conf, crt);
	expect_container_failure(&x, "missing", missing, 1);
	PROXY_START(&x, "hidden", conf, crt,
		    mount_as(&x, "one.key", "/etc/squid/ssl_cert/tls.key"));
	expect_container_failure(&x, "hidden", hidden, 1);
	chmod(arena_printf(&a, "%s/two.key", x.dir), 0644);
	PROXY_START(&x, "foreign", conf, crt,
		    mount_as(&x, "two.key", "/etc/squid/ssl_cert/tls.key"));
	expect_container_failure(&x, "foreign", foreign, 1);
	own_conf = proxy_mount(&x, "own.conf", "/etc/squid/squid.conf",
			       conf_with_port(&x, "http_port %P ssl-bump "
						  "cert=/etc/squid/ssl_cert/ca.pem "
						  "key=/etc/squid/ssl_cert/ca.key\n"));
	PROXY_START(&x, "own", own_conf, mount_as(&x, "one.crt", "/etc/squid/ssl_cert/ca.pem"),
		    mount_as(&x, "two.key", "/etc/squid/ssl_cert/ca.key"));
	expect_container_failure(&x, "own", own, 1);
	proxy_close(&x);
}

Test(contract, mounts_and_ports_that_cannot_be_used_are_named, .timeout = 900)
{
	static const char *const hidden[] = {
		"[ERROR] Squid configuration /etc/squid/squid.conf cannot be read "
		"(UID: 1000, GID: 0): Permission denied\n"
	};
	static const char *const locked[] = {
		"[ERROR] Directory /var/log/squid is not writable (UID: 1000, GID: 0): Read-only file system\n"
	};
	static const char *const foreign[] = {
		"[ERROR] Directory /var/spool/squid is not writable (UID: 1000, GID: 0): Permission denied\n"
	};
	static const char *const root[] = {
		"FATAL: getpwnam failed to find userid for effective user 'proxy'\n",
		"[ERROR]   Squid does not run as root: start the container as another user "
	};
	static const char *const gone[] = {
		"[ERROR] Directory /var/log/squid does not exist (UID: 1000, GID: 0) and cannot be made: "
	};
	static const char *const taken[] = { "[ERROR] Squid exited during startup with code 1\n",
					     "Address already in use",
					     "FATAL: Unable to open HTTP Socket\n" };
	static const char *const no_health[] = {
		"[ERROR] Health: Failed to start health check server: port ",
		": Address already in use\n"
	};
	AUTO_ARENA a = { 0 };
	struct proxy x;
	const char *conf;
	struct web web;

	proxy_open(&x, &a);
	conf = proxy_conf(&x, "");
	mkdir(arena_printf(&a, "%s/empty", x.dir), 0755);
	chmod(arena_printf(&a, "%s/squid.conf", x.dir), 0600);
	PROXY_START(&x, "hidden", conf);
	expect_container_failure(&x, "hidden", hidden, 1);
	chmod(arena_printf(&a, "%s/squid.conf", x.dir), 0644);
	PROXY_START(&x, "root", conf, "--user=0:0");
	expect_container_failure(&x, "root", root, 2);
	PROXY_START(&x, "locked", conf, mount_as(&x, "empty", "/var/log/squid"));
	expect_container_failure(&x, "locked", locked, 1);
	PROXY_START(&x, "foreign", conf,
		    arena_printf(&a, "--volume=%s/empty:/var/spool/squid", x.dir));
	expect_container_failure(&x, "foreign", foreign, 1);
	PROXY_START(&x, "gone", conf, mount_as(&x, "empty", "/var/log"));
	expect_container_failure(&x, "gone", gone, 1);
	web_start(&a, &web);
	PROXY_START(&x, "health", conf, arena_printf(&a, "--env=HEALTH_PORT=%u", web.port));
	expect_container_failure(&x, "health", no_health, 2);
	x.port = web.port;
	PROXY_START(&x, "taken", proxy_conf(&x, ""));
	expect_container_failure(&x, "taken", taken, 3);
	web_stop(&web);
	proxy_close(&x);
}

/* Configurations that must start, with a line that stdout has then. */
static const struct taken {
	const char *lines, *text;
} taken[] = {
	{ "pid_filename /var/run/squid/squid.pid\ncache_dir ufs /var/spool/squid 100 4 4\n",
	  "init-squid: Cache initialization complete\n" },
	{ "acl listed dstdomain \"/etc/squid/conf.d/none\"\n", "[WARNING] Squid: " },
	{ "workers 4\n", "[WARNING] workers 4 is ignored" },
	{ "\tcache_dir\tufs\t/var/spool/squid/a\t100 4 4\r\ncache_dir ufs /var/spool/squid/b 100 4 4\r\n",
	  "init-squid: Found cache_dir directive: /var/spool/squid/b\n" },
	{ "pid_filename /run/squid.pid\n", "" },
	{ "pid_filename none\n", "running in pure proxy mode (no caching)\n" },
	{ "access_log stdio:/dev/stdout squid\ncache_log stdio:/dev/stderr\n", "[INFO] Squid: " },
	{ "shutdown_lifetime 1 hour\n", "" },
};

Test(contract, each_accepted_configuration_starts_and_stops, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;

	proxy_open(&x, &a);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		const char *name = arena_printf(&a, "taken%zu", i);
		struct oracle_run logs;

		PROXY_SERVE(&x, name, proxy_conf(&x, taken[i].lines), "--env=LOG_LEVEL=1",
			    "--env=SHUTDOWN_GRACE=soon");
		cr_expect_str_eq(proxy_probe(&x, "/ready").out.p, "READY\n\n200", "%s", name);
		PODMAN_MUST(&x.podman, "stop", "--time", "35", name);
		cr_expect_eq(proxy_wait(&x, name), 0);
		logs = PODMAN(&x.podman, "logs", name);
		cr_expect(strstr(logs.out.p, taken[i].text), "%s: no \"%s\" in\n%s", name,
			  taken[i].text, logs.out.p);
		cr_expect(strstr(logs.out.p, "[WARNING] Invalid SHUTDOWN_GRACE 'soon', using 30"));
		cr_expect_str_empty(logs.err.p, "%s: %s", name, logs.err.p);
	}
	proxy_close(&x);
}

/* The files of the contract with owner and mode, the links, the cache's folders, zombies. */
static const char files_program[] =
	"import os, stat\n"
	"kept = ('squid.conf', 'squid.pid', 'entrypoint.conf', 'swap.state', 'squid-ca.pem')\n"
	"for top in ('/var/run/squid', '/var/lib/squid', '/var/spool/squid', '/var/cache/squid', '/etc/squid'):\n"
	"    for dir, _, names in os.walk(top):\n"
	"        for name in sorted(names):\n"
	"            s = os.lstat(os.path.join(dir, name))\n"
	"            if name in kept:\n"
	"                print(os.path.join(dir, name), s.st_uid, s.st_gid, oct(stat.S_IMODE(s.st_mode)))\n"
	"print(os.readlink('/run/squid.pid'), os.path.realpath('/run/squid'), os.path.realpath('/usr/libexec/squid'))\n"
	"print(open('/run/squid.pid').read() == open('/var/run/squid/squid.pid').read())\n"
	"print(len(os.listdir('/var/spool/squid/00')), os.path.exists('/var/spool/squid/.write_test'))\n"
	"def state(n):\n"
	"    try: return open(f'/proc/{n}/stat').read().rsplit(')', 1)[1].split()[0]\n"
	"    except OSError: return 'gone'\n"
	"print(sum(n.isdigit() and state(n) == 'Z' for n in os.listdir('/proc')))\n";

Test(contract, files_have_the_modes_of_the_contract, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;
	const char *files;

	proxy_open(&x, &a);
	PODMAN_MUST(&x.podman, "run", "--detach", "--name=files", "--network=none", PROXY_IMAGE);
	podman_await(&x.podman, "files", PROXY_READY);
	files = proxy_python(&x, "files", files_program);
	cr_expect_str_eq(files,
			 "/var/run/squid/entrypoint.conf 1000 0 0o644\n"
			 "/var/run/squid/squid.pid 1000 0 0o644\n"
			 "/var/spool/squid/swap.state 1000 0 0o640\n"
			 "/etc/squid/squid.conf 1000 0 0o644\n"
			 "../var/run/squid/squid.pid /var/run/squid /usr/lib/squid\n"
			 "True\n256 False\n0\n",
			 "%s", files);
	proxy_close(&x);
}

/* As Docker asks, and by hand. */
static void check_health_verbs(struct proxy *x)
{
	PODMAN_MUST(&x->podman, "run", "--detach", "--name=health", "--network=none", PROXY_IMAGE);
	podman_await(&x->podman, "health", PROXY_READY);
	PODMAN_MUST(&x->podman, "healthcheck", "run", "health");
	PODMAN_MUST(&x->podman, "exec", "verbs", "/usr/local/bin/healthcheck", "--check",
		    "--ready");
}

static void check_verbs(struct proxy *x)
{
	struct str json = PODMAN_MUST(&x->podman, "exec", "verbs", "/usr/local/bin/entrypoint",
				      "--diagnose");
	const char *path = arena_printf(x->a, "%s/diagnose.json", x->dir);
	struct oracle_run r;

	files_put(path, json.p);
	r = oracle_run(
		x->a,
		(const char *const[]){
			"python3", "-c",
			"import json, sys\nd = json.load(open(sys.argv[1]))\n"
			"print(d['ok'], d['identity']['uid'], d['libraries']['ok'], 'OpenSSL' in str(d['squid']['output']),\n"
			"      len(d['libraries']['output']) > 5, len(d['directories']))\n",
			path, NULL });
	cr_expect_str_eq(r.out.p, "True 1000 True True True 5\n", "%s%s", r.out.p, r.err.p);
	r = PODMAN(&x->podman, "exec", "verbs", "/usr/local/bin/entrypoint", "--copy-out",
		   "/var/log/squid");
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(r.out.n > 1024 && memcmp(r.out.p + 257, "ustar", 5) == 0);
	r = PODMAN(&x->podman, "exec", "verbs", "/usr/local/bin/entrypoint", "--copy-out",
		   "/etc/passwd");
	cr_expect_eq(r.status, 1);
}

Test(contract, operators_get_answers_without_a_shell, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;

	proxy_open(&x, &a);
	PROXY_SERVE(&x, "verbs", proxy_conf(&x, ""));
	check_health_verbs(&x);
	check_verbs(&x);
	proxy_close(&x);
}

Test(contract, a_squid_that_dies_ends_the_container_and_a_restart_works, .timeout = 600)
{
	static const char kill_squid[] =
		"import os, signal\n"
		"os.kill(int(open('/var/run/squid/squid.pid').read()), signal.SIGKILL)\n";
	AUTO_ARENA a = { 0 };
	struct proxy x;
	struct oracle_run logs;

	proxy_open(&x, &a);
	PROXY_SERVE(&x, "dies", proxy_conf(&x, "cache_dir ufs /var/spool/squid 100 4 4\n"));
	/* the container may be gone before this program is: how that ends is chance */
	PODMAN(&x.podman, "exec", "dies", "/usr/bin/python3", "-c", kill_squid);
	cr_expect_eq(proxy_wait(&x, "dies"), 1);
	logs = PODMAN(&x.podman, "logs", "dies");
	cr_expect(strstr(logs.err.p,
			 "[ERROR] Squid process died with exit code 137 (SIGKILL) (PID: "),
		  "%s", logs.err.p);
	PODMAN_MUST(&x.podman, "start", "dies"); /* with the PID file of the dead one */
	proxy_await_ready(&x);
	logs = PODMAN(&x.podman, "logs", "dies");
	cr_expect(strstr(logs.out.p, "Removed stale PID file /var/run/squid/squid.pid\n"), "%s",
		  logs.out.p);
	cr_expect(strstr(logs.out.p, "init-squid: Cache already initialized\n"));
	proxy_close(&x);
}

Test(contract, signals_reach_squid_as_documented, .timeout = 600)
{
	static const char log[] = "/var/log/squid/cache.log";
	AUTO_ARENA a = { 0 };
	struct proxy x;

	proxy_open(&x, &a);
	PROXY_SERVE(&x, "signals", proxy_conf(&x, ""), "--env=SQUID_HUP=reconfigure");
	PODMAN_MUST(&x.podman, "kill", "--signal", "HUP", "signals");
	podman_await(&x.podman, "signals", "Passing signal 1 on to Squid");
	proxy_await_file(&x, "signals", log, "Reconfiguring Squid");
	PODMAN_MUST(&x.podman, "kill", "--signal", "USR1", "signals");
	proxy_await_file(&x, "signals", log, "logfileRotate");
	proxy_await_ready(&x);
	PODMAN_MUST(&x.podman, "kill", "--signal", "INT", "signals");
	cr_expect_eq(proxy_wait(&x, "signals"), 0);
	proxy_close(&x);
}
