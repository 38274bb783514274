/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of the loader. Knows names only: whether a folder is there is for others to find out. */

#include "format/elf/loader_search.h"

#include "base/buf.h"
#include "base/strmap.h"
#include "format/elf/elf_machine.h"

#define EXPANDED_MAX 4096 /* PATH_MAX: a longer path cannot be opened */
#define FOLDERS_MAX 1024  /* of one search path; bounds the work that a hostile file can ask for */

void search_default_folders(struct arena *a, const struct elf *elf, struct strings *out)
{
	const struct machine *m = machine_of_elf(elf);

	if (m) {
		*list_push(a, out) = arena_printf(a, "/lib/%s", m->triplet);
		*list_push(a, out) = arena_printf(a, "/usr/lib/%s", m->triplet);
	}
	*list_push(a, out) = "/lib";
	*list_push(a, out) = "/usr/lib";
}

static bool is_token_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The length of "$NAME" or "${NAME}" at the front of `s`, or 0: glibc's is_dst. */
static size_t token_length(struct str s, struct str name)
{
	size_t n = name.n + 1;

	if (s.n > 1 && s.p[1] == '{') {
		n += 2;
		if (s.n < n || s.p[n - 1] != '}')
			return 0;
		return str_starts(str_from(s, 2), name) ? n : 0;
	}
	if (!str_starts(str_from(s, 1), name) || (s.n > n && is_token_char(s.p[n])))
		return 0;
	return n;
}

const char *search_expand(struct arena *a, const struct elf *elf, struct str s, const char *origin)
{
	const struct machine *m = machine_of_elf(elf);
	const struct {
		struct str name;
		const char *value;
	} tokens[] = {
		{ STR("ORIGIN"), origin },
		{ STR("PLATFORM"), m ? m->platform : NULL },
		{ STR("LIB"), m ? arena_printf(a, "lib/%s", m->triplet) : NULL },
	};
	struct buf out = { .a = a, .max = EXPANDED_MAX };

	while (s.n) {
		size_t n = 0;

		for (size_t i = 0; s.p[0] == '$' && n == 0 && i < 3; i++) {
			n = token_length(s, tokens[i].name);
			if (n && !tokens[i].value)
				return NULL;
			if (n)
				buf_puts(&out, tokens[i].value);
		}
		if (n == 0) {
			buf_putc(&out, s.p[0]); /* an unknown token stays as it is */
			n = 1;
		}
		s = str_from(s, n);
	}
	return out.overflow ? NULL : buf_cstr(&out);
}

void search_path_folders(struct arena *a, const struct elf *elf, const char *list,
			 const char *origin, struct strings *out)
{
	struct str rest = str_of(list), element;
	struct strmap known = { NULL };

	for (size_t i = 0; i < out->n; i++)
		strmap_add(a, &known, str_of(out->v[i]));
	while (out->n < FOLDERS_MAX && str_next(&rest, ':', &element)) {
		const char *folder = search_expand(a, elf, element, origin);
		struct str trimmed;

		if (!folder || folder[0] != '/')
			continue;
		trimmed = str_of(folder);
		while (trimmed.n > 1 && trimmed.p[trimmed.n - 1] == '/')
			trimmed.n--;
		folder = str_dup(a, trimmed);
		if (strmap_add(a, &known, str_of(folder)))
			*list_push(a, out) = folder;
	}
}

const char *search_folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return "/";
	return arena_strndup(a, path, (size_t)(slash - path));
}
