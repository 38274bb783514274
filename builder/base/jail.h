/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JAIL_H
#define BASE_JAIL_H

/* A child process without authority, for parsers of untrusted bytes. It has the memory it was
 * forked with, one pipe to write results to, the descriptors that it is expressly left with, and
 * nothing else: no new privileges, no file system (Landlock), no system calls but those that
 * memory and these descriptors need (seccomp: anything else kills it), bounded memory, processor
 * time and lifetime. Whoever takes control of it can lie in what it writes, which is why the
 * reader checks that again.
 *
 * The parent may have other threads; what the child runs may use malloc, but no lock that another
 * thread could have held at the fork. */

#include <sys/types.h>

#include "base/io.h"
#include "base/progress.h"

struct jail_limits {
	uint64_t memory; /* bytes of address space on top of what it starts with */
	unsigned cpu_seconds;
	unsigned wall_seconds; /* that the parent waits for it, in all */
};

/* The descriptors that the child is left with: some to read (pread, private mappings; it cannot
 * write to them, however they were opened; a pipe in the first place is read as it comes), and a
 * file of its own for notes (pwrite, too). -1: none. */
#define JAIL_INPUTS 2
struct jail_files {
	int inputs[JAIL_INPUTS]; /* from the first on */
	int scratch;
	uint64_t scratch_max; /* most bytes in it */
};
#define JAIL_NO_FILES ((const struct jail_files *)NULL)

/* In the child: reads what `ctx` points to and writes results to `out`. A failure is given to the
 * parent as it is set, whatever was written before. */
typedef bool jail_work(void *ctx, struct sink *out, struct error *e);

struct jail {
	struct source base; /* what the child writes */
	pid_t pid;	    /* 0: no child */
	int fd;
	int64_t patience; /* nanoseconds that the parent still waits */
	struct jail_limits limits;
	struct error *failure; /* shared with the child, which sets it */
	char block[65536];
};

/* Runs `work` in a child. `name` is for messages. ERR_SYSTEM if the child cannot be made.
 *
 * It may be left alone for as long as one likes: its time passes while it is waited for.
 *
 * Read &j->base to its end: only then what came before is whole. It fails as the child did
 * (ERR_INPUT, ERR_VERIFY or ERR_SYSTEM), or with ERR_INPUT: the bytes it read made it crash, go
 * beyond a limit, or try something forbidden. */
MUST_CHECK bool jail_start(struct jail *j, const char *name, const struct jail_limits *limits,
			   const struct jail_files *files, jail_work *work, void *ctx,
			   struct error *e);

/* Ends and reaps the child, if it still runs, and closes the pipe. */
void jail_drop(struct jail *j);
#define AUTO_JAIL __attribute__((cleanup(jail_drop))) struct jail

/* Says once, as a warning, which of the two protections this kernel lacks, or that
 * $IMGBUILD_NO_JAIL (for debuggers and valgrind) has switched all of it off; nothing if all is
 * well. */
void jail_report(struct progress *p);

#endif
