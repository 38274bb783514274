/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_SIBLINGS_H
#define EXPLAIN_INIT_SIBLINGS_H

/* Packages that are one thing with those asked for: "Depends: dovecot-core (= 1:2.4.1)" of
 * dovecot-imapd, "perl-base (= 5.40.1-6)" of perl. Closure would take their libraries alone, and
 * Essential ones not at all. What a package without files stands for: postgresql-17 of postgresql.
 * And what one loads though nothing in its Depends says so. */

#include "explain/init/collect.h"

/* Adds to the draft's packages what a package asked for depends on in its own version, unless it is
 * a library or there already. true in *added: the image has to be composed again. ERR_INPUT for a
 * Depends that cannot be read. */
MUST_CHECK bool siblings_add(struct collecting *c, bool *added, struct error *e);

#endif
