/* SPDX-License-Identifier: Apache-2.0 */
/* The gzip writer: a ring of members between one writer and some compressing threads. It knows
 * libdeflate; it does not know what the bytes are.
 *
 * The writer fills slots in order and hands each to the threads when it is full. It takes a slot
 * for a new member only after the slot's last member is compressed and written, so members leave in
 * order and memory is bounded. Threads start with the second member: small inputs need none. */

#include "format/archive/gzip.h"

#include <assert.h>
#include <libdeflate.h>
#include <sys/param.h>

struct gzip_library gzip_library_host(void)
{
	return (struct gzip_library){ LIBDEFLATE_VERSION_STRING, libdeflate_alloc_compressor,
				      libdeflate_gzip_compress, libdeflate_gzip_compress_bound,
				      libdeflate_free_compressor };
}

bool gzip_library_of(const struct module *m, const char *version, struct gzip_library *out,
		     struct error *e)
{
	out->version = version;
	return module_symbol(m, "libdeflate_alloc_compressor", &out->alloc, e) &&
	       module_symbol(m, "libdeflate_gzip_compress", &out->compress, e) &&
	       module_symbol(m, "libdeflate_gzip_compress_bound", &out->bound, e) &&
	       module_symbol(m, "libdeflate_free_compressor", &out->release, e);
}

static size_t out_room(const struct gzip_sink *g)
{
	return g->library->bound(NULL, GZIP_MEMBER);
}

/* Compresses one slot. It cannot fail: the output side is sized for the worst case. */
static void compress_slot(const struct gzip_sink *g, struct libdeflate_compressor *compressor,
			  struct gzip_slot *s)
{
	s->out_n = g->library->compress(compressor, s->in, s->in_n, s->out, out_room(g));
	assert(s->out_n > 0);
}

static void *gzip_work(void *arg)
{
	const struct gzip_worker *w = arg;
	struct gzip_sink *g = w->g;

	pthread_mutex_lock(&g->lock);
	for (;;) {
		struct gzip_slot *s;

		while (!g->stop && g->taken == g->ready)
			pthread_cond_wait(&g->has_work, &g->lock);
		if (g->stop)
			break;
		s = &g->slots[g->taken++ % g->n_slots];
		pthread_mutex_unlock(&g->lock);
		compress_slot(g, w->compressor, s);
		pthread_mutex_lock(&g->lock);
		s->done = true;
		pthread_cond_signal(&g->has_done);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

/* Starts what threads can be had; with none, the writer compresses itself. */
static void start_workers(struct gzip_sink *g)
{
	while (g->n_workers < g->jobs) {
		struct gzip_worker *w = &g->workers[g->n_workers];

		w->g = g;
		w->compressor = g->library->alloc(GZIP_LEVEL);
		if (!w->compressor)
			break;
		if (pthread_create(&w->thread, NULL, gzip_work, w) != 0) {
			g->library->release(w->compressor);
			break;
		}
		g->n_workers++;
	}
}

/* Waits until the oldest member is compressed, or does it here, and writes it. */
static bool write_oldest(struct gzip_sink *g, struct error *e)
{
	struct gzip_slot *s = &g->slots[g->written % g->n_slots];

	if (g->n_workers == 0) {
		compress_slot(g, g->own, s);
		g->taken++;
	} else {
		pthread_mutex_lock(&g->lock);
		while (!s->done)
			pthread_cond_wait(&g->has_done, &g->lock);
		pthread_mutex_unlock(&g->lock);
	}
	g->written++;
	s->in_n = 0;
	s->done = false;
	return g->next->write(g->next, (struct str){ s->out, s->out_n }, e);
}

/* The slot of the member being filled is full, or the last: whoever is free may compress it. */
static void hand_over(struct gzip_sink *g)
{
	pthread_mutex_lock(&g->lock);
	g->ready++;
	pthread_cond_signal(&g->has_work);
	pthread_mutex_unlock(&g->lock);
}

static bool gzip_write(struct sink *base, struct str chunk, struct error *e)
{
	struct gzip_sink *g = (struct gzip_sink *)base;

	while (chunk.n) {
		struct gzip_slot *s = &g->slots[g->ready % g->n_slots];
		size_t n;

		if (g->ready - g->written == g->n_slots && !write_oldest(g, e))
			return false;
		if (!s->in) {
			s->in = arena_alloc(g->a, GZIP_MEMBER);
			s->out = arena_alloc(g->a, out_room(g));
		}
		n = MIN(GZIP_MEMBER - s->in_n, chunk.n);
		memcpy(s->in + s->in_n, chunk.p, n);
		s->in_n += n;
		chunk = str_from(chunk, n);
		if (s->in_n == GZIP_MEMBER) {
			if (g->jobs > 1 && g->ready == 0)
				start_workers(g);
			hand_over(g);
		}
	}
	return true;
}

static bool gzip_finish(struct sink *base, struct error *e)
{
	struct gzip_sink *g = (struct gzip_sink *)base;
	struct gzip_slot *last = &g->slots[g->ready % g->n_slots];
	bool partial = g->ready - g->written < g->n_slots && last->in_n > 0;

	if (g->ready == 0 && !partial) { /* nothing at all is one empty member */
		last->in = arena_alloc(g->a, 1);
		last->out = arena_alloc(g->a, out_room(g));
		partial = true;
	}
	if (partial)
		hand_over(g);
	while (g->written < g->ready) {
		if (!write_oldest(g, e))
			return false;
	}
	return g->next->finish(g->next, e);
}

bool gzip_sink_init(struct arena *a, struct gzip_sink *g, const struct gzip_library *library,
		    struct sink *next, unsigned jobs, struct error *e)
{
	*g = (struct gzip_sink){
		.base = { gzip_write, gzip_finish }, .library = library, .next = next, .a = a
	};
	g->jobs = MIN(MAX(jobs, 1), GZIP_JOBS_MAX);
	g->n_slots = g->jobs > 1 ? g->jobs + 1 : 1;
	g->own = library->alloc(GZIP_LEVEL);
	if (!g->own)
		return err_set(e, ERR_SYSTEM, "out of memory for a compressor");
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->has_work, NULL);
	pthread_cond_init(&g->has_done, NULL);
	g->live = true;
	return true;
}

void gzip_sink_drop(struct gzip_sink *g)
{
	if (!g->live)
		return;
	pthread_mutex_lock(&g->lock);
	g->stop = true;
	pthread_cond_broadcast(&g->has_work);
	pthread_mutex_unlock(&g->lock);
	for (unsigned i = 0; i < g->n_workers; i++) {
		pthread_join(g->workers[i].thread, NULL);
		g->library->release(g->workers[i].compressor);
	}
	g->library->release(g->own);
	pthread_cond_destroy(&g->has_done);
	pthread_cond_destroy(&g->has_work);
	pthread_mutex_destroy(&g->lock);
	g->live = false;
}

const char *gzip_compressor(struct arena *a, const struct gzip_library *library)
{
	return arena_printf(a, "libdeflate %s level %d members of %u", library->version, GZIP_LEVEL,
			    GZIP_MEMBER);
}
