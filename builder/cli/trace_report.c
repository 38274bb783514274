/* SPDX-License-Identifier: Apache-2.0 */
/* Spans as a table, and as Chrome and Perfetto read them. */

#include "cli/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/size.h"
#include "format/json/jsonw.h"

/* A kind of work. */
struct trace_kind {
	const char *name;
	uint64_t busy_us; /* at least one thread was at it */
	uint64_t sum_us;  /* of all threads */
	uint64_t bytes;
	size_t times;
	uint64_t until_us; /* what busy_us counts ends here */
};

struct trace_kinds LIST(struct trace_kind);

static struct trace_kind *trace_kind_named(struct arena *a, struct trace_kinds *l, const char *name)
{
	struct trace_kind *new;

	list_each(k, l) {
		if (strcmp(k->name, name) == 0)
			return k;
	}
	new = list_push(a, l);
	new->name = name;
	return new;
}

/* Spans come in the order of their begins, so that what overlaps is known at once. */
static void kind_add(struct trace_kind *k, const struct trace_span *s)
{
	uint64_t from = s->begun_us > k->until_us ? s->begun_us : k->until_us;

	if (s->ended_us > from)
		k->busy_us += s->ended_us - from;
	if (s->ended_us > k->until_us)
		k->until_us = s->ended_us;
	k->sum_us += s->ended_us - s->begun_us;
	k->bytes += s->bytes;
	k->times++;
}

static int compare_busy(const void *a, const void *b)
{
	const struct trace_kind *x = a, *y = b;

	return x->busy_us != y->busy_us ? (x->busy_us > y->busy_us ? -1 : 1)
					: strcmp(x->name, y->name);
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void print_totals(FILE *out)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	fprintf(out,
		"processor %.2f s, of it %.2f s in children; most memory %ld MiB, of a child %ld MiB\n",
		seconds_of(self.ru_utime) + seconds_of(self.ru_stime) +
			seconds_of(children.ru_utime) + seconds_of(children.ru_stime),
		seconds_of(children.ru_utime) + seconds_of(children.ru_stime), self.ru_maxrss >> 10,
		children.ru_maxrss >> 10);
}

void trace_print(const struct trace_spans *l, FILE *out)
{
	AUTO_ARENA a = { 0 };
	struct trace_kinds kinds = { 0 };

	list_each(s, l)
		kind_add(trace_kind_named(&a, &kinds, s->name), s);
	if (kinds.n)
		qsort(kinds.v, kinds.n, sizeof(*kinds.v), compare_busy);
	fprintf(out, "%-16s %9s %9s %8s %7s %12s\n", "work", "seconds", "threads", "share", "times",
		"bytes");
	list_each(k, &kinds) {
		double all = (double)kinds.v[0].busy_us, busy = (double)k->busy_us;

		fprintf(out, "%-16s %9.3f %9.1f %6.0f %% %7zu %12s\n", k->name, busy / 1e6,
			k->busy_us ? (double)k->sum_us / busy : 1.0, all > 0 ? 100 * busy / all : 0,
			k->times, k->bytes ? size_text(&a, k->bytes) : "");
	}
	print_totals(out);
}

/* Two groups of lanes. */
enum trace_group { TRACE_THREADS = 1, TRACE_CHILDREN };

static void trace_put_group(struct jsonw *w, enum trace_group group, const char *name)
{
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "name", "process_name");
	jsonw_cstr(w, "ph", "M");
	jsonw_u64(w, "pid", group);
	jsonw_object(w, "args");
	jsonw_cstr(w, "name", name);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void trace_put_span(struct jsonw *w, const struct trace_span *s)
{
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "name", s->name);
	jsonw_cstr(w, "ph", "X");
	jsonw_u64(w, "ts", s->begun_us);
	jsonw_u64(w, "dur", s->ended_us - s->begun_us);
	jsonw_u64(w, "pid", s->child ? TRACE_CHILDREN : TRACE_THREADS);
	jsonw_u64(w, "tid", s->thread);
	jsonw_object(w, "args");
	if (s->what[0])
		jsonw_cstr(w, "what", s->what);
	if (s->subject[0])
		jsonw_cstr(w, "image", s->subject);
	if (s->bytes)
		jsonw_u64(w, "bytes", s->bytes);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

/* Every trace of ours begins so. */
#define TRACE_BEGIN "{\n  \"displayTimeUnit\""

static bool trace_may_replace(const char *path)
{
	char bytes[sizeof(TRACE_BEGIN) - 1];
	AUTO_FD fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, bytes, sizeof(bytes), 0);

	return n == 0 ||
	       (n == (ssize_t)sizeof(bytes) && memcmp(bytes, TRACE_BEGIN, sizeof(bytes)) == 0);
}

bool trace_check(struct arena *a, const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		const char *dir = path_dir(a, path);

		if (errno != ENOENT || stat(dir[0] ? dir : ".", &st) < 0)
			return err_sys(e, "write the trace %s", path);
		return true;
	}
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_SYSTEM, "trace %s: it is a folder; name a file to write to",
			       path);
	return !S_ISREG(st.st_mode) || trace_may_replace(path) ||
	       err_set(e, ERR_USAGE,
		       "--trace %s: the file is there and is not a trace; it is not replaced: "
		       "--trace takes the file to write to, then comes what to build",
		       path);
}

bool trace_write(const struct trace_spans *l, const char *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };
	struct jsonw w;

	jsonw_init(&w, &out, true);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "displayTimeUnit", "ms");
	jsonw_array(&w, "traceEvents");
	trace_put_group(&w, TRACE_THREADS, "threads");
	trace_put_group(&w, TRACE_CHILDREN, "child processes");
	list_each(s, l)
		trace_put_span(&w, s);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return file_write_path(path, 0644, buf_str(&out), e) || err_wrap(e, "trace %s", path);
}
