/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_packages.h"

#include <string.h>

#include "input/lock/lock.h"
#include "support/fixture_bench.h"
#include "support/fixture_oracle.h"

#define PURL "pkg:deb/debian/"
#define PLUS "%2B"

static const char *packages_name(struct arena *a, struct str purl)
{
	struct buf name = { .a = a };

	for (size_t i = 0; i < purl.n && purl.p[i] != '@'; i++) {
		struct str rest = { purl.p + i, purl.n - i };

		buf_putc(&name, str_starts(rest, STR(PLUS)) ? '+' : purl.p[i]);
		i += str_starts(rest, STR(PLUS)) ? strlen(PLUS) - 1 : 0;
	}
	return buf_cstr(&name);
}

static bool packages_find(struct arena *a, const struct lock *lock, const char *name,
			  struct bench_packages *out)
{
	list_each(p, &lock->packages) {
		if (strcmp(p->name, name) != 0)
			continue;
		*list_push(a, out) = (struct bench_package){
			.name = name,
			.path = arena_printf(a, "%s/%s", p->state->archive, p->file.path),
			.sha256 = digest_hex_dup(a, &p->file.sha256),
		};
		return true;
	}
	return false;
}

static struct strings packages_names(struct arena *a, struct str sbom)
{
	struct strings names = { 0 };
	struct str line;

	while (str_next(&sbom, '\n', &line)) {
		const char *at = strstr(str_dup(a, line), PURL);

		if (at && !strstr(at, "arch=source"))
			*list_push(a, &names) = packages_name(a, str_of(at + strlen(PURL)));
	}
	strings_sort(&names);
	strings_unique(&names);
	return names;
}

void bench_packages_of_image(struct arena *a, const char *program, const char *image,
			     const struct strings *locks, struct bench_packages *out)
{
	struct strings names = packages_names(a, ORACLE(a, program, "sbom", image, "--format",
							"spdx-json"));
	struct lock *loaded = arena_alloc(a, locks->n * sizeof(*loaded));
	struct error e = { 0 };

	for (size_t i = 0; i < locks->n; i++) {
		loaded[i] = (struct lock){ 0 };
		if (!lock_load(a, locks->v[i], &loaded[i], &e))
			bench_give_up(&e);
	}
	list_each(name, &names) {
		bool found = false;

		for (size_t i = 0; i < locks->n && !found; i++)
			found = packages_find(a, &loaded[i], *name, out);
		if (!found)
			bench_die(arena_printf(a, "no lock has package %s", *name));
	}
}

void bench_packages_asked_for(struct arena *a, const char *lock, const char *variant,
			      struct strings *names)
{
	struct lock l = { 0 };
	struct error e = { 0 };

	if (!lock_load(a, lock, &l, &e))
		bench_give_up(&e);
	list_each(p, &l.packages) {
		bool is_of = !variant || !p->variants.n || strings_has(&p->variants, variant);

		if (is_of && strings_has(&p->roles, "image") && !strings_has(names, p->name))
			*list_push(a, names) = p->name;
	}
}
