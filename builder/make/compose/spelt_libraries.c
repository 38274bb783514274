/* SPDX-License-Identifier: Apache-2.0 */
/* In ELF files a string begins behind a zero byte and ends with one; in others it stands in quotes
 * as well. The last part of a path begins behind its last slash. */

#include "make/compose/spelt_libraries.h"

#include <ctype.h>

#include "base/parallel.h"
#include "base/string_search.h"
#include "base/wire.h"

#define NAME_MAX_BYTES 255
#define ELF_LEAST 52 /* bytes: the header of a file of 32 bits */

bool spelt_is_library(const char *name)
{
	return str_starts(str_of(name), STR(LIBRARY_PREFIX)) && strstr(name, ".so") &&
	       strlen(name) <= NAME_MAX_BYTES;
}

/* The names of one file. */
struct spelt_names {
	struct arena *a;
	struct str bytes;
	struct strings *out;
};

/* A name may begin behind `at`. */
static void spelt_take(void *ctx, size_t word, const char *at)
{
	const struct spelt_names *names = ctx;
	struct str rest = str_from(names->bytes, (size_t)(at + 1 - names->bytes.p));
	size_t most = rest.n < NAME_MAX_BYTES + 1 ? rest.n : NAME_MAX_BYTES + 1;

	(void)word;
	if (strnlen(rest.p, most) < most && spelt_is_library(rest.p))
		*list_push(names->a, names->out) = arena_strdup(names->a, rest.p);
}

static void spelt_scan(struct arena *a, struct str bytes, struct strings *out)
{
	const struct str prefix = STR(LIBRARY_PREFIX);
	struct spelt_names names = { a, bytes, out };

	string_search(&(struct string_search){ &prefix, 1, '/', spelt_take, &names }, bytes);
	strings_unique(out);
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

static bool spelt_in_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._+-", c));
}

/* What stands at the beginning of `text` up to a quote or a zero byte, if that is a file name. */
static struct str spelt_word(struct str text)
{
	size_t n = 0;

	while (n < text.n && n < NAME_MAX_BYTES && spelt_in_name(text.p[n]))
		n++;
	if (n == text.n || (!is_quote(text.p[n]) && text.p[n] != '\0'))
		n = 0;
	return (struct str){ text.p, n };
}

/* "libmagic.so.1" of ctypes, cffi or a typelib. */
static void spelt_in_quotes(struct arena *a, struct str bytes, struct strings *out)
{
	const struct str prefix = STR(LIBRARY_PREFIX);
	const char *at = bytes.p, *end = bytes.p + bytes.n;

	for (; (at = memmem(at, (size_t)(end - at), prefix.p, prefix.n)); at += prefix.n) {
		const char *name;

		if (at == bytes.p || !(is_quote(at[-1]) || at[-1] == '/' || at[-1] == '\0'))
			continue;
		name = str_dup(a, spelt_word((struct str){ at, (size_t)(end - at) }));
		if (spelt_is_library(name))
			*list_push(a, out) = name;
	}
}

static void spelt_by_ctypes(struct arena *a, struct str bytes, struct strings *out)
{
	const struct str call = STR("find_library(");
	const char *at = bytes.p, *end = bytes.p + bytes.n;

	while ((at = memmem(at, (size_t)(end - at), call.p, call.n))) {
		struct str rest = { at + call.n, (size_t)(end - at) - call.n }, name;

		at += call.n;
		if (rest.n == 0 || !is_quote(rest.p[0]))
			continue;
		name = spelt_word(str_from(rest, 1));
		if (name.n)
			*list_push(a, out) = arena_printf(a,
							  LIBRARY_PREFIX "%s.so" SPELT_ANY_VERSION,
							  str_dup(a, name));
	}
}

void spelt_by_module(struct arena *a, struct str bytes, struct strings *out)
{
	spelt_in_quotes(a, bytes, out);
	spelt_by_ctypes(a, bytes, out);
	strings_unique(out);
}

bool spelt_names_library(const struct strings *names, const char *library)
{
	list_each(name, names) {
		size_t n = strcspn(*name, SPELT_ANY_VERSION);

		if (strcmp(*name, library) == 0 || ((*name)[n] && strncmp(*name, library, n) == 0 &&
						    (library[n] == '\0' || library[n] == '.')))
			return true;
	}
	return false;
}

/* The files that are read side by side, each with an arena of its own. */
struct spelt_reading {
	struct spelt_files files;
	struct arena *arenas;
};

static bool spelt_read(void *ctx, size_t i, struct error *e)
{
	struct spelt_reading *r = ctx;
	AUTO_MAPPING m = { 0 };

	if (!node_map(r->files.v[i].node, &m, e))
		return false;
	if (str_starts(m.bytes, STR("\177ELF")))
		spelt_scan(&r->arenas[i], m.bytes, &r->files.v[i].names);
	else if (m.bytes.n <= SPELT_MODULE_MOST)
		spelt_by_module(&r->arenas[i], m.bytes, &r->files.v[i].names);
	return true;
}

static void spelt_list(struct arena *a, const struct tree *t, const char *package,
		       struct spelt_files *out)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct node *n = t->v[i];

		if (n->type == NODE_FILE && n->content.size >= ELF_LEAST &&
		    n->owner->kind == OWNER_PACKAGE && strcmp(n->owner->name, package) == 0)
			*list_push(a, out) = (struct spelt_file){ .node = n };
	}
}

static bool spelt_read_all(struct arena *a, struct spelt_reading *r, struct error *e)
{
	bool ok;

	r->arenas = arena_array(a, r->files.n + 1, sizeof(*r->arenas));
	ok = parallel_for(r->files.n, 0, spelt_read, r, e);
	for (size_t i = 0; i < r->files.n; i++)
		arena_join(a, &r->arenas[i]);
	return ok;
}

/* Everything that decides what the files spell; false: not all of them are known by digests. */
static bool spelt_key(const struct spelt_files *files, struct digest *key)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	buf_puts(&text, "imgbuild spelt libraries 2\n");
	list_each(f, files) {
		if (!content_put_name(&f->node->content, &text))
			return false;
	}
	*key = digest_of(buf_str(&text));
	return true;
}

static bool spelt_recall(struct arena *a, const struct kept_facts *kept, const struct digest *key,
			 struct spelt_files *files)
{
	struct wire w = { .a = a };

	if (!kept_facts_find(a, kept, key, &w.rest))
		return false;
	list_each(f, files)
		wire_texts(&w, &f->names);
	return wire_end(&w);
}

static void spelt_note(const struct kept_facts *kept, const struct digest *key,
		       const struct spelt_files *files)
{
	AUTO_ARENA a = { 0 };
	struct buf said = { .a = &a };

	list_each(f, files)
		wire_put_texts(&said, &f->names);
	kept_facts_put(kept, key, buf_str(&said), "what was read of strings");
}

bool spelt_collect(struct arena *a, const struct tree *t, const char *package,
		   const struct kept_facts *kept, struct spelt_files *out, struct error *e)
{
	struct spelt_reading r = { 0 };
	struct digest key;
	bool keeps;

	spelt_list(a, t, package, &r.files);
	keeps = kept->store && r.files.n && spelt_key(&r.files, &key);
	if (!keeps || !spelt_recall(a, kept, &key, &r.files)) {
		list_each(f, &r.files)
			f->names = (struct strings){ 0 };
		if (!spelt_read_all(a, &r, e))
			return false;
		if (keeps)
			spelt_note(kept, &key, &r.files);
	}
	list_each(f, &r.files) {
		if (f->names.n)
			*list_push(a, out) = *f;
	}
	return true;
}
