/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_HTTP_HTTP_END_H
#define TRANSFER_HTTP_HTTP_END_H

/* The few ends that a request can have. */

struct curl_library;

/* How a request ended. */
enum http_end {
	HTTP_DONE,	  /* the whole reply is there; look at `status` */
	HTTP_CUT,	  /* the connection broke, or the reply ended early */
	HTTP_UNREACHABLE, /* no connection: name look-up, refused, TLS */
	HTTP_SILENT,	  /* no connection within `connect_ms` */
	HTTP_STALLED,	  /* connected, then silent or too slow */
	HTTP_TOO_LARGE,	  /* more than `max` bytes, or announced so */
	HTTP_REFUSED,	  /* a reply that we do not take: redirects, ranges, headers */
	HTTP_LOCAL,	  /* our side failed: `error` says how (disk full, ...) */
};

/* How a transfer ended: `easy` is curl's handle of it, `code` the CURLcode that it ended with. */
enum http_end http_end_of(const struct curl_library *l, void *easy, int code);

#endif
