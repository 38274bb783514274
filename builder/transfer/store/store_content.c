/* SPDX-License-Identifier: Apache-2.0 */
/* From SHA-512 to the SHA-256 that names a blob, and the proof that it is the same one. */

#include "transfer/store/store_content.h"

#include <sys/stat.h>

static struct digest content_note_key(const struct content_digest *d)
{
	char text[sizeof("content ") + CONTENT_NAME_SIZE] = "content ";

	content_digest_name(d, text + strlen("content "));
	return digest_of(str_of(text));
}

int store_find_content(const struct store *s, const struct content_digest *d, struct digest *out,
		       struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct digest key = content_note_key(d);
	struct str text;
	int got;

	if (!d->sha512) {
		*out = content_digest_short(d);
		return 1;
	}
	got = store_get_action(&a, s, &key, &text, e);
	return got > 0 ? digest_parse(text, out) : got;
}

/* 1 the file has the digest and the size, 0 it has another digest, -1. */
static int content_prove(const struct store *s, int fd, const struct content_digest *d,
			 uint64_t size, struct error *e)
{
	char name[CONTENT_NAME_SIZE];
	struct content_digest found;
	struct fd_source from;
	struct stat st;

	content_digest_name(d, name);
	fd_source_init(&from, fd, 0, FD_SOURCE_ALL, name);
	if (!content_digest_read(&from.base, true, &found, e))
		return -1;
	if (!content_digest_eq(&found, d)) {
		progress_warn(s->progress, "the store %s names other bytes as %.19s; not used",
			      s->path, name);
		return 0;
	}
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %.19s in the store", name), -1;
	if (size == UINT64_MAX || (uint64_t)st.st_size == size)
		return 1;
	err_set(e, ERR_VERIFY,
		"the file of digest %s has %llu bytes, not %llu: the index that names it is wrong",
		name, (unsigned long long)st.st_size, (unsigned long long)size);
	return -1;
}

int store_open_content(const struct store *s, const struct content_digest *d, uint64_t size,
		       int *fd, struct error *e)
{
	struct digest blob;
	int got = store_find_content(s, d, &blob, e);

	*fd = -1;
	if (got <= 0)
		return got;
	if (!d->sha512)
		return store_open_blob(s, &blob, size, fd, e);
	got = store_open_blob(s, &blob, UINT64_MAX, fd, e);
	if (got > 0)
		got = content_prove(s, *fd, d, size, e);
	if (got <= 0)
		fd_closep(fd);
	return got;
}

bool store_note_content(const struct store *s, const struct content_digest *d,
			const struct digest *blob, struct error *e)
{
	struct digest key = content_note_key(d);
	char hex[DIGEST_TEXT];

	digest_hex(blob, hex);
	return !d->sha512 || store_put_action(s, &key, str_of(hex), e);
}

bool store_put_content(const struct store *s, struct str bytes, const struct content_digest *d,
		       struct error *e)
{
	struct digest blob;

	return store_put_bytes(s, bytes, &blob, e) && store_note_content(s, d, &blob, e);
}
