/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_SSL_DB_CHECK_H
#define ENTRYPOINT_SSL_DB_CHECK_H

/* Is a certificate database whole? Looks at what the helper would choke on: each part there and
 * ours to write, an index in the form of OpenSSL's TXT_DB, a size that can be true. */

#include <stdbool.h>
#include <stddef.h>

enum ssl_db_fault {
	SSL_DB_GOOD,
	SSL_DB_ABSENT,	   /* nothing there */
	SSL_DB_INCOMPLETE, /* certs/, size or index.txt is missing */
	SSL_DB_NOT_OURS,   /* a part cannot be read or written */
	SSL_DB_BAD_INDEX,
	SSL_DB_BAD_SIZE
};

/* Checks the database at `dir`, which may hold at most `max` bytes (0: unknown). */
enum ssl_db_fault ssl_db_check(const char *dir, unsigned long long max);

/* The fault in words. */
const char *ssl_db_fault_name(enum ssl_db_fault f);

/* Is `s` one line of an index, without its line feed? Pure. */
bool ssl_db_index_line(const char *s, size_t n);

/* The bytes that -M `s` stands for ("4MB", "16 MB", "4096"), or 0. Pure. */
unsigned long long ssl_db_bytes(const char *s);

#endif
