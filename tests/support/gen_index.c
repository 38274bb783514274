/* SPDX-License-Identifier: Apache-2.0 */
/* Packages texts for tests. */

#include "support/gen_index.h"

#include <criterion/criterion.h>

#include "format/debian/deb822.h"

static void add_stanza(struct buf *out, const char *architecture, struct str line)
{
	struct str field, name, version, head;
	struct digest digest = digest_of(line);
	char hex[DIGEST_TEXT];

	digest_hex(&digest, hex);
	str_cut(line, ';', &head, &line);
	cr_assert(deb822_word(&head, &name) && deb822_word(&head, &version));
	buf_printf(out, "Package: %.*s\nVersion: %.*s\n", STR_ARG(name), STR_ARG(version));
	if (!memmem(line.p, line.n, "Architecture:", strlen("Architecture:")))
		buf_printf(out, "Architecture: %s\n", architecture);
	while (str_next(&line, ';', &field)) {
		buf_add(out, str_trim(field));
		buf_putc(out, '\n');
	}
	buf_printf(out, "Filename: pool/main/%.*s_%s.deb\nSize: 1000\nSHA256: %s\n\n",
		   STR_ARG(name), hex, hex);
}

const char *indexgen_packages_of(struct arena *a, const char *architecture, const char *lines)
{
	struct buf out = { .a = a };
	struct str rest = str_of(lines), line;

	while (deb822_line(&rest, &line))
		add_stanza(&out, architecture, line);
	return buf_cstr(&out);
}

const char *indexgen_packages(struct arena *a, const char *lines)
{
	return indexgen_packages_of(a, "amd64", lines);
}

struct index *indexgen_index(struct arena *a, const char *lines)
{
	struct suite *suite = arena_alloc(a, sizeof(*suite));
	struct index *x = arena_alloc(a, sizeof(*x));
	struct error e = { 0 };

	*suite = (struct suite){ .archive = "debian", .codename = "trixie" };
	*x = (struct index){ .a = a, .arch = "amd64" };
	cr_assert(index_add_packages(x, suite, str_of(indexgen_packages(a, lines)), "Packages", &e),
		  "%s", e.cause);
	cr_assert(index_finish(x, &e), "%s", e.cause);
	return x;
}
