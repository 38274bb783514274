/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_VULN_SET_H
#define INSPECT_VULN_VULN_SET_H

/* Vulnerabilities that readers of data files find for the software of an image. */

#include "format/json/jsoncut.h"
#include "inspect/model/components.h"
#include "inspect/vuln/component_index.h"

#define VULN_DOCUMENT_MAX \
	(4u << 20) /* one OSV record, one OpenVEX document, one entry of the tracker */
#define VULNS_MAX 200000

enum vuln_state {
	VULN_AFFECTED,
	VULN_DEFERRED,
	VULN_UNIMPORTANT,
	VULN_INVESTIGATED,
	VULN_FIXED,
	VULN_NOT_AFFECTED,
};
#define VULN_STATES (VULN_NOT_AFFECTED + 1)

const char *vuln_state_name(enum vuln_state s);

struct vuln {
	const char *id;				 /* "CVE-2026-1" */
	struct strings aliases;			 /* other names of the same */
	struct strings parts;			 /* of an advisory: what it is about */
	const struct image_component *component; /* NULL: the image as a whole */
	enum vuln_state state;
	const char *fixed;		 /* the version that has the fix, or NULL */
	const char *note;		 /* more about it ("postponed"), or NULL */
	const struct vex_statement *vex; /* what was decided about it, or NULL */
	const char *rule;		 /* of the finding; NULL: none */
	size_t order;
};

struct vulns {
	struct vuln *v;
	size_t n, cap;
	size_t counts[VULN_STATES];
	const char *other_releases; /* "11, 12": the data speak of these Debian releases and not
				       of the one that was asked about; NULL if they do */
};

/* A product or subcomponent, by all the names it is given. */
struct vex_thing {
	struct strings names; /* package URLs and CPEs */
	struct strings parts; /* of a product: its subcomponents */
};

enum vex_status { VEX_NOT_AFFECTED, VEX_AFFECTED, VEX_FIXED, VEX_UNDER_INVESTIGATION };

struct vex_statement {
	enum vex_status status;
	struct strings ids; /* of the vulnerability: name and aliases */
	struct LIST(struct vex_thing) products;
	const char *reason; /* "vulnerable_code_not_present: the helper is left out" */
	const char *where;  /* "app.vex.json:12" */
	int64_t when;	    /* seconds since the epoch */
	size_t order;	    /* of reading, among those of one time */
};

struct vuln_set {
	struct arena *a;
	const struct image_facts *image;
	struct components components;
	struct component_index index; /* of `components` */
	const char *release;	      /* Debian's number of it ("13"), or NULL */
	struct vulns *vulns;
	struct LIST(struct vex_statement) statements;
	size_t entries;	       /* of the data, that were read */
	bool release_told;     /* the data speak of `release` */
	struct strings others; /* the other Debian releases that they speak of, until then */
};

/* For the readers: something is said about a component. The texts are copied, and "DEBIAN-" before
 * the id is cut off. false: there are VULNS_MAX already. */
bool vuln_add(struct vuln_set *s, const struct vuln *v);

/* For the readers: the data speak of this Debian release ("12"). */
void vuln_note_release(struct vuln_set *s, struct str release);

/* An id without the prefix "DEBIAN-". */
const char *vuln_plain_id(const char *id);

#endif
