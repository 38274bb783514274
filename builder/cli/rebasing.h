/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REBASING_H
#define CLI_REBASING_H

/* Images on their way to another base: each for itself, so that several can be at once. */

#include <pthread.h>

#include "cli/rebase_images.h"
#include "cli/rebase_stems.h"
#include "cli/rebase_verdicts.h"
#include "cli/signing_options.h"
#include "inspect/audit/pem_memo.h"
#include "inspect/layers/layer_memo.h"

struct rebase_options {
	struct registry_options registry;
	struct signing_options signing;
	const char *base, *from, *to, *output, *platform, *list;
	struct strings facts_keys;
	bool check;
};

struct rebase_old_base {
	const char *reference, *platform; /* platform: "" when none is named */
	struct rebase_image *image;
};

/* Bases, each read once for all images that stand on it. */
struct rebase_bases {
	struct arena *a; /* of the whole run */
	pthread_mutex_t lock;
	struct LIST(struct rebase_old_base) v;
};

/* What all images have in common. */
struct rebase_common {
	const struct rebase_options *o;
	struct cli *c;
	struct rebase_image *now; /* the new base */
	struct rebase_bases bases;
	struct keys keys, facts_keys;
	struct store store;	  /* keeps what is read of layers ... */
	struct layer_memo layers; /* ... which all images share, as */
	struct pem_memo certificates;
	struct facts_book book; /* facts about them, to be signed of the results */
	struct rebase_verdicts verdicts;
	struct rebase_stems stems;
	struct session_pool pool;
	struct push_known known;
};

/* One image. It must not move in memory. */
struct rebasing {
	struct cli *c; /* of its own: its arena dies with it, its output is collected */
	const struct rebase_options *o;
	struct rebase_common *common;
	struct rebase_reading reading;
	struct rebase_image image;
	struct rebase_image *old, *now; /* the bases */
	struct store store;
	struct image_files files; /* the result */
	struct rebase_obstacles obstacles;
	struct rebase_proof proof;
	struct digest manifest; /* of the result */
	size_t manifest_size;
	const char *target; /* "docker://..."; NULL: a folder, or nowhere */
	bool there;	    /* it stands on that base already */
	bool part;	    /* it is an image of an index, which is what is meant */
	bool index;	    /* it is an index: none of what is said above is known */
	struct session_options settings;
};

/* Rebases it, and prints what came of it. ERR_FINDINGS when it cannot be. */
MUST_CHECK bool rebase_one(struct rebasing *r, const char *reference, struct error *e);

/* Its steps: reads, composes and proves, without changing anything; pushes what was made (an image
 * of an index under its digest alone), and signs it in its repository; says why it cannot be. */
MUST_CHECK bool rebase_prepare(struct rebasing *r, const char *reference, struct error *e);
MUST_CHECK bool rebase_push(struct rebasing *r, struct error *e);
MUST_CHECK bool rebase_sign(struct rebasing *r, const struct reference *to, struct error *e);
bool rebase_refuse(struct rebasing *r, struct error *e);

/* rebase_facts.c: where facts about the image were taken and the result is signed, those about the
 * result go beside it in its repository: whoever rebases it the next time needs no layers either.
 */
MUST_CHECK bool rebase_attach_facts(struct rebasing *r, const struct reference *to,
				    struct error *e);

/* rebase_index.c: each image of an index, all or none, and an index of what came of them. */
MUST_CHECK bool rebase_index(struct rebasing *r, struct error *e);

/* rebase_report.c: prints it. */
void rebase_tell(struct rebasing *r);

/* rebase_batch.c: all of them, several at once; what is printed is in their order. Of several
 * failures the first is given, and the others are warnings. */
MUST_CHECK bool rebase_batch(struct rebase_common *all, const struct strings *images,
			     struct error *e);

/* The base of this name, read when it is asked for the first time; any thread may ask. Fails as
 * rebase_image_read(). */
MUST_CHECK bool rebase_old_base(struct rebase_common *all, const char *reference,
				const char *platform, struct rebase_image **out, struct error *e);

/* rebase_list.c: the images that are meant: operands, the lines of a file, and what patterns stand
 * for in a registry. ERR_INPUT when nothing fits a pattern; ERR_USAGE, ERR_NETWORK. */
MUST_CHECK bool rebase_list(struct cli *c, const struct rebase_options *o, struct strings *out,
			    struct error *e);

#endif
