/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_DRAWER_H
#define CLI_PROGRESS_DRAWER_H

/* What progress_draw.c and progress_pulse.c share: the steps that run, and the ways to write. All
 * of it is behind one mutex, which the callers of these functions hold. */

#include <pthread.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/progress_pace.h"
#include "cli/progress_subjects.h"

struct drawn_step {
	char about[96]; /* what it is a step of; may be empty */
	char id[96];
	char text[256];
	unsigned number;
	bool running;
	uint64_t begun_ms, told_ms;
	uint64_t current, total;
};

struct drawer {
	struct progress base;
	pthread_mutex_t lock;
	pthread_cond_t closed; /* wakes the thread that draws between events */
	pthread_t thread;
	bool has_thread, closing;
	struct progress_pace pace;
	struct progress_subjects subjects;
	struct arena own; /* for the steps: the caller's arena is one thread's */
	FILE *err;
	enum progress_mode mode;
	bool colour;
	struct LIST(struct drawn_step) steps;
	struct strings warned; /* what was said is not said again */
	unsigned last_number;
	unsigned drawn;	   /* running lines on the terminal now */
	uint64_t drawn_ms; /* when something was last written */
};

uint64_t drawer_now_ms(void);

/* Appends "#2 [hello linux/amd64 fetch] ". */
void drawer_add_label(struct buf *out, const struct drawn_step *s);

/* Writes whole lines (may be none) for good; on a terminal above the running ones, which are drawn
 * anew. */
void drawer_put(struct drawer *d, struct str lines);

/* The same with one line, which lacks its end. */
void drawer_put_line(struct drawer *d, struct buf *line);

/* One event as an object. `s` is NULL for notes; text NULL for an advance. */
void drawer_put_json(struct drawer *d, const char *state, const struct drawn_step *s,
		     const char *text, const bool *cached);

/* The thread that draws between events: progress_pulse.c. Where there can be none it does without.
 */
void drawer_start(struct drawer *d);
void drawer_stop(struct drawer *d);

#endif
