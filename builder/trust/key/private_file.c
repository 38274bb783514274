/* SPDX-License-Identifier: Apache-2.0 */
/* The file is checked through the descriptor it is read from. */

#include "trust/key/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

bool private_file_read(struct arena *a, const char *path, size_t max, struct str *out,
		       struct error *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *text;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_INPUT, "there is no file %s", path);
	if (fd < 0)
		return err_sys(e, "open %s", path);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is not a regular file", path);
	if (st.st_uid != geteuid())
		return err_set(
			e, ERR_SYSTEM,
			"%s holds a secret and belongs to user %u, not to user %u that reads it: it "
			"must be yours alone; make a copy of your own with mode 600",
			path, (unsigned)st.st_uid, (unsigned)geteuid());
	if (st.st_mode & 077)
		return err_set(
			e, ERR_SYSTEM,
			"%s holds a secret and others may read it (mode %03o): it must be yours "
			"alone; run chmod 600 %s",
			path, (unsigned)st.st_mode & 0777, path);
	if ((uint64_t)st.st_size > max)
		return err_set(e, ERR_INPUT, "%s has %lld bytes, more than %zu", path,
			       (long long)st.st_size, max);
	text = arena_text(a, (size_t)st.st_size);
	*out = (struct str){ text, (size_t)st.st_size };
	return fd_pread(fd, text, out->n, 0, path, e);
}

void private_file_wipe(struct str secret)
{
	OPENSSL_cleanse((char *)(uintptr_t)secret.p, secret.n);
}
