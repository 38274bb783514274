/* SPDX-License-Identifier: Apache-2.0 */
/* Draws progress. Keeps the steps that run, under one mutex, and writes each event in one call, so
 * that lines of several threads or processes do not mix. Errors of writing are ignored: nobody is
 * there to be told. */

#include "cli/progress_draw.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/progress_drawer.h"
#include "cli/progress_line.h"
#include "format/json/jsonw.h"

#define PLAIN_EVERY_MS 3000
#define REDRAW_MS 500
#define SILENCE_MS 30000
#define TTY_EVERY_MS 100
#define JSON_EVERY_MS 100
#define LINES_MAX 12 /* running steps shown on a terminal */
#define BLOCK_INDENT 4

uint64_t drawer_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct drawn_step *running_step(struct drawer *d, const char *id)
{
	char cut[sizeof(d->steps.v->id)];

	snprintf(cut, sizeof(cut), "%s", id);
	for (size_t i = 0; i < d->steps.n; i++) {
		if (d->steps.v[i].running && strcmp(d->steps.v[i].id, cut) == 0)
			return &d->steps.v[i];
	}
	return NULL;
}

/* The place of a step that has ended, or a new one. */
static struct drawn_step *free_step(struct drawer *d)
{
	for (size_t i = 0; i < d->steps.n; i++) {
		if (!d->steps.v[i].running)
			return &d->steps.v[i];
	}
	return list_push(&d->own, &d->steps);
}

static struct drawn_step *new_step(struct drawer *d, const char *id, const char *text)
{
	struct drawn_step *s = running_step(d, id);

	if (!s)
		s = free_step(d);
	*s = (struct drawn_step){ .number = ++d->last_number, .running = true };
	snprintf(s->about, sizeof(s->about), "%s", subjects_get(&d->subjects));
	snprintf(s->id, sizeof(s->id), "%s", id);
	snprintf(s->text, sizeof(s->text), "%s", text);
	s->begun_ms = s->told_ms = drawer_now_ms();
	return s;
}

void drawer_add_label(struct buf *out, const struct drawn_step *s)
{
	buf_printf(out, "#%u [", s->number);
	line_text(out, s->about);
	buf_puts(out, s->about[0] ? " " : "");
	line_text(out, s->id);
	buf_puts(out, "] ");
}

static void terminal_size(const struct drawer *d, unsigned *columns, unsigned *rows)
{
	struct winsize w;

	*columns = 80;
	*rows = 24;
	if (ioctl(fileno(d->err), TIOCGWINSZ, &w) == 0 && w.ws_col && w.ws_row) {
		*columns = w.ws_col;
		*rows = w.ws_row;
	}
}

static void add_running(struct drawer *d, const struct drawn_step *s, unsigned columns,
			struct buf *out)
{
	struct buf line = { .a = out->a };

	drawer_add_label(&line, s);
	if (s->total) {
		line_amount(&line, s->current, s->total);
		buf_puts(&line, "  ");
	}
	line_text(&line, s->text);
	buf_puts(&line, "  ");
	line_duration(&line, drawer_now_ms() - s->begun_ms);
	buf_add(out, line_cut(out->a, buf_str(&line), columns - 1));
	buf_puts(out, "\n");
	d->drawn++;
}

/* Writes `lines` (whole lines, may be empty) for good; on a terminal above the running ones. */
void drawer_put(struct drawer *d, struct str lines)
{
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };
	unsigned columns, rows;

	if (d->mode == PROGRESS_TTY && d->drawn)
		buf_printf(&out, "\033[%uA\r\033[J", d->drawn);
	buf_add(&out, lines);
	d->drawn = 0;
	if (d->mode == PROGRESS_TTY) {
		terminal_size(d, &columns, &rows);
		for (size_t i = 0; i < d->steps.n; i++) {
			if (d->steps.v[i].running && d->drawn < LINES_MAX && d->drawn + 1 < rows)
				add_running(d, &d->steps.v[i], columns, &out);
		}
	}
	d->drawn_ms = drawer_now_ms();
	fwrite(buf_cstr(&out), 1, out.n, d->err);
	fflush(d->err);
}

void drawer_put_line(struct drawer *d, struct buf *line)
{
	buf_puts(line, "\n");
	drawer_put(d, buf_str(line));
}

static void add_time(struct jsonw *w)
{
	struct timespec t;
	struct tm tm;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	jsonw_printf(w, "ts", "%s.%03ldZ", text, t.tv_nsec / 1000000);
}

