/* SPDX-License-Identifier: Apache-2.0 */
#include "format/text/python_lock.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/path.h"
#include "format/text/python_marker.h"
#include "format/text/requirements.h"
#include "format/text/simple_index.h"

#define PYTHON_LOCK_WORD_MAX 128

bool python_lock_fail(const struct python_lock_reading *r, unsigned line, struct error *e)
{
	return err_at(e, r->file, line, 1);
}

bool python_lock_fail_origin(const struct python_lock_reading *r, const struct toml_node *n,
			     const struct toml_node *at, const char *origin, const char *kind,
			     struct error *e)
{
	const char *name = toml_node_text(n, "name");

	err_set(e, ERR_INPUT,
		"%s comes from %s (%s), of which no hash of a file is known: put a wheel of it on a "
		"server that is an index, or take a release, and run %s",
		name ? name : "a package", origin, kind, r->out->again);
	return python_lock_fail(r, at->line, e);
}

bool python_lock_fail_files(const struct python_lock_reading *r,
			    const struct python_lock_package *p, struct error *e)
{
	err_set(e, ERR_INPUT, "%s %s has no files with hashes; %s writes them", p->name, p->version,
		r->out->again);
	return python_lock_fail(r, p->line, e);
}

unsigned python_lock_all(const struct python_lock_reading *r)
{
	return (1u << r->machines->n) - 1;
}

bool python_lock_holds(const struct python_lock_reading *r, const struct toml_node *marker,
		       unsigned *machines, struct error *e)
{
	*machines = 0;
	for (size_t i = 0; i < r->machines->n; i++) {
		int holds = marker ? python_marker_holds_in(str_of(marker->text), r->machines->v[i],
							    &r->groups, e)
				   : 1;

		if (holds < 0)
			return python_lock_fail(r, marker->line, e);
		*machines |= (unsigned)holds << i;
	}
	return true;
}

bool python_lock_read_machines(const struct python_lock_reading *r, const struct toml_node *markers,
			       struct error *e)
{
	r->out->machines = python_lock_all(r);
	if (!markers || !markers->children.n)
		return true;
	r->out->machines = 0;
	r->out->machines_line = markers->line;
	list_each(marker, &markers->children) {
		unsigned some;

		if (!python_lock_holds(r, marker, &some, e))
			return false;
		r->out->machines |= some;
	}
	return true;
}

bool python_lock_check_python(const struct python_lock_reading *r, const char *what,
			      const struct toml_node *specifiers, struct error *e)
{
	if (!specifiers || strpbrk(specifiers->text, "|^") ||
	    python_release_fits(str_of(specifiers->text)))
		return true;
	err_set(e, ERR_INPUT,
		"%s is for Python %s, and Debian 13 has Python %s; lock it for that one, with %s",
		what, specifiers->text, PYTHON_OF_DEBIAN_FULL, r->out->again);
	return python_lock_fail(r, specifiers->line, e);
}

/* Names and versions become parts of paths and of addresses. */
static bool python_lock_is_word(const char *text, const char *more)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)text[i]) && !strchr(more, text[i]))
			return false;
	}
	return n > 0 && n <= PYTHON_LOCK_WORD_MAX && text[0] != '.';
}

bool python_lock_begin(const struct python_lock_reading *r, const struct toml_node *n,
		       const char *otherwise, struct python_lock_package *out, struct error *e)
{
	const char *name = toml_node_text(n, "name"), *version = toml_node_text(n, "version");

	version = version ? version : otherwise;
	*out = (struct python_lock_package){ .line = n->line };
	if (!name || !python_lock_is_word(name, "._-"))
		err_set(e, ERR_INPUT, "\"%s\" is not the name of a package of Python",
			name ? name : "");
	else if (!version || !python_lock_is_word(version, ".+!-_"))
		err_set(e, ERR_INPUT, "%s: \"%s\" is not a version; %s writes the lock anew", name,
			version ? version : "", r->out->again);
	else {
		out->name = requirement_name(r->a, str_of(name));
		out->version = version;
		return true;
	}
	return python_lock_fail(r, n->line, e);
}

