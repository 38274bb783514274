/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_STATEMENT_H
#define TRUST_SIGNATURE_STATEMENT_H

/* in-toto statements (in-toto/attestation, spec/v1/statement.md): what is said (the predicate)
 * about which digests (the subjects). */

#include "base/str.h"

struct statement {
	const char *predicate_type;
	struct strings subjects; /* their SHA-256 in hexadecimal */
	struct str predicate;	 /* its text as it stands there; n == 0: there is none */
};

/* A statement v1 about `subjects` ("sha256:..."). `predicate` is JSON, and stands in it as it is.
 */
struct str statement_text(struct arena *a, const struct strings *subjects,
			  const char *predicate_type, struct str predicate);

/* Reads a statement (v1, v0.1). Its predicate, which may be large, is not parsed. ERR_INPUT naming
 * the member. */
MUST_CHECK bool statement_read(struct arena *a, struct str text, struct statement *out,
			       struct error *e);

/* The same of a file, whose name is in messages. */
MUST_CHECK bool statement_read_from(struct arena *a, const char *file, struct str text,
				    struct statement *out, struct error *e);

#endif
