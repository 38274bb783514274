/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_TYPES_H
#define FORMAT_ELF_ELF_TYPES_H

/* What is known of an ELF file once it was read: struct elf and what it is made of. elf.h fills it
 * from a file, elf_parts.h part by part. */

#include "base/str.h"

#define ELF_NOTE_DLOPEN 0x407c0c0aU  /* owner "FDO": JSON, see elf_dlopen.h */
#define ELF_NOTE_PACKAGE 0xcafe1a7eU /* owner "FDO": JSON about the package */

/* One symbol version: asked for (in elf_need) or offered (in elf.versions). */
struct elf_version {
	const char *name; /* "GLIBC_2.34" */
	uint16_t index;	  /* as in the symbols' version table */
	bool weak;	  /* VER_FLG_WEAK: the loader only warns when it is missing */
	bool base;	  /* VER_FLG_BASE: names the file, no version of symbols */
};

/* The versions asked of one library. */
struct elf_need {
	const char *library; /* as in DT_NEEDED */
	struct LIST(struct elf_version) versions;
};

struct elf_note {
	const char *owner; /* "GNU", "FDO" */
	uint32_t type;
	struct str desc; /* NT_GNU_BUILD_ID: bytes; .note.dlopen, .note.package: JSON */
};

enum elf_dlopen_priority { ELF_DLOPEN_SUGGESTED, ELF_DLOPEN_RECOMMENDED, ELF_DLOPEN_REQUIRED };

/* A library that the file opens while it runs, as its .note.dlopen says. */
struct elf_dlopen {
	const char *feature;	 /* "lz4"; or NULL */
	const char *description; /* or NULL */
	enum elf_dlopen_priority priority;
	struct strings sonames; /* any one of them will do, the first best */
};

struct elf_dlopens {
	struct LIST(struct elf_dlopen) v; /* in order of the notes */
};

/* What headers and dynamic section say. Strings live in the arena, none in the file's bytes. */
struct elf {
	bool is64, big_endian;
	uint16_t type, machine; /* ET_..., EM_... */
	uint8_t os_abi;
	uint32_t flags; /* e_flags: ABI variants of ARM, MIPS, RISC-V */

	bool dynamic;	   /* has PT_DYNAMIC: what follows it can be there at all */
	bool relro;	   /* PT_GNU_RELRO; full RELRO needs bind_now, too */
	bool stack_header; /* PT_GNU_STACK; without it the stack is taken to be executable */
	bool exec_stack;   /* ... which asks for an executable stack */
	bool write_exec;   /* a PT_LOAD is writable and executable */
	bool odd_sections; /* the section table is malformed (harmless to the loader) */
	bool odd_notes;	   /* notes are malformed or too many; those found are good */

	const char *interp;    /* PT_INTERP, or NULL */
	const char *soname;    /* or NULL */
	const char *rpath;     /* DT_RPATH as written, or NULL; not used if runpath is set */
	const char *runpath;   /* DT_RUNPATH as written, or NULL */
	struct strings needed; /* DT_NEEDED in order */
	struct strings filters, auxiliaries;	  /* DT_FILTER, DT_AUXILIARY in order */
	uint64_t df, df_1;			  /* DT_FLAGS, DT_FLAGS_1 */
	bool bind_now;				  /* DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW */
	bool textrel;				  /* DT_TEXTREL or DF_TEXTREL */
	struct LIST(struct elf_need) needs;	  /* DT_VERNEED in order */
	struct LIST(struct elf_version) versions; /* DT_VERDEF in order */
	struct LIST(struct elf_note) notes;	  /* in order of their place in the file */
	struct elf_dlopens dlopens;		  /* those of .note.dlopen, read */
	const char *odd_dlopen; /* why not all of .note.dlopen could be read, or NULL */
	bool opens;		/* asks for dlopen() or dlmopen(): it may load modules */
};

#endif
