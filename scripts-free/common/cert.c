/* SPDX-License-Identifier: Apache-2.0 */
/* From PEM texts to answers. */

#include "common/cert.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/der.h"
#include "common/pem.h"

#define BLOCK_MAX 16384 /* a decoded certificate or key */

static bool ends_with(const char *s, const char *what)
{
	size_t n = strlen(s), w = strlen(what);

	return n >= w && strcmp(s + n - w, what) == 0;
}

static bool first_cert(const char *s, size_t n, uint8_t *buf, struct der_cert *c)
{
	struct pem_block b;

	while (pem_next(&s, &n, &b, buf, BLOCK_MAX))
		if (ends_with(b.label, "CERTIFICATE"))
			return der_certificate(buf, b.len, c);
	return false;
}

bool cert_dates(const char *s, size_t n, int64_t *not_before, int64_t *not_after)
{
	uint8_t buf[BLOCK_MAX];
	struct der_cert c;

	if (!first_cert(s, n, buf, &c))
		return false;
	*not_before = c.not_before;
	*not_after = c.not_after;
	return true;
}

enum cert_pair cert_pair_check(const char *crt, size_t n_crt, const char *key, size_t n_key)
{
	uint8_t cert_buf[BLOCK_MAX], key_buf[BLOCK_MAX];
	enum cert_pair result = CERT_PAIR_NO_KEY;
	struct pem_block b;
	struct der_cert c;

	if (!first_cert(crt, n_crt, cert_buf, &c))
		return CERT_PAIR_NO_CERT;
	while (result == CERT_PAIR_NO_KEY && pem_next(&key, &n_key, &b, key_buf, sizeof key_buf)) {
		if (!ends_with(b.label, "PRIVATE KEY"))
			continue;
		if (b.encrypted) {
			result = CERT_PAIR_ENCRYPTED;
			continue;
		}
		switch (der_key_matches(key_buf, b.len, c.public_key)) {
		case DER_MATCH:
			result = CERT_PAIR_OK;
			break;
		case DER_MISMATCH:
			result = CERT_PAIR_MISMATCH;
			break;
		case DER_UNKNOWN:
			result = CERT_PAIR_UNKNOWN;
			break;
		}
	}
	explicit_bzero(key_buf, sizeof key_buf);
	return result;
}

bool cert_file_dates(const char *path, int64_t *not_before, int64_t *not_after)
{
	char s[CERT_TEXT_MAX];
	size_t have = 0;
	ssize_t n;
	bool found;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return false;
	while (have < sizeof s && (n = read(fd, s + have, sizeof s - have)) > 0)
		have += (size_t)n;
	close(fd);
	found = cert_dates(s, have, not_before, not_after);
	explicit_bzero(s, have); /* a merged file holds the key as well */
	if (!found)
		errno = EBADMSG;
	return found;
}
