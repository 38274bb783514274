/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as facts about layers: as the list that is signed, and as a text that it names. What is
 * read keeps to its bounds; a text has the size that its list says, or is refused. */

#include <stdlib.h>

#include "trust/attestation/layer_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void facts_check_list(struct arena *a, struct str text)
{
	struct layer_facts l;
	struct error e = { 0 };
	int got = layer_facts_read(a, text, &l, &e);

	if ((got < 0) != (e.kind == ERR_INPUT) || (got >= 0 && e.kind != ERR_NONE))
		abort();
	if (got <= 0)
		return;
	for (size_t i = 0; i < l.n; i++) {
		const struct layer_fact *f = &l.v[i], *found;
		const struct image_layer layer = { .media_type = f->media_type,
						   .has_digest = true,
						   .digest = f->digest,
						   .diff_id = f->diff_id,
						   .size = f->size };

		if (f->facts_size > LAYER_FACTS_MEMORY / 4 || f->said_size > LAYER_FACTS_MEMORY / 4)
			abort();
		/* another entry of the same digest may contradict this one */
		if (!layer_facts_of(a, &l, &layer, &found, &e)) {
			if (e.kind != ERR_VERIFY)
				abort();
			err_clear(&e);
		} else if (!found || !content_digest_eq(&found->digest, &f->digest)) {
			abort();
		}
	}
}

static void facts_check_text(struct arena *a, struct str text)
{
	const struct layer_fact f = { .said_size = text.n };
	struct error e = { 0 };
	struct str said;
	bool ok = layer_facts_expand(a, &f, text, &said, &e);

	if (ok != (e.kind == ERR_NONE) || (ok && said.n != f.said_size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	AUTO_ARENA a = { 0 };

	facts_check_list(&a, text);
	facts_check_text(&a, text);
	return 0;
}
