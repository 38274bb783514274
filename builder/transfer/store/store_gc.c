/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, collects and verifies. Age is the time of the last use; what an entry means is not looked
 * at, so an action may outlive the blobs it names: stages treat those as absent and make them
 * again.
 *
 * A collection and a verification do not run at the same time: what the one removes the other would
 * find damaged. Both lock the folder of blobs.
 *
 * Builds may run meanwhile. All that they use they mark (store_open_entry), and they began after
 * the time of the lock (store.c): what was used since then is theirs. */

#include "transfer/store/store_gc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/parallel.h"
#include "transfer/store/store_root.h"

#define TREE_DEPTH_MAX 256
#define NOTE_TENTHS 10	/* of a second, after which a wait is told */
#define CLOCK_GRAIN_S 2 /* some file systems keep times of two seconds */

static const char *const folders[] = { "actions", "blobs/sha256", "ccache", "incremental",
				       "logs",	  "new",	  "roots" };

/* Bytes of all files below; what cannot be read counts nothing. */
static uint64_t tree_size(int dirfd, const char *name, unsigned depth)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct strings names = { 0 };
	struct error ignored = { 0 };
	uint64_t total = 0;
	struct stat st;

	if (fd < 0 || !file_names(&a, fd, name, &names, &ignored))
		return 0;
	for (size_t i = 0; i < names.n; i++) {
		if (fstatat(fd, names.v[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			total += (uint64_t)st.st_size;
		else if (S_ISDIR(st.st_mode) && depth < TREE_DEPTH_MAX)
			total += tree_size(fd, names.v[i], depth + 1);
	}
	return total;
}

static void gc_add_entry(struct arena *a, int fd, const char *folder, const char *name,
			 struct store_entries *out)
{
	struct store_entry *entry;
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return; /* gone since */
	entry = list_push(a, &out->v);
	*entry = (struct store_entry){
		.folder = folder,
		.name = name,
		.size = (uint64_t)st.st_size,
		.used = st.st_mtime,
		.temporary = str_starts(str_of(name), STR(".tmp-")),
	};
	if (S_ISDIR(st.st_mode))
		entry->size = tree_size(fd, name, 0);
}

static bool gc_list_folder(struct arena *a, const struct store *s, const char *folder,
			   struct store_entries *out, struct error *e)
{
	AUTO_FD fd = openat(s->fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct strings names = { 0 };

	if (fd < 0)
		return errno == ENOENT || err_sys(e, "open the folder %s", folder);
	if (!file_names(a, fd, folder, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++)
		gc_add_entry(a, fd, folder, names.v[i], out);
	return true;
}

static int by_use(const void *x, const void *y)
{
	const struct store_entry *a = x, *b = y;
	int order;

	if (a->used != b->used)
		return a->used < b->used ? -1 : 1;
	order = strcmp(a->folder, b->folder);
	return order ? order : strcmp(a->name, b->name);
}

/* Everything in the store, sorted by time of use, then folder and name. */
static bool store_list(struct arena *a, const struct store *s, struct store_entries *out,
		       struct error *e)
{
	*out = (struct store_entries){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		if (!gc_list_folder(a, s, folders[i], out, e))
			return err_wrap(e, "store %s", s->path);
	}
	if (out->v.n)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), by_use);
	return true;
}

/* A folder does not go at once: first its name goes. */
static bool remove_named(int dirfd, const struct store_entry *entry, struct error *e)
{
	char aside[NAME_MAX + 1];

	snprintf(aside, sizeof(aside), ".tmp-%.200s", entry->name);
	if (!entry->temporary && renameat(dirfd, entry->name, dirfd, aside) == 0)
		return file_remove_tree(dirfd, aside, e);
	return file_remove_tree(dirfd, entry->name, e);
}

/* 1 removed, 0 a build uses it or has just marked it, -1 error. */
static int remove_entry(const struct store *s, const struct store_entry *entry, int64_t since,
			struct error *e)
{
	AUTO_FD dirfd = openat(s->fd, entry->folder,
			       O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	AUTO_FD fd = -1;
	struct stat st, now;

	if (dirfd < 0) {
		err_sys(e, "open the folder %s", entry->folder);
		return -1;
	}
	fd = openat(dirfd, entry->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return 0;
	if (fd >= 0 && fstat(fd, &st) == 0 &&
	    fstatat(dirfd, entry->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (st.st_mtime >= since || st.st_ino != now.st_ino))
		return 0;
	return remove_named(dirfd, entry, e) ? 1 : -1;
}

/* Since when builds have been using the store; INT64_MAX when none does, and none can begin. */
static bool used_since(const struct store *s, int64_t *since, struct error *e)
{
	struct stat st;

	*since = INT64_MAX;
	if (s->readonly)
		return err_set(e, ERR_SYSTEM, "the store is read-only");
	if (flock(s->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return err_set(e, ERR_SYSTEM,
			       "a build that may only read the store is using it; run "
			       "gc again when it has ended");
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK || fstat(s->lock, &st) < 0)
		return err_sys(e, "lock the store");
	*since = st.st_mtime - STORE_HOLD_S - CLOCK_GRAIN_S;
	return flock(s->lock, LOCK_SH) == 0 || err_sys(e, "lock the store");
}

static bool gc_is_cache(const struct store_entry *x)
{
	return strcmp(x->folder, "ccache") == 0 || strcmp(x->folder, "incremental") == 0;
}

static void gc_count(const struct store_entry *x, bool removed, struct store_gc_count *count)
{
	if (removed) {
		count->removed++;
		count->removed_bytes += x->size;
	} else {
		count->kept++;
		count->kept_bytes += x->size;
	}
}

static void gc_note(const struct store_entry *x, bool removed, struct store_gc_result *result)
{
	gc_count(x, removed, &result->all);
	if (gc_is_cache(x))
		gc_count(x, removed, &result->caches);
}

/* Removes an entry, unless a build has used it. */
static void drop_entry(const struct store *s, const struct store_entry *x, bool dry_run,
		       int64_t since, struct store_gc_result *result)
{
	struct error why = { 0 };
	int got = x->used >= since ? 0 : dry_run ? 1 : remove_entry(s, x, since, &why);
	char text[1024];

	gc_note(x, got > 0, result);
	if (got > 0)
		return;
	if (got == 0) {
		result->in_use++;
		return;
	}
	err_format(&why, text, sizeof(text));
	progress_warn(s->progress, "%s/%s/%s cannot be removed: %s", s->path, x->folder, x->name,
		      text);
	result->stuck++;
}

/* What is not worth a CI service's time to save and load: more files than all the rest together,
 * and only needed where something has to be compiled; and what no build reads there. */
static bool gc_is_remade(const struct store_entry *x)
{
	return strcmp(x->folder, "roots") == 0 || strcmp(x->folder, "logs") == 0 ||
	       strcmp(x->folder, "incremental") == 0;
}

static bool gc_collect(struct arena *a, const struct store *s, const struct store_gc_rules *rules,
		       int64_t now, int64_t since, struct store_gc_result *result, struct error *e)
{
	struct store_entries entries;
	uint64_t all = 0;

	if (!store_list(a, s, &entries, e))
		return false;
	for (size_t i = 0; i < entries.v.n; i++)
		all += entries.v.v[i].size;
	for (size_t i = 0; i < entries.v.n; i++) {
		const struct store_entry *x = &entries.v.v[i];
		uint64_t age = x->used < now ? (uint64_t)(now - x->used) : 0;
		bool fits = all - result->all.removed_bytes <= rules->max_bytes;

		if (!x->temporary && age <= rules->keep_s && fits &&
		    !(rules->for_ci && gc_is_remade(x)))
			gc_note(x, false, result);
		else
			drop_entry(s, x, rules->dry_run, since, result);
	}
	return true;
}

/* What dead processes left outside the folders of entries: build folders, and what $TMPDIR held of
 * them. */
static void collect_leftovers(struct store *s)
{
	const char *tmp = getenv("TMPDIR");
	AUTO_FD fd = -1;

	if (!tmp || tmp[0] != '/')
		tmp = "/tmp";
	file_collect_leftovers(s->fd, s->path, s->progress);
	fd = open(tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		file_collect_leftovers(fd, tmp, s->progress);
}

/* Waits until this process may lock the folder of blobs; `what` holds it now. */
static bool lock_blobs(const struct store *s, int how, const char *what, struct error *e)
{
	for (unsigned tenths = 0; s->blobs >= 0 && flock(s->blobs, how | LOCK_NB) < 0; tenths++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return s->readonly || err_sys(e, "lock the folder blobs/sha256");
		if (tenths == NOTE_TENTHS)
			progress_note(s->progress, "waiting for `imgbuild %s` in %s", what,
				      s->path);
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	return true;
}

bool store_gc(struct store *s, const struct store_gc_rules *rules, int64_t now,
	      struct store_gc_result *result, struct error *e)
{
	AUTO_ARENA a = { 0 };
	int64_t since;
	bool ok;

	*result = (struct store_gc_result){ 0 };
	ok = lock_blobs(s, LOCK_EX, "store verify", e) && used_since(s, &since, e) &&
	     gc_collect(&a, s, rules, now, since, result, e);
	if (ok && !rules->dry_run)
		collect_leftovers(s);
	if (s->blobs >= 0)
		(void)flock(s->blobs, LOCK_UN);
	(void)flock(s->fd, LOCK_UN);
	if (flock(s->lock, LOCK_SH) < 0 && ok)
		ok = err_sys(e, "lock the store");
	return ok || err_wrap(e, "store %s", s->path);
}

struct verification {
	const struct store *store;
	const struct store_entries *entries;
	atomic_size_t checked, damaged;
	atomic_ullong bytes;
};

static bool verify_entry(void *ctx, size_t i, struct error *e)
{
	struct verification *v = ctx;
	const struct store_entry *x = &v->entries->v.v[i];
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = -1;
	struct digest d;
	struct str text;
	int found;

	if (!digest_parse(str_of(x->name), &d))
		return true; /* unfinished, or not ours */
	if (strcmp(x->folder, "blobs/sha256") == 0)
		found = store_open_blob(v->store, &d, UINT64_MAX, &fd, e);
	else if (strcmp(x->folder, "actions") == 0)
		found = store_get_action(&a, v->store, &d, &text, e);
	else if (strcmp(x->folder, "roots") == 0)
		found = store_root_check(v->store, x->name, e);
	else
		return true;
	if (found < 0 || found > 1)
		return found > 1; /* of a root that nobody noted nothing can be said */
	atomic_fetch_add(&v->checked, 1);
	atomic_fetch_add(&v->bytes, x->size);
	if (found == 0)
		atomic_fetch_add(&v->damaged, 1);
	return true;
}

bool store_verify(const struct store *s, struct store_check *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct store_entries entries;
	struct verification v = { .store = s, .entries = &entries };
	bool ok = lock_blobs(s, LOCK_SH, "gc", e) && store_list(&a, s, &entries, e) &&
		  parallel_for(entries.v.n, 0, verify_entry, &v, e);

	if (s->blobs >= 0)
		(void)flock(s->blobs, LOCK_UN);
	if (!ok)
		return false;
	*out = (struct store_check){ v.checked, v.damaged, v.bytes };
	return true;
}
