/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_DOWNLOAD_FETCH_RUN_H
#define TRANSFER_DOWNLOAD_FETCH_RUN_H

/* Many downloads at once. Private to transfer/download. */

#include "base/progress.h"
#include "transfer/download/fetch_job.h"

struct fetch_jobs {
	struct LIST(struct fetch_job) v;
};

/* Runs every job to a final state. false with *e when this machine failed; how single jobs ended
 * stands in them. `id` names the step for progress. */
MUST_CHECK bool fetch_run(struct arena *a, struct http *h, struct fetch_jobs *jobs,
			  struct progress *progress, const char *id, struct error *e);

#endif
