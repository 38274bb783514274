/* SPDX-License-Identifier: Apache-2.0 */
/* A client of BearSSL, which allocates nothing: state and buffers are on the stack. */

#include "probe/ask_tls.h"

#ifndef PROBE_TLS

bool ask_tls_is_there(void)
{
	return false;
}

ssize_t ask_tls(int fd, const struct target *t, const char *request, size_t n, char *line,
		size_t cap, struct deadline deadline, struct objection *why)
{
	(void)fd, (void)t, (void)request, (void)n, (void)line, (void)cap, (void)deadline;
	objection_add(why, "this program has no TLS");
	return -1;
}

#else

#include <bearssl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probe/stream.h"
#include "probe/tls_trust.h"

/* Debian's libbearssl.a is compiled for glibc with _FORTIFY_SOURCE, and musl lacks the functions
 * that this calls. They do as glibc's. */
#define TLS_FORTIFIED(name, from_type)                                         \
	void *__##name##_chk(void *to, from_type from, size_t n, size_t room); \
	void *__##name##_chk(void *to, from_type from, size_t n, size_t room)  \
	{                                                                      \
		if (n > room)                                                  \
			abort();                                               \
		return name(to, from, n);                                      \
	}

TLS_FORTIFIED(memcpy, const void *)
TLS_FORTIFIED(memmove, const void *)
TLS_FORTIFIED(memset, int)

/* Takes the key of the first certificate of a chain, and asks nothing of it. `vtable` is first, as
 * BearSSL wants it. */
struct tls_any {
	const br_x509_class *vtable;
	br_x509_decoder_context decoder;
	unsigned certificates;
};

static void tls_any_start_chain(const br_x509_class **context, const char *server)
{
	struct tls_any *any = (struct tls_any *)(void *)context;

	(void)server;
	any->certificates = 0;
}

static void tls_any_start(const br_x509_class **context, uint32_t length)
{
	struct tls_any *any = (struct tls_any *)(void *)context;

	(void)length;
	if (any->certificates++ == 0)
		br_x509_decoder_init(&any->decoder, NULL, NULL);
}

static void tls_any_append(const br_x509_class **context, const unsigned char *p, size_t n)
{
	struct tls_any *any = (struct tls_any *)(void *)context;

	if (any->certificates == 1)
		br_x509_decoder_push(&any->decoder, p, n);
}

static void tls_any_end(const br_x509_class **context)
{
	(void)context;
}

static unsigned tls_any_end_chain(const br_x509_class **context)
{
	struct tls_any *any = (struct tls_any *)(void *)context;

	if (any->certificates == 0)
		return BR_ERR_X509_EMPTY_CHAIN;
	return (unsigned)br_x509_decoder_last_error(&any->decoder);
}

static const br_x509_pkey *tls_any_key(const br_x509_class *const *context, unsigned *usages)
{
	const struct tls_any *any = (const struct tls_any *)(const void *)context;

	if (usages)
		*usages = BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN;
	return br_x509_decoder_get_pkey((br_x509_decoder_context *)(uintptr_t)&any->decoder);
}

static const br_x509_class tls_any_class = {
	sizeof(struct tls_any), tls_any_start_chain, tls_any_start, tls_any_append, tls_any_end,
	tls_any_end_chain,	tls_any_key,
};

/* What servers of the last ten years have at least one of. */
static const uint16_t tls_suites[] = {
	BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
};

