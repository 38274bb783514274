/* SPDX-License-Identifier: Apache-2.0 */
/* Loading by dlopen(3) from a sealed memfd.
 *
 * RTLD_LOCAL keeps the library's symbols out of the program. RTLD_DEEPBIND is as important: a
 * library calls its own exported functions by name, and the loader looks for names in the program
 * first, where the host's copy of another version is. AddressSanitizer does not work with
 * RTLD_DEEPBIND and ends the program; so under it nothing is loaded.
 *
 * The loader takes two libraries of one path for the same: the descriptor stays open, or the next
 * library would get its number and with it this one's path. */

#include "base/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/io.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u /* Linux 6.3 */
#endif

#if defined(__SANITIZE_ADDRESS__)
#define MODULE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MODULE_SANITIZED 1
#endif
#endif
#ifndef MODULE_SANITIZED
#define MODULE_SANITIZED 0
#endif

#define MODULE_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* Kernels before 6.3 do not know MFD_EXEC and need none. */
static int module_memfd(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd;
}

static bool module_open(struct module *m, struct error *e)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", m->fd);
	m->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
	return m->handle || err_set(e, ERR_SYSTEM, "load %s: %s", m->name, dlerror());
}

static bool module_fill(struct module *m, struct str bytes, struct error *e)
{
	m->fd = module_memfd(m->name);
	if (m->fd < 0)
		return err_sys(e, "load %s: make a file in memory", m->name);
	if (!fd_write(m->fd, bytes, m->name, e))
		return false;
	return fcntl(m->fd, F_ADD_SEALS, MODULE_SEALS) == 0 ||
	       err_sys(e, "load %s: seal its copy in memory", m->name);
}

bool module_load(struct module *m, struct str bytes, const char *name, struct error *e)
{
	*m = (struct module)MODULE_INIT;
	m->name = name;
	if (MODULE_SANITIZED)
		return err_set(e, ERR_SYSTEM, "load %s: not with AddressSanitizer", name);
	if (module_fill(m, bytes, e) && module_open(m, e))
		return true;
	module_close(m);
	return false;
}

bool module_symbol(const struct module *m, const char *symbol, void *function, struct error *e)
{
	void *address = dlsym(m->handle, symbol);

	if (!address)
		return err_set(e, ERR_SYSTEM, "%s has no function %s", m->name, symbol);
	memcpy(function, &address, sizeof(address));
	return true;
}

void module_close(struct module *m)
{
	if (m->handle)
		dlclose(m->handle);
	m->handle = NULL;
	fd_closep(&m->fd);
}
