/* SPDX-License-Identifier: Apache-2.0 */
#include "base/kept_memory.h"

#include <malloc.h>

#define KEPT_MAX (64 << 20)
#define BLOCK_MAPPED (1 << 20) /* larger ones are mapped by themselves, and given back */

void kept_memory_begin(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, BLOCK_MAPPED);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_MAX);
}
