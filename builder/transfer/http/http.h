/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_HTTP_HTTP_H
#define TRANSFER_HTTP_HTTP_H

/* HTTP/1.1 and HTTP/2 (RFC 9110) for bytes that somebody else verifies: GET and HEAD, and what
 * registries need to be written to. The only user of curl.
 *
 * What holds for every request: schemes http and https only, HTTP/0.9 off, at most 5 redirects,
 * none from https to http and none to an address with credentials or encoded control characters;
 * no Accept-Encoding, so the bytes are those of the file; certificates are checked, TLS 1.2 at
 * least, and nothing turns that off; proxies come from the environment as curl reads it
 * (http_proxy, HTTPS_PROXY, ALL_PROXY, NO_PROXY). Credentials come from a file only and go to
 * the host that the file names, or with the request and go to the host of its URL; never along with
 * a redirect. Only GET and HEAD follow redirects. URLs in messages have their "user:password@"
 * struck out. A client belongs to one thread at a time. */

#include "base/version.h"
#include "base/io.h"
#include "base/progress.h"
#include "transfer/http/http_auth.h"
#include "transfer/http/http_end.h"
#include "transfer/http/http_headers.h"
#include "transfer/http/http_upload.h"

#define HTTP_USER_AGENT "imgbuild/" IMGBUILD_VERSION
#define HTTP_REDIRECTS_MAX 5

/* Patience and limits. http_settings_from_env() gives the values in brackets. */
struct http_settings {
	const char *ca_file;	      /* certificates to trust [CURL_CA_BUNDLE, SSL_CERT_FILE] */
	const char *ca_dir;	      /* [else SSL_CERT_DIR]; both NULL: the system's */
	const char *auth_file;	      /* [IMGBUILD_NETRC or ~/.config/imgbuild/auth] */
	bool auth_named;	      /* by IMGBUILD_NETRC: it must be there */
	uint64_t connect_ms;	      /* for name look-up, connection and TLS [10 000] */
	uint64_t stall_s, stall_rate; /* less than so many bytes/s for so long is given up
				       * [10, 1000] */
	uint64_t header_max;	      /* bytes of headers of one reply [262 144] */
	uint64_t backoff_ms;	      /* before the first retry; doubles each time [500] */
	uint64_t retry_after_max_s;   /* most that a server can make us wait [60] */
	uint64_t patience_ms; /* the longest time in which no byte moves, over all tries of a URL
			       * and the waits between them; 0: no end [35 000] */
	uint64_t tell_ms;     /* after so much of it people are told; 0: never [5 000] */
	struct progress *progress;     /* how; NULL [NULL] */
	uint64_t alone_ms, alone_rate; /* a large file travels alone for so long, and as long as
					* it came with so many bytes/s so far [500, 4 194 304] */
	unsigned tries;		       /* of one URL [3] */
	unsigned per_host, total;      /* transfers at once [6, 16]; for those who start them */
	bool direct;		       /* no proxy, whatever the environment says [false] */
};

/* Strings live in `a` or in the environment. */
void http_settings_from_env(struct arena *a, struct http_settings *out);

/* A client: connections are kept and shared by its requests. */
struct http {
	struct arena *a;
	struct http_settings settings;
	struct http_auth *auth;	      /* what the file of credentials holds */
	struct curl_library *curl;    /* curl_library.h */
	void *multi;		      /* CURLM */
	struct http_request *running; /* requests started and not yet given back */
};
#define HTTP_INIT { 0 }

/* `settings` may be NULL: those of the environment. ERR_INPUT for a malformed file of credentials,
 * ERR_SYSTEM for one that others may read, and if
 * there is no libcurl. */
MUST_CHECK bool http_open(struct arena *a, const struct http_settings *settings, struct http *h,
			  struct error *e);
void http_close(struct http *h);
#define AUTO_HTTP __attribute__((cleanup(http_close))) struct http

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT };

/* One request of many at once. The caller fills the first part and keeps it and the sink alive
 * until http_next() gives it back. */
struct http_request {
	const char *url;
	enum http_method method;
	const struct strings *headers;	  /* further lines, "Accept: ..."; may be NULL */
	const struct http_login *login;	  /* for the host of `url`; NULL: what the file says */
	const struct http_upload *upload; /* of POST and PUT; NULL: an empty body */
	uint64_t max;			  /* most bytes of the body, those before `from` included */
	uint64_t from;			  /* ask for the bytes from here on; needs a validator */
	const char *validator;		  /* `resume` of the earlier, cut reply: for If-Range */
	/* The body is about to begin at byte `at`: `from`, or 0 if the server sends all of it
	 * again. Called once, before the first byte of a 200 or 206 reply; may be NULL. */
	bool (*start)(struct http_request *r, uint64_t at, struct error *e);
	struct sink *body;     /* gets the body of such a reply; finish() is not called. HEAD,
				* POST and PUT may have none */
	struct buf *complaint; /* gets the body of any other reply, as far as its maximum goes;
				* may be NULL */
	struct http_headers *answer; /* gets the header lines of the last reply; may be NULL */
	void *owner;		     /* the caller's */
	uint64_t until_ms;	     /* http_patience_begin() sets it; 0: no end */

	/* out */
	enum http_end end;
	int status;		/* of the last reply; 0: none came */
	bool framed;		/* the reply told its own length and has it */
	uint64_t length;	/* Content-Length, or UINT64_MAX */
	uint64_t received;	/* bytes of body given to the sink */
	uint64_t retry_after_s; /* what the server asked to wait; UINT64_MAX: nothing */
	char resume[128];	/* `validator` to continue this one later; or "" */
	char reason[512];	/* for people: "HTTP 404"; never with credentials */
	char final_url[512];	/* where redirects led, redacted; cut if long */
	struct error error;	/* for HTTP_LOCAL */
	uint64_t begun_ms,
		moved_ms; /* when it started, and a byte of a body moved last; 0: none did */

	struct http_transfer *transfer; /* the client's */
	bool told;			/* that it is silent */
	struct http_request *next;
};

/* Starts a request; what goes wrong is told by http_next(). */
void http_start(struct http *h, struct http_request *r);

/* Works on all requests until one has ended or `timeout_ms` is over. NULL: none has. */
struct http_request *http_next(struct http *h, unsigned timeout_ms);

/* How long a whole transfer of so many bytes may take; never more than curl can count. */
long http_whole_ms(uint64_t bytes);

/* Milliseconds of a clock that only goes forward. */
uint64_t http_clock_ms(void);

/* For http.c: what a request is before it starts; tells people of those that are silent; after how
 * many seconds without bytes it is given up. */
void http_request_reset(struct http_request *r);
void http_tell_silence(const struct http *h);
uint64_t http_stall_s(const struct http_settings *s, const struct http_request *r);

/* "https://mirror.example:8080", in `out`. */
const char *http_server_of(const struct http_request *r, char *out, size_t size);

#endif
