/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_PREDICATE_TYPES_H
#define TRUST_ATTESTATION_PREDICATE_TYPES_H

/* What attestations say, by the names that people use for it. */

#include "base/error.h"
#include "base/str.h"

#define PREDICATE_PROVENANCE "https://slsa.dev/provenance/v1"
#define PREDICATE_SPDX "https://spdx.dev/Document"
#define PREDICATE_CYCLONEDX "https://cyclonedx.org/bom"
#define PREDICATE_SUMMARY "https://slsa.dev/verification_summary/v1"
#define PREDICATE_FACTS "urn:imgbuild:layer-facts:1"
#define PREDICATE_OPENVEX "https://openvex.dev/ns"

/* Ends with NULL: "provenance", "spdx", "cyclonedx", "vsa", "facts", "openvex". */
extern const char *const predicate_names[];

/* The predicate type of a name; a type (what has a colon) is its own. ERR_USAGE for other words,
 * with the nearest name. */
MUST_CHECK bool predicate_type_of(const char *name, const char **type, struct error *e);

/* The name of a type, or the type itself. */
const char *predicate_name(const char *type);

/* Is it one that imgbuild attest makes itself, from no file? */
bool predicate_is_made(const char *type);

#endif
