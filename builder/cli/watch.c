/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strmap.h"
#include "cli/watch_command.h"
#include "line/input_files.h"

#define WATCHED                                                                             \
	(IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB | \
	 IN_ONLYDIR)
#define QUIET_MS 50	/* editors write a file in several steps; what comes later is built after */
#define QUIET_ROUNDS 20 /* who never stops writing is not waited for */
#define FOLDERS_MAX 64	/* above a file */
#define TOLD_MAX 3	/* names of changed files in one line */
#define BROKEN_MS 1000	/* what a recipe names that cannot be read may be anywhere */
#define LOOKS_MAX 4	/* who never stops making folders is not waited for */

/* What the builds read, at one moment. */
struct watched {
	struct arena a;
	struct input_files files;
	const char *missing; /* why not all of it could be read, or NULL */
};

struct watcher {
	const struct watch *watch;
	int fd;	    /* of inotify */
	int newest; /* of the folders that it watches */
	bool more;  /* one came to them since this was last set to false */
	struct watch_command command;
};

static void watcher_close(struct watcher *w)
{
	watch_command_stop(&w->command);
	if (w->fd >= 0)
		close(w->fd);
}

#define AUTO_WATCHER struct watcher __attribute__((cleanup(watcher_close)))

/* One that cannot be watched is looked at with the others. Watches are numbered as they are made.
 */
static void watch_folder(struct watcher *w, const char *path)
{
	int number = inotify_add_watch(w->fd, path, WATCHED);

	if (number <= w->newest)
		return;
	w->newest = number;
	w->more = true;
}

/* The folder of a file, and those above it in the repository: a folder with files may come there.
 */
static void watch_folders(struct watcher *w, struct arena *a, const char *path,
			  const char *repository)
{
	char *dir = arena_strdup(a, path);

	for (unsigned i = 0; i < FOLDERS_MAX; i++) {
		char *slash = strrchr(dir, '/');

		if (slash == dir)
			return;
		if (slash)
			*slash = '\0';
		watch_folder(w, slash ? dir : ".");
		if (!slash || strcmp(dir, repository) == 0)
			return;
	}
}

/* What the recipe reads and each of its variants; of all that fail, the first says why. */
static bool watched_list(const struct watcher *w, const struct strmap *last, struct watched *out,
			 const struct recipe *r, struct error *why)
{
	const struct build_order *o = w->watch->order;
	bool known = input_files_list(&out->a, o, r, last, &out->files, why);

	for (size_t i = 0; i < r->variants.n; i++) {
		struct error another = { 0 };

		if (!input_files_list(&out->a, o, r->variants.v[i], last, &out->files,
				      known ? why : &another))
			known = false;
	}
	return known;
}

static bool watched_add_recipe(struct watcher *w, const struct strmap *last, struct watched *out,
			       const char *path, struct error *why)
{
	struct recipe *r = arena_alloc(&out->a, sizeof(*r));
	size_t before = out->files.n;
	bool known;

	watch_folders(w, &out->a, path, ".");
	if (!recipe_load(&out->a, path, r, why))
		return false;
	known = watched_list(w, last, out, r, why);
	for (size_t i = before; i < out->files.n; i++) {
		const struct input_file *f = &out->files.v[i];

		if (!f->builtin)
			watch_folders(w, &out->a, f->path, r->repository);
		if (f->folder)
			watch_folder(w, f->path);
	}
	list_each(bare, &out->files.bare) {
		watch_folder(w, *bare);
		watch_folders(w, &out->a, *bare, r->repository);
	}
	return known;
}

/* `last` is an earlier look or NULL; what has the same times since is not read again. */
static void watched_look_once(struct watcher *w, const struct watched *last, struct watched *out)
{
	AUTO_ARENA scratch = { 0 };
	struct strmap known = { NULL };

	if (last)
		input_files_index(&scratch, &last->files, &known);
	arena_free(&out->a);
	*out = (struct watched){ .missing = NULL };
	for (size_t i = 0; i < w->watch->recipes->n; i++) {
		struct error why = { 0 };
		char text[sizeof(why) * 4];

		if (watched_add_recipe(w, &known, out, w->watch->recipes->v[i], &why))
			continue;
		err_format(&why, text, sizeof(text));
		out->missing = arena_printf(&out->a, "%s%s\n", out->missing ? out->missing : "",
					    text);
	}
}

/* What came into a folder after it was listed, and before it was watched, nobody tells. */
static void watched_look(struct watcher *w, const struct watched *last, struct watched *out)
{
	w->more = false;
	watched_look_once(w, last, out);
	for (unsigned i = 1; w->more && i < LOOKS_MAX; i++) {
		struct watched before = *out;

		*out = (struct watched){ .missing = NULL };
		w->more = false;
		watched_look_once(w, &before, out);
		arena_free(&before.a);
	}
}

static bool watched_equal(const char *x, const char *y)
{
	return x && y ? strcmp(x, y) == 0 : x == y;
}

/* The names of `x` that `y` has not, or not with these bytes; but for locks, if they were `made`.
 */
