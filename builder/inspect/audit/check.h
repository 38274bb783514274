/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_CHECK_H
#define AUDIT_CHECK_H

/* What every check gets, and how it reports. Checks are pure: they read the model and add
 * findings; each file check_*.c judges one kind of thing. Private to audit/. */

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "inspect/model/packages.h"

struct audit_run {
	struct arena *a;
	const struct model *m;
	const struct records *records;
	int64_t now;
	struct findings *out;
};

/* Adds a finding and gives it, or NULL when there are too many. `rule` must be in the table; `path`
 * may be NULL. */
struct finding *found(struct audit_run *r, const char *rule, const char *path, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

void check_files(struct audit_run *r);		/* modes, devices, owners, leftovers */
void check_programs(struct audit_run *r);	/* shells, interpreters, package managers, tools */
void check_scripts(struct audit_run *r);
void check_links(struct audit_run *r);
void check_packages(struct audit_run *r);
void check_layers(struct audit_run *r);
MUST_CHECK bool check_config(struct audit_run *r, struct error *e);
void check_secrets(struct audit_run *r);
void check_hardening(struct audit_run *r);	/* ELF: how it was built */
MUST_CHECK bool check_loading(struct audit_run *r, struct error *e);	/* ELF: does it load? */
MUST_CHECK bool check_certificates(struct audit_run *r, struct error *e);

/* Is the text among `list` (n names)? */
bool name_among(const char *name, const char *const *list, size_t n);

#endif
