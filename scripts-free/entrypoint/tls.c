/* SPDX-License-Identifier: Apache-2.0 */
/* tls.crt + tls.key -> squid-ca.pem, and cert=/key= of the configuration. */

#include "entrypoint/tls.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "entrypoint/file.h"

#define PEM_MAX 65536

static bool merge_into(struct supervisor *s, const char *crt, size_t n_crt, const char *key,
                       size_t n_key)
{
	struct file_new f;
	bool lacks_newline = n_crt > 0 && crt[n_crt - 1] != '\n';

	if (file_new_open(&f, s->paths->merged, 0600) && file_new_add(&f, crt, n_crt)
	    && (!lacks_newline || file_new_add(&f, "\n", 1)) && file_new_add(&f, key, n_key)
	    && file_new_commit(&f)) {
		log_info(&s->log, "SSL certificates merged successfully: %s", s->paths->merged);
		return true;
	}
	return supervisor_fail(s, "Failed to merge SSL certificates: %s: %s", s->paths->merged,
	                       strerror(errno));
}

static bool merge(struct supervisor *s)
{
	const struct paths *p = s->paths;
	char crt[PEM_MAX], key[PEM_MAX];
	ssize_t n_crt, n_key;
	bool ok;

	if (access(p->tls_crt, F_OK) != 0)
		return supervisor_fail(s, "SSL-bump enabled but TLS certificate not found: %s", p->tls_crt);
	if (access(p->tls_key, F_OK) != 0)
		return supervisor_fail(s, "SSL-bump enabled but TLS private key not found: %s", p->tls_key);
	n_crt = file_read(p->tls_crt, crt, sizeof crt);
	if (n_crt < 0)
		return supervisor_fail(s, "Failed to merge SSL certificates: %s: %s", p->tls_crt,
		                       strerror(errno));
	n_key = file_read(p->tls_key, key, sizeof key);
	if (n_key < 0)
		return supervisor_fail(s, "Failed to merge SSL certificates: %s: %s", p->tls_key,
		                       strerror(errno));
	ok = merge_into(s, crt, (size_t)n_crt, key, (size_t)n_key);
	explicit_bzero(key, sizeof key);
	return ok;
}

static bool is_merged(const struct supervisor *s, const char *path)
{
	return strcmp(path, s->paths->merged) == 0;
}

/* A file that the configuration names itself. */
static bool check_file(struct supervisor *s, const char *option, const char *path)
{
	const char *hint = "";

	if (path[0] == '\0' || is_merged(s, path) || access(path, R_OK) == 0)
		return true;
	if (access(s->paths->tls_crt, R_OK) == 0 && access(s->paths->tls_key, R_OK) == 0)
		hint = " (tls.crt and tls.key are there: name the merged file to use them)";
	return supervisor_fail(s, "TLS file of %s= cannot be read (UID: %u, GID: %u): %s: %s%s", option,
	                       (unsigned)getuid(), (unsigned)getgid(), path, strerror(errno), hint);
}

bool tls_prepare(struct supervisor *s)
{
	bool wanted = false, ok = true;

	if (s->conf.ssl_bump)
		log_info(&s->log, "SSL-bump detected in configuration");
	for (size_t i = 0; i < s->conf.n_ports; i++) {
		const struct conf_port *p = &s->conf.ports[i];

		wanted |= is_merged(s, p->cert) || is_merged(s, p->key);
		ok &= check_file(s, "cert", p->cert) && check_file(s, "key", p->key);
	}
	if (!ok)
		return false;
	if (!wanted && s->conf.ssl_bump && access(s->paths->tls_crt, R_OK) == 0
	    && access(s->paths->tls_key, R_OK) == 0)
		wanted = true;
	return !wanted || merge(s);
}
