/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_ITEMS_H
#define INSPECT_LAYERS_LAYER_ITEMS_H

/* What is kept of the entries of layers, and of all layers together: names and facts, no contents.
 */

#include "base/strmap.h"
#include "inspect/image/manifest.h"

enum item_type {
	ITEM_FILE,
	ITEM_DIR,
	ITEM_LINK,
	ITEM_CHAR,
	ITEM_BLOCK,
	ITEM_FIFO,
	ITEM_HARD, /* a hard link whose target was not found; others become what they name */
};

/* What the content of a file is, by its bytes. */
enum content_kind {
	CONTENT_EMPTY,
	CONTENT_DATA,
	CONTENT_TEXT,
	CONTENT_SCRIPT,
	CONTENT_ELF,
	CONTENT_ARCHIVE,
};

struct elf_facts; /* inspect/layers/elf_facts.h */
struct embedded;  /* inspect/layers/embedded.h */
struct package;	  /* inspect/model/packages.h */

struct item {
	const char *path; /* normalised (make/tree/tree.h) */
	uint64_t size;	  /* files */
	int64_t mtime;
	uint32_t uid, gid;
	uint16_t mode;		     /* 07777 at most */
	uint16_t layer;		     /* index of the layer it comes from */
	uint8_t type, kind;	     /* enum item_type, enum content_kind */
	bool implied : 1;	     /* a folder that no layer has */
	bool dead : 1;		     /* removed or replaced by a higher layer; only while merging */
	bool capabilities : 1;	     /* security.capability is set */
	bool shared : 1;	     /* a hard link: its bytes are another item's */
	bool owned : 1;		     /* a package record lists it, or the recipe brought it */
	bool unread : 1;	     /* nobody knows what is in it */
	const char *target;	     /* links: as written; ITEM_HARD: normalised */
	const char *interpreter;     /* scripts: the line after "#!"; else NULL */
	const char *shell;	     /* the shell its content is, by whatever name; else NULL */
	const char *secret;	     /* the kind of secret found in it; else NULL */
	const struct elf_facts *elf; /* ELF files that could be read; else NULL */
	const struct embedded *embedded; /* what it was built from, if it says so; else NULL */
	const struct package *package;	 /* whose record lists it, or NULL */
	struct digest sha256;		 /* files */
	unsigned char md5[16];
	const struct sha1 *sha1; /* files, where a keep_rule asks for it; else NULL */
	uint64_t kept_at;	 /* where its text is in model.kept, plus 1; else 0 */
};

struct items LIST(struct item *);

/* A remark about a layer, to become a finding. */
struct layer_remark {
	const char *rule; /* id */
	const char *path; /* or NULL */
	const char *text;
};

struct remarks LIST(struct layer_remark);

struct layer_stat {
	uint64_t tar_size; /* uncompressed */
	size_t entries;
	uint64_t bytes;		    /* content of its files */
	uint64_t wasted;	    /* of these, removed or replaced by higher layers */
	const struct item *largest; /* of the wasted files, or NULL */
	uint64_t repeated; /* of these, equal to what a lower layer had at the same place */
};

struct packages LIST(struct package);

/* Paths that were looked for and not found. */
struct path_misses {
	struct arena *a;
	struct strmap v;
};

struct model {
	const struct image_facts *image;
	struct items items;
	struct packages packages; /* sorted by name */
	struct LIST(struct layer_stat) layers;
	struct remarks remarks;
	uint64_t bytes;			/* content of all files, hard links once */
	const char *os_id, *os_version; /* of os-release, or NULL */
	size_t removals;		/* by all layers */
	bool ambiguous; /* runtimes differ about what is there: this is all that any of them sees;
			 */
	bool smaller;	/* or, where this was asked for, what all of them see */
	int kept;	/* unlinked file with the texts that rules read; -1: none */
	uint64_t kept_size;
	struct path_misses *misses; /* notes what is not there; or NULL */
};

/* What is kept besides the usual: the text of files that `want` names (for tests of contents; may
 * be NULL), and the SHA-1 of all files. And what counts as being there where runtimes differ; how
 * much may be read. */
struct layer_memo;

struct keep_rule {
	bool (*want)(const struct keep_rule *k, const char *path);
	bool sha1;
	bool smaller;		    /* see struct model */
	uint64_t expand_max;	    /* bytes that a layer may expand to; 0: what its size allows */
	uint64_t keep_max;	    /* bytes of a file that is kept; 0: INTAKE_KEEP_MAX */
	struct layer_memo *memo;    /* of the images of one run (layer_memo.h), or NULL */
	struct path_misses *misses; /* for the model, while it is read; or NULL */
	struct progress *progress;  /* for what children do, or NULL */
};

/* How much of a file is kept. `k` may be NULL. */
uint64_t keep_max_of(const struct keep_rule *k);

/* The order of items, and whether `path` is below `dir` ("" is above all). */
int path_order(const char *a, const char *b);
bool path_below(const char *path, const char *dir);

/* Index of the first item not before `path`. */
size_t items_lower(const struct items *l, const char *path);

#endif
