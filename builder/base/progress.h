/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

/* What a stage tells the person who waits. Stages call these functions; cli/progress_draw.c draws
 * them (tty, plain, json or not at all) on standard error. Any thread may call; a NULL progress is
 * silent. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct progress {
	/* What the steps that begin from now on are about: "hello linux/amd64". "": nothing in
	 * particular. What the thread that made the progress says holds for those that say
	 * nothing; another one speaks for itself, and says "" before it ends. May be NULL: it is
	 * not of interest. */
	void (*subject)(struct progress *p, const char *name);
	/* A step of the build begins or ends: "fetch", "compile squid". `id` names it. */
	void (*begin)(struct progress *p, const char *id, const char *text);
	void (*end)(struct progress *p, const char *id, const char *text, bool cached);
	/* current of total bytes or items within the step */
	void (*advance)(struct progress *p, const char *id, uint64_t current, uint64_t total);
	/* something to know, and something to worry about */
	void (*note)(struct progress *p, const char *text);
	void (*warn)(struct progress *p, const char *text);
	/* A piece of work of the calling thread begins (`what` is what is worked on, or NULL), or
	 * the last one that began in it ends. Nobody draws it: it is for --timing and --trace
	 * (cli/trace.h). May be NULL: it is not of interest. */
	void (*work)(struct progress *p, const char *name, const char *what);
	void (*work_end)(struct progress *p, uint64_t bytes);
	/* A child process begins to work beside the calling thread, or all that it had to say was
	 * heard. For the same readers; may be NULL. */
	void (*child)(struct progress *p, pid_t child, const char *name, const char *what);
	void (*child_end)(struct progress *p, pid_t child, uint64_t bytes);
};

void progress_subject(struct progress *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
void progress_begin(struct progress *p, const char *id, const char *fmt, ...) PRINTF_LIKE(3, 4);
void progress_end(struct progress *p, const char *id, bool cached, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
void progress_advance(struct progress *p, const char *id, uint64_t current, uint64_t total);
void progress_note(struct progress *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
void progress_warn(struct progress *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* `name` is the kind of work, "decode"; `bytes` how much there was of it, 0: that says nothing.
 * Each begin has its end in the same thread, also after a failure. */
void progress_work_begin(struct progress *p, const char *name, const char *what);
void progress_work_end(struct progress *p, uint64_t bytes);

/* The same of a child process, which may end in any order among others. An end without its begin is
 * passed over. */
void progress_child_begin(struct progress *p, pid_t child, const char *name, const char *what);
void progress_child_end(struct progress *p, pid_t child, uint64_t bytes);

/* The same for lists, however long: one line each. */
void progress_note_list(struct progress *p, const char *text);
void progress_warn_list(struct progress *p, const char *text);

#endif
