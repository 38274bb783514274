/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_GEN_ELF_H
#define SUPPORT_GEN_ELF_H

/* Makes small ELF files for tests: any class and byte order, one loaded segment, a dynamic section
 * with what is asked for. 64-bit x86 ones are good enough for the real loader (ld.so --list). */

#include "base/str.h"

#define ELFGEN_MAX 8

struct elfgen_need {
	const char *library;
	const char *versions[ELFGEN_MAX];
	bool weak;
};

struct elfgen_symbol {
	const char *name;
	const char *version; /* among `offers` if defined, else among those of `needs` */
	bool defined, hidden;
};

struct elfgen {
	bool is32, big_endian;
	bool program;	  /* with an interpreter; else a library */
	bool fixed;	  /* ET_EXEC */
	uint16_t machine; /* 0: EM_X86_64, or EM_386 if is32 */
	uint32_t flags;
	const char *interp; /* of programs; NULL: /lib64/ld-linux-x86-64.so.2 */
	const char *soname, *rpath, *runpath, *filter, *auxiliary;
	const char *needed[ELFGEN_MAX * 2];
	struct elfgen_need needs[ELFGEN_MAX];
	const char *offers[ELFGEN_MAX];
	struct elfgen_symbol symbols[ELFGEN_MAX];
	uint64_t df, df_1;
	bool textrel, bind_now, relro, exec_stack, no_stack, write_exec;
	bool gnu_hash;		/* instead of DT_HASH */
	const char *note_owner; /* one note, in a PT_NOTE and in a section; NULL: none */
	uint32_t note_type;
	const char *note_desc;
};

/* The bytes, in the arena; they may be changed. */
struct str elfgen_make(struct arena *a, const struct elfgen *g);

/* For lies: where in a made file the value of a dynamic entry stands (0: there is none), the
 * program header with this type, and a number written in the file's byte order. */
size_t elfgen_dynamic_at(const struct elfgen *g, struct str file, uint64_t tag);
size_t elfgen_segment_at(const struct elfgen *g, struct str file, uint32_t type);
void elfgen_put(const struct elfgen *g, struct str file, size_t at, uint64_t v, unsigned width);

#endif
