/* SPDX-License-Identifier: Apache-2.0 */
/* PEM to certificates to names and keys, as the bytes come. */

#include "probe/tls_trust.h"

#ifdef PROBE_TLS

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* One certificate on its way. */
struct trust_reader {
	struct tls_trust *t;
	br_pem_decoder_context pem;
	br_x509_decoder_context certificate;
	size_t name; /* where its subject begins in the text */
	bool within; /* a certificate, and not another object of the file */
};

static unsigned char *trust_keep(struct tls_trust *t, const void *p, size_t n)
{
	unsigned char *to = t->text + t->used;

	if (n > sizeof t->text - t->used) {
		t->full = true;
		return to;
	}
	memcpy(to, p, n);
	t->used += n;
	return to;
}

static void trust_add_name(void *context, const void *p, size_t n)
{
	trust_keep(((struct trust_reader *)context)->t, p, n);
}

static void trust_add_bytes(void *context, const void *p, size_t n)
{
	br_x509_decoder_push(&((struct trust_reader *)context)->certificate, p, n);
}

static void trust_begin(struct trust_reader *r)
{
	const char *banner = br_pem_decoder_name(&r->pem);

	r->within = strcmp(banner, "CERTIFICATE") == 0 || strcmp(banner, "X509 CERTIFICATE") == 0;
	r->name = r->t->used;
	br_x509_decoder_init(&r->certificate, trust_add_name, r);
	br_pem_decoder_setdest(&r->pem, r->within ? trust_add_bytes : NULL, r);
}

/* The key belongs to the decoder: it is copied. */
static void trust_keep_key(struct tls_trust *t, const br_x509_pkey *from, br_x509_pkey *to)
{
	*to = *from;
	if (from->key_type == BR_KEYTYPE_RSA) {
		to->key.rsa.n = trust_keep(t, from->key.rsa.n, from->key.rsa.nlen);
		to->key.rsa.e = trust_keep(t, from->key.rsa.e, from->key.rsa.elen);
	} else {
		to->key.ec.q = trust_keep(t, from->key.ec.q, from->key.ec.qlen);
	}
}

/* A certificate with a key of another kind (Ed25519) is no use here, and no fault either. */
static void trust_end(struct trust_reader *r)
{
	const br_x509_pkey *key = br_x509_decoder_get_pkey(&r->certificate);
	br_x509_trust_anchor *a = r->t->anchors + r->t->count;

	if (!r->within || !key) {
		r->t->used = r->name;
		return;
	}
	if (r->t->count == TRUST_ANCHORS_MAX) {
		r->t->full = true;
		return;
	}
	a->dn.data = r->t->text + r->name;
	a->dn.len = r->t->used - r->name;
	a->flags = br_x509_decoder_isCA(&r->certificate) ? BR_X509_TA_CA : 0;
	trust_keep_key(r->t, key, &a->pkey);
	r->t->count++;
}

static void trust_take(struct trust_reader *r, const char *p, size_t n)
{
	while (n > 0) {
		size_t took = br_pem_decoder_push(&r->pem, p, n);

		p += took;
		n -= took;
		switch (br_pem_decoder_event(&r->pem)) {
		case BR_PEM_BEGIN_OBJ:
			trust_begin(r);
			break;
		case BR_PEM_END_OBJ:
			trust_end(r);
			break;
		default: /* more bytes are wanted, or an object was damaged and is passed over */
			break;
		}
	}
}

bool trust_read(const char *path, struct tls_trust *t, struct objection *why)
{
	struct trust_reader r = { .t = t };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[4096];
	ssize_t n = -1;

	t->count = t->used = 0;
	t->full = false;
	br_pem_decoder_init(&r.pem);
	while (fd >= 0 && (n = read(fd, buf, sizeof buf)) > 0)
		trust_take(&r, buf, (size_t)n);
	if (n < 0)
		objection_add(why, "%s: %s", path, strerror(errno));
	else if (t->full)
		objection_add(why, "%s: more than %d certificates", path, TRUST_ANCHORS_MAX);
	else if (t->count == 0)
		objection_add(why, "%s: no certificate in PEM form", path);
	if (fd >= 0)
		close(fd);
	return n == 0 && !t->full && t->count > 0;
}

#endif
