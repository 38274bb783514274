/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_TAR_H
#define FORMAT_ARCHIVE_TAR_H

/* Reads a tar stream (uncompressed) through libarchive's tar reader, under a policy, because tar
 * readers disagree about odd archives and the disagreement is an attack:
 *  - every status of libarchive but OK and EOF is an error, and its idea of each header's size,
 *    type and place must agree with our own reading of the same 512 bytes
 * (format/archive/tarfeed.c);
 *  - regular files, folders, symbolic links, hard links; no devices, FIFOs, sockets, sparse files,
 *    contiguous files or unknown types; only regular files have content;
 *  - names are relative, without "..", empty or "." components (but a leading "./", and where the
 *    caller is `loose`: every reader passes over them), and no component begins with ".wh."; link
 * targets have at most 4095 bytes;
 *  - POSIX extended headers only where the caller allows them, and of global ones only those that
 *    hold nothing but a comment; no extended attributes or access lists, but where the caller
 * passes over them;
 *  - the archive ends with two zero blocks, and only zero bytes follow.
 *
 * It also tells where in the stream each file's content is, so that a stored stream can be
 * mapped. */

#include "base/io.h"

enum tar_type { TAR_FILE, TAR_DIR, TAR_SYMLINK, TAR_HARDLINK };

struct tar_entry {
	const char *path; /* normalised (make/tree/tree.h); "" is the root, a folder */
	enum tar_type type;
	unsigned mode; /* 07777 at most */
	uint32_t uid, gid;
	int64_t mtime;	       /* seconds since the epoch, 0 .. 8^11 - 1 */
	const char *target;    /* symbolic links: as written; hard links: normalised path */
	uint64_t offset, size; /* content in the stream; 0 bytes but for TAR_FILE */
};

struct tar_options {
	struct sink *copy;  /* gets the whole stream as it is read; may be NULL. Not finished */
	size_t max_entries; /* 0: 1,000,000 */
	size_t max_names;   /* bytes of all names and targets; 0: 64 MiB */
	bool pax;	    /* take POSIX extended headers (path, linkpath, size, times, ids) */
	bool comments;	    /* with `pax`: take global headers that are comments (git archive) */
	bool attributes;    /* with `pax`: pass over extended attributes and access lists */
	bool loose; /* take names like "package/./a" and "package//a"; of a file that is there
		     * twice the last counts */
};

struct tar;

/* What `pax` needs of the C library. Open it before a jail is started that reads such archives: the
 * jail may open no file, and the C library opens this one but once. */
struct tar_locale {
	void *handle;
};
void tar_locale_open(struct tar_locale *l);
void tar_locale_close(struct tar_locale *l);
#define AUTO_TAR_LOCALE __attribute__((cleanup(tar_locale_close))) struct tar_locale

/* Starts reading `from` (borrowed, like options->copy). NULL with *e set. Names of entries are
 * allocated in `a`. */
struct tar *tar_open(struct arena *a, struct source *from, const struct tar_options *options,
		     struct error *e);
void tar_close(struct tar **t);
#define AUTO_TAR __attribute__((cleanup(tar_close))) struct tar

/* 1 and the next entry (content not read is passed over), 0 at the end - when the rest of the
 * source has been read and checked, too -, -1 with ERR_INPUT (or what the source or copy say). */
MUST_CHECK int tar_next(struct tar *t, struct tar_entry *out, struct error *e);

/* 1 and a piece of the current file's content, 0 at its end, -1 on error. */
MUST_CHECK int tar_data(struct tar *t, struct str *chunk, struct error *e);

/* All entries of a stream, sorted by path, without the root. On top of the policy: no path twice;
 * what has entries below it is a folder; and a hard link names a regular file that came before it,
 * whose content it shares: it becomes a TAR_FILE with that file's offset, size and metadata. */
struct tar_list {
	struct LIST(struct tar_entry) entries;
};
MUST_CHECK bool tar_read_all(struct arena *a, struct source *from,
			     const struct tar_options *options, struct tar_list *out,
			     struct error *e);

#endif
