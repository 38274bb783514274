/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side: lets the jail read the verified file, stores the contents that come back while
 * hashing them, checks the list of files, and records the result. */

#include "make/unpack/unpack.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/jail.h"
#include "format/archive/tar.h"
#include "make/compile/source_signature.h"
#include "transfer/store/history.h"

#define INDEX_MAX ((size_t)256 << 20)

static const struct jail_limits unpack_limits = {
	.memory = (uint64_t)768 << 20, /* decoders may take 128 MiB, names and lists the rest */
	.cpu_seconds = 600,
	.wall_seconds = 1800,
};

/* The file of a download as the lock has it. */
static bool unpack_locked(const struct compile_request *rq, const struct locked_file **out,
			  struct error *e)
{
	const struct locked_source *s = lock_source(rq->lock, rq->source->name);

	*out = s && s->files.n == 1 ? &s->files.v[0] : NULL;
	if (*out && digest_eq(&(*out)->sha256, &rq->source->sha256))
		return true;
	return err_set(e, ERR_INPUT, "%s does not name this download; run imgbuild lock",
		       rq->lock->file);
}

const char *unpack_machine(const struct compile_request *rq)
{
	const struct platform *p = compile_platform(rq->lock);

	return p ? p->machine->uname[0] : rq->lock->architecture;
}

static bool unpack_key_text(struct arena *a, const struct compile_request *rq, struct str *out,
			    struct error *e)
{
	const struct source_recipe *s = rq->source;
	struct buf text = { .a = a };

	buf_printf(&text, "unpack %d\nsha256 %s\nform %d\nto %s\nstrip %llu\nmode %o\n",
		   UNPACK_FORMAT, digest_hex_dup(a, &s->sha256), s->unpack.form, s->unpack.to,
		   (unsigned long long)s->unpack.strip, s->unpack.mode);
	if (s->unpack.form == UNPACK_WHEEL)
		buf_printf(&text, "machine %s\n", unpack_machine(rq));
	if (!source_signature_add(a, &s->signature, &text, e))
		return false;
	*out = buf_str(&text);
	return true;
}

/* In the jail. */
static bool unpack_child(void *ctx, struct sink *out, struct error *e)
{
	return unpack_archive_read(ctx, out, e);
}

/* The child kept to the budget unless it was taken over, when it could fill the disk. */
static bool unpack_receive(struct jail *j, uint64_t most, struct store_put *put, struct buf *index,
			   struct error *e)
{
	struct frames f = { .from = &j->base, .kinds = UNPACKED_KINDS };
	struct limit_sink content;
	struct str piece;
	char kind;
	int got;

	limit_sink_init(&content, &put->sink.base, most, put->what);
	while ((got = frames_next(&f, &kind, &piece, e)) == 1) {
		if (kind == UNPACKED_CONTENT && !content.base.write(&content.base, piece, e))
			return false;
		if (kind == UNPACKED_INDEX)
			buf_add(index, piece);
	}
	if (index->overflow)
		return err_set(e, ERR_INPUT, "the list of its files is too large");
	return got == 0;
}

static bool unpack_record(const struct store *s, const struct digest *key, struct fragment *f,
			  struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	fragment_index_put(f, &text);
	return fragment_index_check(buf_str(&text), f, e) &&
	       store_put_action(s, key, buf_str(&text), e);
}

bool unpack_in_jail(const struct store *s, struct unpack_archive *x, const struct digest *key,
		    struct error *e)
{
	const struct jail_files files = { { x->fd, -1 }, -1, 0 };
	AUTO_ARENA a = { 0 };
	AUTO_PUT put = STORE_PUT_INIT;
	AUTO_JAIL j = { .base.next = NULL };
	AUTO_TAR_LOCALE names = { NULL };
	struct buf index = { .a = &a, .max = INDEX_MAX };
	struct fragment f = { .blob = { .fd = -1 } };

	tar_locale_open(&names);
	if (!store_put_begin(s, &put, x->name, e) ||
	    !jail_start(&j, x->name, &unpack_limits, &files, unpack_child, x, e) ||
	    !unpack_receive(&j, unpack_budget(x->size), &put, &index, e) ||
	    !fragment_index_get(&a, buf_str(&index), &f, e))
		return false;
	if (f.size != put.sink.size)
		return frame_nonsense(e);
	return store_put_commit(&put, NULL, &f.blob_digest, &f.size, e) &&
	       unpack_record(s, key, &f, e);
}

