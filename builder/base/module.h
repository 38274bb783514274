/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MODULE_H
#define BASE_MODULE_H

/* A shared library that is loaded from bytes in memory beside the one that this program was linked
 * with. Nobody can change the bytes between their check and their use: they are copied into a
 * sealed memfd. What the library exports stays its own: neither does the program find it, nor does
 * the library find the program's functions of the same names. */

#include "base/str.h"

struct module {
	void *handle; /* dlopen(3); NULL: none */
	int fd;	      /* the bytes; open as long as the library is loaded */
	const char *name;
};
#define MODULE_INIT { NULL, -1, NULL }

/* Loads a library; `name` (borrowed) is for messages and for people who look at /proc/PID/maps. Its
 * constructors run, so the bytes must be trusted; call it before there are threads. ERR_SYSTEM
 * saying why this machine or this program cannot load it. */
MUST_CHECK bool module_load(struct module *m, struct str bytes, const char *name, struct error *e);

/* The address of a symbol. ERR_SYSTEM when the library has none of that name. `function` is the
 * address of a function pointer. */
MUST_CHECK bool module_symbol(const struct module *m, const char *symbol, void *function,
			      struct error *e);

/* Unloads it: nothing of it may be in use any more. Safe at any time (AUTO_MODULE calls it). */
void module_close(struct module *m);
#define AUTO_MODULE __attribute__((cleanup(module_close))) struct module

#endif
