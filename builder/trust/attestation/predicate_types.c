/* SPDX-License-Identifier: Apache-2.0 */
/* The table of predicate types. */

#include "trust/attestation/predicate_types.h"

static const char *const types[] = { PREDICATE_PROVENANCE, PREDICATE_SPDX,  PREDICATE_CYCLONEDX,
				     PREDICATE_SUMMARY,	   PREDICATE_FACTS, PREDICATE_OPENVEX };

const char *const predicate_names[] = { "provenance", "spdx",	 "cyclonedx", "vsa",
					"facts",      "openvex", NULL };

bool predicate_type_of(const char *name, const char **type, struct error *e)
{
	const char *near;

	*type = name;
	if (strchr(name, ':'))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(predicate_names[i], name) == 0) {
			*type = types[i];
			return true;
		}
	}
	near = str_nearest(str_of(name), predicate_names, ARRAY_SIZE(types));
	return err_set(e, ERR_USAGE,
		       "\"%s\" is no type of attestations: it is provenance, spdx, cyclonedx, vsa, "
		       "facts, openvex, or a predicate type (https://...)%s%s%s",
		       name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

bool predicate_is_made(const char *type)
{
	return strcmp(type, PREDICATE_OPENVEX) != 0 && predicate_name(type) != type;
}

const char *predicate_name(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i], type) == 0)
			return predicate_names[i];
	}
	return type;
}
