/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that reads ELF bytes, and the library cache, which shares their ground; and struct elf
 * as it crosses the pipe of a jail. */

#include <stdlib.h>

#include "format/elf/elf.h"
#include "format/elf/elf_wire.h"
#include "format/elf/ldcache.h"
#include "inspect/layers/embedded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What our own reader says is always believed; the raw input is what a reader might say that was
 * taken over. */
static void fuzz_cross_wire(struct arena *a, struct str bytes, const struct elf *elf)
{
	struct buf said = { .a = a };
	struct wire w = { .a = a }, raw = { .a = a, .rest = bytes };
	struct elf back;

	if (elf) {
		elf_wire_put(&said, elf);
		w.rest = buf_str(&said);
		elf_wire_get(&w, &back);
		if (!wire_end(&w) || back.needed.n != elf->needed.n || back.notes.n != elf->notes.n)
			abort();
	}
	elf_wire_get(&raw, &back);
	if (!wire_end(&raw))
		return;
	said.n = 0;
	elf_wire_put(&said, &back);
}

/* What Go and Rust leave in a program. */
static void fuzz_embedded(struct str bytes)
{
	AUTO_ARENA a = { 0 };
	struct strings purls = { NULL, 0, 0 };
	struct error e = { 0 };
	struct str section;
	struct elf_go go;

	if (elf_go_info(bytes, &go))
		go_modules_take(&a, &go, &purls);
	if (elf_find_section(bytes, ".dep-v0", &section) &&
	    !rust_crates_read(&a, section, &purls, &e) && e.kind != ERR_INPUT)
		abort();
	e = (struct error){ 0 };
	if (!rust_crates_read(&a, bytes, &purls, &e) && e.kind != ERR_INPUT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct str bytes = { (const char *)data, size };
	struct elf elf;
	struct elf_symbols symbols;
	struct ldcache cache;
	struct error e = { 0 };
	bool ok = elf_read(&a, bytes, &elf, &e);

	if (ok != (e.kind == ERR_NONE) || (!ok && e.kind != ERR_INPUT))
		abort();
	fuzz_cross_wire(&a, bytes, ok ? &elf : NULL);
	e = (struct error){ 0 };
	ok = elf_read_symbols(&a, bytes, &symbols, &e);
	if (!ok && e.kind != ERR_INPUT)
		abort();
	/* a symbol's name lies in the file */
	for (size_t i = 0; ok && i < symbols.v.n; i++) {
		struct str name = symbols.v.v[i].name;

		if (name.p < bytes.p || name.n > (size_t)(bytes.p + bytes.n - name.p))
			abort();
	}
	fuzz_embedded(bytes);
	e = (struct error){ 0 };
	if (ldcache_read(&a, bytes, &cache, &e))
		ldcache_find(&cache, "libc.so.6", &machine_rows[MACHINE_AMD64], 3);
	return 0;
}
