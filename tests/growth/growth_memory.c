/* SPDX-License-Identifier: Apache-2.0 */
/* The C library's allocation functions, counted. They stand in the program, so libraries use them
 * as well. And a call that valgrind does not know. */

#include "growth/growth.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void __libc_free(void *p);

static struct {
	size_t now, peak;
} memory_bytes;

static void *memory_count(void *p)
{
	memory_bytes.now += malloc_usable_size(p);
	if (memory_bytes.peak < memory_bytes.now)
		memory_bytes.peak = memory_bytes.now;
	return p;
}

size_t growth_memory_now(void)
{
	return memory_bytes.now;
}

size_t growth_memory_peak(void)
{
	return memory_bytes.peak;
}

void growth_memory_mark(void)
{
	memory_bytes.peak = memory_bytes.now;
}

void *malloc(size_t size)
{
	return memory_count(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return memory_count(__libc_calloc(n, size));
}

void *realloc(void *p, size_t size)
{
	memory_bytes.now -= malloc_usable_size(p);
	return memory_count(__libc_realloc(p, size));
}

void *memalign(size_t align, size_t size)
{
	return memory_count(__libc_memalign(align, size));
}

void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int posix_memalign(void **out, size_t align, size_t size)
{
	*out = memalign(align, size);
	return *out ? 0 : ENOMEM;
}

void free(void *p)
{
	memory_bytes.now -= malloc_usable_size(p);
	__libc_free(p);
}

/* openat2() is unknown to the valgrind of Debian 12: what it adds to openat() does not matter here.
 */
long syscall(long number, ...)
{
	long (*real)(long number, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long v[6];
	va_list ap;

	va_start(ap, number);
	for (size_t i = 0; i < ARRAY_SIZE(v); i++)
		v[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_openat2)
		return openat((int)v[0], (const char *)v[1],
			      (int)((const struct open_how *)v[2])->flags);
	return real(number, v[0], v[1], v[2], v[3], v[4], v[5]);
}
