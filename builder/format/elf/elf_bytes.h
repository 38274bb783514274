/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_BYTES_H
#define FORMAT_ELF_ELF_BYTES_H

/* The ground the ELF readers stand on, private to format/elf*.c: a file whose identification and
 * program headers were checked, and the only functions that touch its bytes. */

#include <elf.h>

#include "base/str.h"

#define ELF_SEGMENTS_MAX 4096
#define ELF_DYNAMIC_MAX 65536
#define ELF_NEEDED_MAX 4096
#define ELF_VERSIONS_MAX 65536
#define ELF_VERSION_MAX 255 /* longest name of a symbol version */
#define ELF_PATH_MAX 4096   /* longest library name or interpreter; PATH_MAX of the kernel */
#define ELF_RPATH_MAX 65536 /* longest DT_RPATH or DT_RUNPATH */

/* A program header. */
struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, filesz, memsz, align;
};

/* A value of the dynamic section that is remembered: the last of its tag, as the loader does. */
struct elf_value {
	bool present;
	uint64_t v;
};

struct elf_file {
	struct str bytes;
	bool is64, big_endian;
	struct str header; /* the ELF header */
	struct elf_segment *segments;
	size_t n_segments;
	struct str dynamic; /* the entries of PT_DYNAMIC; empty if there is none */
	struct str strings; /* DT_STRTAB, DT_STRSZ bytes */
};

/* `length` bytes from `offset`: false if they are not all inside `from`. Every access to the file
 * goes through here. */
MUST_CHECK bool elf_slice(struct str from, uint64_t offset, uint64_t length, struct str *out);

/* `count` entries of `size` bytes from `offset`. */
MUST_CHECK bool elf_table(struct str from, uint64_t offset, uint64_t count, uint64_t size,
			  struct str *out);

/* Numbers in the file's byte order, at an offset within a slice that was cut to hold them. */
uint16_t elf_u16(const struct elf_file *f, struct str s, size_t at);
uint32_t elf_u32(const struct elf_file *f, struct str s, size_t at);
uint64_t elf_u64(const struct elf_file *f, struct str s, size_t at);

/* A field as wide as an address: at `at32` or `at64`, after the file's class. */
uint64_t elf_word(const struct elf_file *f, struct str s, size_t at32, size_t at64);

/* `a` in 32-bit files, `b` in 64-bit ones: sizes and offsets of structures. */
size_t elf_pick(const struct elf_file *f, size_t a, size_t b);

/* The string at `offset`, without its NUL, at most `max` bytes: false if it is unterminated, longer
 * or outside. */
MUST_CHECK bool elf_string(struct str table, uint64_t offset, size_t max, struct str *out);

/* Copies of names into an arena. Entries may share one long name, so what is copied is counted:
 * ELF_NAMES_TIMES times the file at most, which no linker comes near. */
#define ELF_NAMES_TIMES 16
struct elf_names {
	struct arena *a;
	struct str table;
	uint64_t left; /* bytes */
};
struct elf_names elf_names_of(struct arena *a, struct str file, struct str table);

/* The name at `offset` as elf_string() finds it: false also when too much was copied. */
MUST_CHECK bool elf_names_take(struct elf_names *n, uint64_t offset, size_t max, const char **out);

/* The bytes of the file that the loader maps at `address`, up to the end of their segment: false
 * when no PT_LOAD has it. */
MUST_CHECK bool elf_mapped(const struct elf_file *f, uint64_t address, struct str *out);

#endif
