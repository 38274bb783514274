/* SPDX-License-Identifier: Apache-2.0 */
/* Reads header lines. Pure; the bytes come from anyone. */

#include "transfer/http/http_reply.h"

#include <strings.h>

#include "base/date.h"

#define STRONG_AGE_S 60 /* RFC 9110, 8.8.2.2 asks for "an appropriate amount of time" */

void http_reply_init(struct http_reply *r)
{
	*r = (struct http_reply){
		.length = UINT64_MAX,
		.range_from = UINT64_MAX,
		.range_total = UINT64_MAX,
		.retry_after_s = UINT64_MAX,
		.date = -1,
		.last_modified = -1,
	};
}

/* Seconds since 1970; -1 for what is not a date. */
static int64_t reply_date(struct str s)
{
	int64_t when;

	return date_parse(s, &when) ? when : -1;
}

static bool header_named(struct str name, struct str wanted)
{
	return name.n == wanted.n && strncasecmp(name.p, wanted.p, wanted.n) == 0;
}

static void copy_text(struct str s, char *out, size_t size)
{
	out[0] = '\0';
	if (s.n >= size)
		return;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

static void status_line(struct http_reply *r, struct str line)
{
	struct str version, rest, code, reason;
	uint64_t value;

	http_reply_init(r);
	str_cut(line, ' ', &version, &rest);
	str_cut(str_trim(rest), ' ', &code, &reason);
	if (code.n == 3 && str_u64(code, &value))
		r->status = (int)value;
	r->http2 = !str_starts(version, STR("HTTP/1"));
}

/* "bytes 200-999/1000", "bytes 200-999/" and "*". A range that does not fit in itself is none. */
static void content_range(struct http_reply *r, struct str v)
{
	struct str unit, rest, range, total, first, last;
	uint64_t from, to, all = UINT64_MAX;

	if (!str_cut(v, ' ', &unit, &rest) || !header_named(unit, STR("bytes")) ||
	    !str_cut(str_trim(rest), '/', &range, &total) || !str_cut(range, '-', &first, &last) ||
	    !str_u64(first, &from) || !str_u64(last, &to) || to < from)
		return;
	if (!str_eq(total, STR("*")) && (!str_u64(total, &all) || to >= all))
		return;
	r->range_from = from;
	r->range_total = all;
}

/* Only a strong tag names bytes; a weak one (W/"...") names a meaning. */
static void entity_tag(struct http_reply *r, struct str v)
{
	r->etag[0] = '\0';
	if (v.n < 2 || v.p[0] != '"' || v.p[v.n - 1] != '"')
		return;
	for (size_t i = 1; i + 1 < v.n; i++) {
		if (v.p[i] < 0x21 || v.p[i] == '"' || v.p[i] == 0x7f)
			return;
	}
	copy_text(v, r->etag, sizeof(r->etag));
}

/* Two different lengths leave none: what arrives decides. */
static void content_length(struct http_reply *r, struct str v)
{
	uint64_t value;

	if (!str_u64(v, &value) || (r->length != UINT64_MAX && r->length != value))
		r->length = UINT64_MAX;
	else
		r->length = value;
}

static void retry_after(struct http_reply *r, struct str v, int64_t now)
{
	int64_t then = reply_date(v);
	uint64_t seconds;

	if (str_u64(v, &seconds))
		r->retry_after_s = seconds;
	else if (then >= 0)
		r->retry_after_s = then > now ? (uint64_t)(then - now) : 0;
}

static void last_modified(struct http_reply *r, struct str v)
{
	r->last_modified = reply_date(v);
	copy_text(v, r->last_modified_text, sizeof(r->last_modified_text));
}

void http_reply_line(struct http_reply *r, struct str line, int64_t now)
{
	struct str name, value;

	line = str_trim(line);
	if (str_starts(line, STR("HTTP/"))) {
		status_line(r, line);
		return;
	}
	if (line.n == 0)
		r->ended = true;
	if (r->ended || !str_cut(line, ':', &name, &value))
		return;
	value = str_trim(value);
	if (header_named(name, STR("Content-Length")))
		content_length(r, value);
	else if (header_named(name, STR("Transfer-Encoding")))
		r->chunked = header_named(value, STR("chunked"));
	else if (header_named(name, STR("Content-Range")))
		content_range(r, value);
	else if (header_named(name, STR("ETag")))
		entity_tag(r, value);
	else if (header_named(name, STR("Last-Modified")))
		last_modified(r, value);
	else if (header_named(name, STR("Date")))
		r->date = reply_date(value);
	else if (header_named(name, STR("Retry-After")))
		retry_after(r, value, now);
}

bool http_reply_redirects(const struct http_reply *r)
{
	return r->status == 301 || r->status == 302 || r->status == 303 || r->status == 307 ||
	       r->status == 308;
}

const char *http_reply_validator(const struct http_reply *r)
{
	if (r->etag[0])
		return r->etag;
	if (r->last_modified >= 0 && r->date >= 0 && r->date - r->last_modified >= STRONG_AGE_S)
		return r->last_modified_text;
	return "";
}
