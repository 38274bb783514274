/* SPDX-License-Identifier: Apache-2.0 */
/* Errors as values. Knows nothing of where they are printed. */

#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* macros where the analyzer reads the header */
#undef err_set
#undef err_sys
#undef err_at
#undef err_wrap

static void error_set(struct error *e, enum err_kind kind, const char *fmt, va_list ap)
{
	assert(e->kind == ERR_NONE && kind != ERR_NONE);
	e->kind = kind;
	vsnprintf(e->cause, sizeof(e->cause), fmt, ap);
}

bool err_set(struct error *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	error_set(e, kind, fmt, ap);
	va_end(ap);
	return false;
}

bool err_sys(struct error *e, const char *fmt, ...)
{
	int saved = errno;
	char what[256];
	va_list ap;
	size_t n;

	n = (size_t)snprintf(what, sizeof(what), "cannot %s", fmt);
	va_start(ap, fmt);
	error_set(e, ERR_SYSTEM, n < sizeof(what) ? what : fmt, ap);
	va_end(ap);
	n = strlen(e->cause);
	snprintf(e->cause + n, sizeof(e->cause) - n, ": %s", strerror(saved));
	e->exhausted = saved == EMFILE || saved == ENFILE || saved == ENOMEM;
	return false;
}

bool err_at(struct error *e, const char *file, unsigned line, unsigned col)
{
	if (e->at.file[0])
		return false;
	snprintf(e->at.file, sizeof(e->at.file), "%s", file);
	e->at.line = line;
	e->at.col = col;
	return false;
}

bool err_wrap(struct error *e, const char *fmt, ...)
{
	char outer[sizeof(e->context)];
	va_list ap;
	size_t used = strlen(e->context);
	size_t n;

	va_start(ap, fmt);
	vsnprintf(outer, sizeof(outer), fmt, ap);
	va_end(ap);
	n = strlen(outer);
	if (n + 2 + used >= sizeof(e->context))
		return false;
	memmove(e->context + n + 2, e->context, used + 1);
	memcpy(e->context, outer, n);
	memcpy(e->context + n, ": ", 2);
	return false;
}

void err_clear(struct error *e)
{
	*e = (struct error){ 0 };
}

int err_status(enum err_kind kind)
{
	return (int)kind;
}
