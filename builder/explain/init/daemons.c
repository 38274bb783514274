/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into the table. */

#include "explain/init/daemons.h"

const struct daemon *daemon_find(const char *program, const char *unit)
{
	const struct daemon_rows *const tables[] = { &daemons_web, &daemons_dns, &daemons_data };
	const struct daemon *by_unit = NULL;

	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct daemon *d = &tables[t]->v[i];

			if (program && strcmp(d->program, program) == 0)
				return d;
			if (unit && d->unit && strcmp(d->unit, unit) == 0)
				by_unit = d;
		}
	}
	return by_unit;
}
