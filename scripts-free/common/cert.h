/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CERT_H
#define COMMON_CERT_H

/* Certificates and keys in PEM texts: dates, and whether the two belong together. Nothing here
 * keeps or prints a key. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CERT_TEXT_MAX 65536 /* larger files are refused */

enum cert_pair {
	CERT_PAIR_OK,	     /* the key belongs to the first certificate */
	CERT_PAIR_UNKNOWN,   /* cannot be told: an unusual kind of key */
	CERT_PAIR_NO_CERT,   /* no certificate in the text */
	CERT_PAIR_NO_KEY,    /* no private key in the text */
	CERT_PAIR_ENCRYPTED, /* the key has a passphrase, which nobody could type */
	CERT_PAIR_MISMATCH
};

/* The dates of the first certificate in `s`. False if there is none. */
bool cert_dates(const char *s, size_t n, int64_t *not_before, int64_t *not_after);

/* Looks at the first certificate in `crt` and the first private key in `key`. */
enum cert_pair cert_pair_check(const char *crt, size_t n_crt, const char *key, size_t n_key);

/* cert_dates of the file `path`. False, errno set (EBADMSG: no certificate), if that fails. */
bool cert_file_dates(const char *path, int64_t *not_before, int64_t *not_after);

#endif
