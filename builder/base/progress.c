/* SPDX-License-Identifier: Apache-2.0 */
/* Formats what stages say and hands it to whoever draws it. */

#include "base/progress.h"

#include <stdio.h>

#define TEXT_MAX 1024

#define FORMAT(text, fmt)                               \
	do {                                            \
		va_list ap;                             \
		va_start(ap, fmt);                      \
		vsnprintf(text, sizeof(text), fmt, ap); \
		va_end(ap);                             \
	} while (0)

void progress_subject(struct progress *p, const char *fmt, ...)
{
	char text[TEXT_MAX];

	if (!p || !p->subject)
		return;
	FORMAT(text, fmt);
	p->subject(p, text);
}

void progress_begin(struct progress *p, const char *id, const char *fmt, ...)
{
	char text[TEXT_MAX];

	if (!p)
		return;
	FORMAT(text, fmt);
	p->begin(p, id, text);
}

void progress_end(struct progress *p, const char *id, bool cached, const char *fmt, ...)
{
	char text[TEXT_MAX];

	if (!p)
		return;
	FORMAT(text, fmt);
	p->end(p, id, text, cached);
}

void progress_advance(struct progress *p, const char *id, uint64_t current, uint64_t total)
{
	if (p)
		p->advance(p, id, current, total);
}

void progress_work_begin(struct progress *p, const char *name, const char *what)
{
	if (p && p->work)
		p->work(p, name, what);
}

void progress_work_end(struct progress *p, uint64_t bytes)
{
	if (p && p->work_end)
		p->work_end(p, bytes);
}

void progress_child_begin(struct progress *p, pid_t child, const char *name, const char *what)
{
	if (p && p->child)
		p->child(p, child, name, what);
}

void progress_child_end(struct progress *p, pid_t child, uint64_t bytes)
{
	if (p && p->child_end)
		p->child_end(p, child, bytes);
}

void progress_note(struct progress *p, const char *fmt, ...)
{
	char text[TEXT_MAX];

	if (!p)
		return;
	FORMAT(text, fmt);
	p->note(p, text);
}

void progress_warn(struct progress *p, const char *fmt, ...)
{
	char text[TEXT_MAX];

	if (!p)
		return;
	FORMAT(text, fmt);
	p->warn(p, text);
}

void progress_note_list(struct progress *p, const char *text)
{
	if (p)
		p->note(p, text);
}

void progress_warn_list(struct progress *p, const char *text)
{
	if (p)
		p->warn(p, text);
}
