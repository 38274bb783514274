/* SPDX-License-Identifier: Apache-2.0 */
/* libyaml's events become JSON text, and a list of where in the YAML text each part of it stood. */

#include "format/json/yaml.h"

#include <fcntl.h>
#include <yaml.h>

#include "base/merge_marks.h"

#define DEPTH_MAX JSON_DEPTH_MAX

enum yaml_level { IN_SEQUENCE, AT_KEY, AT_VALUE };

struct convert {
	const char *file;
	yaml_parser_t parser;
	struct arena *a;
	struct buf out;
	struct json_marks *marks;
	enum yaml_level levels[DEPTH_MAX + 1];
	unsigned depth;
	bool any;  /* something stands before in this collection */
	bool done; /* the root value is complete */
};

static bool yaml_fail_at(const struct convert *c, const yaml_mark_t *at, struct error *e,
			 const char *text)
{
	err_set(e, ERR_INPUT, "%s", text);
	return err_at(e, c->file, (unsigned)at->line + 1, (unsigned)at->column + 1);
}

static void yaml_mark_place(struct convert *c, const yaml_mark_t *at)
{
	*list_push(c->a, c->marks) = (struct json_mark){ c->out.n, (unsigned)at->line + 1,
							 (unsigned)at->column + 1 };
}

static bool begin_value(struct convert *c, const yaml_event_t *v, struct error *e)
{
	if (c->depth == 0 && c->done)
		return yaml_fail_at(c, &v->start_mark, e, "a second document; one is expected");
	if (c->depth && c->levels[c->depth] == AT_KEY && v->type != YAML_SCALAR_EVENT)
		return yaml_fail_at(c, &v->start_mark, e, "a key must be a plain text");
	if (c->depth && c->any && c->levels[c->depth] != AT_VALUE)
		buf_putc(&c->out, ',');
	yaml_mark_place(c, &v->start_mark);
	return true;
}

static void end_value(struct convert *c)
{
	c->any = true;
	if (c->depth == 0)
		c->done = true;
	else if (c->levels[c->depth] == AT_VALUE)
		c->levels[c->depth] = AT_KEY;
}

static void yaml_put_string(struct convert *c, struct str s)
{
	buf_putc(&c->out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char b = (unsigned char)s.p[i];

		if (b == '"' || b == '\\')
			buf_printf(&c->out, "\\%c", b);
		else if (b < 0x20)
			buf_printf(&c->out, "\\u%04x", b);
		else
			buf_putc(&c->out, (char)b);
	}
	buf_putc(&c->out, '"');
}

static bool is_null(const yaml_event_t *v, struct str s)
{
	return v->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (s.n == 0 || str_eq(s, STR("~")) || str_eq(s, STR("null")));
}

static bool yaml_scalar(struct convert *c, const yaml_event_t *v, struct error *e)
{
	struct str s = { (const char *)v->data.scalar.value, v->data.scalar.length };
	bool key = c->depth && c->levels[c->depth] == AT_KEY;

	if (v->data.scalar.anchor || v->data.scalar.tag)
		return yaml_fail_at(c, &v->start_mark, e,
				    "anchors and tags are not taken; write the value out");
	if (memchr(s.p, '\0', s.n))
		return yaml_fail_at(c, &v->start_mark, e, "a text may not hold a NUL");
	if (!begin_value(c, v, e))
		return false;
	if (!key && is_null(v, s))
		buf_puts(&c->out, "null");
	else
		yaml_put_string(c, s);
	if (!key) {
		end_value(c);
		return true;
	}
	buf_putc(&c->out, ':');
	c->levels[c->depth] = AT_VALUE;
	return true;
}

static bool open_collection(struct convert *c, const yaml_event_t *v, bool sequence, bool adorned,
			    struct error *e)
{
	if (adorned)
		return yaml_fail_at(c, &v->start_mark, e,
				    "anchors and tags are not taken; write the value out");
	if (c->depth == DEPTH_MAX)
		return yaml_fail_at(c, &v->start_mark, e, "nested too deep");
	if (!begin_value(c, v, e))
		return false;
	buf_putc(&c->out, sequence ? '[' : '{');
	c->levels[++c->depth] = sequence ? IN_SEQUENCE : AT_KEY;
	c->any = false;
	return true;
}

static void close_collection(struct convert *c, bool sequence)
{
	buf_putc(&c->out, sequence ? ']' : '}');
	c->depth--;
	end_value(c);
}

/* 1: go on, 0: the end, -1: error */
static int yaml_take_event(struct convert *c, const yaml_event_t *v, struct error *e)
{
	switch (v->type) {
	case YAML_STREAM_END_EVENT:
		return 0;
	case YAML_ALIAS_EVENT:
		return yaml_fail_at(c, &v->start_mark, e,
				    "aliases are not taken; write the value out")
			       ? 1
			       : -1;
	case YAML_SCALAR_EVENT:
		return yaml_scalar(c, v, e) ? 1 : -1;
	case YAML_SEQUENCE_START_EVENT:
		return open_collection(c, v, true,
				       v->data.sequence_start.anchor || v->data.sequence_start.tag,
				       e)
			       ? 1
			       : -1;
	case YAML_MAPPING_START_EVENT:
		return open_collection(c, v, false,
				       v->data.mapping_start.anchor || v->data.mapping_start.tag, e)
			       ? 1
			       : -1;
	case YAML_SEQUENCE_END_EVENT:
		close_collection(c, true);
		return 1;
	case YAML_MAPPING_END_EVENT:
		close_collection(c, false);
		return 1;
	default:
		return 1;
	}
}

static bool yaml_malformed(const struct convert *c, struct error *e)
{
	const yaml_parser_t *p = &c->parser;
	char text[256];

	snprintf(text, sizeof(text), "not valid YAML: %s",
		 p->problem ? p->problem : "unknown trouble");
	return yaml_fail_at(c, &p->problem_mark, e, text);
}

static bool yaml_convert(struct convert *c, struct error *e)
{
	int got;

	do {
		yaml_event_t v;

		if (!yaml_parser_parse(&c->parser, &v))
			return yaml_malformed(c, e);
		got = yaml_take_event(c, &v, e);
		yaml_event_delete(&v);
	} while (got > 0);
	if (got == 0 && !c->done)
		buf_puts(&c->out, "null");
	return got == 0;
}

bool yaml_parse(struct arena *a, const char *file, struct str text, struct json_doc *doc,
		struct error *e)
{
	struct convert c = { .file = file, .a = a, .out = { .a = a } };
	bool ok;

	c.marks = arena_alloc(a, sizeof(*c.marks));
	if (!yaml_parser_initialize(&c.parser))
		return err_set(e, ERR_SYSTEM, "no memory to read %s", file);
	yaml_parser_set_input_string(&c.parser, (const unsigned char *)text.p, text.n);
	ok = yaml_convert(&c, e);
	yaml_parser_delete(&c.parser);
	ok = ok && json_parse_marked(file, buf_str(&c.out), c.marks, doc, e);
	return ok || merge_marks_explain(text, file, e);
}

bool yaml_load(struct arena *a, const char *path, struct json_doc *doc, struct error *e)
{
	struct str text;

	*doc = (struct json_doc){ .file = path, .text = { "", 0 } };
	return io_read_named(a, path, YAML_TEXT_MAX, &text, e) && yaml_parse(a, path, text, doc, e);
}
