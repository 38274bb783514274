/* SPDX-License-Identifier: Apache-2.0 */
/* Known vulnerabilities by source package and Debian's version order. The outer object is cut into
 * members here, byte by byte; each member that matters is then read by format/json.h. */

#include "audit/tracker.h"

#include <errno.h>
#include <fcntl.h>

#include "audit/jsonx.h"
#include "format/debversion.h"

#define NAME_MAX_BYTES 256

/* Where the reader of the outer object stands. */
enum place { BEFORE, WANT_KEY, IN_KEY, WANT_COLON, IN_VALUE, WANT_COMMA, AFTER };

struct cutter {
	struct audit_run *r;
	const char *file, *codename;
	enum place place;
	unsigned depth;			/* within the value */
	bool quoted, escaped;
	bool wanted;			/* the value is collected */
	char key[NAME_MAX_BYTES];
	size_t key_n;
	struct arena scratch;		/* of one member */
	struct buf value;
	uint64_t at;
};

static const char *codename_of(const char *version)
{
	static const struct { const char *version, *name; } known[] = {
		{ "11", "bullseye" }, { "12", "bookworm" }, { "13", "trixie" }, { "14", "forky" },
	};

	for (size_t i = 0; version && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].version, version) == 0)
			return known[i].name;
	return NULL;
}

static bool has_source(const struct model *m, const char *source)
{
	for (size_t i = 0; i < m->packages.n; i++)
		if (strcmp(m->packages.v[i].source, source) == 0)
			return true;
	return false;
}

static const char *rule_for(const char *urgency, bool fixable, bool deferred)
{
	if (strcmp(urgency, "unimportant") == 0)
		return "cve.unimportant";
	if (fixable)
		return "cve.fix-available";
	return deferred ? "cve.deferred" : "cve.open";
}

/* One vulnerability against each package made from the source. */
static void report(struct cutter *c, const char *source, const char *cve, const char *fixed,
		   const char *urgency, bool deferred)
{
	const struct packages *l = &c->r->m->packages;

	for (const struct package *p = l->v; p < l->v + l->n; p++) {
		if (strcmp(p->source, source) != 0)
			continue;
		if (fixed && debversion_compare(str_of(p->source_version), str_of(fixed)) >= 0)
			continue;
		found(c->r, rule_for(urgency, fixed, deferred), p->record, "%s: %s %s (source %s %s)%s%s%s",
		      cve, p->name, p->version, source, p->source_version,
		      fixed ? ", fixed in " : "", fixed ? fixed : "", deferred ? ", deferred" : "");
	}
}

static bool read_cve(struct cutter *c, const struct json_node *cve, struct error *e)
{
	const char *status = "", *fixed = NULL, *urgency = "", *nodsa = NULL;
	struct json_node releases, release;
	struct arena *a = &c->scratch;

	if (!json_want_object(cve, e) || !json_need(cve, "releases", &releases, e) ||
	    !json_want_object(&releases, e))
		return false;
	if (!jsonx_get(&releases, c->codename, &release))
		return true;
	if (!json_want_object(&release, e) || !jsonx_string(a, &release, "status", &status, e) ||
	    !jsonx_string(a, &release, "fixed_version", &fixed, e) ||
	    !jsonx_string(a, &release, "urgency", &urgency, e) ||
	    !jsonx_string(a, &release, "nodsa", &nodsa, e))
		return false;
	if (strcmp(status, "undetermined") == 0 || (fixed && strcmp(fixed, "0") == 0))
		return true;		/* nobody knows; never affected */
	if (strcmp(status, "open") == 0 || (strcmp(status, "resolved") == 0 && fixed))
		report(c, c->key, cve->key, fixed, urgency, nodsa != NULL);
	return true;
}

static bool read_member(struct cutter *c, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, cve;

	if (c->value.overflow)
		return err_set(e, ERR_INPUT, "the entry of %s is larger than %u MiB", c->key,
			       TRACKER_MEMBER_MAX >> 20);
	if (!json_parse(c->key, buf_str(&c->value), &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e))
		return false;
	for (size_t i = 0; json_member(&root, i, &cve); i++)
		if (!read_cve(c, &cve, e))
			return false;
	return true;
}

