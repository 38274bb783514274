/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the mark, then the texts. Nothing of the lines is known here. */

#include "format/elf/elf_go.h"

#include "format/elf/elf.h"
#include "format/elf/elf_parts.h"

#define GO_MARK "\xff Go buildinf:"
#define GO_ALIGN 16
#define GO_HEADER 32 /* of the mark; texts of the newer form stand behind it */
#define GO_BIG_ENDIAN 1
#define GO_INLINE 2
#define GO_SENTINEL 16 /* random bytes before and behind the modules */

/* The mark stands at addresses that 16 divides: `skew` is that of the first byte. */
static bool go_search(struct str area, uint64_t skew, struct str *out)
{
	static const struct str mark = STR(GO_MARK);
	const char *found, *from = area.p;

	while ((found = memmem(from, area.n - (size_t)(from - area.p), mark.p, mark.n))) {
		size_t at = (size_t)(found - area.p);

		if ((at + skew) % GO_ALIGN == 0 && area.n - at >= GO_HEADER) {
			*out = str_from(area, at);
			return true;
		}
		from = found + 1;
	}
	return false;
}

static bool go_find(const struct elf_file *f, struct str *out)
{
	struct str area;

	if (elf_section(f, ".go.buildinfo", &area))
		return go_search(area, 0, out);
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];

		if (s->type == PT_LOAD && s->flags & PF_W)
			return elf_slice(f->bytes, s->offset, s->filesz, &area) &&
			       go_search(area, s->vaddr, out);
	}
	return false;
}

/* Its length in groups of seven bits, least significant first, then as many bytes. */
static bool go_inline_text(struct str *rest, struct str *out)
{
	uint64_t n = 0;
	size_t i = 0;
	unsigned char byte;

	do {
		if (i == rest->n || i == 9)
			return false;
		byte = (unsigned char)rest->p[i];
		n |= (uint64_t)(byte & 0x7f) << (7 * i++);
	} while (byte & 0x80);
	if (!elf_slice(*rest, i, n, out))
		return false;
	*rest = str_from(*rest, i + (size_t)n);
	return true;
}

/* A pointer to a string of Go: a pointer to bytes, and their number. */
static bool go_pointed_text(const struct elf_file *f, struct str mark, size_t at, struct str *out)
{
	size_t width = elf_pick(f, 4, 8);
	struct str string, bytes;
	uint64_t n;

	if (!elf_mapped(f, elf_word(f, mark, at, at), &string) || string.n < 2 * width)
		return false;
	n = elf_word(f, string, width, width);
	*out = (struct str){ mark.p, 0 };
	return n == 0 ||
	       (elf_mapped(f, elf_word(f, string, 0, 0), &bytes) && elf_slice(bytes, 0, n, out));
}

static bool go_texts(const struct elf_file *f, struct str mark, struct elf_go *out)
{
	unsigned flags = (unsigned char)mark.p[15];
	size_t width = elf_pick(f, 4, 8);
	struct str rest = str_from(mark, GO_HEADER);

	if (flags & GO_INLINE)
		return go_inline_text(&rest, &out->version) && go_inline_text(&rest, &out->modules);
	return (unsigned char)mark.p[14] == width && f->big_endian == (flags & GO_BIG_ENDIAN) &&
	       go_pointed_text(f, mark, 16, &out->version) &&
	       go_pointed_text(f, mark, 16 + width, &out->modules);
}

bool elf_go_has_code(struct str bytes)
{
	struct str table;

	return elf_find_section(bytes, ".gopclntab", &table);
}

bool elf_go_info(struct str bytes, struct elf_go *out)
{
	AUTO_ARENA scratch = { 0 };
	struct error ignored = { .kind = ERR_NONE };
	struct elf_file f;
	struct str mark;
	size_t n;

	if (!elf_open(&scratch, bytes, &f, &ignored) || !go_find(&f, &mark) ||
	    !go_texts(&f, mark, out) || out->version.n == 0)
		return false;
	n = out->modules.n;
	if (n > 2 * GO_SENTINEL && out->modules.p[n - GO_SENTINEL - 1] == '\n')
		out->modules = (struct str){ out->modules.p + GO_SENTINEL, n - 2 * GO_SENTINEL };
	else
		out->modules.n = 0;
	return true;
}
