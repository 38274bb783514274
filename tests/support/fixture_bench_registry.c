/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_registry.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "support/fixture_bench.h"
#include "support/fixture_files.h"
#include "support/fixture_port.h"

#define MANIFEST "application/vnd.oci.image.manifest.v1+json"

void bench_registry_open(struct bench_registry *r)
{
	unsigned port = free_port();
	const char *config;
	int fd = -1;

	*r = (struct bench_registry){ .logged = 0 };
	r->dir = files_temporary(&r->a);
	r->host = arena_printf(&r->a, "127.0.0.1:%u", port);
	config = arena_printf(&r->a, "%s/config.yml", r->dir);
	files_put(config, arena_printf(&r->a,
				       "version: 0.1\nlog:\n  level: error\nstorage:\n  "
				       "filesystem:\n    rootdirectory: %s/data\n"
				       "http:\n  addr: \"%s\"\n",
				       r->dir, r->host));
	r->pid = fork();
	if (r->pid == 0) {
		int log = open(arena_printf(&r->a, "%s/log", r->dir), O_WRONLY | O_CREAT | O_APPEND,
			       0600);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(log, 1);
		dup2(log, 2);
		execlp("docker-registry", "docker-registry", "serve", config, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200 && fd < 0; i++) {
		usleep(50000);
		fd = bench_dial(port, 0);
	}
	if (r->pid < 0 || fd < 0)
		bench_die("docker-registry");
	close(fd);
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void bench_registry_close(struct bench_registry *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	files_remove(r->dir);
	arena_free(&r->a);
}

/* ---- one request ---- */

struct bare_request {
	const char *method, *url;
	const char *type;   /* of the body, or of what is accepted */
	struct str body;    /* of POST and PUT */
	struct buf *answer; /* or NULL */
	long status;
	char location[1024];
};

static size_t bare_write(char *p, size_t size, size_t n, void *to)
{
	struct bare_request *q = to;

	if (q->answer)
		buf_add(q->answer, (struct str){ p, size * n });
	return size * n;
}

static size_t bare_header(char *p, size_t size, size_t n, void *to)
{
	static const char name[] = "location: ";
	struct bare_request *q = to;
	size_t all = size * n;

	if (all > strlen(name) && strncasecmp(p, name, strlen(name)) == 0)
		snprintf(q->location, sizeof(q->location), "%.*s",
			 (int)(strcspn(p, "\r\n") - strlen(name)), p + strlen(name));
	return all;
}

static void bare_send(CURL *c, struct bare_request *q)
{
	char line[300];
	struct curl_slist *headers = NULL;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, q->url);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, bare_write);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, q);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, bare_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, q);
	curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	if (strcmp(q->method, "HEAD") == 0) {
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	} else if (strcmp(q->method, "GET") != 0) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)q->body.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->body.n ? q->body.p : "");
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
	}
	snprintf(line, sizeof(line), "%s: %s", q->body.n ? "Content-Type" : "Accept",
		 q->type ? q->type : "*/*");
	headers = curl_slist_append(headers, line);
	headers = curl_slist_append(headers, "Expect:");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	if (curl_easy_perform(c) != CURLE_OK)
		bench_die(q->url);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &q->status);
	curl_slist_free_all(headers);
}

static void bare_upload(CURL *c, const char *uploads, const char *digest, struct str bytes)
{
	struct bare_request post = { .method = "POST", .url = uploads };
	struct bare_request put = { .method = "PUT",
				    .type = "application/octet-stream",
				    .body = bytes };
	char url[1200];

	bare_send(c, &post);
	snprintf(url, sizeof(url), "%s&digest=%s", post.location, digest);
	put.url = url;
	bare_send(c, &put);
	if (put.status != 201)
		bench_die(url);
}

static const char *bench_registry_url(struct arena *a, const struct bench_registry *r,
				      const char *path)
{
	return arena_printf(a, "http://%s%s", r->host, path);
}

struct str bench_registry_get(struct arena *a, const struct bench_registry *r, const char *path)
{
	struct buf text = { .a = a };
	struct bare_request q = { .method = "GET",
				  .url = bench_registry_url(a, r, path),
				  .type = MANIFEST,
				  .answer = &text };
	CURL *c = curl_easy_init();

	bare_send(c, &q);
	curl_easy_cleanup(c);
	if (q.status != 200)
		bench_die(path);
	return buf_str(&text);
}

