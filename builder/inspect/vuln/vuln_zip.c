/* SPDX-License-Identifier: Apache-2.0 */
/* The child says a name, then the content in pieces, then the next name. */

#include "inspect/vuln/vuln_zip.h"

#include <unistd.h>

#include "base/frames.h"
#include "base/jail.h"
#include "format/archive/zip.h"

#define FRAME_NAME 'N'
#define FRAME_CONTENT 'C'

static const struct jail_limits limits = { (uint64_t)256 << 20, 3600, 14400 };

struct zip_job {
	const struct vuln_zip *v;
	int fd;
	uint64_t size;
	const char *path;
};

static bool send_member(const struct zip *z, const struct zip_member *m, struct sink *out,
			struct error *e)
{
	AUTO_ZIP_SOURCE src = { .inflate = NULL };
	struct frame_sink content;

	frame_sink_init(&content, out, FRAME_CONTENT);
	return frame_put(out, FRAME_NAME, str_of(m->name), e) && zip_source_open(&src, z, m, e) &&
	       io_copy(&src.base, &content.base, e);
}

/* In the jail. */
static bool vuln_zip_parse(void *ctx, struct sink *out, struct error *e)
{
	const struct zip_job *job = ctx;
	AUTO_ARENA a = { 0 };
	struct zip z;

	if (!zip_open(&a, job->fd, job->size, job->path, &z, e))
		return false;
	for (size_t i = 0; i < z.members.n; i++)
		if (job->v->wanted(z.members.v[i].name) &&
		    !send_member(&z, &z.members.v[i], out, e))
			return err_wrap(e, "%s", job->path);
	return true;
}

/* The content of one member: ends at the next name, which it keeps, or with the frames. */
struct member_source {
	struct source base;
	struct frames frames;
	struct buf name; /* of the member to come; empty: there is none */
};

static int vuln_zip_take_name(struct member_source *s, struct str piece, struct error *e)
{
	char kind = FRAME_NAME;
	int got = 1;

	s->name.n = 0;
	buf_add(&s->name, piece);
	while (got == 1 && s->frames.left) {
		got = frames_next(&s->frames, &kind, &piece, e);
		buf_add(&s->name, piece);
	}
	if (got != 1)
		return got;
	if (s->name.n && !s->name.overflow)
		return 0;
	frame_nonsense(e);
	err_wrap(e, "%s", s->base.name);
	return -1;
}

static int member_next(struct source *base, struct str *chunk, struct error *e)
{
	struct member_source *s = (struct member_source *)base;
	char kind;
	int got;

	if (s->name.n)
		return 0;
	do {
		got = frames_next(&s->frames, &kind, chunk, e);
		if (got == 1 && kind == FRAME_NAME)
			return vuln_zip_take_name(s, *chunk, e);
	} while (got == 1 && chunk->n == 0);
	return got;
}

/* Reads what nobody wanted to know. */
static bool vuln_zip_skip(struct source *content, struct error *e)
{
	struct str rest;
	int got;

	while ((got = content->next(content, &rest, e)) == 1)
		;
	return got == 0;
}

bool vuln_zip_read(const struct vuln_zip *v, int fd, const char *path, size_t *n, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_JAIL jail = { .base.next = NULL };
	const char kinds[] = { FRAME_NAME, FRAME_CONTENT, '\0' };
	struct member_source s = { .base = { member_next, path },
				   .frames = { .from = &jail.base, .kinds = kinds },
				   .name = { .a = &a, .max = 65536 } };
	off_t size = lseek(fd, 0, SEEK_END);
	const struct jail_files files = { { fd, -1 }, -1, 0 };
	struct zip_job job = { v, fd, (uint64_t)size, path };

	*n = 0;
	if (size < 0)
		return err_sys(e, "read %s", path);
	if (!jail_start(&jail, path, &limits, &files, vuln_zip_parse, &job, e) ||
	    !vuln_zip_skip(&s.base, e))
		return false;
	for (; s.name.n; (*n)++) {
		const char *name = str_dup(&a, buf_str(&s.name));

		s.name.n = 0;
		if (!v->each(v->to, name, &s.base, e) || !vuln_zip_skip(&s.base, e))
			return false;
	}
	return true;
}
