/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_LIBRARY_CACHE_H
#define EXPLAIN_INIT_LIBRARY_CACHE_H

/* Python's ctypes.util.find_library() asks ldconfig(8) for the libraries that /etc/ld.so.cache has:
 * without both it finds none, wherever they are. psycopg looks for libpq so. */

#include "explain/init/collect.h"

#define CACHE_PROGRAM "ldconfig"
#define CACHE_PACKAGE "libc-bin"
#define CACHE_PATH "/usr/sbin/ldconfig"

/* Gives the draft both, where a module of the image asks for a library that the image has.
 * ERR_SYSTEM.
 */
MUST_CHECK bool collect_library_cache(struct collecting *c, struct error *e);

/* Whether it is worth it for a library of this file name: who asks for one of glibc's is content
 * with nothing, which stands for what is loaded, CDLL(None). */
bool library_cache_is_for(const char *library);

/* Gives the draft both, for a module of the image. */
void library_cache_choose(struct init_draft *d, const char *module, const char *library);

#endif
