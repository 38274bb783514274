/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/step_network.h"

/* What programs say that find no network, in the words of libc, curl, Go, Node, Python and Rust. */
bool step_asks_network(struct str text)
{
	static const char *const words[] = {
		"Network is unreachable",
		"Could not resolve",
		"Name or service not known",
		"name resolution",
		"could not resolve host",
		"dial tcp",
		"getaddrinfo failed",
		"getaddrinfo() thread failed",
		"socket.gaierror",
		"EAI_AGAIN",
		"ENOTFOUND",
		"ENETUNREACH",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (memmem(text.p, text.n, words[i], strlen(words[i])))
			return true;
	}
	return false;
}
