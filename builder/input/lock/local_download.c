/* SPDX-License-Identifier: Apache-2.0 */
/* A file of the repository is hashed on its way, as what comes over the network is. */

#include "input/lock/local_download.h"

#include <fcntl.h>
#include <sys/stat.h>

static bool local_download_copy(const struct store *s, const struct source_recipe *source, int fd,
				uint64_t size, struct error *e)
{
	const struct store_expect expect = { source->sha256, size };
	AUTO_PUT put = STORE_PUT_INIT;
	struct fd_source from;
	struct str chunk;
	int got;

	if (!store_put_begin(s, &put, source->local, e))
		return false;
	fd_source_init(&from, fd, 0, size, source->local);
	while ((got = from.base.next(&from.base, &chunk, e)) == 1) {
		if (!put.sink.base.write(&put.sink.base, chunk, e))
			return false;
	}
	return got == 0 && store_put_commit(&put, &expect, NULL, NULL, e);
}

bool local_download_store(const struct store *s, const struct source_recipe *source, uint64_t *size,
			  struct error *e)
{
	AUTO_FD fd = -1;
	struct stat st;

	if (!source->local)
		return true;
	fd = open(source->local, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		err_set(e, ERR_INPUT, "%s: %m", source->local);
	else if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", source->local);
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_INPUT, "%s is not a regular file", source->local);
	else {
		*size = (uint64_t)st.st_size;
		if (store_has_blob(s, &source->sha256, *size) ||
		    local_download_copy(s, source, fd, *size, e))
			return true;
	}
	return err_at(e, source->at.file, source->at.line, source->at.col);
}
