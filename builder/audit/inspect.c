/* SPDX-License-Identifier: Apache-2.0 */
/* The steps from a reference to what is in the image, in their order. */

#include "audit/inspect.h"

bool inspect_image(struct arena *a, const struct inspect_request *req, struct inspection *out,
		   struct error *e)
{
	static const struct strings nothing = { NULL, 0, 0 };

	return bundle_open(a, req->image, &out->bundle, e) &&
	       manifest_read(a, &out->bundle, req->platform, &out->facts, e) &&
	       model_read_keeping(a, &out->bundle, &out->facts, req->keep, &out->model, e) &&
	       packages_read(a, &out->model, req->owned ? req->owned : &nothing, &out->records, e);
}

void inspect_close(struct inspection *i)
{
	model_close(&i->model);
	bundle_close(&i->bundle);
}