static void tls_set_up(br_ssl_client_context *client, void *buffer, size_t n)
{
	br_ssl_engine_context *engine = &client->eng;

	br_ssl_client_zero(client);
	br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(engine, tls_suites, sizeof tls_suites / sizeof tls_suites[0]);
	br_ssl_engine_set_hash(engine, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(engine, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(engine, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(engine, br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(engine, br_tls12_sha384_prf);
	br_ssl_engine_set_ec(engine, &br_ec_all_m31);
	br_ssl_engine_set_rsavrfy(engine, br_rsa_i31_pkcs1_vrfy);
	br_ssl_engine_set_ecdsa(engine, br_ecdsa_i31_vrfy_asn1);
	br_ssl_engine_set_gcm(engine, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
	br_ssl_engine_set_aes_ctr(engine, &br_aes_ct64_ctr_vtable);
	br_ssl_engine_set_ghash(engine, br_ghash_ctmul64);
	br_ssl_engine_set_chapol(engine, &br_sslrec_in_chapol_vtable, &br_sslrec_out_chapol_vtable);
	br_ssl_engine_set_chacha20(engine, br_chacha20_ct_run);
	br_ssl_engine_set_poly1305(engine, br_poly1305_ctmul_run);
	br_ssl_engine_set_buffer(engine, buffer, n, 0);
}

/* Who judges the certificate: nobody, or the authorities of the target. */
struct tls_judge {
	struct tls_any any;
	br_x509_minimal_context strict;
	struct tls_trust trust;
};

static bool tls_set_judge(br_ssl_client_context *client, const struct target *t,
			  struct tls_judge *judge, struct objection *why)
{
	br_x509_minimal_context *strict = &judge->strict;

	judge->any.vtable = &tls_any_class;
	br_ssl_engine_set_x509(&client->eng, &judge->any.vtable);
	if (!t->authorities[0])
		return true;
	if (!trust_read(t->authorities, &judge->trust, why))
		return false;
	br_x509_minimal_init(strict, &br_sha256_vtable, judge->trust.anchors, judge->trust.count);
	br_x509_minimal_set_hash(strict, br_sha256_ID, &br_sha256_vtable);
	br_x509_minimal_set_hash(strict, br_sha384_ID, &br_sha384_vtable);
	br_x509_minimal_set_hash(strict, br_sha512_ID, &br_sha512_vtable);
	br_x509_minimal_set_rsa(strict, br_rsa_i31_pkcs1_vrfy);
	br_x509_minimal_set_ecdsa(strict, &br_ec_all_m31, br_ecdsa_i31_vrfy_asn1);
	br_ssl_engine_set_x509(&client->eng, &strict->vtable);
	return true;
}

struct tls_link {
	int fd;
	struct deadline deadline;
	int cause; /* errno of what failed; 0: the server closed */
};

static int tls_link_read(void *context, unsigned char *p, size_t n)
{
	struct tls_link *link = context;
	ssize_t got = stream_receive(link->fd, p, n, link->deadline);

	if (got <= 0)
		link->cause = got < 0 ? errno : 0;
	return got > 0 ? (int)got : -1;
}

static int tls_link_write(void *context, const unsigned char *p, size_t n)
{
	struct tls_link *link = context;

	if (stream_send(link->fd, p, n, link->deadline))
		return (int)n;
	link->cause = errno;
	return -1;
}

static void tls_object_certificate(int error, const struct target *t, struct objection *why)
{
	if (error == BR_ERR_X509_EXPIRED)
		objection_add(why, "the certificate has expired, or is not valid yet");
	else if (error == BR_ERR_X509_BAD_SERVER_NAME)
		objection_add(why, "the certificate is not for %s", t->peer);
	else if (error == BR_ERR_X509_NOT_TRUSTED)
		objection_add(why, "no authority in %s vouches for the certificate",
			      t->authorities);
	else
		objection_add(why, "the certificate is not accepted: error %d of BearSSL", error);
}

static void tls_object(int error, const struct tls_link *link, const struct target *t,
		       struct objection *why)
{
	int alert = error - BR_ERR_RECV_FATAL_ALERT;

	if (error == BR_ERR_IO || error == BR_ERR_OK)
		objection_add(why, "no answer over TLS: %s",
			      link->cause ? strerror(link->cause) : "the server closed");
	else if (error == BR_ERR_BAD_VERSION || error == BR_ERR_UNSUPPORTED_VERSION ||
		 error == BR_ERR_UNKNOWN_TYPE || error == BR_ERR_BAD_LENGTH)
		objection_add(why, "the server does not speak TLS 1.2");
	else if (alert == 70)
		objection_add(why, "the server refuses TLS 1.2, and this program has no other");
	else if (alert == 40)
		objection_add(why, "the server has no cipher of TLS 1.2 that this program knows, "
				   "or wants a certificate of its clients");
	else if (alert == 42 || alert == 116)
		objection_add(why, "the server wants a certificate of its clients");
	else if (alert >= 0 && alert < 256)
		objection_add(why, "the server ends TLS with alert %d (RFC 8446, section 6)",
			      alert);
	else if (error > BR_ERR_X509_OK && error <= BR_ERR_X509_NOT_TRUSTED)
		tls_object_certificate(error, t, why);
	else
		objection_add(why, "TLS fails: error %d of BearSSL", error);
}

bool ask_tls_is_there(void)
{
	return true;
}

ssize_t ask_tls(int fd, const struct target *t, const char *request, size_t n, char *line,
		size_t cap, struct deadline deadline, struct objection *why)
{
	unsigned char buffer[BR_SSL_BUFSIZE_MONO];
	struct tls_link link = { .fd = fd, .deadline = deadline };
	br_ssl_client_context client;
	br_sslio_context io;
	struct tls_judge judge;
	size_t have = 0;
	int got = 0;

	tls_set_up(&client, buffer, sizeof buffer);
	if (!tls_set_judge(&client, t, &judge, why))
		return -1;
	br_ssl_client_reset(&client, t->peer[0] ? t->peer : NULL, 0);
	br_sslio_init(&io, &client.eng, tls_link_read, &link, tls_link_write, &link);
	if (br_sslio_write_all(&io, request, n) == 0 && br_sslio_flush(&io) == 0) {
		while (have < cap && !memchr(line, '\n', have) &&
		       (got = br_sslio_read(&io, line + have, cap - have)) > 0)
			have += (size_t)got;
		if (have > 0 || br_ssl_engine_last_error(&client.eng) == BR_ERR_OK)
			return (ssize_t)have;
	}
	tls_object(br_ssl_engine_last_error(&client.eng), &link, t, why);
	return -1;
}

#endif
