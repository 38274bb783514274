/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_archive.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input/release/mirrors.h"
#include "support/fixture_bench.h"
#include "support/fixture_debs.h"
#include "support/fixture_files.h"
#include "support/fixture_port.h"

static const char *const archives[] = { "debian", "debian-security" };

#define MAIN                                                                              \
	"daemon off; pid %s/pid; error_log %s/log; worker_processes 1; user root;\n"      \
	"events { worker_connections 256; }\n"                                            \
	"http {\n"                                                                        \
	"  access_log off; sendfile on; tcp_nodelay on;\n"                                \
	"  client_body_temp_path %s/body; proxy_temp_path %s/part;\n"                     \
	"  fastcgi_temp_path %s/none; uwsgi_temp_path %s/none; scgi_temp_path %s/none;\n" \
	"  server {\n"                                                                    \
	"    listen 127.0.0.1:%u; root %s/kept;\n"
#define LOCATION                                                                        \
	"    location /%s/ { set $kept $uri; try_files $uri @%s; }\n"                   \
	"    location @%s {\n"                                                          \
	"      rewrite ^/%s/(.*)$ %s/$1 break;\n"                                       \
	"      proxy_pass %.*s; proxy_ssl_server_name on;\n"                            \
	"      proxy_http_version 1.1; proxy_set_header Connection \"\";\n"             \
	"      proxy_set_header If-Modified-Since \"\"; proxy_set_header Range \"\";\n" \
	"      proxy_store %s/kept$kept; proxy_store_access user:rw;\n"                 \
	"    }\n"

static const char *archive_upstream(const struct mirrors *known, const char *archive)
{
	list_each(m, &known->v) {
		if (strcmp(m->archive, archive) == 0)
			return m->url;
	}
	return NULL;
}

/* NULL: a mirror is not known. */
static const char *archive_config(struct bench_archive *m)
{
	struct mirrors known;
	struct buf text = { .a = &m->a };
	struct error e = { 0 };
	const char *d = m->dir;

	if (!mirrors_find(&m->a, NULL, getenv("IMGBUILD_MIRROR"), NULL, "/", &known, &e))
		bench_give_up(&e);
	buf_printf(&text, MAIN, d, d, d, d, d, d, d, m->port, d);
	for (size_t i = 0; i < ARRAY_SIZE(archives); i++) {
		const char *name = archives[i], *url = archive_upstream(&known, name), *path;

		if (!url)
			return NULL;
		path = strchr(strstr(url, "://") + 3, '/');
		path = path ? path : url + strlen(url);
		buf_printf(&text, LOCATION, name, name, name, name, path, (int)(path - url), url,
			   d);
	}
	buf_puts(&text, "  }\n}\n");
	return buf_cstr(&text);
}

static void archive_start(struct bench_archive *m, const char *root, const char *config)
{
	const char *program = arena_printf(&m->a, "%s/usr/sbin/nginx", root);
	const char *libraries = debs_libraries(&m->a, root);
	int fd = -1;

	m->pid = fork();
	if (m->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM); /* its worker would outlive SIGKILL */
		setenv("LD_LIBRARY_PATH", libraries, 1);
		execl(program, program, "-c", config, "-e", "stderr", (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200 && fd < 0; i++) {
		usleep(50000);
		fd = bench_dial(m->port, 0);
	}
	if (m->pid < 0 || fd < 0)
		bench_die("nginx");
	close(fd);
}

bool bench_archive_open(struct bench_archive *m)
{
	const char *root, *text, *config;

	*m = (struct bench_archive){ .port = free_port() };
	root = debs_unpack_closure(&m->a, "nginx", (const char *const[]){ "nginx", NULL });
	m->dir = files_temporary(&m->a);
	text = archive_config(m);
	if (root && text) {
		config = arena_printf(&m->a, "%s/nginx.conf", m->dir);
		files_put(config, text);
		archive_start(m, root, config);
		return true;
	}
	puts(root ? "did not run: this machine's apt knows no mirror of Debian and its security "
		    "archive"
		  : "did not run: Debian's package nginx cannot be downloaded");
	files_remove(m->dir);
	arena_free(&m->a);
	return false;
}

void bench_archive_close(struct bench_archive *m)
{
	kill(m->pid, SIGTERM); /* to both of its processes */
	waitpid(m->pid, NULL, 0);
	files_remove(m->dir);
	arena_free(&m->a);
}

const char *bench_archive_url(struct arena *a, unsigned port, const char *archive)
{
	return arena_printf(a, "http://127.0.0.1:%u/%s", port, archive);
}
