/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_PROVENANCE_H
#define TRUST_ATTESTATION_PROVENANCE_H

/* What an image was made from, how, when and by what (SLSA, provenance/v1). A build on a machine of
 * one's own gives no level of SLSA, and none is claimed. */

#include "base/digest.h"

#define PROVENANCE_BUILD_TYPE "urn:imgbuild:build:1"
#define PROVENANCE_BUILDER "urn:imgbuild:builder:local"

/* Something that a build was made from: a ResourceDescriptor of in-toto. */
struct material {
	const char *kind; /* "file", "built-in", "package", "source", "download", "suite", "tool" */
	const char *name; /* "recipes/hello.json", "libc6_2.41-12_amd64.deb" */
	const char *uri;  /* of a package: its purl; or NULL */
	const char *location; /* where it may be had; or NULL */
	const char *detail;   /* what else is known: roles, signers; or NULL */
	struct digest sha256;
};

struct materials LIST(struct material);

/* In order of kind and name, each once. */
void materials_sort(struct materials *l);

struct provenance {
	const char *recipe;	   /* below the repository */
	const char *variant, *tag; /* or NULL */
	struct strings platforms;
	bool locked, offline, audited;
	bool incremental;	    /* caches of compilers were read */
	struct strings compressors; /* what wrote the layers */
	bool substituted;	    /* they are not those that the repository pins */
	struct materials materials;
	const struct digest *inputs; /* the list of the files that it read (kept_inputs.h); or NULL
				      */
	struct digest program;	     /* of imgbuild itself */
	int64_t started, finished;   /* seconds since the epoch */
};

/* The predicate. */
struct str provenance_text(struct arena *a, const struct provenance *p);

/* What a predicate says of the files that its build read: 1 and the digest of their list, 0 when it
 * says nothing, -1 with ERR_INPUT naming the member. */
MUST_CHECK int provenance_inputs(struct arena *a, struct str predicate, struct digest *list,
				 struct error *e);

#endif
