/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_MACHINE_MACHINE_H
#define FORMAT_MACHINE_MACHINE_H

/* The table of machines: one row for each that glibc and Debian run on, with every name and number
 * that some part of this program knows it by. To add one means to add a row;
 * tests/format/machine/test_machine.c fails for a row that lacks something. For which of them
 * images can be built is platform.h's business. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACHINE_NAMES 4	 /* of uname(2), at most */
#define MACHINE_HWCAPS 4 /* folders below glibc-hwcaps, at most */

struct machine {
	/* what the ELF header says */
	uint16_t elf; /* e_machine: EM_X86_64 */
	bool is64, big_endian;
	uint32_t mask,
		value; /* of e_flags: what tells the calling conventions of one e_machine apart */
	uint32_t unmarked; /* a file that has 0 there is taken, too, and is this in ld.so.cache;
			      else 0 */

	/* what it is called */
	const char *debian;		  /* dpkg: "arm64" */
	const char *triplet;		  /* of multiarch: "aarch64-linux-gnu" */
	const char *oci;		  /* OCI (GOARCH): "arm64"; NULL: there is no name */
	const char *variant;		  /* OCI: "v8"; NULL: none */
	const char *uname[MACHINE_NAMES]; /* uname -m; none: another row has it */

	/* what glibc's loader knows */
	const char *loader;		    /* PT_INTERP of its programs */
	const char *platform;		    /* $PLATFORM; NULL: it depends on the processor
					       (amd64: x86_64, haswell, xeon_phi) */
	const char *hwcaps[MACHINE_HWCAPS]; /* folders below glibc-hwcaps, the best first */
	uint32_t cache; /* flags of its libraries in ld.so.cache, as ldconfig writes them */

	/* what compilers can do */
	const char *branch_protection; /* gcc's option against diverted jumps and returns; NULL:
					  there is none */
};

/* Rows that others name. */
enum { MACHINE_AMD64, MACHINE_ARM64, MACHINE_NAMED };

extern const struct machine machine_rows[];
extern const size_t machine_rows_n;

/* Whether the folder hwcaps[i] is there and among the `level` least: those of one processor or
 * another. */
bool machine_has_hwcaps(const struct machine *m, size_t i, size_t level);

/* The machine of this name, or NULL: as OCI (of several variants the first) and uname(2) have it.
 */
const struct machine *machine_of_oci(const char *architecture);
const struct machine *machine_of_uname(const char *name);

#endif
