/* SPDX-License-Identifier: Apache-2.0 */
/* A cache that is a folder: of this machine, or of a file server that several have. Others may
 * write it: files are opened without following links, and hashed like bytes from a network. */

#include "trust/cache/cache_server.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/cache/action_result.h"

#define ENTRIES "ac"
#define BLOBS "cas"

/* A folder that is not there yet has no entries. */
static bool local_open_shelf(struct cache_server *s, const char *name, int *fd, struct error *e)
{
	const char *path = arena_printf(&s->a, "%s/%s", s->place->address, name);

	if (s->writes && !file_mkdirs(AT_FDCWD, path, e))
		return false;
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd >= 0 || errno == ENOENT || err_sys(e, "open %s", path);
}

static bool local_open(struct cache_server *s, const struct cache_settings *settings,
		       struct error *e)
{
	(void)settings;
	return local_open_shelf(s, ENTRIES, &s->entries, e) &&
	       local_open_shelf(s, BLOBS, &s->blobs, e);
}

static void local_close(struct cache_server *s)
{
	fd_closep(&s->entries);
	fd_closep(&s->blobs);
}

/* 1 a regular file and its size, 0 there is none, -1. */
static int local_open_file(int shelf, const char *name, int *fd, uint64_t *size, struct error *e)
{
	struct stat st;

	*fd = shelf < 0 ? -1 : openat(shelf, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (*fd < 0 && (shelf < 0 || errno == ENOENT))
		return 0;
	if (*fd < 0 || fstat(*fd, &st) < 0)
		return err_sys(e, "open %s", name), -1;
	*size = (uint64_t)st.st_size;
	return S_ISREG(st.st_mode) ? 1 : (err_set(e, ERR_INPUT, "%s is not a file", name), -1);
}

static int local_find(struct arena *a, struct cache_server *s, const struct digest *key,
		      struct str *record, struct error *e)
{
	const char *name = digest_hex_dup(a, key);
	AUTO_FD fd = -1;
	uint64_t size;
	char *p;
	int got = local_open_file(s->entries, name, &fd, &size, e);

	if (got <= 0)
		return got;
	if (size > ACTION_RESULT_MAX)
		return err_set(e, ERR_INPUT, "it is larger than %u bytes", ACTION_RESULT_MAX), -1;
	p = arena_text(a, (size_t)size);
	if (!fd_pread(fd, p, (size_t)size, 0, "it", e))
		return -1;
	return action_result_read(a, (struct str){ p, (size_t)size }, record, e) ? 1 : -1;
}

static bool local_fetch(struct cache_server *s, const struct cache_blob *b, const struct store *to,
			struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct store_expect expect = { b->digest, b->size };
	const char *label = cache_blob_label(&a, b);
	AUTO_PUT put = STORE_PUT_INIT;
	struct fd_source from;
	AUTO_FD fd = -1;
	struct str chunk;
	uint64_t size;
	int got = local_open_file(s->blobs, digest_hex_dup(&a, &b->digest), &fd, &size, e);

	if (got == 0)
		return err_set(e, ERR_INPUT, "%s is missing", label);
	if (got < 0)
		return false;
	if (size != b->size)
		return err_set(e, ERR_VERIFY, "%s: expected %llu bytes, found %llu", label,
			       (unsigned long long)b->size, (unsigned long long)size);
	if (!store_put_begin(to, &put, label, e))
		return false;
	fd_source_init(&from, fd, 0, size, label);
	while ((got = from.base.next(&from.base, &chunk, e)) > 0) {
		if (!put.sink.base.write(&put.sink.base, chunk, e))
			return false;
	}
	return got == 0 && store_put_commit(&put, &expect, NULL, NULL, e);
}

/* Always anew: what stands there may be damaged. */
static bool local_keep_blob(struct cache_server *s, const struct cache_blob *b,
			    const struct store *from, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *name = digest_hex_dup(&a, &b->digest);
	AUTO_FILE file = FILE_NEW_INIT;
	struct fd_source source;
	struct fd_sink sink;
	AUTO_FD fd = -1;
	int got = store_open_blob(from, &b->digest, b->size, &fd, e);

	if (got == 0)
		return err_set(e, ERR_SYSTEM, "%s vanished from the store",
			       cache_blob_label(&a, b));
	if (got < 0 || !file_begin(&file, s->blobs, name, 0444, e))
		return false;
	fd_source_init(&source, fd, 0, b->size, name);
	fd_sink_init(&sink, file.fd, name);
	return io_copy(&source.base, &sink.base, e) && file_commit(&file, e);
}

static bool local_keep(struct cache_server *s, const struct cache_gift *g, struct error *e)
{
	AUTO_ARENA a = { 0 };

	file_remove_leftovers(s->entries);
	file_remove_leftovers(s->blobs);
	if (!local_keep_blob(s, &g->record->result, g->store, e))
		return false;
	list_each(b, &g->record->blobs) {
		if (!local_keep_blob(s, b, g->store, e))
			return false;
	}
	return file_write(s->entries, digest_hex_dup(&a, &g->record->key), 0444,
			  action_result_text(&a, g->record, g->text), e);
}

const struct cache_transport cache_local = { local_open, local_close, local_find, local_fetch,
					     local_keep };
