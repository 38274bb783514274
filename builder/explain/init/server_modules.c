/* SPDX-License-Identifier: Apache-2.0 */
/* From files that packages offer to those that servers read. */

#include "explain/init/server_modules.h"

#include "base/path.h"

#define NGINX "usr/share/nginx/modules-available/"
#define APACHE "etc/apache2/mods-available/"

/* "50-mod-http-lua.conf" of "for confpair in mod-http-lua.conf:50-mod-http-lua.conf"; NULL: the
 * script does not say it. */
static const char *nginx_name(struct collecting *c, const struct deb *deb, const char *base)
{
	struct str text = deb_control_text(deb, "postinst");
	const char *mark = arena_printf(c->a, "%s:", base);
	const char *at = text.n ? memmem(text.p, text.n, mark, strlen(mark)) : NULL;
	size_t n = 0;

	if (!at)
		return NULL;
	text = str_from(text, (size_t)(at - text.p) + strlen(mark));
	while (n < text.n && !strchr(" \t\n;\"'$/", text.p[n]))
		n++;
	return n ? str_dup(c->a, (struct str){ text.p, n }) : NULL;
}

static void nginx_link(struct collecting *c, const struct deb *deb, const char *path)
{
	const char *name = nginx_name(c, deb, path_base(path));
	const char *link = name ? arena_printf(c->a, "/etc/nginx/modules-enabled/%s", name) : NULL;

	if (!link || draft_has_link(c->d, link) || tree_find(&c->chain->tree, link + 1))
		return;
	*list_push(c->a, &c->d->links) =
		(struct draft_pair){ .name = link, .text = arena_printf(c->a, "/%s", path) };
	draft_chose(c->d, "links", link, "%s: postinst enables it", deb->package->name);
}

static void apache_tell(struct collecting *c, const struct deb *deb, const char *path)
{
	const char *base = path_base(path);

	draft_leave(c->d,
		    "%s: %s is not enabled, as a2enmod would: to load it, add a link "
		    "/etc/apache2/mods-enabled/%s to it to \"links\", and to the .conf beside it; "
		    "modules that are not for threads, such as PHP's, need mpm_prefork in place of "
		    "mpm_event in /etc/apache2/mods-enabled/container.load",
		    deb->package->name, path, base);
}

void collect_server_modules(struct collecting *c)
{
	for (size_t i = 0; i < c->own.n; i++) {
		const struct deb *deb = c->own.v[i];
		bool module = str_starts(str_of(deb->package->name), STR("libapache2-mod-"));

		for (size_t k = 0; k < deb->entries.n; k++) {
			const char *path = deb->entries.v[k].path;

			if (deb->entries.v[k].type != NODE_FILE)
				continue;
			if (str_starts(str_of(path), STR(NGINX)))
				nginx_link(c, deb, path);
			else if (module && str_starts(str_of(path), STR(APACHE)) &&
				 str_ends(str_of(path), STR(".load")))
				apache_tell(c, deb, path);
		}
	}
}
