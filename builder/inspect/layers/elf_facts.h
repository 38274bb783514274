/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_ELF_FACTS_H
#define INSPECT_LAYERS_ELF_FACTS_H

/* What the audit keeps of an ELF file once its bytes are gone: a few hundred bytes, and one word
 * for each symbol it offers or wants. */

#include "inspect/layers/layer_items.h"
#include "format/elf/elf.h"

struct version_need {
	const char *library, *version;
	bool weak;
};

/* A symbol that must come from some library, by the hash of its name; kept for the finding.
 * `versioned` is the hash of NAME@VERSION; 0: any version will do. */
struct symbol_need {
	uint32_t hash, versioned;
	const char *name;
};

struct elf_facts {
	bool readable;	     /* false: `problem` says why, `head` has type and machine */
	const char *problem; /* of readable ones: why the symbols could not be read, or NULL */
	struct elf head;     /* its lists live in the model's arena; notes are left out */
	struct LIST(struct version_need) wants;
	struct strings offers;			   /* symbol versions defined, sorted */
	struct LIST(struct symbol_need) undefined; /* not weak */
	uint32_t *defined; /* hashes of NAME and, where it has a version, NAME@VERSION; sorted */
	size_t n_defined;
	bool program; /* run by the kernel: an executable, not a library */
	bool is_static;
	bool protector;		  /* uses __stack_chk_fail */
	bool fortified;		  /* uses one of __*_chk */
	bool fortifiable;	  /* uses a function that has such a variant, without it */
	bool go;		  /* made by Go's linker */
	const char *package_note; /* .note.package, or NULL */
	const char *build_path;	  /* of a source file of it, or NULL */
};

/* Sets item->elf, item->embedded, and item->shell if the bytes are a shell's. `bytes` is not needed
 * afterwards. */
void elf_facts_make(struct arena *a, struct str bytes, struct item *item);

/* Does it define a symbol of this hash? */
bool elf_facts_define(const struct elf_facts *f, uint32_t hash);

/* The hash of symbol names used here (that of DT_GNU_HASH). */
uint32_t symbol_hash(struct str name);

#endif
