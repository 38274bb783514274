/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_BUNDLE_H
#define INSPECT_IMAGE_BUNDLE_H

/* Where the parts of an image are: files of a layout folder, members of an archive that is read in
 * place, or blobs of the store, for an image that was pulled from a registry. Names inside are
 * untrusted; they never leave the folder, and a part is always a regular file (threat T32: no
 * links, FIFOs or devices). */

#include "inspect/image/archive_members.h"
#include "transfer/registry/image_files.h"

enum bundle_form {
	BUNDLE_OCI,
	BUNDLE_DOCKER, /* what docker save writes, now and before 1.10 */
	BUNDLE_DIR, /* a manifest and its blobs in one folder (podman save --format docker-dir) */
	BUNDLE_ROOTFS, /* a root file system in a folder: no image, so no parts */
};

struct bundle {
	const char *name; /* as messages show it */
	enum bundle_form form;
	const char *tag; /* asked for with oci:DIR:TAG, or NULL */
	int fd;		 /* the folder, or the archive */
	bool archive;
	struct members members;		  /* sorted by name; of the same name the last counts */
	const struct image_files *pulled; /* what it is of, in `store`; NULL: folder or archive */
	const struct store *store;
};
#define BUNDLE_INIT { .form = BUNDLE_OCI, .fd = -1 }

/* Bytes of one part. `own` is a descriptor to close, or -1 when the bundle's is used. */
struct part {
	int own, fd;
	uint64_t offset, size;
};
#define PART_INIT { -1, -1, 0, 0 }

/* Opens an image reference (audit.h says which forms). ERR_USAGE for transports that cannot be
 * read, ERR_INPUT for what is not an image, ERR_SYSTEM. Close with bundle_close(). */
MUST_CHECK bool bundle_open(struct arena *a, const char *reference, struct bundle *b,
			    struct error *e);
void bundle_close(struct bundle *b);

/* Whether it was opened. */
bool bundle_is_open(const struct bundle *b);

/* An image that was pulled (transfer/registry/pull.h): its blobs are read from the store, where
 * they are verified at each opening. All three are borrowed until bundle_close(). */
void bundle_of_pulled(const char *reference, const struct store *store,
		      const struct image_files *files, struct bundle *b);

/* The same bundle once more, with a descriptor of its own: an archive that was expanded to be read
 * is not expanded again. Its names stay where they are. */
MUST_CHECK bool bundle_share(const struct bundle *of, struct bundle *out, struct error *e);
#define AUTO_BUNDLE __attribute__((cleanup(bundle_close))) struct bundle

/* Is there a part of this name? (For telling the forms apart.) */
bool bundle_has(const struct bundle *b, const char *name);

/* Finds a part: ERR_INPUT if it is not there or not a regular file. Release with part_drop(). */
MUST_CHECK bool bundle_part(const struct bundle *b, const char *name, struct part *out,
			    struct error *e);
void part_drop(struct part *p);
#define AUTO_PART __attribute__((cleanup(part_drop))) struct part

/* The whole of a part of at most `max` bytes. */
MUST_CHECK bool bundle_text(struct arena *a, const struct bundle *b, const char *name, size_t max,
			    struct str *out, struct error *e);

#endif
