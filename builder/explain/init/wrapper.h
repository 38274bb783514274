/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_WRAPPER_H
#define EXPLAIN_INIT_WRAPPER_H

/* Scripts for a shell that only start another program: "exec java -cp /usr/share/java/x.jar Main
 * "$@"", and those of Debian's java-wrappers ("find_jars x y", "run_java Main "$@""). What the
 * script would start an image starts without it. */

#include "explain/init/collect.h"

/* The words of the program that the script starts, the first as it stands there ("java"); false:
 * what it starts is only known when it runs. */
bool wrapper_read(struct arena *a, struct str script, struct strings *words);

/* Where the image has a program, by its name or path: of several Java runtimes in the first. NULL:
 * it does not. */
const char *wrapper_program(const struct collecting *c, const char *name);

/* The same of a script of the image, with the program's own path; false with no error: it is no
 * such script, or the image does not have the program. */
MUST_CHECK bool wrapper_find(struct collecting *c, const char *script, struct strings *words,
			     bool *found, struct error *e);

#endif
