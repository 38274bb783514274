/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the preparation: certificates before the parse (it loads them), directories before
 * anything is written to them. */

#include "entrypoint/prepare.h"

#include "entrypoint/cache.h"
#include "entrypoint/config.h"
#include "entrypoint/demands.h"
#include "entrypoint/dirs.h"
#include "entrypoint/pid_file.h"
#include "entrypoint/ssl_db.h"
#include "entrypoint/tls.h"

static bool prepare_check(struct supervisor *s)
{
	log_info(&s->log, "Validating Squid configuration...");
	if (!config_choose(s) || !demands_helpers(s) || !demands_ports(s) || !dirs_check(s) ||
	    !tls_prepare(s) || !config_parse(s))
		return false;
	log_info(&s->log, "Configuration validation passed");
	return true;
}

static bool prepare_initialize(struct supervisor *s)
{
	log_info(&s->log, "Running Squid initialization...");
	if (!pid_file_clear(s) || !ssl_db_prepare(s) || !config_wrap(s) || !cache_prepare(s))
		return false;
	log_info(&s->log, "Squid initialization complete");
	return true;
}

bool prepare_everything(struct supervisor *s)
{
	return prepare_check(s) && prepare_initialize(s);
}
