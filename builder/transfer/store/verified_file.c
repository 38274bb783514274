/* SPDX-License-Identifier: Apache-2.0 */
/* The table's own bytes, behind a line that says how they are laid out: it never leaves the
 * machine. A run links blobs into layouts and marks them as used, which changes the times of their
 * inodes: they are looked at once more at the end. */

#include "transfer/store/verified_file.h"

#include <fcntl.h>

#include "base/file.h"

#define VERIFIED_NAME "verified"
#define VERIFIED_BYTES (sizeof(struct verified_file) * VERIFIED_MAX)

/* Of the same program on the same machine. */
static const char *verified_head(struct arena *a)
{
	return arena_printf(a, "imgbuild verified 1, %zu bytes each\n",
			    sizeof(struct verified_file));
}

void verified_file_read(const struct store *s)
{
	AUTO_ARENA a = { 0 };
	struct str head = str_of(verified_head(&a)), text;
	struct error ignored = { 0 };

	s->verified->lasting = true;
	if (!io_read_file(&a, s->fd, VERIFIED_NAME, VERIFIED_BYTES + head.n, &text, &ignored) ||
	    !str_starts(text, head))
		return;
	text = str_from(text, head.n);
	for (; text.n >= sizeof(struct verified_file);
	     text = str_from(text, sizeof(struct verified_file))) {
		struct verified_file one;

		memcpy(&one, text.p, sizeof(one));
		verified_recall(s->verified, &one);
	}
}

/* Whether it is still the file that this run has seen; then *f has its times as they are now. */
static bool verified_look_again(const struct store *s, struct verified_file *f)
{
	char name[DIGEST_TEXT];
	struct stat st;

	digest_hex(&f->digest, name);
	if (fstatat(s->blobs, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !verified_has(s->verified, &f->digest, &st))
		return false;
	f->changed = st.st_ctim;
	return true;
}

bool verified_file_add(const struct store *s, struct file_batch *b, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	if (!s->verified || !s->verified->lasting)
		return true;
	buf_puts(&text, verified_head(&a));
	for (size_t i = 0; i < VERIFIED_MAX; i++) {
		struct verified_file one = s->verified->v[i];

		if (one.used && (!one.seen || verified_look_again(s, &one)))
			buf_add(&text, (struct str){ (const char *)&one, sizeof(one) });
	}
	return file_batch_write(b, s->fd, VERIFIED_NAME, 0600, buf_str(&text), e);
}
