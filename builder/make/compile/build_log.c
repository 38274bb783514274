/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/build_log.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"

#define LOG_END ((off_t)262144) /* cargo tells what comes of a first error in hundreds of lines */

struct str build_log_end(struct arena *a, const char *path)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	off_t from = size > LOG_END ? size - LOG_END : 0;
	struct error ignored = { 0 };
	struct str none = { "", 0 };
	char *text;

	if (size <= 0)
		return none;
	text = arena_alloc(a, (size_t)(size - from));
	if (!fd_pread(fd, text, (size_t)(size - from), (uint64_t)from, "log", &ignored))
		return none;
	return (struct str){ text, (size_t)(size - from) };
}
