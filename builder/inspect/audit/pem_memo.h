/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_PEM_MEMO_H
#define INSPECT_AUDIT_PEM_MEMO_H

/* What PEM files of a run hold, by the digest of their text: all images on one base have its
 * bundle of some hundred certificates, and one audit asks about it twice. */

#include <pthread.h>

#include "base/digest.h"
#include "inspect/audit/pem_certificates.h"

#define PEM_MEMO_MAX 64 /* files; of more all are let go */

struct pem_memo {
	pthread_mutex_t lock; /* of all that follows: any thread may ask */
	struct arena a;	      /* of the list */
	struct LIST(struct pem_known {
		struct digest text;
		time_t from; /* until found.until */
		struct pem_certificates found;
	}) v;
	size_t found; /* how often one was of use */
};

#define PEM_MEMO_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

void pem_memo_close(struct pem_memo *m);
#define AUTO_PEM_MEMO __attribute__((cleanup(pem_memo_close))) struct pem_memo

/* As pem_certificates_of(). */
struct pem_certificates pem_memo_certificates(struct pem_memo *m, struct str text, time_t now);

#endif
