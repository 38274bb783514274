/* SPDX-License-Identifier: Apache-2.0 */
/* Packages texts for tests. */

#include "support/gen_index.h"

#include <criterion/criterion.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/debian/deb822_sink.h"
#include "input/resolve/index_record.h"

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

bool indexgen_keep(struct arena *a, const char *architecture, struct str text, const char *file,
		   struct kept_index *out, struct error *e)
{
	struct record_maker maker = { .arch = architecture };
	const struct index_making making = record_making(&maker);
	struct deb822_sink stanzas;
	struct str_source from;
	struct fd_sink to;
	int fd = memfd_create("index", MFD_CLOEXEC);
	bool ok;

	cr_assert(fd >= 0);
	fd_sink_init(&to, fd, "index");
	making.begin(making.ctx, a, &to.base);
	deb822_sink_init(a, &stanzas, file, making.stanza, making.ctx);
	str_source_init(&from, text, file);
	ok = io_copy(&from.base, &stanzas.base, e) && making.end(making.ctx, e);
	kept_drop(&maker.w);
	if (ok)
		cr_assert(kept_open(a, out, fd, (uint64_t)lseek(fd, 0, SEEK_END), NULL));
	else
		close(fd);
	return ok;
}

bool indexgen_add(struct index *x, const struct suite *suite, struct str text, struct error *e)
{
	struct kept_index *kept = arena_alloc(x->a, sizeof(*kept));

	if (!indexgen_keep(x->a, x->arch, text, "Packages", kept, e))
		return false;
	index_add_packages(x, suite, kept);
	return true;
}

struct index *indexgen_index(struct arena *a, const char *lines)
{
	struct suite *suite = arena_alloc(a, sizeof(*suite));
	struct index *x = arena_alloc(a, sizeof(*x));
	struct error e = { 0 };

	*suite = (struct suite){ .archive = "debian", .codename = "trixie" };
	*x = (struct index){ .a = a, .arch = "amd64" };
	cr_assert(indexgen_add(x, suite, str_of(indexgen_packages(a, lines)), &e), "%s", e.cause);
	cr_assert(index_finish(x, &e), "%s", e.cause);
	return x;
}
