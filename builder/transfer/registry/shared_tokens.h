/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_SHARED_TOKENS_H
#define TRANSFER_REGISTRY_SHARED_TOKENS_H

/* Tokens that token servers gave, for all sessions of a run: a thousand images are as many
 * sessions, and need not ask a thousand times. A token counts for who would ask the same server
 * for the same: realm, service, scopes and credentials; and until shortly before it expires. A
 * session of the same registry, which would ask for the same, shows it with its first request. Any
 * thread may ask; of those that want the same one asks the server and the others wait. */

#include <pthread.h>

#include "base/digest.h"
#include "transfer/registry/challenge.h"
#include "transfer/registry/credentials.h"

#define SHARED_TOKENS_MAX 4096 /* more are not kept */

struct shared_token;

/* Who asks for what. */
struct token_wish {
	const char *host; /* of the registry */
	bool plain;	  /* it is spoken to in clear text */
	const char *token_server;
	const struct credentials *credentials;
	const struct strings *scopes;
	const struct challenge *challenge; /* of the registry; none yet at the beginning */
	struct digest begins;		   /* shared_tokens_begins() */
};

struct token_given {
	const char *token;
	uint64_t until_ms; /* by http_clock_ms() */
	struct challenge challenge;
	struct strings scopes; /* those that it was asked for */
};

struct shared_tokens {
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t answered;
	struct arena a; /* of the list */
	struct LIST(struct shared_token *) v;
};
#define SHARED_TOKENS_INIT \
	{ .lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER }
void shared_tokens_close(struct shared_tokens *l);

/* What sessions have in common that would ask for the same before their first request. */
struct digest shared_tokens_begins(const struct token_wish *w);

/* Before the first request: what such a session was given, in `a`. false: there was none. */
bool shared_tokens_begin(struct shared_tokens *l, struct arena *a, const struct token_wish *w,
			 struct token_given *out);

/* A token for this challenge, in `a`. false: there is none, and who asked has to get one and call
 * shared_tokens_answer() then, whatever came of it (NULL: nothing). */
bool shared_tokens_take(struct shared_tokens *l, struct arena *a, const struct token_wish *w,
			struct token_given *out);
void shared_tokens_answer(struct shared_tokens *l, const struct token_wish *w,
			  const struct token_given *got);

/* A registry did not let it pass. */
void shared_tokens_forget(struct shared_tokens *l, const char *token);

#endif
