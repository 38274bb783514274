/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SBOM_SBOM_PARTS_H
#define INSPECT_SBOM_SBOM_PARTS_H

/* What a bill of materials holds. */

#include "inspect/model/inspect.h"
#include "inspect/model/model_loader.h"
#include "base/rfc3339.h"
#include "inspect/sbom/licence_expression.h"

enum sbom_kind {
	SBOM_IMAGE,    /* the image itself: always the first */
	SBOM_SYSTEM,   /* the distribution that os-release names: the second, if there is one */
	SBOM_DEB,      /* of a package record */
	SBOM_DOCUMENT, /* of an SPDX document in var/lib/db/sbom */
	SBOM_NOTE,     /* ELF files say that they are of it, and nothing else does */
};

struct sbom_package {
	enum sbom_kind kind;
	const char *ref;	    /* names it in the document: its package URL, if it has one */
	const char *id;		    /* the same for SPDX */
	const char *name, *version; /* version: or NULL */
	const char *architecture;   /* of a record, or NULL */
	const char *purl, *cpe;	    /* or NULL */
	const char *download;	    /* or NULL */
	const char *maintainer;	    /* or NULL */
	const char *record;	    /* file in the image that tells of it, or NULL */
	const char *source, *source_version; /* Debian's source package; NULL: none */
	const struct sbom_archive *archive;  /* it came out of, or NULL: nobody told */
	struct licences licences;
	size_t first_file, files; /* its files in sbom.files */
};

/* What a package was compiled from. */
struct sbom_source {
	const char *name, *version, *purl, *id;
	const struct sbom_archive *archive; /* its .dsc, or NULL */
};

/* A file of an archive that a package or a source came out of: what a lock knows, and no image. */
struct sbom_archive {
	const char *name, *version, *architecture; /* of sources "source" */
	const char *file;			   /* "hello_1.0-1_amd64.deb" */
	struct digest sha256;
};

struct sbom_archives LIST(struct sbom_archive);

struct sbom_file {
	const struct item *item;
	size_t owner; /* index in packages: the image, when no package has it */
};

struct sbom_link {
	size_t from, on; /* indexes in packages */
};

struct sbom {
	struct arena *a;
	const struct inspection *image;
	const char *name; /* of the image, as far as it tells */
	char created[RFC3339_SIZE];
	struct LIST(struct sbom_package) packages; /* by kind of place, name, ref */
	struct LIST(struct sbom_source) sources;   /* by name, version; each once */
	struct LIST(struct sbom_file) files;	   /* by owner, then path */
	struct LIST(struct sbom_link) links;	   /* sorted, each once */
	struct licence_refs refs;
	struct remarks problems; /* records and documents that could not be read */
	bool whole; /* every program of it belongs to a package, and all records were read */
};

#endif
