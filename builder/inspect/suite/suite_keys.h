/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_SUITE_KEYS_H
#define INSPECT_SUITE_SUITE_KEYS_H

/* Keys of JSON files of tests. The peer reads them with Go's encoding/json, which matches keys in
 * any case; YAML it reads as it is written. */

#include "base/str.h"

/* The text with each known key in its own spelling, byte for byte at its place: places in messages
 * stay true. */
struct str suite_keys_fold(struct arena *a, struct str json);

#endif
