/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_PEM_H
#define COMMON_PEM_H

/* PEM armour (RFC 7468): finding blocks and undoing base64. Pure. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pem_block {
	char label[32]; /* "CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", ... */
	bool encrypted; /* the block has headers that say so */
	size_t len;	/* of the decoded bytes */
};

/* Finds the next block of the text `*s` of `*n` bytes and decodes it into `out`; moves `*s` and
 * `*n` behind it. Blocks that are damaged or do not fit are passed over. False if there is none. */
bool pem_next(const char **s, size_t *n, struct pem_block *b, uint8_t *out, size_t cap);

#endif
