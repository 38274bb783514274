/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_AUDIT_H
#define INSPECT_AUDIT_AUDIT_H

/* What is in an image, and is it safe? An image is read again from where it was written, every
 * byte of it, and judged by a table of rules. Nothing here is shared with the code that writes
 * images, nothing inspected is executed, and nothing is laid out on the host's file system.
 *
 * The build calls audit_image() as its last stage; `imgbuild audit` does it for any image. */

#include "inspect/audit/audit_budget.h"
#include "inspect/audit/findings.h"
#include "inspect/model/image_component.h"
#include "inspect/vuln/vuln_input.h"

struct audit_request {
	const char *image; /* DIR, FILE, oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE */
	const struct bundle *opened; /* the image, if it is open already; else NULL */
	const char *platform; /* "linux/arm64[/v8]", or NULL: the only one, else this machine's */
	const char *policy;   /* "strict", "base", "report-only" or a policy file; NULL: strict */
	struct audit_accepts accept; /* besides the policy file's */
	const char
		*accepts_of; /* the recipe that these are of; NULL: there are none, because ... */
	const char *no_accepts; /* ... of this, for people; or NULL */
	struct vuln_inputs cve; /* vulnerability data (inspect/vuln/vuln.h); none: not looked at */
	struct strings owned;	/* paths that recipe entries brought, any order, "/" optional */
	struct audit_expected expected;
	struct audit_budget budget;
	struct strings outdated; /* what the builder knows of sources that are not the newest */
	const char *recipe;	 /* file that findings of reports point at, or NULL: the image */
	uint64_t expand_max;	 /* bytes that one layer may expand to; 0: what its size allows */
	struct layer_memo *memo; /* of the images of one run, or NULL */
	struct pem_memo *certificates; /* the same */
	struct progress *progress;     /* for what children do, or NULL */
	int64_t now;	 /* seconds since the epoch, for dates; 0: the system's clock */
	bool components; /* the result has them */
	bool (*wanted)(const char *rule); /* what is looked for; NULL: all */
};

struct vulns; /* inspect/vuln/vuln_set.h: what is known about it */

struct audit_result {
	const char *image;	     /* as asked for */
	const struct bundle *opened; /* as in the request */
	const char *policy;	     /* its name */
	enum severity fail_on;	     /* the policy's level */
	const char *recipe;
	const char *accepts_of, *no_accepts; /* as in the request */
	size_t accepts;			     /* how many exceptions the recipe has */
	const struct model *model;
	const struct vulns *vulns;    /* NULL: nobody asked */
	struct components components; /* none: nobody asked */
	struct vuln_inputs cve;	      /* where they were read from */
	struct findings findings;     /* by severity (worst first), rule, path */
	struct audit_accepts unused;  /* accepted, but nothing was found */
	size_t counts[SEV_NEVER];     /* findings that count, by severity */
	size_t accepted;
	bool over_budget; /* a limit is exceeded, and nobody accepts that */
};

/* Reads and judges an image. ERR_INPUT when the image is malformed, with the descriptor, layer
 * and offset; ERR_USAGE when the reference is of a kind that cannot be read; ERR_SYSTEM.
 * Findings are not an error: see audit_failed(). Everything in the result lives in `a`. */
MUST_CHECK bool audit_image(struct arena *a, const struct audit_request *req,
			    struct audit_result *out, struct error *e);

/* What is found in an image that was inspected, weighed by no policy: all of it; by the checks of
 * files and settings; or by that of what programs load. Fails as audit_image(). */
struct inspection; /* inspect/model/inspect.h */
enum audit_part { AUDIT_WHOLE, AUDIT_FILES, AUDIT_LOADING };
MUST_CHECK bool audit_inspected(struct arena *a, const struct inspection *in, enum audit_part part,
				bool (*wanted)(const char *rule), struct findings *out,
				struct error *e);

/* Does a finding that is not accepted reach `level`? */
bool audit_failed(const struct audit_result *r, enum severity level);

#endif
