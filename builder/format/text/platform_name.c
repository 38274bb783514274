/* SPDX-License-Identifier: Apache-2.0 */
/* Compares names of platforms. Which ones can be built, format/machine/platform.c knows. */

#include "format/text/platform_name.h"

/* What a machine is that says no variant. */
static struct str plain_variant(struct str architecture)
{
	return str_eq(architecture, STR("amd64"))   ? STR("v1")
	       : str_eq(architecture, STR("arm64")) ? STR("v8")
	       : str_eq(architecture, STR("arm"))   ? STR("v7")
						    : STR("");
}

bool platform_name_fits(struct str asked, const char *os, const char *architecture,
			const char *variant)
{
	struct str asked_os, rest, machine, wanted, has;

	if (!str_cut(asked, '/', &asked_os, &rest)) {
		rest = asked_os;
		asked_os = STR("linux");
	}
	str_cut(rest, '/', &machine, &wanted);
	if (!str_eq(asked_os, str_of(os)) || !str_eq(machine, str_of(architecture)))
		return false;
	has = variant && variant[0] ? str_of(variant) : plain_variant(machine);
	return wanted.n == 0 || str_eq(wanted, has);
}

const char *platform_name(struct arena *a, const char *os, const char *architecture,
			  const char *variant)
{
	bool more = variant && variant[0];

	return arena_printf(a, "%s/%s%s%s", os, architecture, more ? "/" : "", more ? variant : "");
}
