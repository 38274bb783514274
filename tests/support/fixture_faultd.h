/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_FAULTD_H
#define SUPPORT_FIXTURE_FAULTD_H

/* A scripted HTTP/1.1 server on 127.0.0.1 that misbehaves as told. The n-th request for a path gets
 * the n-th reply written for that path; the last one repeats. It runs in threads of the test's
 * own process, one for each connection, and answers one request on each. */

#include <pthread.h>

#include "base/str.h"

enum fault_framing {
	FAULT_LENGTH,  /* Content-Length: of the whole body */
	FAULT_CLAIM,   /* Content-Length: `claim`, whatever is sent */
	FAULT_CHUNKED, /* Transfer-Encoding: chunked */
	FAULT_CLOSE,   /* nothing: the end of the connection ends the body */
	FAULT_RAW,     /* `body` is all that is sent, status line and headers included */
};

enum fault_end { FAULT_FIN, FAULT_RST, FAULT_HANG };

struct fault_reply {
	const char *path;    /* of the request; NULL: any that no other reply is for */
	int status;	     /* 0: 200 */
	const char *headers; /* further lines, each with \r\n; may be NULL */
	struct str body;
	enum fault_framing framing;
	uint64_t claim;
	bool cuts; /* send only `cut` bytes of the body, then `end` */
	size_t cut;
	enum fault_end end;
	bool ranges;	   /* obey Range, if If-Range is `etag` or missing, with 206 */
	const char *etag;  /* sent as ETag; with its quotes */
	unsigned delay_ms; /* before the first byte of the reply */
	unsigned drip_ms;  /* between the bytes of the reply; 0: at once */
	uint64_t repeat;   /* RAW: send `body` so often again, as long as the peer listens */
};

#define FAULTD_CONNECTIONS 256
#define FAULTD_REQUEST_MAX 8192

struct faultd {
	int listener;
	unsigned port;
	const struct fault_reply *script;
	size_t n;
	pthread_t acceptor;
	pthread_mutex_t lock;
	bool stopping;
	struct faultd_connection *connections; /* FAULTD_CONNECTIONS of them */
	size_t accepted;
	unsigned now, most; /* connections served at this time, and at most */
};

/* Starts a server; `script` is borrowed. Aborts the test if it cannot. */
void faultd_start(struct faultd *d, const struct fault_reply *script, size_t n);

/* Ends every connection and waits for the threads. */
void faultd_stop(struct faultd *d);

/* "http://127.0.0.1:PORT" and the path, in `a`. */
const char *faultd_url(struct arena *a, const struct faultd *d, const char *path);

/* How many requests there were for a path (NULL: for all); how many at the same time at most. */
size_t faultd_hits(struct faultd *d, const char *path);
unsigned faultd_most(struct faultd *d);

/* Whether any request for `path` (NULL: any) contained `text`. */
bool faultd_saw(struct faultd *d, const char *path, const char *text);

#endif
