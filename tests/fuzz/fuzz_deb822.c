/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as control data, as a Packages index and as a Release file. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input/release/release.h"
#include "format/debian/deb822_sink.h"
#include "input/resolve/index_record.h"
#include "input/resolve/package_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every slice of a stanza lies in the text, and no name is there twice. */
static void fuzz_check_stanza(const struct deb822 *r, struct str text)
{
	for (size_t i = 0; i < r->n; i++) {
		struct str name = r->fields[i].name, value = r->fields[i].value;

		if (name.p < text.p || name.p + name.n > text.p + text.n || name.n == 0 ||
		    value.p < text.p || value.p + value.n > text.p + text.n ||
		    (value.n && memchr(value.p, '\0', value.n)))
			abort();
	}
}

/* What is kept of it, in a memory file; false: it is malformed. */
static bool keep_index(struct arena *a, struct str text, struct kept_index *out)
{
	struct record_maker maker = { .arch = "amd64" };
	const struct index_making making = record_making(&maker);
	struct deb822_sink stanzas;
	struct str_source from;
	struct fd_sink to;
	struct error e = { 0 };
	int fd = memfd_create("index", MFD_CLOEXEC);

	fd_sink_init(&to, fd, "index");
	making.begin(making.ctx, a, &to.base);
	deb822_sink_init(a, &stanzas, "Packages", making.stanza, making.ctx);
	str_source_init(&from, text, "Packages");
	if (io_copy(&from.base, &stanzas.base, &e) && making.end(making.ctx, &e)) {
		if (!kept_open(a, out, fd, (uint64_t)lseek(fd, 0, SEEK_END), NULL))
			abort();
		return true;
	}
	kept_drop(&maker.w);
	if (e.kind != ERR_INPUT)
		abort();
	close(fd);
	return false;
}

/* Whatever is kept is found. */
static void read_index(struct arena *a, struct str text)
{
	static const struct suite suite = { .archive = "debian", .codename = "trixie" };
	struct index x = { .a = a, .arch = "amd64" };
	struct strings names = { 0 };
	struct error e = { 0 };
	struct kept_index kept;

	if (!keep_index(a, text, &kept))
		return;
	index_add_packages(&x, &suite, &kept);
	if (!index_finish(&x, &e))
		abort();
	index_names(a, &x, STR(""), &names);
	list_each(name, &names) {
		size_t n;

		if (!index_candidate(&x, str_of(*name)) && index_sound(&x, &e))
			abort();
		index_providers(&x, str_of(*name), &n);
	}
	kept_close(&kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	static const struct suite suite = { .codename = "trixie" };
	struct release release = { .suite = &suite };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct deb822 r;
	int got;

	deb822_init(&r, text, "input");
	while ((got = deb822_next(&r, &e)) > 0)
		fuzz_check_stanza(&r, text);
	if ((got < 0) != (e.kind == ERR_INPUT))
		abort();
	read_index(&a, text);
	e = (struct error){ 0 };
	if (!release_parse(&a, text, "input", &release, &e) && e.kind == ERR_NONE)
		abort();
	return 0;
}
