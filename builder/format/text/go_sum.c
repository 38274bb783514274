/* SPDX-License-Identifier: Apache-2.0 */
/* A line is "MODULE VERSION HASH", or "MODULE VERSION/go.mod HASH". */

#include "format/text/go_sum.h"

#include "base/buf.h"
#include "base/strmap.h"
#include "format/text/base64.h"

#define GO_MOD "/go.mod"
#define GO_SUM_LINES_MAX 100000
#define GO_NAME_MAX 512

struct go_sum_reading {
	struct arena *a;
	struct strmap seen; /* by path */
	struct go_sums *out;
};

/* A part of a module's path, or its version: it becomes a name of files and a part of URLs. */
static bool go_sum_is_part(struct str s)
{
	static const char more[] = "-._~+";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      memchr(more, c, sizeof(more) - 1)))
			return false;
	}
	return s.n && s.p[0] != '.' && s.p[s.n - 1] != '.';
}

static bool go_sum_is_module(struct str s)
{
	struct str one;

	if (s.n == 0 || s.n > GO_NAME_MAX || s.p[s.n - 1] == '/')
		return false;
	while (str_next(&s, '/', &one)) {
		if (!go_sum_is_part(one))
			return false;
	}
	return true;
}

/* Proxies write capital letters as "!" and the small one, for file systems that know no case. */
static void go_sum_put_escaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			buf_printf(out, "!%c", s.p[i] | 32);
		else
			buf_putc(out, s.p[i]);
	}
}

static const char *go_sum_path(struct arena *a, struct str module, struct str version, bool mod)
{
	struct buf out = { .a = a };

	go_sum_put_escaped(&out, module);
	buf_puts(&out, "/@v/");
	go_sum_put_escaped(&out, version);
	buf_puts(&out, mod ? ".mod" : ".zip");
	return buf_cstr(&out);
}

static bool go_sum_read_hash(struct arena *a, struct str text, struct digest *out, struct error *e)
{
	static const struct str kind = STR("h1:");
	struct str bytes;

	if (!str_starts(text, kind))
		return err_set(e, ERR_INPUT,
			       "the hash \"" STR_FMT "\" is not of the kind \"h1:\", which is the "
			       "only one that is known",
			       STR_ARG(text));
	if (!base64_decode(a, str_from(text, kind.n), &bytes) || bytes.n != sizeof(out->b))
		return err_set(e, ERR_INPUT, "the hash \"" STR_FMT "\" is malformed",
			       STR_ARG(text));
	memcpy(out->b, bytes.p, sizeof(out->b));
	return true;
}

static bool go_sum_add(struct go_sum_reading *r, const struct go_sum *s, struct error *e)
{
	void **slot = strmap_slot(r->a, &r->seen, str_of(s->path));
	struct go_sum *stands;

	if (!*slot) {
		stands = arena_alloc(r->a, sizeof(*stands));
		*stands = *s;
		*slot = stands;
		*list_push(r->a, r->out) = *s;
		return true;
	}
	stands = *slot;
	return digest_eq(&stands->hash, &s->hash) ||
	       err_set(e, ERR_INPUT, "%s %s has another hash in line %u", s->module, s->version,
		       stands->line);
}

static bool go_sum_read_line(struct go_sum_reading *r, struct str line, unsigned number,
			     struct error *e)
{
	struct str module, version, hash, more = { "", 0 };
	struct go_sum s = { .line = number };

	if (!str_cut(line, ' ', &module, &version) || !str_cut(version, ' ', &version, &hash) ||
	    str_cut(hash, ' ', &hash, &more))
		return err_set(e, ERR_INPUT,
			       "expected \"MODULE VERSION HASH\", found \"" STR_FMT "\"",
			       STR_ARG(line));
	s.mod = str_ends(version, STR(GO_MOD));
	if (s.mod)
		version.n -= strlen(GO_MOD);
	if (!go_sum_is_module(module))
		return err_set(e, ERR_INPUT, "\"" STR_FMT "\" is not the path of a module",
			       STR_ARG(module));
	if (version.n > GO_NAME_MAX || !str_starts(version, STR("v")) || !go_sum_is_part(version))
		return err_set(e, ERR_INPUT, "\"" STR_FMT "\" is not the version of a module",
			       STR_ARG(version));
	s.module = str_dup(r->a, module);
	s.version = str_dup(r->a, version);
	s.path = go_sum_path(r->a, module, version, s.mod);
	return go_sum_read_hash(r->a, hash, &s.hash, e) && go_sum_add(r, &s, e);
}

bool go_sum_read(struct arena *a, struct str text, const char *file, struct go_sums *out,
		 struct error *e)
{
	struct go_sum_reading r = { .a = a, .out = out };
	unsigned number = 0;
	struct str line;

	while (str_next(&text, '\n', &line)) {
		line = str_trim(line);
		if (++number > GO_SUM_LINES_MAX) {
			err_set(e, ERR_INPUT, "more than %d lines are not read", GO_SUM_LINES_MAX);
			return err_at(e, file, number, 1);
		}
		if (line.n && !go_sum_read_line(&r, line, number, e))
			return err_at(e, file, number, 1);
	}
	return true;
}

const char *go_sum_hash(struct arena *a, const struct digest *hash)
{
	return arena_printf(a, "h1:%s",
			    base64_encode(a,
					  (struct str){ (const char *)hash->b, sizeof(hash->b) }));
}
