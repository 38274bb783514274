/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_DEBIAN_DEBVERSION_H
#define FORMAT_DEBIAN_DEBVERSION_H

/* Debian version numbers, [epoch:]upstream[-revision], and their order: Policy 5.6.12 and
 * deb-version(7). */

#include "base/str.h"

/* Whether `v` keeps to the grammar: an epoch of digits, an upstream part that begins with a
 * digit and a revision, each of the characters allowed there. */
bool debversion_valid(struct str v);

/* Negative, zero or positive as `a` is earlier than, equal to or later than `b`. Total for any
 * bytes; a missing epoch is 0, a missing revision equals the revision "0". */
int debversion_compare(struct str a, struct str b);

/* The parts of a version. Missing ones are empty: a missing epoch is 0. */
struct debversion {
	struct str epoch, upstream, revision;
};

struct debversion debversion_split(struct str v);

/* As debversion_compare, of upstream parts or of revisions. */
int debversion_compare_part(struct str a, struct str b);

/* Relations between versions, as in "(>= 1.2)". */
enum debversion_op {
	DEBVERSION_ANY, /* no version asked for */
	DEBVERSION_LT,	/* << */
	DEBVERSION_LE,	/* <= */
	DEBVERSION_EQ,	/* = */
	DEBVERSION_GE,	/* >= */
	DEBVERSION_GT,	/* >> */
};

/* Reads an operator at the front of `s` and moves `s` behind it; false if there is none. The
 * ancient "<" and ">" are none. */
bool debversion_op(struct str *s, enum debversion_op *op);
const char *debversion_op_name(enum debversion_op op);

/* Whether the operator holds for two things in this order (as debversion_compare gives it). */
bool debversion_order_holds(int order, enum debversion_op op);

/* Whether "v op than" holds. */
bool debversion_holds(struct str v, enum debversion_op op, struct str than);

#endif