static void add_escaped(struct jsonw *w, struct arena *a, const char *key, const char *text)
{
	struct buf safe = { .a = a };

	line_text(&safe, text);
	jsonw_str(w, key, buf_str(&safe));
}

/* One event as an object. `s` is NULL for notes; text NULL for an advance. */
void drawer_put_json(struct drawer *d, const char *state, const struct drawn_step *s,
		     const char *text, const bool *cached)
{
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };
	struct jsonw w;

	jsonw_init(&w, &out, false);
	jsonw_object(&w, NULL);
	add_time(&w);
	if (s)
		add_escaped(&w, &a, "id", s->id);
	if (s && s->about[0])
		add_escaped(&w, &a, "about", s->about);
	jsonw_cstr(&w, "state", state);
	if (s && s->total) {
		jsonw_u64(&w, "current", s->current);
		jsonw_u64(&w, "total", s->total);
	}
	if (text)
		add_escaped(&w, &a, "text", text);
	if (cached)
		jsonw_bool(&w, "cached", *cached);
	jsonw_object_end(&w);
	drawer_put_line(d, &out);
}

/* Locked. Nothing runs any more: what has failed does not say that it has ended. */
static void drawer_end_steps(struct drawer *d)
{
	list_each(s, &d->steps)
		s->running = false;
	if (d->drawn)
		drawer_put(d, (struct str){ "", 0 });
}

/* The main thread's are about nothing in particular: what all steps before were about is over. */
static void draw_subject(struct progress *p, const char *name)
{
	struct drawer *d = (struct drawer *)p;

	pthread_mutex_lock(&d->lock);
	if (subjects_set(&d->subjects, name) && !*name)
		drawer_end_steps(d);
	pthread_mutex_unlock(&d->lock);
}

static void draw_begin(struct progress *p, const char *id, const char *text)
{
	struct drawer *d = (struct drawer *)p;
	AUTO_ARENA a = { 0 };
	struct buf line = { .a = &a };
	struct drawn_step *s;

	pthread_mutex_lock(&d->lock);
	s = new_step(d, id, text);
	if (d->mode == PROGRESS_JSON) {
		drawer_put_json(d, "begin", s, text, NULL);
	} else if (d->mode == PROGRESS_PLAIN) {
		drawer_add_label(&line, s);
		line_text(&line, text);
		drawer_put_line(d, &line);
	} else if (d->mode == PROGRESS_TTY) {
		drawer_put(d, (struct str){ "", 0 });
	}
	pthread_mutex_unlock(&d->lock);
}

static void add_end(const struct drawer *d, const struct drawn_step *s, const char *text,
		    bool cached, struct buf *out)
{
	drawer_add_label(out, s);
	if (cached) {
		buf_puts(out, d->colour ? "\033[36mCACHED\033[0m" : "CACHED");
	} else {
		buf_puts(out, "done in ");
		line_duration(out, drawer_now_ms() - s->begun_ms);
	}
	if (text[0])
		buf_puts(out, ": ");
	line_text(out, text);
}

static void draw_end(struct progress *p, const char *id, const char *text, bool cached)
{
	struct drawer *d = (struct drawer *)p;
	AUTO_ARENA a = { 0 };
	struct buf line = { .a = &a };
	struct drawn_step *s;

	pthread_mutex_lock(&d->lock);
	s = running_step(d, id);
	if (!s)
		s = new_step(d, id, text); /* an end without a beginning is shown too */
	s->running = false;
	if (d->mode == PROGRESS_JSON) {
		drawer_put_json(d, "end", s, text, &cached);
	} else if (d->mode != PROGRESS_QUIET) {
		add_end(d, s, text, cached, &line);
		drawer_put_line(d, &line);
	}
	pthread_mutex_unlock(&d->lock);
}

static void draw_amount(struct drawer *d, struct drawn_step *s, uint64_t now)
{
	AUTO_ARENA a = { 0 };
	struct buf line = { .a = &a };

	if (d->mode == PROGRESS_TTY && now >= d->drawn_ms + TTY_EVERY_MS) {
		drawer_put(d, (struct str){ "", 0 });
	} else if (d->mode == PROGRESS_PLAIN && now >= s->told_ms + PLAIN_EVERY_MS) {
		s->told_ms = now;
		drawer_add_label(&line, s);
		line_amount(&line, s->current, s->total);
		drawer_put_line(d, &line);
	} else if (d->mode == PROGRESS_JSON && now >= s->told_ms + JSON_EVERY_MS) {
		s->told_ms = now;
		drawer_put_json(d, "advance", s, NULL, NULL);
	}
}

