/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_GEN_IMAGE_H
#define SUPPORT_GEN_IMAGE_H

/* Makes OCI images for tests of the audit, right ones and wrong ones. Shares no code with the
 * builder's writers: tar headers, compression and JSON are put together here by hand. */

#include "base/buf.h"
#include "base/digest.h"

enum imagegen_codec {
	IMAGEGEN_GZIP,
	IMAGEGEN_MEMBERS,
	IMAGEGEN_ZSTD,
	IMAGEGEN_PLAIN,
};

/* One tar entry; what is 0 gets a sensible value. */
struct imagegen_entry {
	const char *path;
	char type;     /* 0: '0' with content, '5' if the path ends in '/' */
	unsigned mode; /* 0: 0644, folders 0755; else with IMAGEGEN_MODE */
	unsigned uid, gid;
	struct str content;
	const char *link;
	const char *pax;  /* records of an extended header before it, or NULL */
	const char *size; /* written instead of the size of the content, or NULL */
	struct {
		size_t at;
		struct str bytes;
	} patch[2]; /* bytes of the header to change */
};
#define IMAGEGEN_MODE 0100000 /* or it with a mode that may be 0 */

struct imagegen_layer {
	struct digest digest, diff_id;
	uint64_t size;
	const char *media_type;
	struct str blob;
};

/* A text to change before it is hashed: every `from` becomes `to`; from NULL: none. */
struct imagegen_edit {
	const char *from, *to;
};

struct imagegen {
	struct arena *a;
	char dir[64];	  /* a temporary folder of its own */
	const char *path; /* the layout in it */
	enum imagegen_codec codec;
	struct buf tar; /* of the current layer */
	struct LIST(struct imagegen_layer) layers;
	const char *config;	  /* JSON of the config's "config"; NULL: a good one */
	const char *architecture; /* NULL: amd64 */
	struct imagegen_edit edit_config, edit_manifest, edit_index;
	struct digest config_digest, manifest_digest;
	uint64_t config_size, manifest_size;
};

/* Makes the folder; everything lives in `a`. Failures end the test. */
void imagegen_begin(struct imagegen *g, struct arena *a);
void imagegen_end(struct imagegen *g);
#define AUTO_IMAGEGEN __attribute__((cleanup(imagegen_end))) struct imagegen

/* Adds an entry to the current layer; raw bytes; and closes the layer. */
void imagegen_add(struct imagegen *g, const struct imagegen_entry *x);
void imagegen_file(struct imagegen *g, const char *path, unsigned mode, struct str content);
void imagegen_raw(struct imagegen *g, struct str bytes);
void imagegen_layer(struct imagegen *g);

/* The tar header of an entry (512 bytes), without its patches. */
void imagegen_header(const struct imagegen_entry *x, char out[static 512]);

/* Makes the checksum of a header right. */
void imagegen_repair(char block[static 512]);

/* Entries of a small image without any finding under the strict policy: a program, its library and
 * loader, a package record, os-release. They go to the current layer. */
void imagegen_good(struct imagegen *g);

/* Writes config, manifest, index and layers (closing the current one) as a layout folder. */
void imagegen_write(struct imagegen *g);

/* Packs the layout into an archive: "oci" as it is, "docker" as docker save does. Gives its path.
 */
const char *imagegen_archive(struct imagegen *g, bool docker);

/* The path of a blob in the layout. */
const char *imagegen_blob(const struct imagegen *g, const struct digest *d);

/* Writes or replaces a file below the folder. */
void imagegen_put(const struct imagegen *g, const char *name, struct str bytes);

struct str imagegen_compress(struct arena *a, struct str bytes, enum imagegen_codec codec);

#endif
