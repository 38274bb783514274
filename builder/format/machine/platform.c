/* SPDX-License-Identifier: Apache-2.0 */
/* The table of platforms. */

#include "format/machine/platform.h"

#include "base/buf.h"
#include "format/text/platform_name.h"

static const struct platform known[] = {
	{ "linux/amd64", "", &machine_rows[MACHINE_AMD64] },
	{ "linux/arm64", "--platform linux/arm64 ", &machine_rows[MACHINE_ARM64] },
};
#define KNOWN (ARRAY_SIZE(known))

const struct platform *platform_find(struct str name)
{
	for (size_t i = 0; i < KNOWN; i++) {
		if (str_starts(name, STR("linux/")) && !str_ends(name, STR("/")) &&
		    platform_name_fits(name, "linux", known[i].machine->oci,
				       known[i].machine->variant))
			return &known[i];
	}
	return NULL;
}

const struct platform *platform_of_debian(const char *architecture)
{
	for (size_t i = 0; i < KNOWN; i++) {
		if (strcmp(known[i].machine->debian, architecture) == 0)
			return &known[i];
	}
	return NULL;
}

const struct platform *platform_of_compilers(void)
{
	return &known[0];
}

const struct platform *platform_of_host(void)
{
#if defined(__x86_64__) && defined(__LP64__)
	return platform_find(STR("linux/amd64"));
#elif defined(__aarch64__) && defined(__LP64__) && !defined(__AARCH64EB__)
	return platform_find(STR("linux/arm64"));
#else
	return NULL;
#endif
}

bool platforms_have(const struct platforms *l, const struct platform *p)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i] == p)
			return true;
	}
	return false;
}

void platforms_all(struct arena *a, struct platforms *out)
{
	*out = (struct platforms){ 0 };
	for (size_t i = 0; i < KNOWN; i++)
		*list_push(a, out) = &known[i];
}

const char *platforms_format(struct arena *a, const struct platforms *l)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", l->v[i]->name);
	return buf_cstr(&text);
}

bool platforms_parse(struct arena *a, const char *text, struct platforms *out, struct error *e)
{
	struct platforms asked = { 0 }, all;
	struct str rest = str_of(text), one;
	bool more;

	platforms_all(a, &all);
	do {
		const struct platform *p;

		more = str_cut(rest, ',', &one, &rest);
		p = platform_find(one);
		if (!p)
			return err_set(e, ERR_USAGE,
				       "--platform %s: no platform \"" STR_FMT "\"; known are %s",
				       text, STR_ARG(one), platforms_format(a, &all));
		if (platforms_have(&asked, p))
			return err_set(e, ERR_USAGE, "--platform %s: %s is there twice", text,
				       p->name);
		*list_push(a, &asked) = p;
	} while (more);
	out->n = 0;
	for (size_t i = 0; i < all.n; i++) {
		if (platforms_have(&asked, all.v[i]))
			*list_push(a, out) = all.v[i];
	}
	return true;
}
