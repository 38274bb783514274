/* SPDX-License-Identifier: Apache-2.0 */
/* Copies what make/deb needs of a lock. */

#include "make/place/locked_deb.h"

const struct deb_package *locked_deb(struct arena *a, const struct locked_package *p)
{
	struct deb_package *d = arena_alloc(a, sizeof(*d));

	*d = (struct deb_package){
		.name = p->name,
		.version = p->version,
		.architecture = p->architecture,
		.file = { .name = p->file.name, .size = p->file.size, .sha256 = p->file.sha256 },
		.installed_size = p->installed_size,
		.at = p->at,
	};
	return d;
}

const struct deb_package **locked_debs(struct arena *a, const struct locked_package *const *v,
				       size_t n)
{
	const struct deb_package **debs = arena_array(a, n + 1, sizeof(*debs));

	for (size_t i = 0; i < n; i++)
		debs[i] = locked_deb(a, v[i]);
	return debs;
}
