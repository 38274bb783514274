/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_LISTENING_H
#define EXPLAIN_INIT_LISTENING_H

/* Ports in configuration files: lines such as "listen 80;", "port 6379", "Listen 127.0.0.1:8080".
 */

#include "base/str.h"

struct listening_port {
	unsigned port;
	unsigned line; /* from 1 */
	bool loopback; /* at an address of the machine itself alone */
};

struct listening_ports LIST(struct listening_port);

/* Any bytes. Each port once. */
void listening_read(struct arena *a, struct str text, struct listening_ports *out);

#endif
