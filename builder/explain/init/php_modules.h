/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_PHP_MODULES_H
#define EXPLAIN_INIT_PHP_MODULES_H

/* Modules of PHP: each package brings a .so and a line of php.ini that loads it, and its script
 * runs phpenmod, which links the line into the folder of each way to run PHP (/etc/php/8.4/fpm/
 * conf.d). Without that PHP loads none. */

#include "explain/init/collect.h"

/* "20" of "; priority=20" in such a file, as phpenmod reads it; 20 is what it takes otherwise. */
unsigned php_priority(struct str text);

/* One file for each way to run PHP, with the lines of all modules that the image has. */
MUST_CHECK bool collect_php_modules(struct collecting *c, struct error *e);

#endif
