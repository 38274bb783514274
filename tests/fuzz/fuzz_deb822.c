/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as control data, as a Packages index and as a Release file. */

#include <stdlib.h>

#include "input/release/release.h"
#include "format/debian/deb822.h"
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

static void read_index(struct arena *a, struct str text)
{
	static const struct suite suite = { .archive = "debian", .codename = "trixie" };
	struct index x = { .a = a, .arch = "amd64" };
	struct error e = { 0 };

	if (index_add_packages(&x, &suite, text, "Packages", &e) && index_finish(&x, &e)) {
		for (size_t i = 0; i < x.packages.n; i++) {
			if (index_candidate(&x, x.packages.v[i]->name) != x.packages.v[i])
				abort();
		}
	} else if (e.kind != ERR_INPUT) {
		abort();
	}
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
