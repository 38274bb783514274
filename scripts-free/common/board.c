/* SPDX-License-Identifier: Apache-2.0 */
/* A memfd, mapped once by each side. */

#include "common/board.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A second, read-only way to the same memory; without /proc, the writable one. */
static int read_only(int fd)
{
	char path[48];
	int ro;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	ro = open(path, O_RDONLY | O_CLOEXEC);
	if (ro < 0)
		return fd;
	close(fd);
	return ro;
}

struct board *board_create(int *fd)
{
	int m = memfd_create("entrypoint-board", MFD_CLOEXEC);
	struct board *b;

	if (m < 0)
		return NULL;
	if (ftruncate(m, sizeof *b) != 0) {
		close(m);
		return NULL;
	}
	b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0);
	if (b == MAP_FAILED) {
		close(m);
		return NULL;
	}
	b->size = sizeof *b;
	*fd = read_only(m);
	return b;
}

const struct board *board_open(int fd)
{
	struct stat st;
	const struct board *b;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size != (off_t)sizeof *b)
		return NULL;
	b = mmap(NULL, sizeof *b, PROT_READ, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED)
		return NULL;
	if (b->size != sizeof *b) {
		munmap((void *)(uintptr_t)b, sizeof *b);
		return NULL;
	}
	return b;
}
