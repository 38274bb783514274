/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_GEN_ARCHIVE_H
#define TESTS_SUPPORT_GEN_ARCHIVE_H

/* A Debian archive of a test's own: keys made by gpg in a temporary folder, InRelease files
 * signed by them, indexes packed by xz, all served on 127.0.0.1 by a faultd. Ends the test as
 * skipped where gpg is missing, as failed when anything else goes wrong. */

#include "input/recipe/recipe.h"
#include "support/fixture_faultd.h"

struct archivegen_key {
	const char *fingerprint; /* of the primary key */
	const char *keyring;	 /* a file with the public key */
};

struct archivegen {
	struct arena *a;
	const char *dir;	   /* temporary folder; gpg's home is in it */
	struct archivegen_key key; /* the archive's own */
	struct LIST(struct fault_reply) script;
	struct faultd server;
	bool running;
	struct strings keyrings; /* the archive's keyring and signer, for a struct archive */
	struct strings signers;
};

/* A suite to be made. */
struct archivegen_suite {
	const char *codename;		     /* in the path and the file; "trixie" */
	const char *claims;		     /* Codename in the file, when it differs */
	const char *date, *valid_until;	     /* as in a Release file; valid_until may be NULL */
	const char *fields;		     /* more lines of the Release file, or NULL */
	const char *packages, *sources;	     /* index texts; NULL: empty */
	const char *contents, *contents_all; /* Contents texts; NULL: there are none */
	const char *arm64;  /* Packages text of that architecture; NULL: there is none */
	const char *signer; /* fingerprint; NULL: the archive's key */
	const char *served; /* Packages text that is served instead of the listed one, or NULL */
	bool missing;	    /* the indexes are not served at all */
	bool gzip, no_gzip; /* indexes are listed in gzip, too; and only listed */
};

/* Makes the folder and the archive's key; and a further key. */
void archivegen_open(struct archivegen *g, struct arena *a);
struct archivegen_key archivegen_key(struct archivegen *g, const char *name, const char *expires);

/* Signs a text in the clear with the keys named (NULL-terminated). */
const char *archivegen_sign(struct archivegen *g, const char *text, const char *const *signers);

/* The InRelease file of a suite. Adds its indexes to what is served; the second form serves the
 * InRelease file, too. A suite that is added again is served from the second request on. */
const char *archivegen_inrelease(struct archivegen *g, const struct archivegen_suite *s);
void archivegen_add(struct archivegen *g, const struct archivegen_suite *s);

/* Serves a file at "/debian/PATH". The bytes of the second form are borrowed. */
void archivegen_file(struct archivegen *g, const char *path, const char *text);
void archivegen_bytes(struct archivegen *g, const char *path, struct str bytes);

/* Starts serving (again). */
void archivegen_serve(struct archivegen *g);

/* "http://127.0.0.1:PORT/debian" */
const char *archivegen_mirror(const struct archivegen *g);

void archivegen_close(struct archivegen *g);

#endif
