/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/registry/transfer_meter.h"

void meter_tell(struct meter *m, uint64_t *told, uint64_t at)
{
	uint64_t more = at - *told; /* wraps around when it is less, and the sum wraps back */

	*told = at;
	progress_advance(m->progress, m->id, atomic_fetch_add(&m->done, more) + more, m->total);
}
