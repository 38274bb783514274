/* SPDX-License-Identifier: Apache-2.0 */
#include "input/lock/lock_file.h"

#include "base/path.h"
#include "format/debian/debian_names.h"
#include "input/lock/lock_values.h"

/* A dependency has no archive or source that says where it is; its path is all of its name. */
static bool lock_file_read_url(struct arena *a, const struct json_node *n, struct locked_file *f,
			       struct error *e)
{
	struct json_node url;

	f->name = f->path;
	return lock_need_string(a, n, "url", &f->url, e) &&
	       (str_starts(str_of(f->url), STR("http://")) ||
		str_starts(str_of(f->url), STR("https://")) ||
		(json_get(n, "url", &url) &&
		 json_fail(&url, e, "\"%s\" is not an http or https address", f->url)));
}

bool lock_file_read(struct arena *a, const struct json_node *n, bool (*check)(struct str),
		    struct locked_file *f, struct error *e)
{
	static const char *const keys[] = { "path", "size", "sha256", NULL };
	static const char *const more_keys[] = { "path", "size", "sha256", "url", NULL };
	bool dependency = check == name_is_dependency_path;

	f->size = UINT64_MAX;
	if (!json_want_object(n, e) || !lock_need_name(a, n, "path", check, &f->path, e) ||
	    !json_opt_u64(n, "size", &f->size, e) ||
	    !lock_need_digest(a, n, "sha256", &f->sha256, e) ||
	    !json_no_other_keys(n, dependency ? more_keys : keys, e))
		return false;
	if ((dependency || check == name_is_pool_path) && f->size == UINT64_MAX)
		return json_fail(n, e, "the size is missing");
	f->name = path_base(f->path);
	return !dependency || lock_file_read_url(a, n, f, e);
}
