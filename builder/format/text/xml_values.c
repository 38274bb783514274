/* SPDX-License-Identifier: Apache-2.0 */
/* expat calls back for each tag; what is open is a stack. */

#include "format/text/xml_values.h"

#include <expat.h>

#include "base/buf.h"

#define XML_DEPTH_MAX 64
#define XML_NAME_MAX 128
#define XML_TEXT_MAX (64u << 10)

/* An element whose end was not seen yet. */
struct xml_open {
	size_t path;	 /* length of the path up to its own name */
	unsigned number; /* of the element; 0 is the document */
	bool leaf;
	unsigned line;
};

struct xml_reading {
	struct arena *a;
	struct xml_values *out;
	XML_Parser parser;
	struct buf path, text;
	struct xml_open stack[XML_DEPTH_MAX];
	unsigned depth, count;
	const char *fault;
};

static void xml_stop(struct xml_reading *r, const char *fault)
{
	r->fault = fault;
	XML_StopParser(r->parser, XML_FALSE);
}

static void xml_on_start(void *ctx, const char *name, const char **attributes)
{
	struct xml_reading *r = ctx;
	struct xml_open *o;

	(void)attributes;
	if (r->depth == XML_DEPTH_MAX || strlen(name) > XML_NAME_MAX) {
		xml_stop(r, r->depth == XML_DEPTH_MAX ? "too many elements around each other"
						      : "the name of an element is too long");
		return;
	}
	if (r->depth)
		r->stack[r->depth - 1].leaf = false;
	o = &r->stack[r->depth++];
	*o = (struct xml_open){ .path = r->path.n,
				.number = ++r->count,
				.leaf = true,
				.line = (unsigned)XML_GetCurrentLineNumber(r->parser) };
	buf_printf(&r->path, "%s%s", r->path.n ? "/" : "", name);
	r->text.n = 0;
}

static void xml_on_end(void *ctx, const char *name)
{
	struct xml_reading *r = ctx;
	const struct xml_open *o;

	if (r->fault) /* expat tells the end of <x/> even of one that was refused */
		return;
	o = &r->stack[--r->depth];
	if (o->leaf) {
		const char *path = str_dup(r->a, buf_str(&r->path));

		*list_push(r->a, r->out) =
			(struct xml_value){ .path = path,
					    .name = path + strlen(path) - strlen(name),
					    .text = str_dup(r->a, str_trim(buf_str(&r->text))),
					    .parent = r->depth ? r->stack[r->depth - 1].number : 0,
					    .line = o->line };
	}
	r->path.n = o->path;
	r->text.n = 0;
}

static void xml_on_text(void *ctx, const char *text, int n)
{
	struct xml_reading *r = ctx;

	buf_add(&r->text, (struct str){ text, (size_t)n });
	if (r->text.overflow)
		xml_stop(r, "the text of an element is too long");
}

static void xml_on_entity(void *ctx, const char *name, int is_parameter, const char *value, int n,
			  const char *base, const char *system_id, const char *public_id,
			  const char *notation)
{
	(void)name;
	(void)is_parameter;
	(void)value;
	(void)n;
	(void)base;
	(void)system_id;
	(void)public_id;
	(void)notation;
	xml_stop(ctx, "it declares entities, which are not read");
}

bool xml_values_read(struct arena *a, struct str text, const char *file, struct xml_values *out,
		     struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct xml_reading r = { .a = a, .out = out, .parser = XML_ParserCreate(NULL) };
	enum XML_Status status;

	if (!r.parser)
		return err_set(e, ERR_SYSTEM, "out of memory");
	r.path = (struct buf){ .a = &scratch };
	r.text = (struct buf){ .a = &scratch, .max = XML_TEXT_MAX };
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, xml_on_start, xml_on_end);
	XML_SetCharacterDataHandler(r.parser, xml_on_text);
	XML_SetEntityDeclHandler(r.parser, xml_on_entity);
	status = XML_Parse(r.parser, text.p, (int)text.n, XML_TRUE);
	if (status != XML_STATUS_OK) {
		err_set(e, ERR_INPUT, "malformed XML: %s",
			r.fault ? r.fault : XML_ErrorString(XML_GetErrorCode(r.parser)));
		err_at(e, file, (unsigned)XML_GetCurrentLineNumber(r.parser),
		       (unsigned)XML_GetCurrentColumnNumber(r.parser) + 1);
	}
	XML_ParserFree(r.parser);
	return status == XML_STATUS_OK;
}

const struct xml_value *xml_value_at(const struct xml_values *l, const char *path)
{
	list_each(x, l) {
		if (strcmp(x->path, path) == 0)
			return x;
	}
	return NULL;
}
