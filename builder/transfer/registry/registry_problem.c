/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what an error page says. It is for people and decides nothing. */

#include "transfer/registry/registry_problem.h"

#include <strings.h>

#include "format/json/jsonx.h"

#define TEXT_MAX 500
#define ERRORS_MAX 4
#define TITLE_MAX 120

static void problem_add(struct buf *out, const char *code, const char *message)
{
	if (!code && !message)
		return;
	if (out->n)
		buf_puts(out, "; ");
	if (code)
		buf_printf(out, "%.60s", code);
	if (code && message && message[0])
		buf_puts(out, ": ");
	if (message)
		buf_printf(out, "%.300s", message);
}

/* One line; what could drive a terminal is escaped where errors are printed. */
static const char *one_line(const struct buf *text)
{
	for (size_t i = 0; i < text->n; i++) {
		if ((unsigned char)text->p[i] < ' ')
			text->p[i] = ' ';
	}
	return buf_cstr(text);
}

/* The place behind the next "<name", in any case; the empty end when there is none. */
static struct str behind_tag(struct str s, struct str name)
{
	for (; s.n > name.n; s = str_from(s, 1)) {
		if (s.p[0] == '<' && strncasecmp(s.p + 1, name.p, name.n) == 0)
			return str_from(s, name.n + 1);
	}
	return str_from(s, s.n);
}

const char *problem_title(struct arena *a, struct str body)
{
	struct buf out = { .a = a, .max = TITLE_MAX };
	struct str title, rest, word;

	str_cut(behind_tag(body, STR("title")), '>', &rest, &title);
	str_cut(title, '<', &title, &rest);
	for (size_t i = 0; i < title.n; i += word.n + 1) {
		word = (struct str){ title.p + i, 0 };
		while (i + word.n < title.n && (unsigned char)word.p[word.n] > ' ')
			word.n++;
		if (word.n && out.n)
			buf_putc(&out, ' ');
		buf_add(&out, word);
	}
	return out.n ? buf_cstr(&out) : "";
}

const char *problem_text(struct arena *a, struct str body)
{
	AUTO_JSON doc = { 0 };
	struct buf out = { .a = a, .max = TEXT_MAX };
	struct json_node root, errors, item;
	struct error ignored = { 0 };

	if (!json_parse("answer", body, &doc, &ignored))
		return problem_title(a, body);
	root = json_root(&doc);
	if (jsonx_get(&root, "errors", &errors) && json_node_is_array(&errors)) {
		for (size_t i = 0; i < ERRORS_MAX && json_item(&errors, i, &item); i++)
			problem_add(&out, jsonx_text(a, &item, "code"),
				    jsonx_text(a, &item, "message"));
	} else {
		problem_add(&out, jsonx_text(a, &root, "error"),
			    jsonx_text(a, &root, "error_description"));
	}
	return one_line(&out);
}
