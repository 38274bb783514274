/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_LOADER_SEARCH_H
#define FORMAT_ELF_LOADER_SEARCH_H

/* Where the loader of a machine looks: default folders, and what the dynamic string tokens of
 * search paths ($ORIGIN, $LIB, $PLATFORM) stand for. ld.so(8), "Dynamic string tokens". */

#include "format/elf/elf.h"

/* The default folders in their order, absolute: those of Debian's multiarch glibc
 * (ld.so --list-diagnostics, path.system_dirs). */
void search_default_folders(struct arena *a, const struct elf *elf, struct strings *out);

/* Replaces the tokens in a needed name or an element of a search path. `origin` is the absolute
 * folder of the object. NULL when a token has no value here (the loader drops the element). */
const char *search_expand(struct arena *a, const struct elf *elf, struct str s, const char *origin);

/* The folders of a colon-separated DT_RPATH or DT_RUNPATH, absolute, without trailing slashes,
 * each once. Empty and relative elements are left out, and so is what follows the first 1024. */
void search_path_folders(struct arena *a, const struct elf *elf, const char *list,
			 const char *origin, struct strings *out);

/* The folder part of an absolute path: "/usr/lib/x" -> "/usr/lib", "/x" -> "/". */
const char *search_folder_of(struct arena *a, const char *path);

#endif
