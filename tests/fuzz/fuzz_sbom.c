/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a copyright file, a package note and a package URL: names keep to their characters,
 * and a URL that is written is read again as the same. */

#include <stdlib.h>

#include "format/debian/purl.h"
#include "inspect/sbom/naming.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(const char *id)
{
	for (const char *p = id; *p; p++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-", *p))
			abort();
}

static void read_copyright(struct arena *a, struct str text)
{
	struct licence_refs refs = { NULL, 0, 0, 0 };
	struct licences l = { NULL, 0, 0 };
	struct copyright c;

	copyright_read(a, text, &c);
	licences_of(a, &c, &refs, &l);
	if ((licences_expression(a, &l) == NULL) != (c.n == 0) || l.n > 3 * text.n)
		abort();
	for (size_t i = 0; i < refs.n; i++) {
		check_id(refs.v[i].id);
		if (!refs.v[i].text.n)
			abort();
	}
}

static bool is_same_or_empty(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static void read_purl(struct arena *a, const char *text)
{
	struct purl p, again;

	if (!purl_parse(a, text, &p) || p.qualifiers.n || strpbrk(p.type, "/?#@%") ||
	    strpbrk(p.space, "/"))
		return;
	if (!purl_parse(a, purl_text(a, &p), &again) || !is_same_or_empty(p.type, again.type) ||
	    !is_same_or_empty(p.space, again.space) || !is_same_or_empty(p.name, again.name) ||
	    !is_same_or_empty(p.version, again.version))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	AUTO_ARENA a = { 0 };
	struct sbom_package p;
	char file[NAMING_FILE_SIZE];
	const char *name, *mail;

	read_copyright(&a, text);
	if (naming_note(&a, str_dup(&a, text), &p)) {
		struct purl read;

		if (!purl_parse(&a, p.purl, &read) || !is_same_or_empty(read.name, p.name))
			abort();
		check_id(naming_id(&a, "Package", p.name, p.ref));
	}
	read_purl(&a, str_dup(&a, text));
	naming_file("SPDXRef-File-", str_dup(&a, text), file);
	naming_person(&a, str_dup(&a, text), &name, &mail);
	if (mail && naming_is_debian(mail) && !strchr(mail, '@'))
		abort();
	return 0;
}
