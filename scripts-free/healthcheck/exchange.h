/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_EXCHANGE_H
#define HEALTHCHECK_EXCHANGE_H

/* One connection: reading its request, answering, and parting without cutting the answer off. */

#include "healthcheck/slots.h"

/* Something happened on the connection of slot `c`. */
void exchange_event(struct server *s, struct slot *c, uint32_t events);

/* Reads what has arrived and answers once the request is decided. The slot may be free afterwards.
 */
void exchange_read(struct server *s, struct slot *c);

/* Sends an answer and ends the exchange. */
void exchange_answer(struct server *s, struct slot *c, const struct text *t);

/* Answers everybody who waits for metrics. */
void exchange_metrics(struct server *s);

/* Closes the connection and frees the slot. */
void exchange_drop(struct server *s, struct slot *c);

#endif
