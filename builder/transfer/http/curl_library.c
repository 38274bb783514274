/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl by dlopen(3). */

#include "transfer/http/curl_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/str.h"

/* A note of type 0x407c0c0a and owner "FDO", as the specification lays it out; it is not loaded. */
#define DLOPEN_NOTE_TYPE 0x407c0c0a
#define DLOPEN_NOTE_TEXT                                                                    \
	"[{\"feature\":\"network\",\"description\":\"HTTP: archives, registries, caches\"," \
	"\"priority\":\"required\",\"soname\":[\"" CURL_LIBRARY "\"]}]"

static const struct {
	unsigned owner_size, text_size, type;
	char owner[4], text[(sizeof(DLOPEN_NOTE_TEXT) + 3) & ~3ul];
} dlopen_note __attribute__((used, retain, aligned(4), section(".note.dlopen"))) = {
	4, sizeof(DLOPEN_NOTE_TEXT), DLOPEN_NOTE_TYPE, "FDO", DLOPEN_NOTE_TEXT
};

#define CURL_FUNCTION(name) { "curl_" #name, offsetof(struct curl_library, name) }
static const struct {
	const char *symbol;
	size_t at; /* in struct curl_library */
} curl_functions[] = {
	CURL_FUNCTION(global_init),	    CURL_FUNCTION(global_cleanup),
	CURL_FUNCTION(easy_init),	    CURL_FUNCTION(easy_cleanup),
	CURL_FUNCTION(easy_setopt),	    CURL_FUNCTION(easy_getinfo),
	CURL_FUNCTION(easy_strerror),	    CURL_FUNCTION(multi_init),
	CURL_FUNCTION(multi_cleanup),	    CURL_FUNCTION(multi_add_handle),
	CURL_FUNCTION(multi_remove_handle), CURL_FUNCTION(multi_info_read),
	CURL_FUNCTION(multi_perform),	    CURL_FUNCTION(multi_poll),
	CURL_FUNCTION(slist_append),	    CURL_FUNCTION(slist_free_all),
};

bool curl_library_load(const char *name, struct curl_library *out, struct error *e)
{
	void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (!handle)
		return err_set(e, ERR_SYSTEM, "the network cannot be used: %s", dlerror());
	for (size_t i = 0; i < ARRAY_SIZE(curl_functions); i++) {
		void *address = dlsym(handle, curl_functions[i].symbol);

		if (!address)
			return err_set(e, ERR_SYSTEM, "the network cannot be used: %s has no %s",
				       name, curl_functions[i].symbol);
		memcpy((char *)out + curl_functions[i].at, &address, sizeof(address));
	}
	return true;
}
