/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates with libcrypto; the server as a child process. */

#include "support/fixture_tls.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static void add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	cr_assert(ext && X509_add_ext(x, ext, -1));
	X509_EXTENSION_free(ext);
}

static X509 *new_certificate(EVP_PKEY *key, const char *name, long from_s, long to_s)
{
	X509 *x = X509_new();
	X509_NAME *subject = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1 + (long)strlen(name));
	X509_gmtime_adj(X509_getm_notBefore(x), from_s);
	X509_gmtime_adj(X509_getm_notAfter(x), to_s);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
				   0);
	X509_set_issuer_name(x, subject);
	return x;
}

static FILE *open_in(const char *dir, const char *name, const char *mode)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.pem", dir, name);
	f = fopen(path, mode);
	cr_assert(f, "%s", path);
	return f;
}

static void tls_save(const char *dir, const char *name, X509 *x, EVP_PKEY *key)
{
	FILE *f = open_in(dir, name, "w");

	cr_assert(PEM_write_X509(f, x) && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
	cr_assert_eq(fclose(f), 0);
}

static void tls_load(const char *dir, const char *name, X509 **x, EVP_PKEY **key)
{
	FILE *f = open_in(dir, name, "r");

	*x = PEM_read_X509(f, NULL, NULL, NULL);
	*key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	cr_assert(*x && *key);
	fclose(f);
}

void tls_authority(const char *dir)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = new_certificate(key, "test authority", -3600, 3600);

	/* all of what RFC 5280 wants: Python 3.13 asks for it */
	add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
	add_extension(x, x, NID_subject_key_identifier, "hash");
	cr_assert(X509_sign(x, key, EVP_sha256()) > 0);
	tls_save(dir, "ca", x, key);
	X509_free(x);
	EVP_PKEY_free(key);
}

void tls_certificate(const char *dir, const char *name, const struct tls_certificate *c)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *ca_key;
	X509 *x = new_certificate(key, name, c->from_s, c->to_s), *ca;

	tls_load(dir, "ca", &ca, &ca_key);
	add_extension(x, x, NID_subject_alt_name, c->san);
	if (!c->self_signed) {
		X509_set_issuer_name(x, X509_get_subject_name(ca));
		add_extension(x, ca, NID_authority_key_identifier, "keyid:always");
	}
	cr_assert(X509_sign(x, c->self_signed ? key : ca_key, EVP_sha256()) > 0);
	tls_save(dir, name, x, key);
	X509_free(x);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
}

static void run_server(int out, const char *dir, const char *name, const char *option)
{
	char file[4096];
	int null = open("/dev/null", O_RDWR);

	snprintf(file, sizeof(file), "%s/%s.pem", dir, name);
	if (chdir(dir) < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(127);
	execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-WWW", "-cert", file,
	       "-key", file, option, (char *)NULL);
	_exit(127);
}

/* Reads what the server prints up to "ACCEPT 127.0.0.1:PORT". */
static unsigned tls_read_port(int from)
{
	char text[512] = "";
	size_t n = 0;
	unsigned port = 0;

	while (n < sizeof(text) - 1) {
		ssize_t got = read(from, text + n, 1);
		const char *accept = strstr(text, "ACCEPT 127.0.0.1:");

		if (got <= 0)
			return 0;
		n += (size_t)got;
		if (accept && text[n - 1] == '\n' &&
		    sscanf(accept, "ACCEPT 127.0.0.1:%u", &port) == 1)
			return port;
	}
	return 0;
}

bool tls_start(struct tls_server *s, const char *dir, const char *name, const char *option)
{
	int out[2];

	cr_assert_eq(pipe2(out, O_CLOEXEC), 0);
	s->pid = fork();
	if (s->pid == 0)
		run_server(out[1], dir, name, option);
	close(out[1]);
	s->port = tls_read_port(out[0]);
	close(out[0]);
	if (s->port)
		return true;
	tls_stop(s);
	return false;
}

void tls_stop(struct tls_server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}
