/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of glibc with a checked variant: X for which the C library has __X_chk. */

#include "inspect/layers/fortify.h"

#include <stdlib.h>

static const char *const fortify_names[] = {
	"asprintf",   "confstr",	"dprintf",	   "explicit_bzero",
	"fgets",      "fgets_unlocked", "fgetws",	   "fgetws_unlocked",
	"fprintf",    "fread",		"fread_unlocked",  "fwprintf",
	"getcwd",     "getdomainname",	"getgroups",	   "gethostname",
	"getlogin_r", "gets",		"getwd",	   "inet_ntop",
	"inet_pton",  "longjmp",	"mbsnrtowcs",	   "mbsrtowcs",
	"mbstowcs",   "memcpy",		"memmove",	   "mempcpy",
	"memset",     "obstack_printf", "obstack_vprintf", "poll",
	"ppoll",      "pread",		"pread64",	   "printf",
	"ptsname_r",  "read",		"readlink",	   "readlinkat",
	"realpath",   "recv",		"recvfrom",	   "snprintf",
	"sprintf",    "stpcpy",		"stpncpy",	   "strcat",
	"strcpy",     "strlcat",	"strlcpy",	   "strncat",
	"strncpy",    "swprintf",	"syslog",	   "ttyname_r",
	"vasprintf",  "vdprintf",	"vfprintf",	   "vfwprintf",
	"vprintf",    "vsnprintf",	"vsprintf",	   "vswprintf",
	"vsyslog",    "vwprintf",	"wcpcpy",	   "wcpncpy",
	"wcrtomb",    "wcscat",		"wcscpy",	   "wcslcat",
	"wcslcpy",    "wcsncat",	"wcsncpy",	   "wcsnrtombs",
	"wcsrtombs",  "wcstombs",	"wctomb",	   "wmemcpy",
	"wmemmove",   "wmempcpy",	"wmemset",	   "wprintf",
};

static int compare_fortify(const void *key, const void *element)
{
	struct str name = *(const struct str *)key, other = str_of(*(const char *const *)element);
	int order = memcmp(name.p, other.p, name.n < other.n ? name.n : other.n);

	return order ? order : (name.n > other.n) - (name.n < other.n);
}

bool fortify_has(struct str function)
{
	return bsearch(&function, fortify_names, ARRAY_SIZE(fortify_names), sizeof(*fortify_names),
		       compare_fortify) != NULL;
}
