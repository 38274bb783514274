/* SPDX-License-Identifier: Apache-2.0 */
/* tls.crt + tls.key -> squid-ca.pem, and cert=/key= of the configuration. */

#include "entrypoint/tls.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/cert.h"
#include "common/text.h"
#include "entrypoint/whole_file.h"

#define SOON_DAYS 30 /* an expiry this near is worth a warning */

static const char not_merged[] = "Failed to merge SSL certificates: ";

static bool tls_fault(struct text *why, const char *what, const char *path, const char *cause)
{
	text_addf(why, "%s%s%s%s", what, path, cause != NULL ? ": " : "",
		  cause != NULL ? cause : "");
	return false;
}

static bool merge_into(const char *path, const char *crt, size_t n_crt, const char *key,
		       size_t n_key, struct text *why)
{
	struct whole_file f;
	bool lacks_newline = n_crt > 0 && crt[n_crt - 1] != '\n';

	return (file_new_open(&f, path, 0600) && file_new_add(&f, crt, n_crt) &&
		(!lacks_newline || file_new_add(&f, "\n", 1)) && file_new_add(&f, key, n_key) &&
		file_new_commit(&f)) ||
	       tls_fault(why, not_merged, path, strerror(errno));
}

/* What is wrong with the pair, in words; NULL if nothing is. */
static const char *pair_fault(enum cert_pair pair)
{
	static const char *const faults[] = {
		[CERT_PAIR_NO_CERT] = "tls.crt holds no certificate in PEM form",
		[CERT_PAIR_NO_KEY] = "tls.key holds no private key in PEM form",
		[CERT_PAIR_ENCRYPTED] = "tls.key is encrypted with a passphrase",
		[CERT_PAIR_MISMATCH] = "the private key in tls.key does not match the certificate "
				       "in tls.crt",
	};

	return (size_t)pair < sizeof faults / sizeof faults[0] ? faults[pair] : NULL;
}

static void warn_about_dates(struct supervisor *s, const char *path)
{
	int64_t from, to, now = (int64_t)time(NULL);

	if (!cert_file_dates(path, &from, &to))
		return;
	if (now > to)
		log_warn(&s->log, "Certificate %s expired %lld days ago", path,
			 (long long)(now - to) / 86400);
	else if (now < from)
		log_warn(&s->log, "Certificate %s is not valid yet", path);
	else if (to - now < SOON_DAYS * 86400)
		log_warn(&s->log, "Certificate %s expires in %lld days", path,
			 (long long)(to - now) / 86400);
}

/* What is wrong goes to `why`. */
static bool tls_merge(const struct paths *p, struct text *why)
{
	char crt[CERT_TEXT_MAX], key[CERT_TEXT_MAX];
	const char *fault;
	ssize_t n_crt, n_key;
	bool ok;

	if (access(p->tls_crt, F_OK) != 0)
		return tls_fault(why,
				 "SSL-bump enabled but TLS certificate not found: ", p->tls_crt,
				 NULL);
	if (access(p->tls_key, F_OK) != 0)
		return tls_fault(why,
				 "SSL-bump enabled but TLS private key not found: ", p->tls_key,
				 NULL);
	n_crt = file_read(p->tls_crt, crt, sizeof crt);
	if (n_crt < 0)
		return tls_fault(why, not_merged, p->tls_crt, strerror(errno));
	n_key = file_read(p->tls_key, key, sizeof key);
	if (n_key < 0)
		return tls_fault(why, not_merged, p->tls_key, strerror(errno));
	fault = pair_fault(cert_pair_check(crt, (size_t)n_crt, key, (size_t)n_key));
	ok = fault == NULL ? merge_into(p->merged, crt, (size_t)n_crt, key, (size_t)n_key, why)
			   : tls_fault(why, not_merged, fault, NULL);
	explicit_bzero(key, sizeof key);
	return ok;
}

/* The merged file, if the configuration names it or may want it: only then is a failure one of the
 * start. */
static bool provide_merged(struct supervisor *s, bool named)
{
	const struct paths *p = s->paths;
	char buf[1024];
	struct text why = TEXT_OF(buf);

	if (!named &&
	    (!s->conf.ssl_bump || access(p->tls_crt, R_OK) != 0 || access(p->tls_key, R_OK) != 0))
		return true;
	if (tls_merge(p, &why)) {
		log_info(&s->log, "SSL certificates merged successfully: %s", p->merged);
		return true;
	}
	if (named)
		return supervisor_fail(s, "%s", buf);
	log_warn(&s->log, "%s (the configuration does not name %s)", buf, p->merged);
	return true;
}

static bool is_merged(const struct supervisor *s, const char *path)
{
	return strcmp(path, s->paths->merged) == 0;
}

/* A file that the configuration names itself. */
static bool tls_check_file(struct supervisor *s, const char *option, const char *path)
{
	const char *hint = "";

	if (path[0] == '\0' || is_merged(s, path) || access(path, R_OK) == 0)
		return true;
	if (access(s->paths->tls_crt, R_OK) == 0 && access(s->paths->tls_key, R_OK) == 0)
		hint = " (tls.crt and tls.key are there: name the merged file to use them)";
	return supervisor_fail(s, "TLS file of %s= cannot be read (UID: %u, GID: %u): %s: %s%s",
			       option, (unsigned)getuid(), (unsigned)getgid(), path,
			       strerror(errno), hint);
}

/* A pair that the configuration names itself: only what cannot be right is refused here. Squid
 * knows more forms of keys than we do, and judges the rest. */
static bool check_pair(struct supervisor *s, const char *cert, const char *key)
{
	char crt_text[CERT_TEXT_MAX], key_text[CERT_TEXT_MAX];
	ssize_t n_crt, n_key;
	bool ok = true;

	if (cert[0] == '\0' || is_merged(s, cert) || is_merged(s, key))
		return true;
	key = key[0] != '\0' ? key : cert;
	n_crt = file_read(cert, crt_text, sizeof crt_text);
	n_key = file_read(key, key_text, sizeof key_text);
	if (n_crt > 0 && n_key > 0 &&
	    cert_pair_check(crt_text, (size_t)n_crt, key_text, (size_t)n_key) == CERT_PAIR_MISMATCH)
		ok = supervisor_fail(s,
				     "The private key in %s does not match the certificate in %s",
				     key, cert);
	explicit_bzero(crt_text, sizeof crt_text); /* it may hold the key as well */
	explicit_bzero(key_text, sizeof key_text);
	return ok;
}

bool tls_prepare(struct supervisor *s)
{
	bool named = false, ok = true;

	if (s->conf.ssl_bump)
		log_info(&s->log, "SSL-bump detected in configuration");
	for (size_t i = 0; i < s->conf.n_ports; i++) {
		const struct conf_port *p = &s->conf.ports[i];

		named |= is_merged(s, p->cert) || is_merged(s, p->key);
		ok &= tls_check_file(s, "cert", p->cert) && tls_check_file(s, "key", p->key) &&
		      check_pair(s, p->cert, p->key);
	}
	if (!ok || !provide_merged(s, named))
		return false;
	for (size_t i = 0; i < s->conf.n_ports; i++)
		if (s->conf.ports[i].cert[0] != '\0')
			warn_about_dates(s, s->conf.ports[i].cert);
	return true;
}
