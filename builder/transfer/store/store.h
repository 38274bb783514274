/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_H
#define TRANSFER_STORE_STORE_H

/* The content-addressed store: every byte imgbuild keeps between runs.
 *
 *   blobs/sha256/<hex>    files named by their digest, mode 0444
 *   actions/<hex>         results of work: key = digest of everything that can change the result,
 *                         content = a small text whose meaning belongs to the stage that made it
 *   roots/<hex>/          toolchain file systems for the sandbox
 *   logs/                 output of compile steps
 *   ccache/<source>/      what compilers keep for the next run of a source, for IMGBUILD_LAUNCHER
 *   incremental/<...>/    the same of one folder of sources, for --incremental
 *   verified              which blobs were hashed, for --incremental
 *   new/                  blobs and results that are being written
 *   CACHEDIR.TAG
 *
 * A blob is complete or not there (base/file.h) and is verified on every use: opening one hashes
 * it, and one that does not match its name is removed, with a note, and counts as absent; of one of
 * which but parts are used, these are (store_open_unread). A build hashes it once, while its file
 * stays as it is, and not if the build itself has written it (store_verified.h); whoever asks
 * for that has it hashed once for many runs (verified_file.h). The store must belong to the user
 * and be writable by nobody else.
 */

#include "base/digest.h"
#include "base/file.h"
#include "base/progress.h"

struct store {
	int fd;		    /* the folder */
	int blobs, actions; /* folders below it; -1 when a read-only store has none */
	int fresh;	    /* the same; what becomes a blob is written there */
	int fresh_actions;  /* the same folder, or that of store_forget_results() */
	int lock;	    /* holds a shared flock; -1: a read-only store without the file */
	const char *path;
	bool readonly;
	/* set before store_open(), each may be NULL: */
	struct progress *progress;	 /* for warnings */
	struct store_verified *verified; /* what this run has hashed */
	struct store_later *later;	 /* what it leaves for store_settle() */
};
#define STORE_INIT \
	{ .fd = -1, .blobs = -1, .actions = -1, .fresh = -1, .fresh_actions = -1, .lock = -1 }

/* Opens (and makes) the store at `path`, or when NULL at $IMGBUILD_CACHE_DIR,
 * $XDG_CACHE_HOME/imgbuild, ~/.cache/imgbuild. One that cannot be written is opened for reading.
 * Until store_close() nothing that was used in it meanwhile is collected (store_gc). Temporary
 * files that killed runs left behind are removed. ERR_SYSTEM if the store cannot be had, belongs to
 * someone else or is writable by others. Other fields already set in *s are lost. */
MUST_CHECK bool store_open(struct arena *a, const char *path, struct store *s, struct error *e);
void store_close(struct store *s);
/* Where store_open() would make a store, because there is none; NULL if there is one, or nobody can
 * tell. */
const char *store_lacking(struct arena *a, const char *path);
#define AUTO_STORE __attribute__((cleanup(store_close))) struct store

/* From now on results of work are looked for and kept in this folder, which is taken, and not among
 * the store's own: what was made before counts for nothing. Blobs, which their digests prove, and
 * roots stay. */
void store_forget_results(struct store *s, int folder);

/* ERR_SYSTEM where the store cannot be written and so does not get `what`. */
MUST_CHECK bool store_takes(const struct store *s, const char *what, struct error *e);

/* Opens a blob for reading after checking its size (when not UINT64_MAX) and SHA-256:
 * 1 and *fd, 0 if it is not there (or was damaged and has been removed), -1 on error: ERR_VERIFY
 * for a blob that is whole but not of this size, which is whoever asks for it mistaken. A blob used
 * is marked as such. Any thread may call. */
MUST_CHECK int store_open_blob(const struct store *s, const struct digest *d, uint64_t size,
			       int *fd, struct error *e);

/* Opens a blob of this size unread, for who proves each part of it that is used, by digests from
 * elsewhere: 1 and *fd, or 0. Who finds it wrong opens it once more by store_open_blob(), which
 * removes it. */
int store_open_unread(const struct store *s, const struct digest *d, uint64_t size, int *fd);

/* Opens an entry of one of the store's folders (roots/ too) with these flags, and marks it as used
 * now by its modification time: from then on no collection removes it before store_close(). -1 with
 * errno: ENOENT when there is none. */
#define STORE_HOLD_S 10 /* the mark may be so many seconds old */
int store_open_entry(int dirfd, const char *name, int flags);

/* Before a rename to `name`: keeps a collection that is about to remove what stands there from
 * taking what comes, and removes a folder, which a rename of a file would not replace. A
 * descriptor to be closed after the rename, or -1. */
int store_hold_place(int dirfd, const char *name);

/* Whether a blob of this name and size is there, unread: for planning, never for use. Marks it. */
bool store_has_blob(const struct store *s, const struct digest *d, uint64_t size);

/* A blob being written, through &put.sink.base, which hashes. store_put_commit() then names it by
 * its digest, or - when `expect` is given - fails with ERR_VERIFY and removes it if size or digest
 * differ; `what` of store_put_begin() (borrowed) names it in messages. It must not move in memory.
 * AUTO_PUT removes what was not committed. */
struct store_put {
	const char *what;
	const struct store *store; /* borrowed */
	char label[512];	   /* "WHAT to the store PATH", for messages about writing */
	struct file_new file;
	struct file_sink out;
	struct digest_sink sink;
	char name[DIGEST_TEXT];
};
#define STORE_PUT_INIT { .file = FILE_NEW_INIT }
struct store_expect {
	struct digest digest;
	uint64_t size; /* UINT64_MAX: not known */
};
MUST_CHECK bool store_put_begin(const struct store *s, struct store_put *p, const char *what,
				struct error *e);
MUST_CHECK bool store_put_commit(struct store_put *p, const struct store_expect *expect,
				 struct digest *digest, uint64_t *size, struct error *e);
void store_put_abort(struct store_put *p);
#define AUTO_PUT __attribute__((cleanup(store_put_abort))) struct store_put

/* Has the names of blobs that were put with `names_later` last: by then a power cut takes them
 * away, which costs their being had again. */
MUST_CHECK bool store_sync_names(const struct store *s, struct error *e);

/* Stores bytes held in memory. */
MUST_CHECK bool store_put_bytes(const struct store *s, struct str bytes, struct digest *digest,
				struct error *e);

/* Results of work. get: 1 and the text, 0 if unknown, -1 on error. put replaces; in a read-only
 * store a result is not kept, and that is not an error. */
MUST_CHECK int store_get_action(struct arena *a, const struct store *s, const struct digest *key,
				struct str *text, struct error *e);
MUST_CHECK bool store_put_action(const struct store *s, const struct digest *key, struct str text,
				 struct error *e);

/* The same for a result that is soon had again. Where the run has a `later`, that keeps it until
 * store_settle(). */
MUST_CHECK bool store_note_action(const struct store *s, const struct digest *key, struct str text,
				  struct error *e);

/* Writes what was left for later, and what this run has hashed, if that counts for later ones:
 * before a run says that it has done its work. ERR_SYSTEM. */
MUST_CHECK bool store_settle(const struct store *s, struct error *e);

/* How a result begins: at most `n` bytes of it, which nobody checked, or none. For guesses about
 * what is yet to be done, where to be wrong costs time alone. */
struct str store_peek_action(struct arena *a, const struct store *s, const struct digest *key,
			     size_t n);

#endif
