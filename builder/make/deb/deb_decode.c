/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of decoding: hands the verified bytes of a .deb to a jailed parser, stores the
 * data.tar that comes back while hashing it, checks the index, and records the result. */

#include "make/deb/deb_decode.h"

#include <stdio.h>

#include "base/frames.h"
#include "base/jail.h"
#include "make/deb/deb_control.h"
#include "make/deb/deb_index.h"
#include "make/deb/deb_parse.h"

#define INDEX_MAX ((size_t)256 << 20)

static const struct jail_limits limits = {
	.memory = (uint64_t)512 << 20, /* xz may take 128 MiB, names and index the rest */
	.cpu_seconds = 300,
	.wall_seconds = 900,
};

struct job {
	struct str file;
	const char *name;
	struct deb_options options;
};

/* In the jail. */
static bool deb_decode_child(void *ctx, struct sink *out, struct error *e)
{
	const struct job *job = ctx;

	return deb_parse(job->file, job->name, &job->options, out, e);
}

/* The child kept to the budget unless it was taken over, when it could fill the disk. */
static bool deb_receive(struct jail *j, uint64_t most, struct store_put *put, struct buf *index,
			struct error *e)
{
	struct frames f = { .from = &j->base, .kinds = DEB_FRAMES };
	struct limit_sink data;
	struct str piece;
	char kind;
	int got;

	limit_sink_init(&data, &put->sink.base, most, "its data.tar");
	while ((got = frames_next(&f, &kind, &piece, e)) == 1) {
		if (kind == FRAME_DATA && !data.base.write(&data.base, piece, e))
			return false;
		if (kind == FRAME_INDEX)
			buf_add(index, piece);
	}
	if (index->overflow)
		return err_set(e, ERR_INPUT, "the index of its files is too large");
	return got == 0;
}

/* Runs the parser; data goes to `put`, the rest to `index`. */
static bool deb_run_parser(const struct job *job, struct store_put *put, struct buf *index,
			   struct error *e)
{
	AUTO_JAIL j = { .base.next = NULL };

	return jail_start(&j, job->name, &limits, JAIL_NO_FILES, deb_decode_child, (void *)job,
			  e) &&
	       deb_receive(&j, job->options.data, put, index, e);
}

struct digest deb_action_key(const struct deb_package *p)
{
	char text[sizeof("deb-index v1 ") + DIGEST_HEX];
	char hex[DIGEST_TEXT];

	digest_hex(&p->file.sha256, hex);
	snprintf(text, sizeof(text), "deb-index v1 %s", hex);
	return digest_of(str_of(text));
}

static bool deb_record(const struct store *s, const struct deb_package *p, struct store_put *put,
		       struct str index, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a, .max = INDEX_MAX + 256 };
	struct deb deb = { .package = p };
	struct digest key = deb_action_key(p), data;
	uint64_t size;
	char hex[DIGEST_TEXT];

	if (!deb_index_read(&a, index, put->sink.size, &deb, e) || !control_check(&deb, e) ||
	    !store_put_commit(put, NULL, &data, &size, e))
		return false;
	digest_hex(&data, hex);
	buf_printf(&text, "%sdata %s %llu\n", DEB_ACTION_HEAD, hex, (unsigned long long)size);
	buf_add(&text, index);
	return store_put_action(s, &key, buf_str(&text), e);
}

bool deb_decode(const struct store *s, const struct deb_package *p, const struct xz_library *xz,
		struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = -1;
	AUTO_MAPPING m = { .base = NULL };
	AUTO_PUT put = STORE_PUT_INIT;
	struct buf index = { .a = &a, .max = INDEX_MAX };
	struct job job = { .name = p->file.name, .options = deb_options_of(p->installed_size) };
	int got = store_open_blob(s, &p->file.sha256, p->file.size, &fd, e);

	if (got == 0)
		return err_set(e, ERR_SYSTEM, "%s is not in the store; run imgbuild fetch",
			       job.name);
	if (got < 0 || !io_map(fd, 0, p->file.size, job.name, &m, e) ||
	    !store_put_begin(s, &put, job.name, e))
		return false;
	job.file = m.bytes;
	job.options.xz = xz;
	return deb_run_parser(&job, &put, &index, e) && deb_record(s, p, &put, buf_str(&index), e);
}
