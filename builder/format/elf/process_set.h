/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_PROCESS_SET_H
#define FORMAT_ELF_PROCESS_SET_H

/* Which processes of a file system are to be judged. Each program is one. What no program loads at
 * its start is a module (a plug-in, a module of Python, of PAM, of NSS): it is judged in a process
 * that can open it, which has loaded the program's own libraries and this module alone. These are,
 * in this order,
 *
 * - the programs whose own or whose libraries' .note.dlopen names it;
 * - the programs that a folder above it is named after and that call dlopen(): /usr/bin/python3.13
 * for what stands in /usr/lib/python3, all of them;
 * - else the first program that calls dlopen() and with which all is found that the module needs,
 * and if there is none the one with which the least is missing: nobody says which program it is
 * made for. Modules of the C library (NSS, gconv) can be opened by every program that has loaded
 * it;
 * - if there is no such program, none: the module is followed alone, as ldd does.
 *
 * What a module loads is judged with it and not once more alone. */

#include "format/elf/loader_process.h"

/* Each file once, sorted by path, of which those that are dynamic and not bad count. */
struct process_set LIST(struct process_file *);

/* Called for each process; what is new in it begins at p->first. `p` is gone afterwards. */
struct process_visit {
	bool (*process)(struct process_visit *v, struct process *p, struct error *e);
};

/* Programs come first, in order, then modules. An error of a process names its file. */
MUST_CHECK bool process_set_each(const struct process_set *set, struct process_world *w,
				 struct process_visit *v, struct error *e);

#endif
