/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_VULN_H
#define AUDIT_VULN_H

/* Known vulnerabilities: what data files say about the software of an image. Three kinds of data
 * are read (tracker.h, osv.h, vex.h), in any number; what they say of one vulnerability in one
 * package is joined here, and becomes one finding. */

#include "inspect/audit/check.h"
#include "inspect/model/components.h"
#include "format/json/jsoncut.h"

#define VULN_ENTRY_MAX (16u << 20)	/* of the tracker: all there is about one source package */
#define VULN_DOCUMENT_MAX (4u << 20)	/* one OSV record, one OpenVEX document */
#define VULNS_MAX 200000

enum vuln_state {
	VULN_AFFECTED, VULN_DEFERRED, VULN_UNIMPORTANT, VULN_INVESTIGATED, VULN_FIXED, VULN_NOT_AFFECTED,
};
#define VULN_STATES (VULN_NOT_AFFECTED + 1)

const char *vuln_state_name(enum vuln_state s);

struct vuln {
	const char *id;				/* "CVE-2026-1" */
	struct strings aliases;			/* other names of the same */
	struct strings parts;			/* of an advisory: what it is about */
	const struct component *component;	/* NULL: the image as a whole */
	enum vuln_state state;
	const char *fixed;			/* the version that has the fix, or NULL */
	const char *note;			/* more about it ("postponed"), or NULL */
	const struct vex_statement *vex;	/* what was decided about it, or NULL */
	const char *rule;			/* of the finding; NULL: none */
	size_t order;
};

struct vulns {
	struct vuln *v;
	size_t n, cap;
	size_t counts[VULN_STATES];
};

struct vuln_set {
	struct audit_run *r;
	struct arena *a;
	struct components components;
	const char *release;			/* Debian's number of it ("13"), or NULL */
	struct vulns *vulns;
	list_of(struct vex_statement) statements;	/* inspect/vuln/vex.h */
};

/* Reads the files (or folders of files), joins what they say, and adds the findings. The list is
 * complete: fixed ones and those that do not matter are in it too. ERR_INPUT with file, line and
 * column, ERR_USAGE when the data cannot be about this image, ERR_SYSTEM. */
MUST_CHECK bool vuln_check(struct audit_run *r, const struct strings *files, struct vulns *out,
			   struct error *e);

/* For the readers: something is said about a component. The texts are copied, and "DEBIAN-" before
 * the id is cut off. */
void vuln_add(struct vuln_set *s, const struct vuln *v);

/* Does the vulnerability go by this name? */
bool vuln_named(const struct vuln *v, const char *name);

/* Is some component made from this Debian source package? (A jsoncut wants().) */
bool vuln_has_source(const void *set, const char *source);

#endif
