/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_CHALLENGE_H
#define TRANSFER_REGISTRY_CHALLENGE_H

/* What a registry asks for before it answers: the header WWW-Authenticate (RFC 9110, 11.6.1). */

#include "base/str.h"

/* In the order of preference. */
enum challenge_kind { CHALLENGE_NONE, CHALLENGE_OTHER, CHALLENGE_BASIC, CHALLENGE_BEARER };

struct challenge {
	enum challenge_kind kind;
	const char *scheme;		     /* as the registry writes it */
	const char *realm, *service, *scope; /* NULL when not said */
};

/* Reads one value of the header, which may hold several challenges, and keeps the one that is liked
 * best of them and of what *best holds already (which starts zeroed). What is malformed counts as
 * not said. */
void challenge_read(struct arena *a, struct str value, struct challenge *best);

#endif
