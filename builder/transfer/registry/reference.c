/* SPDX-License-Identifier: Apache-2.0 */
/* Names of images of registries. Nothing here is looked up. */

#include "transfer/registry/reference.h"

#include "transfer/http/http_url.h"
#include "format/text/image_name.h"

static const struct str scheme = STR("docker://");

static void cut_tag(struct arena *a, struct str path, struct reference *out)
{
	size_t at = image_name_tag_at(path);

	if (at < path.n) {
		out->tag = str_dup(a, str_from(path, at + 1));
		path.n = at;
	} else if (!out->digest) {
		out->tag = "latest";
	}
	out->name = str_dup(a, path);
}

static bool reference_read_digest(struct arena *a, struct str text, struct reference *out,
				  struct error *e)
{
	if (!content_digest_parse(text, &out->content))
		return err_set(
			e, ERR_USAGE,
			"%s: a digest is \"@sha256:\" and 64 lower-case hexadecimal digits, or \"@sha512:\" and 128",
			out->text);
	out->digest = str_dup(a, text);
	return true;
}

/* "registry.example:5000" alone is a host, "app:1.0" an image. */
static bool reference_fail_part(const char *text, struct str name, struct error *e)
{
	struct str host, rest;
	bool is_host;

	str_cut(name, ':', &host, &rest);
	is_host = !memchr(name.p, '/', name.n) &&
		  (str_starts(name, STR("[")) || memchr(host.p, '.', host.n) ||
		   str_eq(host, STR("localhost")));
	return err_set(e, ERR_USAGE, "%s names no %s: docker://REGISTRY/NAME[:TAG]", text,
		       is_host ? "image; write its name behind the host"
			       : "registry; write its host, too");
}

bool reference_parse(struct arena *a, const char *text, struct reference *out, struct error *e)
{
	struct str rest = str_of(text), name, digest, host, path;
	struct http_url url;

	*out = (struct reference){ .text = text };
	if (!str_starts(rest, scheme))
		return err_set(e, ERR_USAGE, "\"%s\" is not docker://REGISTRY/NAME[:TAG]", text);
	rest = str_from(rest, scheme.n);
	if (str_cut(rest, '/', &name, &path) && memchr(name.p, '@', name.n) &&
	    memchr(name.p, ':', name.n))
		return err_set(
			e, ERR_USAGE,
			"%s: the name of an image holds no user and no password; podman login, or name "
			"a file with --authfile",
			text);
	if (str_cut(rest, '@', &name, &digest) && !reference_read_digest(a, digest, out, e))
		return false;
	if (!image_name_has_host(name) || !str_cut(name, '/', &host, &path))
		return reference_fail_part(text, name, e);
	if (!image_name_check(str_dup(a, name), e)) {
		e->kind = ERR_USAGE;
		return false;
	}
	out->host = str_dup(a, host);
	if (!http_url_split(str_of(arena_printf(a, "https://%s/", out->host)), &url))
		return err_set(e, ERR_USAGE, "%s: \"%s\" is not a host with a port", text,
			       out->host);
	cut_tag(a, path, out);
	return true;
}
