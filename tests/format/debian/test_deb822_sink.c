/* SPDX-License-Identifier: Apache-2.0 */
/* Control data in pieces: where they are cut makes no difference. */

#include <criterion/criterion.h>

#include "format/debian/deb822_sink.h"

/* "first line|name=value|..." of each stanza. */
static void describe_stanza(struct buf *out, const struct deb822 *r)
{
	buf_printf(out, "%u", r->fields[0].line);
	for (size_t i = 0; i < r->n; i++)
		buf_printf(out, "|%.*s=%.*s", STR_ARG(r->fields[i].name),
			   STR_ARG(r->fields[i].value));
	buf_putc(out, '\n');
}

static bool describe_each(void *ctx, const struct deb822 *r, struct error *e)
{
	(void)e;
	describe_stanza(ctx, r);
	return true;
}

static void end_with_error(struct buf *out, const struct error *e)
{
	char text[512] = "";

	if (e->kind != ERR_NONE)
		err_format(e, text, sizeof(text));
	buf_puts(out, text);
}

static const char *read_whole(struct arena *a, struct str text)
{
	struct buf out = { .a = a };
	struct error e = { 0 };
	struct deb822 r;

	deb822_init(&r, text, "P");
	while (deb822_next(&r, &e) > 0)
		describe_stanza(&out, &r);
	end_with_error(&out, &e);
	return buf_cstr(&out);
}

static const char *read_pieces(struct arena *a, struct str text, size_t piece)
{
	struct buf out = { .a = a };
	struct deb822_sink s;
	struct error e = { 0 };
	bool ok = true;

	deb822_sink_init(a, &s, "P", describe_each, &out);
	for (size_t at = 0; ok && at < text.n; at += piece) {
		struct str rest = str_from(text, at);

		rest.n = rest.n < piece ? rest.n : piece;
		ok = s.base.write(&s.base, rest, &e);
	}
	if (ok)
		ok = s.base.finish(&s.base, &e);
	cr_expect_eq(ok, e.kind == ERR_NONE);
	end_with_error(&out, &e);
	return buf_cstr(&out);
}

Test(deb822_sink, pieces_of_any_size_give_the_stanzas_of_the_whole)
{
	static const char *const texts[] = {
		"",
		"\n",
		"\n\n\n",
		"A: 1",
		"A: 1\n",
		"A: 1\n\n",
		"\n\nA: 1\nB: 2\n c\n\td\n\n\n \t\nC: 3\n \nE: 4\n\n",
		"A: 1\n\nB: 2\n\nC 3\n\nE: 4\n",
		"A: 1\n\n b\n\n",
		"A: 1\nA: 2\n\nB: 3\n",
		"A: 1\n\nB: \x01\n",
		"A: 1\r\n\r\nB: 2\r\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO_ARENA a = { 0 };
		struct str text = str_of(texts[i]);
		const char *whole = read_whole(&a, text);

		for (size_t piece = 1; piece <= text.n + 1; piece++)
			cr_expect_str_eq(read_pieces(&a, text, piece), whole, "%zu by %zu", i,
					 piece);
	}
}

Test(deb822_sink, a_long_stanza_is_held_until_it_ends)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	for (int i = 0; i < 90; i++)
		buf_printf(&text, "F%d: %0300d\n", i, i);
	buf_puts(&text, "\nLast: 1\n");
	cr_expect_str_eq(read_pieces(&a, buf_str(&text), 1000), read_whole(&a, buf_str(&text)));
}

/* Bytes are looked at eight at a time. */
Test(deb822_sink, a_control_byte_is_found_wherever_it_stands)
{
	for (size_t at = 3; at < 40; at++) {
		for (int byte = 1; byte < 256; byte++) {
			AUTO_ARENA a = { 0 };
			char text[] = "A: 0123456789012345678901234567890123456789";
			struct deb822 r;
			struct error e = { 0 };
			bool control = (byte < 0x20 && byte != '\t' && byte != '\n') ||
				       byte == 0x7f;

			if (byte == '\n')
				continue;
			text[at] = (char)byte;
			deb822_init(&r, str_of(text), "P");
			cr_expect_eq(deb822_next(&r, &e) < 0, control, "%d at %zu", byte, at);
			cr_expect(!control || e.at.col == at + 1, "%u at %zu", e.at.col, at);
		}
	}
}