static void draw_advance(struct progress *p, const char *id, uint64_t current, uint64_t total)
{
	struct drawer *d = (struct drawer *)p;
	struct drawn_step *s;

	pthread_mutex_lock(&d->lock);
	s = running_step(d, id);
	if (s) {
		s->current = current;
		s->total = total;
		draw_amount(d, s, drawer_now_ms());
	}
	pthread_mutex_unlock(&d->lock);
}

static void draw_note(struct progress *p, const char *text)
{
	struct drawer *d = (struct drawer *)p;
	AUTO_ARENA a = { 0 };
	struct buf line = { .a = &a };

	pthread_mutex_lock(&d->lock);
	if (d->mode == PROGRESS_JSON) {
		drawer_put_json(d, "note", NULL, text, NULL);
	} else if (d->mode != PROGRESS_QUIET) {
		buf_puts(&line, "imgbuild: ");
		line_block(&line, text, BLOCK_INDENT);
		drawer_put_line(d, &line);
	}
	pthread_mutex_unlock(&d->lock);
}

static void put_warning(struct drawer *d, const char *text)
{
	AUTO_ARENA a = { 0 };
	struct buf line = { .a = &a };

	if (d->mode == PROGRESS_JSON) {
		drawer_put_json(d, "warning", NULL, text, NULL);
		return;
	}
	buf_printf(&line, "imgbuild: %swarning:%s ", d->colour ? "\033[33m" : "",
		   d->colour ? "\033[0m" : "");
	line_block(&line, text, BLOCK_INDENT);
	drawer_put_line(d, &line);
}

/* Each stage of an image, and each platform, may have the same to say. */
static void draw_warn(struct progress *p, const char *text)
{
	struct drawer *d = (struct drawer *)p;

	pthread_mutex_lock(&d->lock);
	if (!strings_has(&d->warned, text)) {
		*list_push(&d->own, &d->warned) = arena_strdup(&d->own, text);
		put_warning(d, text);
	}
	pthread_mutex_unlock(&d->lock);
}

bool progress_error(struct progress *p, const char *text)
{
	struct drawer *d = (struct drawer *)p;
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };
	struct jsonw w;

	if (d->mode != PROGRESS_JSON)
		return false;
	jsonw_init(&w, &out, false);
	jsonw_object(&w, NULL);
	add_time(&w);
	jsonw_cstr(&w, "state", "error");
	add_escaped(&w, &a, "error", text);
	jsonw_object_end(&w);
	pthread_mutex_lock(&d->lock);
	drawer_put_line(d, &out);
	pthread_mutex_unlock(&d->lock);
	return true;
}

static bool can_move_cursor(FILE *err)
{
	const char *term = getenv("TERM");

	return isatty(fileno(err)) && term && term[0] && strcmp(term, "dumb") != 0;
}

static bool wants_colour(FILE *err)
{
	const char *no = getenv("NO_COLOR");

	return can_move_cursor(err) && !(no && no[0]);
}

struct progress *progress_open(struct arena *a, enum progress_mode mode,
			       const struct progress_pace *pace, FILE *err)
{
	struct drawer *d = arena_alloc(a, sizeof(*d));

	if (mode == PROGRESS_AUTO)
		mode = can_move_cursor(err) ? PROGRESS_TTY : PROGRESS_PLAIN;
	d->base = (struct progress){ .subject = draw_subject,
				     .begin = draw_begin,
				     .end = draw_end,
				     .advance = draw_advance,
				     .note = draw_note,
				     .warn = draw_warn };
	d->pace = pace ? *pace : (struct progress_pace){ REDRAW_MS, SILENCE_MS };
	d->err = err;
	d->mode = mode;
	d->colour = mode == PROGRESS_TTY && wants_colour(err);
	d->drawn_ms = drawer_now_ms();
	subjects_init(&d->subjects, &d->own);
	drawer_start(d);
	return &d->base;
}

void progress_close(struct progress *p)
{
	struct drawer *d = (struct drawer *)p;

	if (!d)
		return;
	drawer_stop(d);
	drawer_end_steps(d);
	pthread_cond_destroy(&d->closed);
	pthread_mutex_destroy(&d->lock);
	arena_free(&d->own);
}
