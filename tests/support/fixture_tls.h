/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_TLS_H
#define SUPPORT_FIXTURE_TLS_H

/* Certificates made for a test, and a TLS server that shows them (openssl s_server, a program that
 * is not ours). */

#include <sys/types.h>

#include "base/arena.h"

struct tls_certificate {
	const char *san;   /* "IP:127.0.0.1", "DNS:other.example" */
	long from_s, to_s; /* validity, seconds from now */
	bool self_signed;  /* else signed by the test's authority */
};

/* Makes an authority in `dir`: ca.pem. And a certificate with its key, signed by it: NAME.pem. */
void tls_authority(const char *dir);
void tls_certificate(const char *dir, const char *name, const struct tls_certificate *c);

struct tls_server {
	pid_t pid;
	unsigned port;
};

/* Serves the files of `dir` with dir/NAME.pem; `option` is one more argument of s_server, or NULL.
 * false when there is no openssl program. */
bool tls_start(struct tls_server *s, const char *dir, const char *name, const char *option);
void tls_stop(struct tls_server *s);

#endif
