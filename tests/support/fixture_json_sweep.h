/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_JSON_SWEEP_H
#define SUPPORT_FIXTURE_JSON_SWEEP_H

/* Every way in which a JSON document can have a wrong shape, tried on its reader: each value of
 * another type, each member left out, one member more in each object, the end cut off. jansson
 * makes the texts, not the reader's own code.
 *
 * A path is "packages[].file.size": all elements of a list are one. */

#include "base/error.h"
#include "base/str.h"

struct json_sweep {
	const char *text; /* a document that is good */
	bool (*read)(void *of, struct str text, struct error *e);
	void *of;
	const char *const *optional; /* paths of members that may be left out; NULL-terminated */
	const char *const *anything; /* paths whose values may be of any type, and all below */
	const char *const *maps; /* paths of objects whose keys are data: all values of one type */
	bool nulls;		 /* null says that a member is not there */
	bool open;		 /* members that nobody knows are passed over */
	bool no_places;		 /* errors do not say where */
};

/* The test fails for each document that should be refused and is read, or the other way round, and
 * for an error of another kind than ERR_INPUT or at another line. */
void json_sweep(const struct json_sweep *s);

#endif
