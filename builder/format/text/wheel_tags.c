/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of PEP 425, 600 and of pip's packaging.tags for CPython on Linux with glibc. */

#include "format/text/wheel_tags.h"

#include <sys/param.h>

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

/* 0: it does not fit; the newer the C library that it was made for, the more. */
static unsigned tag_platform_rank(struct str platform, const struct wheel_target *t)
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
		return tag_machine(str_from(platform, 6), t) ? 1 : 0;
	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		/* the first two are of the time before aarch64 */
		if (str_starts(platform, old[i].name))
			return tag_machine(str_from(platform, old[i].name.n), t) &&
					       (old[i].glibc >= 17 ||
						strcmp(t->machine, "x86_64") == 0)
				       ? 1 + old[i].glibc
				       : 0;
	}
	return str_starts(platform, STR("manylinux_2_")) &&
			       str_cut(str_from(platform, strlen("manylinux_2_")), '_', &number,
				       &machine) &&
			       str_u64(number, &glibc) && glibc <= WHEEL_GLIBC &&
			       glibc >= (strcmp(t->machine, "x86_64") == 0 ? OLDEST_GLIBC : 17) &&
			       tag_machine(machine, t)
		       ? 1 + (unsigned)glibc
		       : 0;
}

/* Classes of tags in the order in which pip asks for them: packaging.tags.sys_tags(). Within one
 * the newer Python goes first, then the newer C library. */
enum { TAG_NONE, TAG_PY_ANY, TAG_CP_ANY, TAG_PY, TAG_OLDER_ABI3, TAG_CP_NONE, TAG_ABI3, TAG_OWN };

static unsigned tag_value(unsigned class, unsigned minor, unsigned platform)
{
	return class * 1000000 + minor * 1000 + platform;
}

/* One tag whose parts are not sets. 0: it does not fit. */
static unsigned tag_rank(struct str python, struct str abi, struct str platform,
			 const struct wheel_target *t)
{
	bool any = str_eq(platform, STR("any")), none = str_eq(abi, STR("none"));
	unsigned minor, own, c = any ? 1 : tag_platform_rank(platform, t);

	if (!c)
		return 0;
	if (none && tag_minor(python, STR("py3"), &minor))
		return minor <= t->minor ? tag_value(any ? TAG_PY_ANY : TAG_PY, minor, c) : 0;
	if (!tag_minor(python, STR("cp3"), &minor) || minor == 0)
		return 0;
	if (none)
		return minor == t->minor ? tag_value(any ? TAG_CP_ANY : TAG_CP_NONE, minor, c) : 0;
	if (any)
		return 0;
	if (str_eq(abi, STR("abi3")))
		return minor >= OLDEST_ABI3 && minor <= t->minor
			       ? tag_value(minor == t->minor ? TAG_ABI3 : TAG_OLDER_ABI3, minor, c)
			       : 0;
	return minor == t->minor && tag_minor(abi, STR("cp3"), &own) && own == t->minor
		       ? tag_value(TAG_OWN, minor, c)
		       : 0;
}

bool wheel_tag_fits(struct str tag, const struct wheel_target *t)
{
	return wheel_tag_rank(tag, t) > 0;
}

unsigned wheel_tag_rank(struct str tag, const struct wheel_target *t)
{
	unsigned best = 0, rank;
	struct str pythons, abis, platforms, python, abi, platform;

	if (!str_cut(tag, '-', &pythons, &abis) || !str_cut(abis, '-', &abis, &platforms))
		return 0;
	while (str_next(&pythons, '.', &python)) {
		for (struct str left = abis; str_next(&left, '.', &abi);) {
			for (struct str more = platforms; str_next(&more, '.', &platform);) {
				rank = tag_rank(python, abi, platform, t);
				best = MAX(rank, best);
			}
		}
	}
	return best;
}
