/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

/* One failure, told from the outside in: where it is, on the way to what, and why.
 *
 * A struct error lives on its owner's stack (main's, in the end) and starts zeroed. Functions
 * that can fail take it last, return false (or NULL, or -1) when they set it, and leave it
 * alone on success. It is set once, where the cause is known, and wrapped once per noun the
 * user knows (image, layer, package, file). Nothing here allocates, so an error path can
 * neither fail nor leak. */

#include <stdarg.h>
#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* What kind of failure: it picks the exit status, and nothing else (docs/design/architecture.md).
 */
enum err_kind {
	ERR_NONE,
	ERR_FINDINGS, /* 1: findings, failed tests, a comparison that differs */
	ERR_USAGE,    /* 2: the command line */
	ERR_INPUT,    /* 3: recipe, lock, package or image */
	ERR_NETWORK,  /* 4: network or registry */
	ERR_VERIFY,   /* 5: signature, digest or freshness */
	ERR_SYSTEM,   /* 6: disk, permission, memory, sandbox */
};

struct error {
	enum err_kind kind;
	bool exhausted; /* by err_sys(): of descriptors or memory. It says nothing of the file. */
	struct {
		char file[256];	    /* empty when the failure has no place in a text */
		unsigned line, col; /* from 1; col counts bytes */
	} at;
	char context[512]; /* "layer python: package libssl3t64: " */
	char cause[1024];  /* "open usr/lib/x.so: No such file or directory" */
};

/* Sets an unset error. Returns false, so that `return err_set(...)` is the idiom. */
bool err_set(struct error *e, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* As err_set with ERR_SYSTEM, and appends ": " and the text of errno. */
bool err_sys(struct error *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Says where in a text the failure is, if no inner call said so. Returns false. */
bool err_at(struct error *e, const char *file, unsigned line, unsigned col);

/* Puts "fmt: " before the context of a set error. When the context is full the outermost
 * part is dropped. Returns false. */
bool err_wrap(struct error *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Makes `e` as if nothing had failed, for callers that have another way to go. */
void err_clear(struct error *e);

/* clang's analyzer reads one file at a time: here it learns what they return. */
#ifdef __clang_analyzer__
#define err_set(...) (err_set(__VA_ARGS__), false)
#define err_sys(...) (err_sys(__VA_ARGS__), false)
#define err_at(...) (err_at(__VA_ARGS__), false)
#define err_wrap(...) (err_wrap(__VA_ARGS__), false)
#endif

/* The process exit status for a kind (docs/design/architecture.md, "Exit statuses"). */
int err_status(enum err_kind kind);

/* Writes the whole message ("file:line:col: context cause") into `out`, always terminated.
 * Passwords in addresses are struck out (redact.h); bytes that could drive a terminal or a CI
 * service are escaped as \xNN (str_escape_log()); a tab or newline stays. */
void err_format(const struct error *e, char *out, unsigned long size);

#endif