/* "https://a.test/x/idna%2B1.whl?y#z" -> "idna+1.whl" */
static const char *python_lock_file_name(struct arena *a, const char *address)
{
	const char *end = address + strcspn(address, "?#"), *at = end;
	struct buf out = { .a = a };

	while (at > address && at[-1] != '/')
		at--;
	for (; at < end; at++) {
		if (at[0] == '%' && end - at > 2 && isxdigit((unsigned char)at[1]) &&
		    isxdigit((unsigned char)at[2])) {
			const char hex[] = { at[1], at[2], '\0' };

			buf_putc(&out, (char)strtoul(hex, NULL, 16));
			at += 2;
		} else {
			buf_putc(&out, at[0]);
		}
	}
	return buf_cstr(&out);
}

static bool python_lock_check_url(const char *url)
{
	const char *host = strstr(url, "://");
	size_t n = host ? strcspn(host + 3, "/?#") : 0;

	return n && !memchr(host + 3, '@', n) &&
	       (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0);
}

static bool python_lock_read_hash(const struct toml_node *n, struct content_digest *out)
{
	static const char *const names[] = { "sha256", "sha512" };
	const struct toml_node *all = toml_node_get(n, "hashes");
	const char *hash = toml_node_text(n, "hash");
	char text[CONTENT_NAME_SIZE];

	if (hash && content_digest_parse(str_of(hash), out))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		hash = toml_node_text(all, names[i]);
		if (hash &&
		    snprintf(text, sizeof(text), "%s:%s", names[i], hash) < (int)sizeof(text) &&
		    content_digest_parse(str_of(text), out))
			return true;
	}
	return false;
}

static bool python_lock_check_path(const struct python_lock_reading *r, const struct toml_node *n,
				   const struct python_lock_package *p, struct python_lock_file *f,
				   struct error *e)
{
	const char *path = toml_node_text(n, "path");

	if (!path || f->url)
		return true;
	if (!r->paths || !str_ends(str_of(path), STR(".whl")))
		return err_set(e, ERR_INPUT,
			       "%s %s: %s has a path and no url: only what has an address can be "
			       "fetched anywhere; put it on a server that is an index, and lock "
			       "again",
			       p->name, p->version, path);
	f->path = path[0] == '/' ? NULL : path_in_folder(r->a, "", str_of(path));
	return f->path ||
	       err_set(e, ERR_INPUT,
		       "%s %s: %s is outside of the folder of the lock file: copy it there, "
		       "and lock again",
		       p->name, p->version, path);
}

static bool python_lock_check_file(const struct python_lock_reading *r, const struct toml_node *n,
				   const struct python_lock_package *p, struct python_lock_file *f,
				   struct error *e)
{
	if (!f->name[0] || !python_lock_is_word(f->name, "._-+!"))
		return err_set(e, ERR_INPUT,
			       "%s %s: \"%s\" is not the name of a file; %s writes it", p->name,
			       p->version, f->name, r->out->again);
	if (f->url && !python_lock_check_url(f->url))
		return err_set(e, ERR_INPUT,
			       "%s %s: the address of %s is not one of http or https, or has "
			       "credentials in it, which would stand in the lock",
			       p->name, p->version, f->name);
	return (python_lock_read_hash(n, &f->hash) && !(f->path && f->hash.sha512)) ||
	       err_set(e, ERR_INPUT,
		       "%s %s: %s has no SHA-256, so nothing says which bytes it is; %s writes it "
		       "where the index has one",
		       p->name, p->version, f->name, r->out->again);
}

bool python_lock_add_file(const struct python_lock_reading *r, const struct toml_node *n,
			  const char *otherwise, struct python_lock_package *p, struct error *e)
{
	const char *name = toml_node_text(n, "name"), *url = toml_node_text(n, "url");
	struct python_lock_file f = { .url = url ? url : otherwise, .line = n->line };

	if (!python_lock_check_path(r, n, p, &f, e))
		return python_lock_fail(r, n->line, e);
	name = name ? name : toml_node_text(n, "file");
	f.name = name ? name : python_lock_file_name(r->a, f.url ? f.url : f.path ? f.path : "");
	if (!python_lock_check_file(r, n, p, &f, e))
		return python_lock_fail(r, n->line, e);
	*list_push(r->a, &p->files) = f;
	return true;
}

void python_lock_rename_source(const struct python_lock_reading *r, struct python_lock_package *p)
{
	struct python_lock_file *f = &p->files.v[p->files.n - 1];
	struct str end = simple_sdist_end(str_of(f->name));

	if (end.n)
		f->name = arena_printf(r->a, "%s-%s" STR_FMT, p->name, p->version, STR_ARG(end));
}
