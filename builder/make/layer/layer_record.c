/* SPDX-License-Identifier: Apache-2.0 */
/* The text that the store keeps about a layer: one "key value" a line, in this order. */

#include "make/layer/layer_record.h"

#include <inttypes.h>

void layer_record_format(const struct layer *l, struct buf *out)
{
	char digest[DIGEST_TEXT], diff_id[DIGEST_TEXT];

	digest_hex(&l->digest, digest);
	digest_hex(&l->diff_id, diff_id);
	buf_printf(out, "digest %s\nsize %" PRIu64 "\ndiff-id %s\ntar-size %" PRIu64 "\n", digest,
		   l->size, diff_id, l->tar_size);
}

static bool layer_record_take(struct str *rest, const char *key, struct str *value)
{
	struct str line, word;

	return str_next(rest, '\n', &line) && str_cut(line, ' ', &word, value) &&
	       str_eq(word, str_of(key));
}

bool layer_record_parse(struct str text, struct layer *l)
{
	struct str value;

	return layer_record_take(&text, "digest", &value) && digest_parse(value, &l->digest) &&
	       layer_record_take(&text, "size", &value) && str_u64(value, &l->size) &&
	       layer_record_take(&text, "diff-id", &value) && digest_parse(value, &l->diff_id) &&
	       layer_record_take(&text, "tar-size", &value) && str_u64(value, &l->tar_size) &&
	       text.n == 0;
}
