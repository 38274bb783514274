/* SPDX-License-Identifier: Apache-2.0 */
/* The page of error texts. The code is read by its form, as tests of style read it. */

#include "support/gen_error_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "support/fixture_code.h"
#include "support/fixture_files.h"

/* A function that sets an error from a text; ERR_NONE: each call names the kind. */
struct error_setter {
	struct str name;
	enum err_kind kind;
};

struct error_setters LIST(struct error_setter);

struct error_text {
	enum err_kind kind;
	const char *room, *text;
};

struct error_texts LIST(struct error_text);

/* A file: as it is, and with comments and strings blanked out, byte for byte at the same place. */
struct code_file {
	const char *path, *text, *code;
};

struct code_files LIST(struct code_file);

static const struct {
	const char *name, *title, *remedy;
} kinds[] = {
	[ERR_FINDINGS] = { "ERR_FINDINGS", "1: findings, or a comparison that differs",
			   "What was checked does not hold. The lines before the message have the "
			   "details." },
	[ERR_USAGE] = { "ERR_USAGE", "2: the command line",
			"Write the command as `imgbuild help VERB` shows it." },
	[ERR_INPUT] = { "ERR_INPUT", "3: a recipe, lock, package or image",
			"Change the file at the line and column that the message begins with. For "
			"a package or image of others: get it anew, or tell who made it." },
	[ERR_NETWORK] = { "ERR_NETWORK", "4: the network or a registry",
			  "Try again; then look at the server's name, the proxy and the "
			  "credentials. With everything in the store, `--offline` needs no "
			  "network." },
	[ERR_VERIFY] = { "ERR_VERIFY", "5: a signature, digest or date does not hold",
			 "Do not use the bytes. Fetch them anew from a place that you trust; if "
			 "that does not help, ask who publishes them." },
	[ERR_SYSTEM] = { "ERR_SYSTEM", "6: this machine",
			 "Free the disk or memory, give the permission, or install what the "
			 "message names. The system's own reason ends the message." },
};

static enum err_kind kind_named(struct str word)
{
	for (size_t i = ERR_FINDINGS; i < ARRAY_SIZE(kinds); i++) {
		if (str_eq(word, str_of(kinds[i].name)))
			return (enum err_kind)i;
	}
	return ERR_NONE;
}

/* The next name in code text; false at the end. */
static bool next_word(struct str *rest, struct str *word)
{
	size_t from = 0, to;

	while (from < rest->n && !code_is_identifier(rest->p[from]))
		from++;
	for (to = from; to < rest->n && code_is_identifier(rest->p[to]);)
		to++;
	*word = (struct str){ rest->p + from, to - from };
	*rest = str_from(*rest, to);
	return word->n > 0;
}

static const struct error_setter *setter_named(const struct error_setters *l, struct str name)
{
	list_each(s, l) {
		if (str_eq(s->name, name))
			return s;
	}
	return NULL;
}

/* The first kind that is named in code text, or that a setter called there has. */
static enum err_kind kind_within(const struct error_setters *known, struct str code)
{
	struct str word;
	const struct error_setter *s;

	while (next_word(&code, &word)) {
		enum err_kind kind = kind_named(word);

		if (kind == ERR_NONE && (s = setter_named(known, word)))
			kind = s->kind;
		if (kind != ERR_NONE)
			return kind;
	}
	return ERR_NONE;
}

/* A function whose name says that it fails is a setter when its body sets an error. */
static void add_setters(struct arena *a, const struct code_file *f, struct error_setters *known)
{
	struct code_functions functions = code_functions(a, f->code);

	list_each(one, &functions) {
		char *name = arena_strndup(a, one->name.p, one->name.n);
		enum err_kind kind;

		if ((!strstr(name, "fail") && !strstr(name, "refuse")) ||
		    setter_named(known, one->name))
			continue;
		kind = kind_within(known, one->body);
		if (kind != ERR_NONE)
			*list_push(a, known) = (struct error_setter){ one->name, kind };
	}
}

static struct error_setters find_setters(struct arena *a, const struct code_files *files)
{
	struct error_setters known = { 0 };
	size_t before;

	*list_push(a, &known) = (struct error_setter){ STR("err_set"), ERR_NONE };
	*list_push(a, &known) = (struct error_setter){ STR("err_sys"), ERR_SYSTEM };
	do {
		before = known.n;
		list_each(f, files)
			add_setters(a, f, &known);
	} while (known.n != before);
	return known;
}

/* The length of "(...)" in code text. */
static size_t arguments_length(const char *code)
{
	size_t depth = 0, n = 0;

	do {
		depth += code[n] == '(';
		depth -= code[n] == ')';
		n++;
	} while (depth && code[n]);
	return n;
}

/* One conversion of a format, "%-5zu": its length. */
static size_t conversion_length(const char *p)
{
	return 1 + strspn(p + 1, "-+ #0123456789.*hlzjt") + 1;
}

/* A value is an ellipsis; several in a row are one. */
static void put_value(struct buf *out)
{
	static const char value[] = "…";
	size_t n = strlen(value);

	if (out->n < n || memcmp(out->p + out->n - n, value, n) != 0)
		buf_puts(out, value);
}

/* Adds the text of a literal as people read it. */
static void put_literal(struct buf *out, const char *p, const char *end)
{
	while (p < end) {
		if (p[0] == '%' && p[1] == '%') {
			buf_puts(out, "%");
			p += 2;
		} else if (p[0] == '%') {
			size_t n = conversion_length(p);

			put_value(out);
			p = n < (size_t)(end - p) ? p + n : end;
		} else if (p[0] == '\\') {
			buf_puts(out, p[1] == 'n' ? " " : p[1] == '"' ? "\"" : "");
			p += 2;
		} else {
			buf_add(out, (struct str){ p++, 1 });
		}
	}
}

