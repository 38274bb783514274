/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_DOWNLOAD_FETCH_JOB_H
#define TRANSFER_DOWNLOAD_FETCH_JOB_H

/* One download on its way through its URLs and tries: what the end of one request means for the
 * next. fetch.c plans jobs, fetch_run.c gives them their turn. Private to transfer/download. */

#include "transfer/download/want.h"
#include "transfer/http/http.h"
#include "transfer/retry/retry.h"
#include "transfer/store/store.h"

/* A server, as the jobs of one run have met it. */
struct fetch_host {
	struct str authority;	       /* "scheme://host:port" part of a URL */
	unsigned running;	       /* requests under way */
	const struct fetch_job *large; /* the large file that is under way, or NULL */
	unsigned failures;	       /* URLs given up in a row after all tries */
	bool answered;		       /* it had something right once */
	bool dead;		       /* not asked again in this run */
	uint64_t ready_ms;	       /* it asked to be left alone until then */
};

struct fetch_hosts {
	struct LIST(struct fetch_host *) v;
};

enum fetch_state { FETCH_WAITING, FETCH_RUNNING, FETCH_HAVE, FETCH_MISSING, FETCH_FAILED };

struct fetch_job {
	const struct want *want; /* the first with this digest */
	size_t first, count;	 /* its group in the plan */
	struct strings urls;	 /* of all wants of the group, each once */
	bool optional;		 /* all wants of the group are */

	enum fetch_state state;
	size_t url;		       /* the one to try */
	unsigned tries;		       /* of this URL, so far */
	struct http_patience patience; /* with this URL */
	uint64_t ready_ms;	       /* not before */
	size_t not_found;	       /* URLs that answered 404 or 410 */
	const char *wrong;	       /* what was found instead, and where; or NULL */
	const char *trouble;	       /* the last other reason to give a URL up; or NULL */
	struct fetch_host *host;       /* while running */
	uint64_t started_ms;	       /* the request that runs */

	const struct store *store;
	struct http_request request;
	struct store_put put;
	bool partial;	  /* `put` holds the first put.sink.size bytes */
	char resume[128]; /* proves to the server which file they are of */
};

/* The server of a URL; new ones are added. */
struct fetch_host *fetch_host_of(struct arena *a, struct fetch_hosts *hosts, const char *url);

/* Large files of a server travel first and one at a time: what is made of a large one takes long,
 * and begins when it is there. Nothing is begun beside one that comes quickly, for it would only
 * make that later; beside one that does not, everything else goes on. */
#define FETCH_LARGE ((uint64_t)4 << 20) /* bytes */
bool fetch_host_has_room(const struct fetch_host *host, const struct http_settings *s,
			 const struct fetch_job *j, uint64_t now_ms);

/* Starts the request for the present URL on `host`. */
void fetch_job_start(struct fetch_job *j, struct http *h, struct fetch_host *host, uint64_t now_ms);

/* Takes the end of its request and decides: state, url, ready_ms. false with *e when this machine
 * failed, which ends the whole run. Texts go to `a`. */
MUST_CHECK bool fetch_job_ended(struct arena *a, struct fetch_job *j, const struct http_settings *s,
				struct error *e);

/* Goes on to the next URL, or to a final state if there is none. */
void fetch_job_give_up_url(struct fetch_job *j);

/* The bytes it has so far. */
uint64_t fetch_job_bytes(const struct fetch_job *j);

/* Why a job in state FETCH_FAILED failed. Returns false. */
bool fetch_job_error(const struct fetch_job *j, struct error *e);

void fetch_job_drop(struct fetch_job *j);

#endif
