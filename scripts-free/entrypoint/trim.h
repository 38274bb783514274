/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_TRIM_H
#define ENTRYPOINT_TRIM_H

/* Giving back the memory that only the start needed: PID 1 lives for months and then uses a few
 * pages of its code and of its stack. */

/* Drops the pages of the program's code and of the unused stack; those that are needed again come
 * back from the page cache. Changes nothing that can be seen but the resident size. */
void trim_memory(void);

#endif
