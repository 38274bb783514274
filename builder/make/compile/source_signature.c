/* SPDX-License-Identifier: Apache-2.0 */
/* A download's digest is the recipe's word; its signature is its author's. */

#include "make/compile/source_signature.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "input/release/signature.h"

#define SIGNATURE_MAX (1u << 20)

bool source_signature_check(struct arena *a, const struct source_signature *s, int fd,
			    const char *name, struct error *e)
{
	struct signature signature = { .keyrings = &s->keyrings, .signers = &s->signers };
	AUTO_MAPPING m = { 0 };
	struct strings signers;
	struct stat st;

	if (!s->file)
		return true;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", name);
	if (!io_read_file(a, AT_FDCWD, s->file, SIGNATURE_MAX, &signature.armour, e) ||
	    !io_map(fd, 0, (uint64_t)st.st_size, name, &m, e))
		return false;
	signature.text = m.bytes;
	return signature_check(a, &signature, &signers, e) ||
	       err_wrap(e, "signature %s of %s", s->file, name);
}

static bool signature_add_file(struct arena *a, const char *name, const char *path, struct buf *out,
			       struct error *e)
{
	struct digest d;
	struct str text;

	if (!io_read_file(a, AT_FDCWD, path, SIGNATURE_MAX, &text, e))
		return false;
	d = digest_of(text);
	buf_printf(out, "%s %s\n", name, digest_hex_dup(a, &d));
	return true;
}

bool source_signature_add(struct arena *a, const struct source_signature *s, struct buf *out,
			  struct error *e)
{
	if (!s->file)
		return true;
	if (!signature_add_file(a, "signature", s->file, out, e))
		return false;
	list_each(keyring, &s->keyrings) {
		if (!signature_add_file(a, "keyring", *keyring, out, e))
			return false;
	}
	buf_printf(out, "signers %s\n", strings_join(a, &s->signers, " "));
	return true;
}
