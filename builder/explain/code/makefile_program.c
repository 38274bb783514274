/* SPDX-License-Identifier: Apache-2.0 */
/* Not a parser of make: lines in the forms that people write are what counts. */

#include "explain/code/makefile_program.h"

#include <ctype.h>

#define MAKEFILE_WORDS_MAX 64 /* of "all" */

/* Word of the text, without what make would have to put in; n == 0: none. */
static struct str makefile_word(struct str text)
{
	struct str word = str_trim(text);
	size_t n = 0;

	while (n < word.n && !strchr(" \t\r\n#;\\", word.p[n]))
		n++;
	word.n = n;
	return memchr(word.p, '$', n) ? (struct str){ word.p, 0 } : word;
}

/* "TARGET := app" */
static struct str makefile_variable(struct str line, struct str text)
{
	static const char *const names[] = {
		"PROGRAM", "PROG", "TARGET", "BIN", "EXE", "EXECUTABLE"
	};
	static const struct str none = { "", 0 };

	(void)text;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct str rest;

		if (!str_starts(line, str_of(names[i])))
			continue;
		rest = str_trim(str_from(line, strlen(names[i])));
		while (rest.n && strchr(":?", rest.p[0]))
			rest = str_from(rest, 1);
		if (!rest.n || rest.p[0] != '=')
			continue;
		rest = makefile_word(str_from(rest, 1));
		return str_eq(rest, STR("bin")) ? none : rest; /* the folder for programs */
	}
	return none;
}

/* "install -m 755 app $(DESTDIR)$(PREFIX)/bin/app"; the second word of "app $(DESTDIR)/usr/bin". */
static struct str makefile_installed(struct str line, struct str text)
{
	static const struct str bin = STR("/bin/");
	const char *at = memmem(line.p, line.n, bin.p, bin.n);
	struct str word, found = { "", 0 };

	(void)text;
	if (!memmem(line.p, line.n, "DESTDIR", strlen("DESTDIR")))
		return found;
	if (at) {
		word = makefile_word(str_from(line, (size_t)(at - line.p) + bin.n));
		if (word.n)
			return word;
	}
	line = str_trim(line);
	if (!str_ends(line, STR("/bin")) && !str_ends(line, STR("/bin/")))
		return found;
	/* the first word is the command: install, cp, mkdir */
	for (bool first = true; str_next(&line, ' ', &word); first = false) {
		if (!first && word.n && !memchr(word.p, '$', word.n) &&
		    !strchr("-0123456789@", word.p[0]))
			found = word;
	}
	return found;
}

/* Whether a line says ".PHONY: ... word". */
static bool makefile_is_phony(struct str text, struct str word)
{
	struct str line, name;

	while (str_next(&text, '\n', &line)) {
		if (!str_starts(line, STR(".PHONY")) || !str_cut(line, ':', &name, &line))
			continue;
		while (str_next(&line, ' ', &name)) {
			if (str_eq(str_trim(name), word))
				return true;
		}
	}
	return false;
}

static bool makefile_is_library(struct str word)
{
	return str_ends(word, STR(".a")) || str_ends(word, STR(".o")) ||
	       memmem(word.p, word.n, ".so", 3);
}

/* "all: lib app": the first that is a file, and no library. */
static struct str makefile_all(struct str line, struct str text)
{
	struct str word = { "", 0 }, rest;

	if (!str_starts(line, STR("all:")))
		return word;
	rest = str_from(line, strlen("all:"));
	for (unsigned i = 0; i < MAKEFILE_WORDS_MAX && rest.n; i++) {
		word = makefile_word(rest);
		if (word.n == 0 || (!makefile_is_phony(text, word) && !makefile_is_library(word)))
			return word;
		rest = str_from(word, word.n);
		rest.n = (size_t)(line.p + line.n - rest.p);
	}
	return (struct str){ "", 0 };
}

const char *makefile_program(struct arena *a, struct str text, const char **at)
{
	struct str (*const forms[])(struct str, struct str) = { makefile_variable,
								makefile_installed, makefile_all };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct str rest = text, line;

		while (str_next(&rest, '\n', &line)) {
			struct str word = forms[i](line, text);

			if (word.n == 0)
				continue;
			*at = word.p;
			return str_dup(a, word);
		}
	}
	return NULL;
}

bool makefile_installs(struct str text)
{
	struct str line, targets, word, rest;

	while (str_next(&text, '\n', &line)) {
		if (!line.n || strchr(" \t#", line.p[0]) || !str_cut(line, ':', &targets, &rest) ||
		    (rest.n && rest.p[0] == '='))
			continue;
		while (str_next(&targets, ' ', &word)) {
			if (str_eq(str_trim(word), STR("install")))
				return true;
		}
	}
	return false;
}

bool makefile_has_sbin(struct str text)
{
	return memmem(text.p, text.n, "/sbin", 5) && !memmem(text.p, text.n, "/bin", 4);
}

void makefile_add_libraries(struct own_project *p, struct str text)
{
	if (!memmem(text.p, text.n, "-shared", 7) || !memmem(text.p, text.n, ".so", 3))
		return;
	if (makefile_installs(text))
		*list_push(p->a, &p->keep) = OWN_LIBRARIES;
	else
		own_install_libraries(p);
}

bool makefile_next_module(struct str *rest, bool *within, struct str *out)
{
	static const struct str call = STR("pkg-config");

	for (;; *within = false) {
		const char *at = *within ? NULL : memmem(rest->p, rest->n, call.p, call.n);

		if (!*within && !at)
			return false;
		if (at)
			*rest = str_from(*rest, (size_t)(at - rest->p) + call.n);
		*within = true;
		while (rest->n && strchr(" \t", rest->p[0])) {
			struct str word = *rest = str_from(*rest, 1);

			for (word.n = 0;
			     word.n < rest->n && !strchr(" \t\r\n)`'\"", rest->p[word.n]); word.n++)
				;
			*rest = str_from(*rest, word.n);
			if (word.n == 0 || word.p[0] == '-')
				continue;
			if (memchr(word.p, '$', word.n))
				break;
			*out = word;
			return true;
		}
	}
}

bool makefile_next_library(struct str *rest, struct str *out)
{
	const char *at;

	while ((at = memmem(rest->p, rest->n, "-l", 2))) {
		bool word = at > rest->p && strchr(" \t\n=", at[-1]);
		size_t n = 0;

		*rest = str_from(*rest, (size_t)(at - rest->p) + 2);
		while (n < rest->n &&
		       (isalnum((unsigned char)rest->p[n]) || memchr("_+.-", rest->p[n], 4)))
			n++;
		if (word && n) {
			*out = (struct str){ rest->p, n };
			*rest = str_from(*rest, n);
			return true;
		}
	}
	return false;
}
