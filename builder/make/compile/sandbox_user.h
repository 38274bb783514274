/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_SANDBOX_USER_H
#define MAKE_COMPILE_SANDBOX_USER_H

/* Builds that root starts do not run as root. The kernel exempts root from the limit on processes
 * (copy_process in kernel/fork.c), and a way out of the sandbox would lead to root. So the sandbox
 * is entered through a user namespace whose only user is an id that nobody has.
 *
 * That user may not walk through the store (0700), so what the sandbox mounts is mounted once
 * before, by root, in a mount namespace of its own, on a tmpfs at /tmp: this is called staging
 * here. */

#include <sys/types.h>

#include "base/str.h"

struct error;

/* More files than any source has; the child may not allocate. */
#define STAGE_MAX 256

/* One host path and where bwrap(1) finds it. */
struct staged {
	const char *host, *at;
};

struct sandbox_stage {
	bool active; /* imgbuild runs as root */
	uid_t id;    /* the user and group that nobody has */
	struct LIST(struct staged) paths;
};

/* Decides whether staging is needed. */
void stage_init(struct sandbox_stage *s);

/* Takes the user of a folder that an earlier build has been given, so that it need not be given
 * again with all that is below it: caches of compilers have many files. */
void stage_prefer_owner(struct sandbox_stage *s, const char *path);

/* The path under which `host` is found once staged; `host` itself if staging is not needed. */
const char *stage_path(struct arena *a, struct sandbox_stage *s, const char *host);

/* Gives a folder and all below it to the user; nothing to do if staging is not needed. */
MUST_CHECK bool stage_own(const struct sandbox_stage *s, const char *path, struct error *e);

/* Says to the kernel which user a child that called unshare(CLONE_NEWUSER) is of. */
MUST_CHECK bool stage_map(const struct sandbox_stage *s, pid_t child, struct error *e);

/* In the child, after it has been mapped: mounts the staged paths and becomes the user. Calls
 * nothing that allocates. false with errno, and *what says which of the calls failed. */
bool stage_enter(const struct sandbox_stage *s, const char **what);

#endif
