/* SPDX-License-Identifier: Apache-2.0 */
/* Layers: what was odd while they were read and merged, and what they carry in vain. */

#include "inspect/audit/check.h"

#define WASTE_FLOOR (64u << 10) /* bytes below which nobody cares */

void check_layers(struct audit_run *r)
{
	const struct image_facts *image = r->m->image;

	for (size_t i = 0; i < r->m->remarks.n; i++)
		finding_add(r, r->m->remarks.v[i].rule, r->m->remarks.v[i].path, "%s",
			    r->m->remarks.v[i].text);
	for (size_t i = 0; i < image->remarks.n; i++)
		finding_add(r, "image.inconsistent", NULL, "%s", image->remarks.v[i]);
	for (size_t i = 0; i < image->layers.n; i++) {
		const struct layer_stat *stat = &r->m->layers.v[i];

		if (image->layers.v[i].foreign)
			finding_add(r, "image.remote-layer", NULL, "layer %zu has urls", i + 1);
		if (stat->wasted >= WASTE_FLOOR)
			finding_add(r, "layer.wasted-bytes", NULL,
				    "layer %zu: %llu of %llu bytes are removed or replaced above "
				    "it, the most of "
				    "them /%s",
				    i + 1, (unsigned long long)stat->wasted,
				    (unsigned long long)stat->bytes, stat->largest->path);
		if (stat->repeated >= WASTE_FLOOR)
			finding_add(r, "layer.wasted-bytes", NULL,
				    "layer %zu: %llu bytes are the same as below it", i + 1,
				    (unsigned long long)stat->repeated);
	}
}
