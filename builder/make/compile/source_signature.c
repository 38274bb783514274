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
