/* SPDX-License-Identifier: Apache-2.0 */
/* Draws between events: a thread that wakes now and then, moves the times on a terminal, and
 * elsewhere says what still runs. It holds the drawer's mutex but while it sleeps. */

#include <time.h>

#include "cli/progress_drawer.h"
#include "cli/progress_line.h"

#define STACK_BYTES (256u << 10)

/* Running steps of which nothing was said for long. Steps that have an amount say it. */
static void pulse_tell(struct drawer *d, uint64_t now)
{
	AUTO_ARENA a = { 0 };

	list_each(s, &d->steps) {
		struct buf line = { .a = &a };

		if (!s->running || now < s->told_ms + d->pace.silence_ms)
			continue;
		s->told_ms = now;
		if (d->mode == PROGRESS_JSON) {
			drawer_put_json(d, "advance", s, NULL, NULL);
			continue;
		}
		drawer_add_label(&line, s);
		if (s->total) {
			line_amount(&line, s->current, s->total);
			buf_puts(&line, ", ");
		}
		buf_puts(&line, "still running after ");
		line_duration(&line, now - s->begun_ms);
		drawer_put_line(d, &line);
	}
}

static bool pulse_any(const struct drawer *d)
{
	for (size_t i = 0; i < d->steps.n; i++) {
		if (d->steps.v[i].running)
			return true;
	}
	return false;
}

/* Locked. On a terminal times move; elsewhere nobody has to guess whether anything still happens.
 */
static void pulse_draw(struct drawer *d)
{
	uint64_t now = drawer_now_ms();

	if (d->mode == PROGRESS_TTY && pulse_any(d) && now >= d->drawn_ms + d->pace.redraw_ms)
		drawer_put(d, (struct str){ "", 0 });
	else if ((d->mode == PROGRESS_PLAIN || d->mode == PROGRESS_JSON) &&
		 now >= d->drawn_ms + d->pace.silence_ms)
		pulse_tell(d, now);
}

static void *pulse_run(void *ctx)
{
	struct drawer *d = ctx;

	pthread_mutex_lock(&d->lock);
	while (!d->closing) {
		unsigned ms = d->mode == PROGRESS_TTY ? d->pace.redraw_ms
						      : d->pace.silence_ms / 4 + 1;
		struct timespec until;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += ms / 1000;
		until.tv_nsec += (long)(ms % 1000) * 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
		pthread_cond_timedwait(&d->closed, &d->lock, &until);
		if (!d->closing)
			pulse_draw(d);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

void drawer_start(struct drawer *d)
{
	pthread_condattr_t clock;
	pthread_attr_t small;

	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&d->closed, &clock);
	pthread_condattr_destroy(&clock);
	if (d->mode == PROGRESS_QUIET || pthread_attr_init(&small) != 0)
		return;
	pthread_attr_setstacksize(&small, STACK_BYTES);
	d->has_thread = pthread_create(&d->thread, &small, pulse_run, d) == 0;
	pthread_attr_destroy(&small);
}

void drawer_stop(struct drawer *d)
{
	pthread_mutex_lock(&d->lock);
	d->closing = true;
	pthread_cond_signal(&d->closed);
	pthread_mutex_unlock(&d->lock);
	if (d->has_thread)
		pthread_join(d->thread, NULL);
}
