/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_KEPT_MEMORY_H
#define BASE_KEPT_MEMORY_H

/* From now on memory that was freed is kept for what comes next, up to some 64 MiB: for runs that
 * do the same again and again. Giving it back and taking it again costs a page fault for each page.
 */
void kept_memory_begin(void);

#endif
