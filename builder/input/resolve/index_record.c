/* SPDX-License-Identifier: Apache-2.0 */
/* Packages in the wire form, sources as stanzas of the few fields that count, with the line where
 * they began: many of them are never read, and nobody but who asks for them judges them. */

#include "input/resolve/index_record.h"

#include "base/wire.h"
#include "input/resolve/stanza.h"

static void record_put_package(struct buf *out, const struct index_package *p)
{
	const bool own = str_eq(p->source, p->name) && str_eq(p->source_version, p->version);
	const struct str texts[] = { p->version,
				     p->architecture,
				     p->path,
				     p->pre_depends,
				     p->depends,
				     p->conflicts,
				     p->breaks,
				     p->provides,
				     own ? STR("") : p->source,
				     own ? STR("") : p->source_version };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		wire_put_str(out, texts[i]);
	wire_put(out, p->size);
	wire_put(out, p->installed_size);
	wire_put(out, p->rank);
	wire_put(out, p->essential);
	wire_put(out, p->any);
	buf_add(out, (struct str){ (const char *)p->sha256.b, sizeof(p->sha256.b) });
}

bool record_read_package(struct arena *a, const char *arch, struct str name, struct str record,
			 struct index_package *out, struct error *e)
{
	struct wire w = { .a = a, .rest = record };
	struct str *const texts[] = { &out->version,	   &out->architecture, &out->path,
				      &out->pre_depends,   &out->depends,      &out->conflicts,
				      &out->breaks,	   &out->provides,     &out->source,
				      &out->source_version };
	struct str sha256;

	out->name = name;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		*texts[i] = wire_str(&w);
	out->size = wire_get(&w, UINT64_MAX);
	out->installed_size = wire_get(&w, UINT64_MAX);
	out->rank = (unsigned)wire_get(&w, UINT8_MAX);
	out->essential = wire_flag(&w);
	out->any = wire_flag(&w);
	sha256 = wire_bytes(&w, sizeof(out->sha256.b));
	if (!wire_end(&w))
		return err_set(e, ERR_INPUT, "its parser returned malformed data");
	memcpy(out->sha256.b, sha256.p, sizeof(out->sha256.b));
	if (out->source.n == 0) {
		out->source = out->name;
		out->source_version = out->version;
	}
	return stanza_check_package(arch, out, e);
}

static void record_put_source(struct buf *out, const struct deb822 *r)
{
	wire_put(out, r->fields[0].line);
	for (const char *const *field = stanza_source_fields; *field; field++) {
		struct str value = deb822_get(r, *field);

		if (!value.p)
			continue;
		buf_puts(out, *field);
		buf_puts(out, ": ");
		buf_add(out, value);
		buf_putc(out, '\n');
	}
}

bool record_read_source(struct arena *a, struct str name, struct str record, const char *file,
			struct index_source *out, struct error *e)
{
	struct wire w = { .a = a, .rest = record };
	struct deb822 r;
	unsigned line = (unsigned)wire_get(&w, UINT32_MAX);
	int got;

	deb822_init(&r, wire_bytes(&w, w.rest.n), file);
	r.line = line;
	got = wire_end(&w) ? deb822_next(&r, e) : 0;
	if (got == 0)
		return err_set(e, ERR_INPUT, "its parser returned malformed data");
	out->name = name;
	return got > 0 && stanza_read_source(a, &r, out, e);
}

static void record_begin(void *ctx, struct arena *a, struct sink *out)
{
	struct record_maker *m = ctx;

	m->a = a;
	m->record = (struct buf){ .a = a };
	kept_begin(&m->w, a, out);
}

static bool record_take_package(struct record_maker *m, const struct deb822 *r, struct error *e)
{
	struct index_package p = { 0 };
	struct str rest, name, version;
	int got;

	if (!stanza_read_package(m->arch, r, &p, e))
		return false;
	record_put_package(&m->record, &p);
	if (!kept_add(&m->w, p.name, buf_str(&m->record), e))
		return false;
	rest = p.provides;
	while ((got = stanza_next_provided(&rest, p.name, &name, &version, e)) > 0)
		kept_add_offer(&m->w, name);
	return got == 0;
}

static bool record_take_source(struct record_maker *m, const struct deb822 *r, struct error *e)
{
	struct str name;

	if (!stanza_read_name(r, &name, e))
		return false;
	record_put_source(&m->record, r);
	return kept_add(&m->w, name, buf_str(&m->record), e);
}

static bool record_add(void *ctx, const struct deb822 *r, struct error *e)
{
	struct record_maker *m = ctx;

	m->record.n = 0;
	return m->arch ? record_take_package(m, r, e) : record_take_source(m, r, e);
}

static bool record_end(void *ctx, struct error *e)
{
	struct record_maker *m = ctx;

	return kept_end(&m->w, e);
}

struct index_making record_making(struct record_maker *m)
{
	return (struct index_making){
		.begin = record_begin, .stanza = record_add, .end = record_end, .ctx = m
	};
}
