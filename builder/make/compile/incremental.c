/* SPDX-License-Identifier: Apache-2.0 */
/* A toolchain says by its variables which of them it has. */

#include "make/compile/incremental.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/recipe/variables.h"
#include "make/compile/compiler_cache.h"
#include "make/compile/launcher.h"

#define CACHES "incremental"		 /* in the store */
#define TELEMETRY ".config/go/telemetry" /* of os.UserConfigDir() */
#define KEPT "/build/cache"		 /* where the folder of the store is mounted */

static const struct launcher incremental_ccache = { .ccache = true };

static bool incremental_is_go(const struct compile_request *rq)
{
	return variables_find(&rq->source->toolchain->env, "GOCACHE");
}

/* Of an archive the times of files say nothing: those of a newer one may be older. */
static bool incremental_is_cargo(const struct compile_request *rq)
{
	return rq->source->folder && variables_find(&rq->source->toolchain->env, "CARGO_HOME");
}

struct compile_options incremental_off(const struct compile_request *rq)
{
	struct compile_options options = { 0 };

	if (rq->options)
		options = *rq->options;
	options.incremental = false;
	return options;
}

bool incremental_wants_launcher(const struct compile_request *rq)
{
	return rq->options && rq->options->incremental &&
	       (!rq->options->launcher || rq->options->launcher == &incremental_ccache) &&
	       strings_has(&rq->source->toolchain->launcher, "ccache");
}

bool incremental_serves(const struct compile_request *rq)
{
	return rq->options && rq->options->incremental && !rq->source->unpack.form &&
	       (incremental_is_go(rq) || incremental_is_cargo(rq) ||
		incremental_wants_launcher(rq));
}

const struct launcher *incremental_launcher(const struct compile_request *rq)
{
	return incremental_wants_launcher(rq) ? &incremental_ccache : rq->options->launcher;
}

bool incremental_has_cache(const struct compile_request *rq)
{
	return incremental_serves(rq) && (incremental_is_go(rq) || incremental_is_cargo(rq));
}

enum incremental_times incremental_times(const struct compile_request *rq)
{
	if (!incremental_has_cache(rq))
		return TIMES_ALIKE;
	/* of a toolchain with both: each change also gives a file a time that no other has had */
	return incremental_is_cargo(rq) ? TIMES_BY_CHANGE : TIMES_BY_CONTENT;
}

bool incremental_since(struct arena *a, const struct store *s, const char **since, struct error *e)
{
	const char *path;
	struct statx st;

	*since = "a store that is only read";
	if (s->readonly)
		return true;
	if (!compiler_cache_open(a, s, CACHES, "since", &path, e))
		return false;
	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &st) < 0)
		return err_sys(e, "stat %s", path);
	/* an inode may be used again; where nobody knows when it was made, it is all there is */
	if (!(st.stx_mask & STATX_BTIME))
		st.stx_btime = (struct statx_timestamp){ .tv_sec = 0 };
	*since = arena_printf(a, "%llu %lld.%09u", (unsigned long long)st.stx_ino,
			      (long long)st.stx_btime.tv_sec, st.stx_btime.tv_nsec);
	return true;
}

/* Two checkouts of one project have caches of their own: cargo goes by times, and takes what it
 * made of the one for what the other is, whose files are older. */
bool incremental_folder(struct arena *a, const struct compile_request *rq, const char *suffix,
			const char **path, struct error *e)
{
	const char *place = "", *real;
	struct digest d;

	if (rq->source->folder) {
		if (!file_real_path(a, rq->source->folder, &real, e))
			return false;
		d = digest_of(str_of(real));
		place = arena_printf(a, "-%.12s", digest_hex_dup(a, &d));
	}
	return compiler_cache_open(a, rq->store, CACHES,
				   arena_printf(a, "%s%s.%s%s", rq->source->name, place,
						rq->lock->architecture, suffix),
				   path, e);
}

/* What a recipe says goes first. */
static void incremental_set_default(struct arena *a, struct sandbox *box, const char *name,
				    const char *value)
{
	if (!variables_find(&box->env, name))
		*list_push(a, &box->env) = (struct variable){ name, value };
}

/* What compilers free they ask for again a moment later, and a garbage collector reads what lives
 * again and again. So those in C++ keep what they freed, and those in Go collect at five times what
 * lives, not at twice, as long as a process has less than a quarter of what it may have. */
static void incremental_spend_memory(struct arena *a, const struct compile_request *rq,
				     struct sandbox *box)
{
	incremental_set_default(a, box, "GLIBC_TUNABLES",
				"glibc.malloc.mmap_threshold=33554432:"
				"glibc.malloc.trim_threshold=134217728:"
				"glibc.malloc.top_pad=16777216");
	if (!incremental_is_go(rq))
		return;
	incremental_set_default(a, box, "GOGC", "400");
	incremental_set_default(a, box, "GOMEMLIMIT",
				arena_printf(a, "%" PRIu64 "MiB",
					     rq->source->limits.memory_mib / 4));
}

/* Go counts what is used of it, and starts a process to send that where it has not lately: each
 * time, in a home that is new. Nothing could be sent. */
static bool incremental_quiet_go(int workplace, struct error *e)
{
	AUTO_FD fd = -1;

	if (!file_mkdirs(workplace, TELEMETRY, e))
		return false;
	fd = openat(workplace, TELEMETRY "/mode", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return (fd >= 0 || err_sys(e, "create " TELEMETRY "/mode")) &&
	       fd_write(fd, STR("off"), TELEMETRY "/mode", e);
}

bool incremental_enter(struct arena *a, const struct compile_request *rq, int workplace, bool ours,
		       struct sandbox *box, struct error *e)
{
	if (!incremental_serves(rq))
		return true;
	incremental_spend_memory(a, rq, box);
	if (!ours)
		return true;
	if (incremental_is_go(rq)) {
		*list_push(a, &box->env) = (struct variable){ "GOCACHE", KEPT "/go" };
		return incremental_quiet_go(workplace, e) &&
		       incremental_folder(a, rq, "", &box->kept, e);
	}
	if (!incremental_is_cargo(rq))
		return true;
	if (!variables_find(&rq->source->env, "CARGO_INCREMENTAL"))
		*list_push(a, &box->env) = (struct variable){ "CARGO_INCREMENTAL", "1" };
	/* steps install from target/release; a folder of that name is the project's own */
	if (symlinkat(KEPT "/target", workplace, "src/target") < 0)
		return errno == EEXIST || err_sys(e, "make the symlink target");
	return incremental_folder(a, rq, "", &box->kept, e) &&
	       file_mkdirs(rq->store->fd,
			   arena_printf(a, "%s/target", box->kept + strlen(rq->store->path) + 1),
			   e);
}
