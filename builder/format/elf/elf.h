/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_H
#define FORMAT_ELF_ELF_H

/* ELF files (System V gABI 4.1, LSB 5.0 for symbol versions and notes): 32 and 64 bits, both byte
 * orders, read from bytes in memory. What a program needs is resolved as glibc's loader does it,
 * from the program headers and PT_DYNAMIC; the section table, which the loader never looks at,
 * is only used to find more notes. Files are hostile until shown otherwise: each access is
 * checked, counts are capped, and the work is bounded by the size of the file.
 *
 * Constants (ET_DYN, EM_X86_64, DF_1_PIE, STT_FUNC, ...) are those of <elf.h>. */

#include <elf.h>

#include "format/elf/elf_types.h"

/* Starts with the ELF magic? Says nothing about the rest. */
bool elf_is(struct str bytes);

/* Reads what stands at fixed places of the ELF header alone (type, machine, flags, ...): nothing in
 * the file is followed, so that this needs no jail. ERR_INPUT. */
MUST_CHECK bool elf_read_header(struct str bytes, struct elf *out, struct error *e);

/* Reads what struct elf holds. ERR_INPUT saying what is wrong; the caller names the file. */
MUST_CHECK bool elf_read(struct arena *a, struct str bytes, struct elf *out, struct error *e);

/* The same without `opens`, for which symbols have to be read. */
MUST_CHECK bool elf_read_alone(struct arena *a, struct str bytes, struct elf *out, struct error *e);

/* An executable that is loaded anywhere: ET_DYN with DF_1_PIE, or with an interpreter but no
 * SONAME (linkers before DF_1_PIE). A library with PT_INTERP (libc.so.6) is none. */
bool elf_is_pie(const struct elf *elf);

/* What the kernel runs, and nobody loads: fixed, or loaded anywhere. */
bool elf_is_program(const struct elf *elf);

/* The note of this owner and type, or NULL. */
const struct elf_note *elf_find_note(const struct elf *elf, const char *owner, uint32_t type);

/* The bytes of the first section of this name, a slice of `bytes`; false: there is none, or it
 * cannot be read. */
MUST_CHECK bool elf_find_section(struct str bytes, const char *name, struct str *out);

/* One dynamic symbol. Names are slices of the file's bytes. */
struct elf_symbol {
	struct str name;
	const char *version; /* "GLIBC_2.34", or NULL: none, or the base version */
	const char *library; /* whose version it is, when asked of a library; else NULL */
	bool defined;
	bool hidden_version;	  /* defined as name@version, not the default name@@version */
	unsigned char bind;	  /* STB_... */
	unsigned char type;	  /* STT_... */
	unsigned char visibility; /* STV_... */
};

struct elf_symbols {
	struct LIST(struct elf_symbol)
		v; /* in the order of the table, without its empty first one */
};

/* Reads the dynamic symbol table (its size is taken from DT_HASH or DT_GNU_HASH). `bytes` must
 * outlive the result. A file without one gives an empty list. */
MUST_CHECK bool elf_read_symbols(struct arena *a, struct str bytes, struct elf_symbols *out,
				 struct error *e);

#endif
