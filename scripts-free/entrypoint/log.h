/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_LOG_H
#define ENTRYPOINT_LOG_H

/* The container's log: lines `YYYY-MM-DD HH:MM:SS [LEVEL] text`, INFO and below to stdout,
 * ERROR to stderr. A reader that stops reading never stops PID 1: lines wait in two rings of
 * fixed size, and what does not fit is dropped and counted. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/settings.h"

#define LOG_TEXT_MAX 8192 /* longest text of one line of ours */
/* Longest line of a child, before escaping: Squid takes 64 KiB of headers, and its log formats
 * write a byte as up to three. */
#define LOG_LINE_MAX 204800
#define LOG_OUT_SIZE (LOG_LINE_MAX + 65536)

struct log_ring {
	int fd;
	bool broken;  /* the reader is gone: everything is dropped */
	bool is_file; /* a regular file never blocks for long */
	size_t head, len;
	char *buf;
	size_t cap;
};

struct log {
	enum log_level level; /* below it, nothing is written */
	char stamp[24];	      /* the last time stamp: never goes backwards */
	uint64_t dropped;     /* lines, ever */
	uint64_t told;	      /* of those, how many a warning has mentioned */
	struct log_ring out, err;
	char out_buf[LOG_OUT_SIZE]; /* pages that were never reached cost nothing */
	char err_buf[65536];
};

/* Writes to the descriptors `out` and `err`, which stay the caller's. Cannot fail. */
void log_init(struct log *l, int out, int err);

/* One line. The text is escaped; a text longer than LOG_TEXT_MAX is cut. Never blocks. */
void log_line(struct log *l, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
#define log_debug(l, ...) log_line((l), LOG_DEBUG, __VA_ARGS__)
#define log_info(l, ...) log_line((l), LOG_INFO, __VA_ARGS__)
#define log_warn(l, ...) log_line((l), LOG_WARNING, __VA_ARGS__)
#define log_error(l, ...) log_line((l), LOG_ERROR, __VA_ARGS__)

/* One line: `prefix` followed by `n` bytes of foreign text, escaped. What the ring can never hold
 * is cut. */
void log_text(struct log *l, enum log_level level, const char *prefix, const char *s, size_t n);

/* The same as INFO, whatever the level: an access log is what was asked for. */
void log_always(struct log *l, const char *prefix, const char *s, size_t n);

/* Writes what can be written without waiting. */
void log_flush(struct log *l);

/* Is there room for a long line? If not, a relay had better wait a moment. */
bool log_has_room(const struct log *l);

/* Waits for the readers, at most `ms` in all, until everything is written. */
void log_drain(struct log *l, int ms);

#endif
