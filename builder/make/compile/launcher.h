/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_LAUNCHER_H
#define MAKE_COMPILE_LAUNCHER_H

/* ccache(1) or distcc(1) in front of the compilers, for people who compile the same source again
 * and again, or have machines to share the work. It is off by default, has a root of its own, and
 * is not an input of a result: the bytes are the same with it. */

#include "make/compile/compile_job.h"
#include "make/compile/sandbox.h"
#include "make/compile/tunnel.h"
#include "make/tree/tree.h"

/* What the environment of imgbuild says of it. */
struct launcher {
	bool ccache, distcc;	/* one of them, or neither */
	struct variables env;	/* as the sandbox is to see them */
	struct tunnels tunnels; /* to the hosts they speak of */
};

/* Reads $IMGBUILD_LAUNCHER ("ccache" or "distcc"; NULL or "": none),
 * $CCACHE_REMOTE_STORAGE (http and redis, as ccache(1) has it) and $DISTCC_HOSTS (TCP hosts, as
 * distcc(1) has it); the last two may be NULL. Contents live in `a`. ERR_USAGE. */
MUST_CHECK bool launcher_parse(struct arena *a, const char *name, const char *remote_storage,
			       const char *distcc_hosts, struct launcher *out, struct error *e);

/* The role in the lock of the packages that a source's toolchain adds for its launcher. */
const char *launcher_role(struct arena *a, const struct source_recipe *s);

/* Whether the toolchain names a launcher and the lock has its packages; else that is warned of. */
bool launcher_is_there(struct arena *a, const struct compile_request *rq);

/* /usr/lib/ccache/gcc and the like, which the packages' scripts would have linked. */
MUST_CHECK bool launcher_add_links(struct tree *t, const struct owner *owner, struct error *e);

/* Puts the launcher into the environment, and a folder of the store that belongs to this source
 * alone at /cache: what one build leaves there no other source's build will read. `root` is the
 * root_key() that the compiler is known by. `passed`: the compilers run without it, for in a folder
 * that an earlier build left it would only read once more what did not change. */
MUST_CHECK bool launcher_enter(struct arena *a, const struct compile_request *rq,
			       const struct digest *root, bool passed, struct sandbox *box,
			       struct error *e);

#endif