void bench_registry_put_blob(const struct bench_registry *r, const char *repository,
			     const char *digest, struct str bytes)
{
	AUTO_ARENA a = { 0 };
	CURL *c = curl_easy_init();

	bare_upload(c,
		    bench_registry_url(&a, r,
				       arena_printf(&a, "/v2/%s/blobs/uploads/", repository)),
		    digest, bytes);
	curl_easy_cleanup(c);
}

void bench_registry_put_manifest(const struct bench_registry *r, const char *repository,
				 const char *tag, struct str text)
{
	AUTO_ARENA a = { 0 };
	CURL *c = curl_easy_init();
	struct bare_request q = { .method = "PUT",
				  .url = bench_registry_url(&a, r,
							    arena_printf(&a, "/v2/%s/manifests/%s",
									 repository, tag)),
				  .type = MANIFEST,
				  .body = text };

	bare_send(c, &q);
	curl_easy_cleanup(c);
	if (q.status != 201)
		bench_die(q.url);
}

/* ---- requests of a program, once more ---- */

struct repeat {
	struct LIST(struct bare_request) v;
	atomic_size_t next;
};

static struct str registry_log(struct arena *a, const struct bench_registry *r)
{
	struct str all = str_of(files_get(a, arena_printf(a, "%s/log", r->dir)));

	return str_from(all, r->logged < all.n ? r->logged : all.n);
}

void bench_registry_mark(struct bench_registry *r)
{
	AUTO_ARENA a = { 0 };

	r->logged += registry_log(&a, r).n;
}

/* `"PUT /v2/... HTTP/1.1" 201 0 ...`: what it was; false: nothing to be made again by itself. */
static bool repeat_read(struct arena *a, const struct bench_registry *r, const char *line,
			struct bare_request *out)
{
	char method[8], path[1500];
	const char *at = strchr(line, '"'), *digest;

	if (!at || sscanf(at, "\"%7s %1499s", method, path) != 2 || path[0] != '/')
		return false;
	*out = (struct bare_request){ .method = arena_strdup(a, method),
				      .url = bench_registry_url(a, r, path),
				      .type = MANIFEST };
	if (strcmp(method, "POST") == 0)
		return strstr(path, "mount=") != NULL; /* others are a part of their PUT */
	if (strcmp(method, "PUT") != 0)
		return true;
	digest = strstr(path, "digest=");
	if (!digest) {
		out->body = bench_registry_get(a, r, path);
		return true;
	}
	out->type = arena_strndup(a, path, (size_t)(strstr(path, "uploads/") - path));
	digest = arena_printf(a, "sha256:%.64s",
			      digest + strlen("digest=sha256") + (strstr(digest, "%3A") ? 3 : 1));
	out->body = bench_registry_get(a, r, arena_printf(a, "%s%s", out->type, digest));
	out->url = bench_registry_url(a, r, arena_printf(a, "%suploads/", out->type));
	out->type = digest;
	out->method = "upload";
	return true;
}

static void *repeat_work(void *of)
{
	struct repeat *x = of;
	CURL *c = curl_easy_init();

	for (size_t i; (i = atomic_fetch_add(&x->next, 1)) < x->v.n;) {
		struct bare_request *q = &x->v.v[i];

		if (strcmp(q->method, "upload") == 0)
			bare_upload(c, q->url, q->type, q->body);
		else
			bare_send(c, q);
	}
	curl_easy_cleanup(c);
	return NULL;
}

double bench_registry_repeat(struct bench_registry *r, unsigned connections, size_t *n)
{
	AUTO_ARENA a = { 0 };
	struct str rest = registry_log(&a, r), line;
	struct repeat x = { .v = { NULL, 0, 0 } };
	pthread_t *threads = arena_array(&a, connections, sizeof(*threads));
	struct bare_request q;
	double start;

	for (*n = 0; str_next(&rest, '\n', &line);) {
		*n += memchr(line.p, '"', line.n) != NULL;
		if (repeat_read(&a, r, str_dup(&a, line), &q))
			*list_push(&a, &x.v) = q;
	}
	start = bench_now();
	for (unsigned i = 0; i < connections; i++) {
		if (pthread_create(&threads[i], NULL, repeat_work, &x) != 0)
			bench_die("thread");
	}
	for (unsigned i = 0; i < connections; i++)
		pthread_join(threads[i], NULL);
	return (bench_now() - start) / 1e3;
}
