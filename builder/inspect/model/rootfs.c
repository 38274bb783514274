/* SPDX-License-Identifier: Apache-2.0 */
/* Counts machines; hashes lines. */

#include "inspect/model/rootfs.h"

#include "base/buf.h"
#include "format/elf/elf_machine.h"
#include "inspect/layers/elf_facts.h"

static void find_machine(const struct model *m, struct image_facts *facts)
{
	AUTO_ARENA a = { 0 };
	size_t *counts = arena_array(&a, machine_rows_n, sizeof(*counts)), best = 0;

	for (size_t i = 0; i < m->items.n; i++) {
		const struct item *item = m->items.v[i];
		const struct machine *machine = item->elf && item->elf->readable
							? machine_of_elf(&item->elf->head)
							: NULL;

		if (machine && machine->oci)
			counts[machine - machine_rows]++;
	}
	for (size_t k = 0; k < machine_rows_n; k++) {
		if (counts[k] <= best)
			continue;
		best = counts[k];
		facts->architecture = machine_rows[k].oci;
		facts->variant = machine_rows[k].variant;
	}
}

static void hash_item(struct hash *h, const struct item *i)
{
	AUTO_ARENA a = { 0 };
	struct buf line = { .a = &a };

	buf_printf(&line, "%s\n%u %o %u %u %s\n%s\n", i->path, i->type, i->mode, i->uid, i->gid,
		   i->type == ITEM_FILE ? digest_hex_dup(&a, &i->sha256) : "-",
		   i->target ? i->target : "");
	digest_add(h, buf_str(&line));
}

void rootfs_describe(const struct model *m, struct image_facts *facts)
{
	struct hash h;

	if (!facts->rootfs)
		return;
	find_machine(m, facts);
	digest_begin(&h);
	for (size_t i = 0; i < m->items.n; i++)
		hash_item(&h, m->items.v[i]);
	facts->config = content_digest_sha256(digest_end(&h));
}
