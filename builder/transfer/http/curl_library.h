/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_HTTP_CURL_LIBRARY_H
#define TRANSFER_HTTP_CURL_LIBRARY_H

/* libcurl, loaded when the first request is to be made: with the libraries that it needs, some
 * forty, it takes as long to load as a whole run in which nothing changed. The program says so in
 * its .note.dlopen (UAPI group, "ELF dlopen metadata"), for whoever packs it. */

#include <curl/curl.h>

#include "base/error.h"

#define CURL_LIBRARY "libcurl.so.4"

/* What http.c takes of it, under curl's names without "curl_". */
struct curl_library {
	typeof(curl_global_init) *global_init;
	typeof(curl_global_cleanup) *global_cleanup;
	typeof(curl_easy_init) *easy_init;
	typeof(curl_easy_cleanup) *easy_cleanup;
	typeof(curl_easy_setopt) *easy_setopt;
	typeof(curl_easy_getinfo) *easy_getinfo;
	typeof(curl_easy_strerror) *easy_strerror;
	typeof(curl_multi_init) *multi_init;
	typeof(curl_multi_cleanup) *multi_cleanup;
	typeof(curl_multi_add_handle) *multi_add_handle;
	typeof(curl_multi_remove_handle) *multi_remove_handle;
	typeof(curl_multi_info_read) *multi_info_read;
	typeof(curl_multi_perform) *multi_perform;
	typeof(curl_multi_poll) *multi_poll;
	typeof(curl_slist_append) *slist_append;
	typeof(curl_slist_free_all) *slist_free_all;
};

/* Loads the library `name`, which then stays until the process ends. ERR_SYSTEM if it is not there
 * or lacks one of these functions. */
MUST_CHECK bool curl_library_load(const char *name, struct curl_library *out, struct error *e);

#endif
