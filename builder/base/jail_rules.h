/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JAIL_RULES_H
#define BASE_JAIL_RULES_H

/* The two kernel interfaces behind base/jail.c. Private to it. */

#include <stdbool.h>

/* Whether this kernel has Landlock (5.13) and seccomp filters. */
bool jail_has_landlock(void);
bool jail_has_seccomp(void);

/* In the child, after no_new_privs. false when a kernel that has the interface refuses it. Of calls
 * on descriptors write() to `out` is left, pread() if it `reads`, read() of `stream` and pwrite()
 * to `scratch`
 * (-1: none); none of them can be mapped to be shared. */
bool jail_deny_files(void);
bool jail_deny_calls(int out, bool reads, int stream, int scratch);

#endif