static void watched_subtract(struct arena *a, const struct watched *x, const struct watched *y,
			     bool made, struct strings *out)
{
	struct strmap others = { NULL };

	input_files_index(a, &y->files, &others);
	for (size_t i = 0; i < x->files.n; i++) {
		const struct input_file *f = &x->files.v[i];
		const struct input_file *other = strmap_get(&others, str_of(f->path));

		if (made && f->lock)
			continue;
		if (!other || !digest_eq(&f->sha256, &other->sha256) ||
		    f->executable != other->executable || !f->target != !other->target)
			*list_push(a, out) = f->name;
	}
}

static void watched_changes(struct arena *a, const struct watched *before,
			    const struct watched *now, struct strings *out)
{
	watched_subtract(a, before, now, before->missing != NULL, out);
	watched_subtract(a, now, before, before->missing != NULL, out);
	strings_unique(out);
}

static void watch_tell_changes(struct progress *p, struct arena *a, struct strings changed)
{
	size_t n = changed.n;
	const char *names;

	if (changed.n > TOLD_MAX)
		changed.n = TOLD_MAX;
	names = strings_join(a, &changed, ", ");
	if (n > TOLD_MAX)
		progress_note(p, "changed: %s and %zu more", names, n - TOLD_MAX);
	else
		progress_note(p, "changed: %s", names);
}

static void watch_drain(int fd)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct pollfd more = { .fd = fd, .events = POLLIN };

	for (unsigned i = 0; i < QUIET_ROUNDS; i++) {
		while (read(fd, events, sizeof(events)) > 0) {
		}
		if (poll(&more, 1, QUIET_MS) <= 0)
			return;
	}
}

/* Waits until something in one of the folders is written, made or removed; or for so long, if not
 * all folders are known. */
static bool watch_event(struct watcher *w, bool all, struct error *e)
{
	for (;;) {
		struct pollfd fds[] = { { .fd = w->fd, .events = POLLIN },
					{ .fd = w->command.fd, .events = POLLIN } };
		int got = poll(fds, 2, all ? -1 : BROKEN_MS);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, "wait for a change");
		if (got == 0)
			return true;
		if (fds[1].revents)
			progress_note(w->watch->order->progress, "the command ended with status %d",
				      watch_command_ended(&w->command));
		if (!fds[0].revents)
			continue;
		watch_drain(w->fd);
		return true;
	}
}

/* The build has made what was missing. Whether anything else has changed meanwhile, which the build
 * may not have seen. */
static bool watch_changed_meanwhile(struct watcher *w, struct watched *before)
{
	struct watched now = { .missing = NULL }, last = *before;
	AUTO_ARENA a = { 0 };
	struct strings changed = { 0 };

	watched_look(w, before, &now);
	watched_changes(&a, before, &now, &changed);
	if (changed.n)
		watch_tell_changes(w->watch->order->progress, &a, changed);
	*before = now;
	arena_free(&last.a);
	return changed.n > 0;
}

/* Until what is read differs from `before`, which becomes what is read then. */
static bool watch_change(struct watcher *w, struct watched *before, struct error *e)
{
	struct watched now = { .missing = NULL };

	for (;;) {
		AUTO_ARENA a = { 0 };
		struct strings changed = { 0 };
		struct watched last = *before;

		watched_look(w, before, &now);
		watched_changes(&a, before, &now, &changed);
		if (changed.n || !watched_equal(before->missing, now.missing)) {
			if (changed.n && !now.missing)
				watch_tell_changes(w->watch->order->progress, &a, changed);
			*before = now;
			arena_free(&last.a);
			return true;
		}
		if (!watch_event(w, !before->missing, e)) {
			arena_free(&now.a);
			return false;
		}
	}
}

/* A note: of two warnings with one text only the first is shown. */
static void watch_tell_failure(struct progress *p, const struct error *why)
{
	char text[sizeof(*why) * 4];

	err_format(why, text, sizeof(text));
	progress_note(p, "failed: %s", text);
}

static bool watch_round(struct watcher *w, struct watched *seen, struct error *e)
{
	const struct watch *watch = w->watch;
	struct progress *p = watch->order->progress;
	struct error why = { 0 };

	if (!watch->build(watch->ctx, &why)) {
		watch_tell_failure(p, &why);
	} else if (watch->command) {
		watch_command_stop(&w->command);
		if (!watch_command_start(watch->command, &w->command, e))
			return false;
		progress_note(p, "started: %s", watch->command);
	}
	if (seen->missing && watch_changed_meanwhile(w, seen))
		return true;
	progress_note(p, "%s; an interrupt (Ctrl-C) ends it",
		      seen->missing ? "waiting for a change"
				    : arena_printf(&seen->a, "watching %zu files", seen->files.n));
	return watch_change(w, seen, e);
}

bool watch_builds(const struct watch *watch, struct error *e)
{
	AUTO_WATCHER w = { .watch = watch,
			   .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
			   .command = WATCH_COMMAND_NONE };
	struct watched seen = { .missing = NULL };
	bool goes_on = w.fd >= 0 || err_sys(e, "watch files");

	if (goes_on)
		watched_look(&w, NULL, &seen);
	while (goes_on)
		goes_on = watch_round(&w, &seen, e);
	arena_free(&seen.a);
	return false;
}
