/* SPDX-License-Identifier: Apache-2.0 */
/* The text of statements. A predicate is passed through: it can be a bill of materials with more
 * values than a document may have here. */

#include "trust/signature/statement.h"

#include "format/json/jsonw.h"
#include "format/json/jsonx.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define SUBJECTS_MAX 1000

struct str statement_text(struct arena *a, const struct strings *subjects,
			  const char *predicate_type, struct str predicate)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "_type", STATEMENT_TYPE);
	jsonw_array(&w, "subject");
	for (size_t i = 0; i < subjects->n; i++) {
		jsonw_object(&w, NULL);
		jsonw_object(&w, "digest");
		jsonw_cstr(&w, "sha256", subjects->v[i] + strlen("sha256:"));
		jsonw_object_end(&w);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_cstr(&w, "predicateType", predicate_type);
	buf_puts(&text, ",\"predicate\":");
	buf_add(&text, str_trim(predicate));
	buf_puts(&text, "}");
	return buf_str(&text);
}

static size_t statement_skip_blanks(struct str t, size_t at)
{
	while (at < t.n && strchr(" \t\r\n", t.p[at]))
		at++;
	return at;
}

/* Behind the value that begins at `at`, as far as brackets and quotes tell. */
static size_t statement_skip_value(struct str t, size_t at)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = at; i < t.n; i++) {
		char c = t.p[i];

		if (quoted && c == '\\') {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
			if (!quoted && depth == 0)
				return i + 1;
		} else if (quoted) {
			continue;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
			return i;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return t.n;
}

/* The value of the member "predicate" and where it stands; false: there is none. What is no JSON
 * is found by whoever reads the rest. */
static bool statement_find_predicate(struct str t, struct str *out)
{
	size_t at = statement_skip_blanks(t, 0);

	if (at == t.n || t.p[at] != '{')
		return false;
	do {
		size_t key = statement_skip_blanks(t, at + 1), colon, value;

		if (key == t.n || t.p[key] != '"')
			return false;
		at = statement_skip_value(t, key);
		colon = statement_skip_blanks(t, at);
		if (colon == t.n)
			return false; /* what is no colon stays for whoever reads the rest */
		value = statement_skip_blanks(t, colon + 1);
		*out = (struct str){ t.p + key, at - key };
		at = statement_skip_value(t, value);
		if (str_eq(*out, STR("\"predicate\""))) {
			*out = str_trim((struct str){ t.p + value, at - value });
			return true;
		}
		at = statement_skip_blanks(t, at);
	} while (at < t.n && t.p[at] == ',');
	return false;
}

/* The same text with null for a predicate. */
static struct str statement_without(struct arena *a, struct str text, struct str predicate)
{
	struct buf head = { .a = a };
	size_t before = (size_t)(predicate.p - text.p);

	buf_add(&head, (struct str){ text.p, before });
	buf_puts(&head, "null");
	buf_add(&head, str_from(text, before + predicate.n));
	return buf_str(&head);
}

static bool statement_read_subjects(struct arena *a, const struct json_node *root,
				    struct statement *out, struct error *e)
{
	struct json_node list, item, digest;

	if (!json_need(root, "subject", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		const char *hex = NULL;

		if (i == SUBJECTS_MAX)
			return json_fail(&item, e, "more than %d subjects", SUBJECTS_MAX);
		if (jsonx_get(&item, "digest", &digest))
			hex = jsonx_text(a, &digest, "sha256");
		if (!hex)
			return json_fail(&item, e, "has no sha256 digest");
		*list_push(a, &out->subjects) = hex;
	}
	return true;
}

bool statement_read(struct arena *a, struct str text, struct statement *out, struct error *e)
{
	return statement_read_from(a, "statement", text, out, e);
}

bool statement_read_from(struct arena *a, const char *file, struct str text, struct statement *out,
			 struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, n;
	const char *type;

	*out = (struct statement){ .predicate_type = NULL };
	if (statement_find_predicate(text, &out->predicate))
		text = statement_without(a, text, out->predicate);
	else
		out->predicate = STR("");
	if (!json_parse(file, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_need(&root, "_type", &n, e) || !json_as_string(a, &n, &type, e))
		return false;
	if (strcmp(type, STATEMENT_TYPE) != 0 &&
	    strcmp(type, "https://in-toto.io/Statement/v0.1") != 0)
		return json_fail(&n, e, "must be \"" STATEMENT_TYPE "\"");
	return json_need(&root, "predicateType", &n, e) &&
	       json_as_string(a, &n, &out->predicate_type, e) &&
	       statement_read_subjects(a, &root, out, e);
}
