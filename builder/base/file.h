/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

/* Files and folders that are complete or not there. A new file is written under a temporary
 * name, as a rule in its own folder, and gets its name by rename, after fsync; the folder is synced
 * too.
 * Dying at any moment leaves at most a temporary file whose name begins with ".tmp-"; its writer
 * holds a lock on it (flock), which dies with the writer. */

#include "base/io.h"
#include "base/progress.h"

struct file_new {
	int dirfd;	  /* borrowed: the folder it will stand in */
	int at;		  /* borrowed: the folder it is written in */
	int fd;		  /* write here; -1 when none */
	char tmp[48];	  /* its name until committed */
	const char *name; /* borrowed: its name once committed */
	bool names_later; /* whoever writes many syncs their folder himself, once */
};
#define FILE_NEW_INIT { -1, -1, -1, "", NULL, false }

/* Opens a temporary file in `dirfd` for `name` (no slash in it) with mode `mode`, umask or not. */
MUST_CHECK bool file_begin(struct file_new *f, int dirfd, const char *name, unsigned mode,
			   struct error *e);

/* The same, written in another folder of that file system: where `dirfd` holds so many names that
 * nobody looks through them for leftovers. */
MUST_CHECK bool file_begin_at(struct file_new *f, int at, int dirfd, const char *name,
			      unsigned mode, struct error *e);

/* Writes to it; the disk begins with what is there while more comes, so that file_commit() waits
 * for little. `name` is borrowed and for messages. */
struct file_sink {
	struct fd_sink out;
	uint64_t size, begun; /* bytes written, and those with which the disk has begun */
};
void file_sink_init(struct file_sink *s, const struct file_new *f, const char *name);

/* Syncs, closes and gives it its name, replacing what was there. */
MUST_CHECK bool file_commit(struct file_new *f, struct error *e);

/* Has the names in a folder last; `name` is one of them, for messages. */
MUST_CHECK bool file_sync_names(int dirfd, const char *name, struct error *e);

/* Removes what was not committed; safe at any time (AUTO_FILE calls it). */
void file_abort(struct file_new *f);
#define AUTO_FILE __attribute__((cleanup(file_abort))) struct file_new

/* New files that get their names together, in the order in which they were added: the disk is
 * waited for once, and not for each. */
struct file_batch {
	struct arena *a;
	struct LIST(struct file_new) files;
};

/* Takes over a file that is written; its name and its folders live until the batch has ended. */
void file_batch_add(struct file_batch *b, struct file_new *f);

/* Writes such a file; it will stand in `dirfd`, by the last part of `path`. */
MUST_CHECK bool file_batch_fill(struct file_batch *b, int dirfd, const char *path, unsigned mode,
				bool (*fill)(void *ctx, struct sink *to, struct error *e),
				void *ctx, struct error *e);
MUST_CHECK bool file_batch_write(struct file_batch *b, int dirfd, const char *path, unsigned mode,
				 struct str bytes, struct error *e);

/* Syncs all of them, gives them their names, and has these last. One that fails leaves what comes
 * after it without a name. ERR_SYSTEM. */
MUST_CHECK bool file_batch_commit(struct file_batch *b, struct error *e);

/* Removes what was not committed; safe at any time (AUTO_FILE_BATCH calls it). */
void file_batch_abort(struct file_batch *b);
#define AUTO_FILE_BATCH __attribute__((cleanup(file_batch_abort))) struct file_batch

/* Removes what dead processes left in a folder: temporary files and folders of this protocol that
 * nobody holds a lock on. That one cannot be removed is not a reason to stop. */
void file_remove_leftovers(int dirfd);

/* The same, and what cannot be removed is told; `path` is the folder's, for messages. */
void file_collect_leftovers(int dirfd, const char *path, struct progress *progress);

/* ".tmp-" and 32 random digits: what temporary files and folders are called here. */
void file_random_name(char out[static 48]);

/* Writes a whole small file by the protocol above. The second form takes a path whose folder
 * exists, and removes leftovers in it first; a device, a pipe or a socket at that path is written
 * to as it is, never replaced. */
MUST_CHECK bool file_write(int dirfd, const char *name, unsigned mode, struct str bytes,
			   struct error *e);
MUST_CHECK bool file_write_path(const char *path, unsigned mode, struct str bytes, struct error *e);

/* Before the work whose result goes there: whether such a path can be written. NULL and "-" are
 * standard output. ERR_SYSTEM. */
MUST_CHECK bool file_check_path(const char *path, struct error *e);

/* The same for contents that need not be in memory at once: `fill` writes them. */
MUST_CHECK bool file_fill_path(const char *path, unsigned mode,
			       bool (*fill)(void *ctx, struct sink *to, struct error *e), void *ctx,
			       struct error *e);

/* Makes a folder and those above it (0777 less the umask); one that exists is fine. "": none. */
MUST_CHECK bool file_mkdirs(int dirfd, const char *path, struct error *e);

/* A folder to work in, ".tmp-" and random digits, mode 0700, held by a lock that dies with the
 * process (flock(2)). Close `fd` and file_remove_tree() it when done. */
struct file_workdir {
	char name[48]; /* "" when there is none */
	int fd;
};
#define FILE_WORKDIR_INIT { "", -1 }
MUST_CHECK bool file_workdir_make(int dirfd, struct file_workdir *w, struct error *e);

/* One in $TMPDIR, else /tmp. What dead processes left there goes first. */
struct file_scratch {
	struct file_workdir dir;
	int parent;
	const char *path;
};
#define FILE_SCRATCH_INIT { FILE_WORKDIR_INIT, -1, NULL }
MUST_CHECK bool file_scratch_make(struct arena *a, struct file_scratch *s, struct error *e);

/* Removes it, if there is one; what is left is removed by a later run or by gc. */
MUST_CHECK bool file_scratch_remove(struct file_scratch *s, struct error *e);

/* A file without a name, to be read and written, on the disk of a folder; in memory where that
 * cannot be: a folder that may not be written to, a file system that knows no such files. -1:
 * ERR_SYSTEM. */
MUST_CHECK int file_open_unnamed(int dirfd, struct error *e);

/* As file_open_dir, for a folder of our own that those who filled it may have made unreadable. */
MUST_CHECK int file_open_own_dir(int dirfd, const char *path, struct error *e);

/* Opens a folder without following a final link. -1 with *e set. */
MUST_CHECK int file_open_dir(int dirfd, const char *path, struct error *e);

/* What stands in a folder, but "." and ".."; sorted, for the order of a directory is the host's
 * affair. `fd` is borrowed and stays where it is; `path` is for messages. ERR_SYSTEM. */
MUST_CHECK bool file_names(struct arena *a, int fd, const char *path, struct strings *names,
			   struct error *e);

/* The same of some names; the others of a large folder cost little. */
MUST_CHECK bool file_names_that(struct arena *a, int fd, const char *path,
				bool (*wanted)(const char *name), struct strings *names,
				struct error *e);

/* The path by which the kernel knows a file. ERR_SYSTEM. */
MUST_CHECK bool file_real_path(struct arena *a, const char *path, const char **out,
			       struct error *e);

/* Removes a file or a folder with all below it, by descriptors, without following links, whatever
 * the depth and the modes of the folders; nothing there is fine. What can be removed goes even if
 * something cannot: ERR_SYSTEM with the first that could not. */
MUST_CHECK bool file_remove_tree(int dirfd, const char *name, struct error *e);

#endif
