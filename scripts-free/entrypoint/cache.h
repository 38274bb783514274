/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_CACHE_H
#define ENTRYPOINT_CACHE_H

/* Cache directories: there, writable, of a size that fits the disk, and with their structure. */

#include "entrypoint/supervisor.h"

enum cache_fit { CACHE_FITS, CACHE_TOO_BIG, CACHE_UNDERUSED };

/* Does a cache of `mb` fit a file system of `total_mb`? A tenth of it, at most 5120 MB, is kept
 * for other things; less than 60 % of the rest counts as underused. Pure. */
enum cache_fit cache_size_fit(unsigned long long mb, unsigned long long total_mb);

/* Has the directory the whole structure that its type needs? A creation that was interrupted
 * leaves the last directories missing. */
bool cache_is_complete(const struct conf_cache *c);

/* Checks every cache_dir and has Squid create what is missing. Logs the cause of a failure. */
bool cache_prepare(struct supervisor *s);

#endif
