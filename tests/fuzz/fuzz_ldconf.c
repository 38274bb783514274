/* SPDX-License-Identifier: Apache-2.0 */
/* ld.so.conf: the input is cut at NUL bytes into files /etc/ld.so.conf, /etc/1, /etc/2, ... which
 * may include each other. */

#include <stdlib.h>

#include "format/elf/ldconf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES 8

struct pieces {
	struct ldconf_source base;
	struct arena *a;
	struct str text[FILES];
};

static bool piece_read(struct ldconf_source *s, const char *path, struct str *text, bool *found,
		       struct error *e)
{
	struct pieces *p = (struct pieces *)s;
	size_t i = FILES;

	(void)e;
	if (path[0] != '/')
		abort();
	if (strcmp(path, "/etc/ld.so.conf") == 0)
		i = 0;
	else if (strncmp(path, "/etc/", 5) == 0)
		i = (size_t)(unsigned char)path[5] - '0';
	*found = i < FILES;
	if (*found)
		*text = p->text[i];
	return true;
}

static bool piece_list(struct ldconf_source *s, const char *folder, struct strings *names,
		       struct error *e)
{
	struct pieces *p = (struct pieces *)s;

	(void)e;
	(void)folder;
	*list_push(p->a, names) = "1";
	*list_push(p->a, names) = "2";
	*list_push(p->a, names) = "etc";
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct pieces p = { { piece_read, piece_list }, &a, { { "", 0 } } };
	struct str rest = { (const char *)data, size };
	struct strings folders = { 0 };
	struct error e = { 0 };

	for (size_t i = 0; i < FILES && str_next(&rest, '\0', &p.text[i]); i++)
		;
	if (!ldconf_read(&a, &p.base, "/etc/ld.so.conf", &folders, &e))
		return 0;
	for (size_t i = 0; i < folders.n; i++) {
		if (folders.v[i][0] != '/')
			abort();
	}
	return 0;
}
