/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_SANDBOX_H
#define MAKE_COMPILE_SANDBOX_H

/* One command in a sealed Debian 13: user, mount, pid, net, ipc and uts namespaces through
 * bubblewrap(1); the toolchain read-only at /, the build folder at /build, the sources read-only at
 * /sources, fresh /proc, /dev and /tmp, and nothing else of the host: no network, no files, no
 * descriptors, no terminal, no environment, no root (sandbox_user.h), no system calls around all
 * that (sandbox_rules.h). The one exception are `tunnels`, for a launcher that its user asked for.
 * When it returns, every process of it is dead. */

#include <stdatomic.h>

#include "make/compile/tunnel.h"
#include "input/recipe/recipe.h"

struct sandbox_mount {
	const char *host, *name; /* host path -> /sources/NAME, read-only */
};

struct sandbox {
	const char *root;  /* the toolchain's folder */
	const char *build; /* the folder mounted at /build; given to the build's user */
	const char *cache; /* the folder mounted writable at /cache, or NULL */
	const char *kept;  /* the folder mounted writable at /build/cache, or NULL */
	const char *tree;  /* the folder mounted at /build/src; NULL: that of `build` is there */
	struct LIST(struct sandbox_mount) sources;
	struct variables env;
	struct limits limits;
	const struct tunnels *tunnels; /* ways out of the network namespace, or NULL: none */
	int log;		       /* standard output and error of the commands */
	const atomic_bool *stop;       /* ends the command when it becomes true; or NULL */
};

/* Checks that sandboxes can be had here: bubblewrap is installed and may make user namespaces.
 * ERR_SYSTEM saying exactly what is missing and how to enable it. */
MUST_CHECK bool sandbox_check(struct error *e);

enum sandbox_outcome { SANDBOX_EXITED, SANDBOX_SIGNALLED, SANDBOX_TIMEOUT, SANDBOX_STOPPED };

/* Runs argv in `dir` (absolute, inside the sandbox). *status is the exit status or the signal.
 * false only when the sandbox itself failed (ERR_SYSTEM). */
MUST_CHECK bool sandbox_run(const struct sandbox *s, const char *dir, const struct strings *argv,
			    enum sandbox_outcome *outcome, int *status, struct error *e);

/* The same in three parts, so that the next command's namespaces are made while this one runs: the
 * command waits in its sandbox until it is released. `s`, `dir` and `argv` live until it is closed,
 * the rest is in `a`; NULL: ERR_SYSTEM. Whoever prepares also waits: the same thread. */
struct sandbox_command;
MUST_CHECK struct sandbox_command *sandbox_prepare(struct arena *a, const struct sandbox *s,
						   const char *dir, const struct strings *argv,
						   struct error *e);
/* It waits for as long as another command runs: it ends with imgbuild in any case. */
MUST_CHECK bool sandbox_guard(struct sandbox_command *c, struct error *e);
MUST_CHECK bool sandbox_release(struct sandbox_command *c, struct error *e);
bool sandbox_runs_for(const struct sandbox_command *c, int ms); /* false: it ended before */
MUST_CHECK bool sandbox_wait(struct sandbox_command *c, enum sandbox_outcome *outcome, int *status,
			     struct error *e);

/* Ends the command, if it still waits or runs. */
void sandbox_close(struct sandbox_command *c);

/* The same for a person at the terminal: standard input, output and error are those of imgbuild,
 * and there is no limit on time. How the command ended is of no interest. */
MUST_CHECK bool sandbox_shell(const struct sandbox *s, const char *dir, const struct strings *argv,
			      struct error *e);

#endif
