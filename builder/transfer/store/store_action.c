/* SPDX-License-Identifier: Apache-2.0 */
/* Results of work: small texts under the digest of everything that can change them. What the text
 * means, the stage that made it knows.
 *
 * The file begins with a line that holds the SHA-256 of its key and its text: a result that was
 * damaged on disk, or stands under a wrong name, is one that is not known. */

#include "transfer/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "transfer/store/store_action.h"
#include "transfer/store/store_later.h"

#define ACTION_MAX (64u << 20)
#define SEAL_SIZE (DIGEST_HEX + 1) /* the first line with its newline */

static struct digest action_seal(const char *key, struct str text)
{
	AUTO_HASH h = { 0 };

	digest_begin(&h);
	digest_add(&h, str_of(key));
	digest_add(&h, text);
	return digest_end(&h);
}

/* The whole file if it is a regular one of sane size; false, without a reason, otherwise. */
static bool action_read_entry(struct arena *a, int fd, struct str *out)
{
	struct error ignored = { 0 };
	struct stat st;
	char *p;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < SEAL_SIZE ||
	    st.st_size > ACTION_MAX)
		return false;
	p = arena_text(a, (size_t)st.st_size);
	*out = (struct str){ p, (size_t)st.st_size };
	return fd_pread(fd, p, out->n, 0, "action", &ignored);
}

static bool open_seal(const char *name, struct str entry, struct str *text)
{
	struct digest written, found;

	if (entry.p[DIGEST_HEX] != '\n' ||
	    !digest_parse((struct str){ entry.p, DIGEST_HEX }, &written))
		return false;
	*text = str_from(entry, SEAL_SIZE);
	found = action_seal(name, *text);
	return digest_eq(&written, &found);
}

int store_get_action(struct arena *a, const struct store *s, const struct digest *key,
		     struct str *text, struct error *e)
{
	char name[DIGEST_TEXT];
	struct error bad = { 0 };
	AUTO_FD fd = -1;
	struct str entry;

	digest_hex(key, name);
	if (s->actions < 0)
		return 0;
	if (later_find(a, s->later, name, text))
		return 1;
	fd = store_open_entry(s->actions, name, O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		err_sys(&bad, "open the record %s of a step", name);
	if (bad.exhausted) {
		*e = bad;
		return -1;
	}
	if (fd >= 0 && action_read_entry(a, fd, &entry) && open_seal(name, entry, text))
		return 1;
	progress_warn(s->progress, "%s/actions/%s is damaged; its result is made again", s->path,
		      name);
	return s->readonly || file_remove_tree(s->actions, name, e) ? 0 : -1;
}

struct str store_peek_action(struct arena *a, const struct store *s, const struct digest *key,
			     size_t n)
{
	char name[DIGEST_TEXT], *p = arena_text(a, n);
	AUTO_FD fd = -1;
	struct str text;
	ssize_t got;

	digest_hex(key, name);
	if (s->actions < 0)
		return STR("");
	if (later_find(a, s->later, name, &text))
		return (struct str){ text.p, MIN(text.n, n) };
	fd = store_open_entry(s->actions, name, O_NONBLOCK);
	got = fd < 0 ? -1 : pread(fd, p, n, SEAL_SIZE);
	return (struct str){ p, got > 0 ? (size_t)got : 0 };
}

bool action_write(const struct store *s, struct file_new *f, const char *name, struct str text,
		  struct error *e)
{
	struct digest seal = action_seal(name, text);
	char hex[DIGEST_TEXT];

	digest_hex(&seal, hex);
	hex[DIGEST_HEX] = '\n';
	return file_begin_at(f, s->fresh_actions, s->actions, name, 0444, e) &&
	       fd_write(f->fd, (struct str){ hex, SEAL_SIZE }, name, e) &&
	       fd_write(f->fd, text, name, e);
}

bool store_put_action(const struct store *s, const struct digest *key, struct str text,
		      struct error *e)
{
	char name[DIGEST_TEXT];
	AUTO_FILE f = FILE_NEW_INIT;
	AUTO_FD old = -1;

	if (s->readonly)
		return true;
	if (text.n > ACTION_MAX - SEAL_SIZE)
		return err_set(e, ERR_SYSTEM,
			       "the record of a step has %zu bytes, and the store keeps at most %u",
			       text.n, (unsigned)(ACTION_MAX - SEAL_SIZE));
	digest_hex(key, name);
	old = store_hold_place(s->actions, name);
	f.names_later = s->later != NULL;
	if (!action_write(s, &f, name, text, e) || !file_commit(&f, e))
		return err_wrap(e, "store %s", s->path);
	if (s->later)
		later_add_name(s->later, &s->later->actions);
	return true;
}

bool store_note_action(const struct store *s, const struct digest *key, struct str text,
		       struct error *e)
{
	char name[DIGEST_TEXT];

	digest_hex(key, name);
	if (s->readonly)
		return true;
	if (s->later && text.n <= LATER_BYTES_MAX) {
		if (later_add(s->later, name, text))
			return true;
		if (!store_settle(s, e))
			return false;
	}
	return store_put_action(s, key, text, e);
}
