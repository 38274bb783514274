/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers which content a file had, and since when. */

#include "make/compile/kept_cache.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/strmap.h"
#include "make/compile/incremental.h"
#include "make/compile/toolchain_root.h"

#define NOTES "files"
#define NOTES_MAX ((size_t)256 << 20)

/* A line "SECONDS NANOSECONDS VALUE\tNAME" of a file; above all of them stands the toolchain. */
struct cached_file {
	uint64_t seconds, nanoseconds;
	struct str value; /* source_file_value() */
};

struct cache_notes {
	struct arena *a;
	const struct compile_request *rq;
	const char *toolchain;
	struct timespec now;
	struct str last;     /* time's */
	struct strmap known; /* struct cached_file by name */
	struct buf text;     /* of this time */
};

static bool cache_read_line(struct str line, struct str *name, struct cached_file *out)
{
	struct str seconds, nanoseconds;

	return str_cut(line, ' ', &seconds, &line) && str_u64(seconds, &out->seconds) &&
	       str_cut(line, ' ', &nanoseconds, &line) && str_u64(nanoseconds, &out->nanoseconds) &&
	       str_cut(line, '\t', &out->value, name);
}

/* Nothing counts unless all can be read, and is of this toolchain. */
static bool cache_read_notes(struct cache_notes *n, int dir)
{
	struct error none = { 0 };
	struct str text, line, name;

	if (!io_read_file(n->a, dir, NOTES, NOTES_MAX, &n->last, &none))
		return false;
	text = n->last;
	if (!str_next(&text, '\n', &line) || !str_eq(line, str_of(n->toolchain)))
		return false;
	while (str_next(&text, '\n', &line)) {
		struct cached_file *f = arena_alloc(n->a, sizeof(*f));

		if (!cache_read_line(line, &name, f))
			return false;
		*strmap_slot(n->a, &n->known, name) = f;
	}
	return true;
}

/* What the compilers have left, with its folder: that one is theirs (sandbox_user.h). */
static bool cache_remove(struct arena *a, const struct compile_request *rq, struct error *e)
{
	const char *folder;

	return incremental_folder(a, rq, "", &folder, e) &&
	       file_remove_tree(rq->store->fd, folder + strlen(rq->store->path) + 1, e);
}

static void cache_note(struct cache_notes *n, const struct timespec *t, const char *value,
		       const char *name)
{
	if (!strpbrk(name, "\n\t"))
		buf_printf(&n->text, "%lld %ld %s\t%s\n", (long long)t->tv_sec, t->tv_nsec, value,
			   name);
}

/* cargo looks at what a symlink leads to: where one leads elsewhere, all is new. */
static bool cache_times_by_change(struct cache_notes *n, const struct source_files *files,
				  struct timespec *times, struct error *e)
{
	const char **values = arena_array(n->a, files->n, sizeof(*values));
	bool led = false;

	for (size_t i = 0; i < files->n; i++) {
		const struct source_file *f = &files->v[i];
		const struct cached_file *known = strmap_get(&n->known, str_of(f->name));

		if (!source_file_value(n->a, f, n->rq->options->digests, &values[i], e))
			return false;
		times[i] = n->now;
		if (known && str_eq(known->value, str_of(values[i])))
			times[i] = (struct timespec){ (time_t)known->seconds,
						      (long)known->nanoseconds };
		else
			led |= f->target != NULL;
	}
	for (size_t i = 0; i < files->n; i++) {
		if (led)
			times[i] = n->now;
		cache_note(n, &times[i], values[i], files->v[i].name);
	}
	return true;
}

/* In the past, for go believes no file that has just been written. */
static struct timespec cache_time_of(const char *value)
{
	const struct digest d = digest_of(str_of(value));
	uint32_t n[2];

	memcpy(n, d.b, sizeof(n));
	return (struct timespec){ 1 + (time_t)(n[0] % (1u << 30)), (long)(n[1] % 1000000000) };
}

static bool cache_times_by_content(struct cache_notes *n, const struct source_files *files,
				   struct timespec *times, struct error *e)
{
	for (size_t i = 0; i < files->n; i++) {
		const char *value;

		if (!source_file_value(n->a, &files->v[i], n->rq->options->digests, &value, e))
			return false;
		times[i] = cache_time_of(value);
	}
	return true;
}

static bool cache_set_times(struct cache_notes *n, const struct source_files *files,
			    struct kept_cache *c, struct error *e)
{
	enum incremental_times rule = incremental_times(n->rq);
	struct timespec *times;

	if (rule == TIMES_ALIKE || files->n == 0)
		return true;
	times = arena_array(n->a, files->n, sizeof(*times));
	c->times = times;
	return rule == TIMES_BY_CHANGE ? cache_times_by_change(n, files, times, e)
				       : cache_times_by_content(n, files, times, e);
}

bool kept_cache_open(struct arena *a, const struct compile_request *rq,
		     const struct source_files *files, struct kept_cache *c, struct error *e)
{
	struct cache_notes n = { .a = a, .rq = rq, .text = { .a = a } };
	struct digest root;

	if (!incremental_has_cache(rq))
		return true;
	if (!root_key(rq->lock, rq->source, &root, e) ||
	    !kept_place_open(a, rq, ".notes", &c->place, e))
		return false;
	if (!c->place.ours)
		return true;
	n.toolchain = digest_hex_dup(a, &root);
	buf_printf(&n.text, "%s\n", n.toolchain);
	clock_gettime(CLOCK_REALTIME, &n.now);
	if (kept_place_is_ahead(&c->place, NOTES, &n.now) || !cache_read_notes(&n, c->place.fd)) {
		n.known = (struct strmap){ 0 };
		if (!cache_remove(a, rq, e))
			return false;
	}
	return cache_set_times(&n, files, c, e) &&
	       (str_eq(n.last, buf_str(&n.text)) ||
		file_write(c->place.fd, NOTES, 0600, buf_str(&n.text), e));
}

/* The time of the notes is that of the last build's end. */
void kept_cache_close(struct kept_cache *c)
{
	if (c->place.ours)
		utimensat(c->place.fd, NOTES, NULL, 0);
	kept_place_close(&c->place);
}
