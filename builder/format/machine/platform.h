/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_MACHINE_PLATFORM_H
#define FORMAT_MACHINE_PLATFORM_H

/* What an image is made for: one row of the table of machines (format/machine/machine.h). To know a
 * platform means to have tested it: the list is short on purpose. */

#include "base/str.h"
#include "format/machine/machine.h"

struct platform {
	const char *name;   /* "linux/arm64": what people write */
	const char *option; /* what a command line says to mean it: "--platform linux/arm64 " */
	const struct machine *machine;
};

struct platforms LIST(const struct platform *);

/* The platform of this name ("linux/arm64/v8" is "linux/arm64", "linux/amd64/v1" is "linux/amd64"),
 * or NULL. */
const struct platform *platform_find(struct str name);

/* The platform of a Debian architecture, or NULL. */
const struct platform *platform_of_debian(const char *architecture);

/* The machine that compilers run on. It is the same wherever imgbuild runs: a lock, and what is
 * compiled by it, does not depend on the host. An image for another platform is cross-compiled. */
const struct platform *platform_of_compilers(void);

/* The machine that this program runs on, or NULL when it is none of these. */
const struct platform *platform_of_host(void);

/* All that are known, in the order in which lists of them are sorted. */
void platforms_all(struct arena *a, struct platforms *out);

bool platforms_have(const struct platforms *l, const struct platform *p);

/* "linux/amd64, linux/arm64" */
const char *platforms_format(struct arena *a, const struct platforms *l);

/* Reads what follows --platform: one name, or several with commas between them; their order there
 * does not matter. ERR_USAGE naming those that are known. */
MUST_CHECK bool platforms_parse(struct arena *a, const char *text, struct platforms *out,
				struct error *e);

#endif
