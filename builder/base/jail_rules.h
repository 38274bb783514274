/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JAIL_RULES_H
#define BASE_JAIL_RULES_H

/* The two kernel interfaces behind base/jail.c. Private to it. */

#include <stdbool.h>

/* Whether this kernel has Landlock (5.13) and seccomp filters. */
bool jail_has_landlock(void);
bool jail_has_seccomp(void);

/* In the child, after no_new_privs. false when a kernel that has the interface refuses it. The
 * calls that are left can do without descriptors, or read what is open, or write to it, too. */
enum jail_calls { JAIL_CALLS_MEMORY, JAIL_CALLS_READ, JAIL_CALLS_WRITE };
bool jail_deny_files(void);
bool jail_deny_calls(enum jail_calls allowed);

#endif
