/* SPDX-License-Identifier: Apache-2.0 */
/* What curl's codes mean. */

#include "transfer/http/http_end.h"

#include "transfer/http/curl_library.h"

enum http_end http_end_of(const struct curl_library *l, void *easy, int code)
{
	curl_off_t sent_at = 0;

	switch ((CURLcode)code) {
	case CURLE_OK:
		return HTTP_DONE;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
	case CURLE_SSL_CONNECT_ERROR:
		return HTTP_UNREACHABLE;
	case CURLE_OPERATION_TIMEDOUT:
		l->easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sent_at);
		return sent_at ? HTTP_STALLED : HTTP_SILENT;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_WEIRD_SERVER_REPLY:
		return HTTP_REFUSED;
	case CURLE_OUT_OF_MEMORY:
		return HTTP_LOCAL;
	default:
		return HTTP_CUT; /* the connection, or its framing, broke */
	}
}