/* The file itself holds the content. */
static bool unpack_plain(struct arena *a, const struct compile_request *rq, uint64_t size,
			 const struct digest *key, struct error *e)
{
	const struct unpacking *how = &rq->source->unpack;
	struct fragment f = { .blob = { .fd = -1 },
			      .blob_digest = rq->source->sha256,
			      .size = size };
	const char *path;

	if (!path_normalise(a, str_of(how->to), &path, e))
		return false;
	*list_push(a, &f.nodes) = (struct node){ .path = path,
						 .type = NODE_FILE,
						 .mode = how->mode & 0777,
						 .content = { .size = size } };
	return unpack_record(rq->store, key, &f, e);
}

static bool unpack_anew(struct arena *a, const struct compile_request *rq, const struct digest *key,
			struct error *e)
{
	struct unpack_archive x = { .how = &rq->source->unpack, .machine = unpack_machine(rq) };
	const struct locked_file *locked;
	AUTO_FD fd = -1;
	struct stat st;
	int got;

	if (!unpack_locked(rq, &locked, e))
		return false;
	got = store_open_blob(rq->store, &locked->sha256, locked->size, &fd, e);
	if (got == 0)
		return err_set(e, ERR_SYSTEM, "%s is not in the store; run imgbuild fetch",
			       locked->name);
	if (got < 0 || !source_signature_check(a, &rq->source->signature, fd, locked->name, e))
		return false;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", locked->name);
	x.fd = fd;
	x.size = (uint64_t)st.st_size;
	x.name = locked->name;
	return x.how->form == UNPACK_PLAIN ? unpack_plain(a, rq, x.size, key, e)
					   : unpack_in_jail(rq->store, &x, key, e);
}

/* What decides about the files of a download, for --explain. */
static void unpack_inputs(struct arena *a, const struct source_recipe *s,
			  struct history_inputs *out)
{
	history_add(a, out, arena_printf(a, "download %s %s", s->name, s->version),
		    digest_hex_dup(a, &s->sha256));
	history_add(a, out, "\"to\"", s->unpack.to);
	history_add(a, out, "\"strip\"",
		    arena_printf(a, "%llu", (unsigned long long)s->unpack.strip));
	history_add(a, out, "\"mode\"", arena_printf(a, "%04o", s->unpack.mode));
}

static bool unpack_get(struct arena *a, const struct compile_request *rq, struct fragment *out,
		       struct error *e)
{
	const struct platform *p = compile_platform(rq->lock);
	const struct history h = { .store = rq->store,
				   .progress = rq->progress,
				   .explain = rq->options->explain };
	const struct history_step step = { "unpack", rq->source->file,
					   p ? p->name : rq->lock->architecture, rq->source->name };
	struct history_inputs inputs = { 0 };
	struct str text;
	struct digest key;
	int got;

	if (!unpack_key_text(a, rq, &text, e))
		return false;
	key = digest_of(text);
	unpack_inputs(a, rq->source, &inputs);
	got = fragment_open(a, rq->store, &key, out, e);
	if (got < 0 || !history_tell(&h, &step, &inputs, NULL, got > 0, e))
		return false;
	if (got == 0) {
		if (!unpack_anew(a, rq, &key, e))
			return false;
		got = fragment_open(a, rq->store, &key, out, e);
		out->cached = false;
	}
	if (got == 0)
		return err_set(e, ERR_SYSTEM, "%s vanished from the store", rq->source->name);
	return got > 0 && history_note(&h, &step, &inputs, NULL, e);
}

bool unpack_source(struct arena *a, const struct compile_request *rq, struct fragment *out,
		   struct error *e)
{
	*out = (struct fragment){ .blob = { .fd = -1 } };
	if (unpack_get(a, rq, out, e))
		return true;
	fragment_close(out);
	return err_wrap(e, "download %s", rq->source->name);
}

bool unpack_is_cached(struct arena *a, const struct compile_request *rq, bool *cached,
		      struct error *e)
{
	struct fragment f;
	struct str text;
	struct digest key;
	int got;

	*cached = false;
	if (!unpack_key_text(a, rq, &text, e))
		return err_wrap(e, "download %s", rq->source->name);
	key = digest_of(text);
	got = fragment_open(a, rq->store, &key, &f, e);
	*cached = got > 0;
	if (got > 0)
		fragment_close(&f);
	return got >= 0;
}
