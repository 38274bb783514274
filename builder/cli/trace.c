/* SPDX-License-Identifier: Apache-2.0 */
/* Records what stages tell. */

#include "cli/trace.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "cli/progress_subjects.h"

struct trace {
	struct progress base;
	struct progress *to;
	pthread_mutex_t lock;
	struct arena own; /* the caller's arena is one thread's */
	struct progress_subjects subjects;
	uint64_t start_us;
	struct LIST(pthread_t) threads;
	struct LIST(pid_t) children; /* that run, each in its place; 0: it is free */
	struct trace_spans spans;
};

static uint64_t trace_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The number of the calling thread. The lock is held. */
static unsigned trace_thread(struct trace *t)
{
	pthread_t self = pthread_self();

	for (size_t i = 0; i < t->threads.n; i++) {
		if (pthread_equal(t->threads.v[i], self))
			return (unsigned)i;
	}
	*list_push(&t->own, &t->threads) = self;
	return (unsigned)(t->threads.n - 1);
}

/* A free place for a child. The lock is held. */
static unsigned trace_place(struct trace *t, pid_t child)
{
	for (size_t i = 0; i < t->children.n; i++) {
		if (t->children.v[i])
			continue;
		t->children.v[i] = child;
		return (unsigned)i;
	}
	*list_push(&t->own, &t->children) = child;
	return (unsigned)(t->children.n - 1);
}

static void span_begin(struct trace *t, pid_t child, const char *name, const char *what)
{
	pthread_mutex_lock(&t->lock);
	*list_push(&t->own, &t->spans) =
		(struct trace_span){ .name = arena_strdup(&t->own, name),
				     .what = arena_strdup(&t->own, what ? what : ""),
				     .subject = subjects_get(&t->subjects),
				     .thread = child ? trace_place(t, child) : trace_thread(t),
				     .child = child,
				     .begun_us = trace_now_us() - t->start_us };
	pthread_mutex_unlock(&t->lock);
}

/* Ends the last span of this thread that runs; of that name, where one is given. */
static void span_end(struct trace *t, const char *name, uint64_t bytes)
{
	unsigned thread;

	pthread_mutex_lock(&t->lock);
	thread = trace_thread(t);
	for (size_t i = t->spans.n; i-- > 0;) {
		struct trace_span *s = &t->spans.v[i];

		if (s->ended || s->child || s->thread != thread ||
		    (name && strcmp(s->name, name) != 0))
			continue;
		s->ended_us = trace_now_us() - t->start_us;
		s->bytes = bytes;
		s->ended = true;
		break;
	}
	pthread_mutex_unlock(&t->lock);
}

static void span_end_child(struct trace *t, pid_t child, uint64_t bytes)
{
	pthread_mutex_lock(&t->lock);
	for (size_t i = t->spans.n; i-- > 0;) {
		struct trace_span *s = &t->spans.v[i];

		if (s->ended || s->child != child)
			continue;
		s->ended_us = trace_now_us() - t->start_us;
		s->bytes = bytes;
		s->ended = true;
		t->children.v[s->thread] = 0;
		break;
	}
	pthread_mutex_unlock(&t->lock);
}

static void trace_subject(struct progress *p, const char *name)
{
	struct trace *t = (struct trace *)p;

	pthread_mutex_lock(&t->lock);
	subjects_set(&t->subjects, name);
	pthread_mutex_unlock(&t->lock);
	progress_subject(t->to, "%s", name);
}

static void trace_begin(struct progress *p, const char *id, const char *text)
{
	struct trace *t = (struct trace *)p;

	span_begin(t, 0, id, text);
	progress_begin(t->to, id, "%s", text);
}

static void trace_end(struct progress *p, const char *id, const char *text, bool cached)
{
	struct trace *t = (struct trace *)p;

	span_end(t, id, 0);
	progress_end(t->to, id, cached, "%s", text);
}

static void trace_advance(struct progress *p, const char *id, uint64_t current, uint64_t total)
{
	progress_advance(((struct trace *)p)->to, id, current, total);
}

static void trace_note(struct progress *p, const char *text)
{
	progress_note(((struct trace *)p)->to, "%s", text);
}

static void trace_warn(struct progress *p, const char *text)
{
	progress_warn(((struct trace *)p)->to, "%s", text);
}

static void trace_work(struct progress *p, const char *name, const char *what)
{
	span_begin((struct trace *)p, 0, name, what);
}

static void trace_work_end(struct progress *p, uint64_t bytes)
{
	span_end((struct trace *)p, NULL, bytes);
}

static void trace_child(struct progress *p, pid_t child, const char *name, const char *what)
{
	span_begin((struct trace *)p, child, name, what);
}

static void trace_child_end(struct progress *p, pid_t child, uint64_t bytes)
{
	span_end_child((struct trace *)p, child, bytes);
}

struct trace *trace_open(struct arena *a, struct progress *to)
{
	struct trace *t = arena_alloc(a, sizeof(*t));

	t->base = (struct progress){ .subject = trace_subject,
				     .begin = trace_begin,
				     .end = trace_end,
				     .advance = trace_advance,
				     .note = trace_note,
				     .warn = trace_warn,
				     .work = trace_work,
				     .work_end = trace_work_end,
				     .child = trace_child,
				     .child_end = trace_child_end };
	t->to = to;
	subjects_init(&t->subjects, &t->own);
	t->start_us = trace_now_us();
	pthread_mutex_init(&t->lock, NULL);
	span_begin(t, 0, "imgbuild", NULL);
	return t;
}

struct progress *trace_progress(struct trace *t)
{
	return &t->base;
}

const struct trace_spans *trace_finish(struct trace *t)
{
	uint64_t now = trace_now_us() - t->start_us;

	list_each(s, &t->spans) {
		if (!s->ended)
			s->ended_us = now;
		s->ended = true;
	}
	return &t->spans;
}

void trace_close(struct trace *t)
{
	pthread_mutex_destroy(&t->lock);
	arena_free(&t->own);
}
