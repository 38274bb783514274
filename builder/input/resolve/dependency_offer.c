/* SPDX-License-Identifier: Apache-2.0 */
#include "input/resolve/dependency_offer.h"

#include "transfer/http/http_url.h"

bool dependency_check_origin(const struct dependencies *l, const struct dependency *d,
			     struct error *e)
{
	struct http_url url;

	if (!d->origin || (http_url_split(str_of(d->origin), &url) && !url.userinfo.n))
		return true;
	err_set(e, ERR_INPUT,
		"%s %s: its address is malformed or holds credentials, which would stand in the "
		"lock",
		d->name, d->version);
	return err_at(e, l->file, d->line, 1);
}
