/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of PEP 425, 600 and of pip's packaging.tags for CPython on Linux with glibc. */

#include "make/unpack/wheel_tags.h"

#define DEBIAN_MINOR 13
#define OLDEST_GLIBC 5 /* manylinux1 */
#define OLDEST_ABI3 2  /* Python 3.2 */

unsigned wheel_python_of(const char *to)
{
	const char *python = strstr(to, "/lib/python3.");
	uint64_t minor;
	struct str number, rest;

	if (!python)
		return DEBIAN_MINOR;
	str_cut(str_of(python + strlen("/lib/python3.")), '/', &number, &rest);
	return str_u64(number, &minor) && minor < 1000 ? (unsigned)minor : DEBIAN_MINOR;
}

/* "cp313" -> 13, "py3" -> 0; false: it is another interpreter, or not of Python 3. */
static bool tag_minor(struct str python, struct str prefix, unsigned *out)
{
	uint64_t minor = 0;

	if (!str_starts(python, prefix))
		return false;
	python = str_from(python, prefix.n);
	if (python.n && (!str_u64(python, &minor) || minor > 999))
		return false;
	*out = (unsigned)minor;
	return true;
}

static bool tag_machine(struct str rest, const struct wheel_target *t)
{
	return str_eq(rest, str_of(t->machine));
}

static bool tag_platform_fits(struct str platform, const struct wheel_target *t)
{
	static const struct {
		struct str name;
		unsigned glibc;
	} old[] = {
		{ STR("manylinux1_"), 5 },
		{ STR("manylinux2010_"), 12 },
		{ STR("manylinux2014_"), 17 },
	};
	struct str number, machine;
	uint64_t glibc;

	if (str_starts(platform, STR("linux_")))
		return tag_machine(str_from(platform, 6), t);
	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		/* the first two are of the time before aarch64 */
		if (str_starts(platform, old[i].name))
			return tag_machine(str_from(platform, old[i].name.n), t) &&
			       (old[i].glibc >= 17 || strcmp(t->machine, "x86_64") == 0);
	}
	return str_starts(platform, STR("manylinux_2_")) &&
	       str_cut(str_from(platform, strlen("manylinux_2_")), '_', &number, &machine) &&
	       str_u64(number, &glibc) && glibc <= WHEEL_GLIBC &&
	       glibc >= (strcmp(t->machine, "x86_64") == 0 ? OLDEST_GLIBC : 17) &&
	       tag_machine(machine, t);
}

/* One tag whose parts are not sets. */
static bool tag_fits(struct str python, struct str abi, struct str platform,
		     const struct wheel_target *t)
{
	bool any = str_eq(platform, STR("any")), none = str_eq(abi, STR("none"));
	unsigned minor, own;

	if (!any && !tag_platform_fits(platform, t))
		return false;
	if (none && tag_minor(python, STR("py3"), &minor))
		return minor <= t->minor;
	if (!tag_minor(python, STR("cp3"), &minor) || minor == 0)
		return false;
	if (none)
		return minor == t->minor;
	if (any)
		return false;
	if (str_eq(abi, STR("abi3")))
		return minor >= OLDEST_ABI3 && minor <= t->minor;
	return minor == t->minor && tag_minor(abi, STR("cp3"), &own) && own == t->minor;
}

bool wheel_tag_fits(struct str tag, const struct wheel_target *t)
{
	struct str pythons, abis, platforms, python, abi, platform;

	if (!str_cut(tag, '-', &pythons, &abis) || !str_cut(abis, '-', &abis, &platforms))
		return false;
	while (str_next(&pythons, '.', &python)) {
		for (struct str left = abis; str_next(&left, '.', &abi);) {
			for (struct str more = platforms; str_next(&more, '.', &platform);) {
				if (tag_fits(python, abi, platform, t))
					return true;
			}
		}
	}
	return false;
}
