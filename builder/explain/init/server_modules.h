/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_SERVER_MODULES_H
#define EXPLAIN_INIT_SERVER_MODULES_H

/* Modules of web servers, which scripts of their packages enable: libnginx-mod-* by dh_nginx,
 * libapache2-mod-* by a2enmod. */

#include "explain/init/collect.h"

/* Links that have nginx load its modules; those of Apache, which ask for a choice of its threads
 * and for other modules, are told. */
void collect_server_modules(struct collecting *c);

#endif
