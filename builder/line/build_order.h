/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_BUILD_ORDER_H
#define LINE_BUILD_ORDER_H

/* What a build is asked for and what comes out: what every part of the line is given. */

#include "inspect/audit/audit.h"
#include "base/progress.h"
#include "make/compile/compile_job.h"
#include "input/release/mirrors.h"
#include "transfer/store/store.h"
#include "make/image/image.h"
#include "input/recipe/recipe.h"
#include "inspect/suite/suite_run.h"
#include "trust/cache/remote_cache.h"

struct run_memo; /* line/run_memo.h */

/* How a build is wanted. Everything is borrowed. */
struct build_order {
	const struct store *store;
	const char *recipe;  /* path of the recipe */
	const char *variant; /* of it; NULL: the recipe itself */
	const char *data; /* where what comes with imgbuild is: as struct recipe_opening has it */
	struct platforms platforms; /* at least one: an image for several has a part for each */
	const char *output;  /* layout folder; NULL: out/NAME, out/NAME-VARIANT, out/NAME-arm64 */
	const char *archive; /* tar to write as well, or NULL */
	enum archive_form form;	       /* of that */
	int archive_fd;		       /* with archive "-": where it is written to */
	const char *tag;	       /* "NAME:TAG", or NULL: "<recipe name>:latest" */
	const struct strings *mirrors; /* --mirror */
	const char *mirror_env;	       /* $IMGBUILD_MIRROR, or NULL */
	const struct vuln_inputs *cve; /* vulnerability data for the audit, or NULL */
	bool locked, offline, no_audit;
	bool one;   /* a recipe that has variants, too, is refused */
	bool aside; /* for comparison: what --explain says of the next build does not know of it */
	struct compile_options compile;
	struct run_memo *memo;	    /* of what the images of a run have in common, or NULL */
	struct remote_cache *cache; /* that other machines share, or NULL */
	struct progress *progress;
};

/* What came out, for the summary. Lives in the arena given. */
struct build_result {
	const char *name, *output; /* name: as recipe_title() */
	struct strings variants;   /* of the recipe, if it is not a variant itself */
	struct digest manifest;
	uint64_t layers, files, packages, size; /* size: bytes of all blobs */
	struct strings compressors;		/* what wrote the layers: "libdeflate 1.23-2" */
	bool substituted;			/* they are not those that the repository pins */
	bool unchanged;				/* nothing had to be done */
	struct LIST(struct audit_result)
		audits; /* one for each platform; none when there was no audit */
	struct LIST(struct structure_result)
		tests; /* of the recipe, one for each platform; without commands */
	bool rejected; /* the audit's policy or a test refused it: it is at OUTPUT.rejected */
};

#endif
