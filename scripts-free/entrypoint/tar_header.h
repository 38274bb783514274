/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_TAR_HEADER_H
#define ENTRYPOINT_TAR_HEADER_H

/* The 512 bytes in front of a member of a tar archive (POSIX ustar), and the extended header for
 * what does not fit: long names, and the large user numbers of OpenShift. Pure. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define TAR_BLOCK 512

/* Fills `block` for a member called `name`, of type `type` ('0' file, '5' directory, '2' link to
 * `link`, 'x' extended header) and size `size`. A name or link that is too long is cut, a number
 * that is too large becomes 0: then an extended header has to come first. */
void tar_header(unsigned char block[TAR_BLOCK], const char *name, char type, const struct stat *st,
		uint64_t size, const char *link);

/* Does the member need an extended header? */
bool tar_needs_pax(const char *name, const struct stat *st, uint64_t size, const char *link);

/* Writes one record `length keyword=value\n` to `out` of size `cap`. Its length, 0 if it does not
 * fit. */
size_t tar_pax_record(char *out, size_t cap, const char *keyword, const char *value);

#endif
