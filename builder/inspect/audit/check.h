/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_CHECK_H
#define INSPECT_AUDIT_CHECK_H

/* What every check gets, and how it reports. Checks are pure: they read the model and add
 * findings; each file check_*.c judges one kind of thing. Private to inspect/audit. */

#include "inspect/audit/audit_budget.h"
#include "inspect/audit/findings.h"
#include "inspect/model/model.h"
#include "inspect/model/packages.h"
#include "inspect/vuln/vuln_input.h"

struct vulns; /* inspect/vuln/vuln_set.h */

void check_files(struct audit_run *r);	  /* modes, devices, owners, leftovers */
void check_programs(struct audit_run *r); /* shells, interpreters, package managers, tools */
void check_scripts(struct audit_run *r);
void check_links(struct audit_run *r);
void check_packages(struct audit_run *r);
void check_depends(struct audit_run *r);
void check_layers(struct audit_run *r);
MUST_CHECK bool check_config(struct audit_run *r, struct error *e);
void check_secrets(struct audit_run *r);
void check_hardening(struct audit_run *r);			     /* ELF: how it was built */
MUST_CHECK bool check_loading(struct audit_run *r, struct error *e); /* ELF: does it load? */
MUST_CHECK bool check_accounts(struct audit_run *r, struct error *e);
MUST_CHECK bool check_preload(struct audit_run *r, struct error *e);
MUST_CHECK bool check_certificates(struct audit_run *r, struct error *e);

/* Whether the image has more than it may: sizes and counts; and, once it is known what each finding
 * weighs and which are accepted, vulnerabilities. `known`: somebody has given data about them. */
void check_budget(struct audit_run *r, const struct audit_budget *b);
void check_budget_cve(struct audit_run *r, const struct audit_budget *b, bool known);

/* What vulnerability data say; all of it is left in *out. Fails as vuln_read(). */
MUST_CHECK bool check_vulnerabilities(struct audit_run *r, const struct vuln_inputs *data,
				      struct vulns *out, struct error *e);

#endif
