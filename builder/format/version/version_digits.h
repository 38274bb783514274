/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_VERSION_VERSION_DIGITS_H
#define FORMAT_VERSION_VERSION_DIGITS_H

/* Numbers of any length, in decimal digits. */

#include "base/str.h"

/* Negative, zero or positive as `a` is less than, equal to or greater than `b`. Empty is 0; zeros
 * in front count for nothing. */
int version_compare_digits(struct str a, struct str b);

/* Compares what stands between dots, part by part; a part that one of them lacks is "0". `compare`
 * orders two parts. */
int version_compare_dotted(struct str a, struct str b, int (*compare)(struct str, struct str));

/* Takes the decimal digits at the front of `s`. */
struct str version_take_digits(struct str *s);

#endif