/* A macro beside a literal is a value of its own, but for those that end a conversion ("%" PRIu64).
 */
static const char *put_macro(struct buf *out, const char *p)
{
	if (!str_starts(str_of(p), STR("PRI")))
		put_value(out);
	while (code_is_identifier(*p))
		p++;
	if (*p == '(')
		p = strchr(p, ')') + 1;
	return p;
}

/* Where the macro begins that stands before a literal, or the literal itself. */
static const char *literal_start(const char *from, const char *quote)
{
	const char *p = quote;

	while (p > from && strchr(" \t\n", p[-1]))
		p--;
	if (p == from || !code_is_identifier(p[-1]))
		return quote;
	while (p > from && code_is_identifier(p[-1]))
		p--;
	return p;
}

/* Takes one literal with what the compiler puts together with it; NULL: none in the arguments. */
static const char *next_literal(struct arena *a, struct str text)
{
	struct buf out = { .a = a };
	const char *p = memchr(text.p, '"', text.n), *end = text.p + text.n;

	if (!p)
		return NULL;
	p = literal_start(text.p, p);
	while (p < end) {
		if (*p == '"') {
			const char *from = ++p;

			while (*p != '"')
				p += *p == '\\' ? 2 : 1;
			put_literal(&out, from, p++);
		} else if (code_is_identifier(*p)) {
			p = put_macro(&out, p);
		} else if (strchr(" \t\n", *p)) {
			p++;
		} else {
			break;
		}
	}
	return buf_cstr(&out);
}

/* A text of several words: what only hands on a value has none, and a key is one. */
static bool has_words(const char *text)
{
	for (; (text = strchr(text, ' ')); text++) {
		if ((text[1] >= 'a' && text[1] <= 'z') || (text[1] >= 'A' && text[1] <= 'Z'))
			return true;
	}
	return false;
}

/* "builder/format/json/json.c" -> "format/json" */
static const char *room_of(struct arena *a, const char *path)
{
	const char *inside = path + strlen("builder/"), *end = strrchr(inside, '/');

	return end ? arena_strndup(a, inside, (size_t)(end - inside)) : "builder";
}

/* The first literal among the arguments of a call is its text: formats are literals here. */
static void add_call(struct arena *a, const struct code_file *f, const struct error_setter *s,
		     size_t at, struct error_texts *out)
{
	size_t n = arguments_length(f->code + at);
	const char *text = next_literal(a, (struct str){ f->text + at, n });
	enum err_kind kind = s->kind;

	if (!text || !has_words(text))
		return;
	if (kind == ERR_NONE)
		kind = kind_within(&(struct error_setters){ 0 }, (struct str){ f->code + at, n });
	if (str_eq(s->name, STR("err_sys")))
		text = arena_printf(a, "cannot %s", text);
	*list_push(a, out) = (struct error_text){ kind == ERR_NONE ? ERR_INPUT : kind,
						  room_of(a, f->path), text };
}

static void add_texts(struct arena *a, const struct code_file *f,
		      const struct error_setters *setters, struct error_texts *out)
{
	struct str rest = str_of(f->code), word;

	while (next_word(&rest, &word)) {
		const struct error_setter *s = setter_named(setters, word);
		bool is_head = word.p == f->code || word.p[-1] == '\n' ||
			       str_starts(rest, STR("(struct")) || str_starts(rest, STR("(const"));

		if (s && rest.n && *rest.p == '(' && !is_head)
			add_call(a, f, s, (size_t)(rest.p - f->code), out);
	}
}

static int compare_error_texts(const void *a, const void *b)
{
	const struct error_text *x = a, *y = b;
	int order = x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->room, y->room);

	return order ? order : strcmp(x->text, y->text);
}

static void put_error_text(struct buf *out, const struct error_text *last,
			   const struct error_text *now)
{
	bool new_kind = !last || last->kind != now->kind;

	if (last && compare_error_texts(last, now) == 0)
		return;
	if (new_kind)
		buf_printf(out, "\n## %s\n\n%s\n", kinds[now->kind].title, kinds[now->kind].remedy);
	if (new_kind || strcmp(last->room, now->room) != 0)
		buf_printf(out, "\n### %s, status %d\n\n", now->room, err_status(now->kind));
	buf_printf(out, "- `%s`\n", now->text);
}

const char *gen_error_page(struct arena *a)
{
	struct strings paths = files_below(a, "builder", ".c");
	struct code_files files = { 0 };
	struct error_setters setters;
	struct error_texts texts = { 0 };
	struct buf out = { .a = a };

	for (size_t i = 0; i < paths.n; i++) {
		const char *text = files_get(a, paths.v[i]);

		*list_push(a, &files) = (struct code_file){ paths.v[i], text, code_only(a, text) };
	}
	setters = find_setters(a, &files);
	list_each(f, &files)
		add_texts(a, f, &setters, &texts);
	if (texts.n)
		qsort(texts.v, texts.n, sizeof(*texts.v), compare_error_texts);
	buf_puts(&out,
		 "# Errors\n\n"
		 "Every error text, by exit status and by the room of `builder/` that says it. "
		 "Printed by `make docs`.\n"
		 "An ellipsis stands for a value. Some texts are the end of a longer message: "
		 "what comes before\n"
		 "says where (`FILE:LINE:COLUMN:`, then image, layer, package or file). What is "
		 "to be done ends the\n"
		 "text where it is not the same for all of a status.\n");
	for (size_t i = 0; i < texts.n; i++)
		put_error_text(&out, i ? &texts.v[i - 1] : NULL, &texts.v[i]);
	return buf_cstr(&out);
}