static bool unexpected(const struct cutter *c, struct error *e)
{
	return err_set(e, ERR_INPUT, "it is not the security tracker's JSON: unexpected byte at offset "
		       "%llu", (unsigned long long)c->at);
}

static bool key_byte(struct cutter *c, char b, struct error *e)
{
	if (b == '"') {
		c->key[c->key_n] = '\0';
		c->wanted = has_source(c->r->m, c->key);
		c->place = WANT_COLON;
		return true;
	}
	if (b == '\\' || (unsigned char)b < 0x20 || c->key_n + 1 >= sizeof(c->key))
		return unexpected(c, e);	/* source packages have plain names */
	c->key[c->key_n++] = b;
	return true;
}

/* A byte of a value, which is an object. */
static bool value_byte(struct cutter *c, char b, struct error *e)
{
	if (c->wanted)
		buf_putc(&c->value, b);
	if (c->quoted) {
		c->quoted = c->escaped || b != '"';
		c->escaped = !c->escaped && b == '\\';
		return true;
	}
	c->quoted = b == '"';
	c->depth += b == '{' || b == '[';
	if (b == '}' || b == ']')
		c->depth--;
	if (c->depth)
		return true;
	c->place = WANT_COMMA;
	if (c->wanted && !read_member(c, e))
		return false;
	arena_free(&c->scratch);
	c->value = (struct buf){ .a = &c->scratch, .max = TRACKER_MEMBER_MAX };
	return true;
}

static bool begin_value(struct cutter *c, char b, struct error *e)
{
	c->place = IN_VALUE;
	return value_byte(c, b, e);
}

static bool outer_byte(struct cutter *c, char b, struct error *e)
{
	if (strchr(" \t\r\n", b) && b)
		return true;
	if (c->place == BEFORE && b == '{')
		c->place = WANT_KEY;
	else if (c->place == WANT_KEY && b == '"')
		c->place = IN_KEY, c->key_n = 0;
	else if (c->place == WANT_COLON && b == ':')
		c->place = IN_VALUE;
	else if (c->place == IN_VALUE && b == '{')
		return begin_value(c, b, e);
	else if (c->place == WANT_COMMA && b == ',')
		c->place = WANT_KEY;
	else if ((c->place == WANT_COMMA || c->place == WANT_KEY) && b == '}')
		c->place = AFTER;
	else
		return unexpected(c, e);
	return true;
}

static bool feed(struct cutter *c, struct str chunk, struct error *e)
{
	for (size_t i = 0; i < chunk.n; i++, c->at++) {
		char b = chunk.p[i];
		bool ok = c->place == IN_KEY ? key_byte(c, b, e)
			  : c->place == IN_VALUE && c->depth ? value_byte(c, b, e)
							     : outer_byte(c, b, e);

		if (!ok)
			return false;
	}
	return true;
}

static bool read_all(struct cutter *c, struct source *from, struct error *e)
{
	struct str chunk;
	int got;

	while ((got = from->next(from, &chunk, e)) == 1)
		if (!feed(c, chunk, e))
			return false;
	if (got < 0)
		return false;
	return c->place == AFTER ||
	       err_set(e, ERR_INPUT, "it ends too early, at offset %llu", (unsigned long long)c->at);
}

bool tracker_check(struct audit_run *r, const char *file, struct error *e)
{
	AUTO_FD fd = open(file, O_RDONLY | O_CLOEXEC);
	struct cutter c = { .r = r, .file = file, .codename = codename_of(r->m->os_version) };
	struct fd_source src;
	bool ok;

	if (fd < 0)
		return err_sys(e, "open %s", file);
	if (!c.codename || !r->m->os_id || strcmp(r->m->os_id, "debian") != 0)
		return err_set(e, ERR_USAGE, "--cve: the image is no Debian 11 to 14, which the tracker "
			       "could tell about");
	c.value = (struct buf){ .a = &c.scratch, .max = TRACKER_MEMBER_MAX };
	fd_source_init(&src, fd, 0, FD_SOURCE_ALL, file);
	ok = read_all(&c, &src.base, e);
	arena_free(&c.scratch);
	return ok || err_wrap(e, "%s", file);
}
