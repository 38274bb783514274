/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at no more of a certificate than that it is whole: Java refuses a store in which one is
 * not, and then trusts nobody. Whether it is still valid is the audit's business. */

#include "make/scripts/authorities.h"

#include "base/buf.h"
#include "base/path.h"
#include "format/text/base64.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"
#define DER_SEQUENCE 0x30
#define DER_BIT_STRING 0x03

/* The contents of the value with this tag that `in` begins with (X.690, 8.1); `in` moves behind. */
static bool authority_take_der(struct str *in, unsigned char tag, struct str *value)
{
	const unsigned char *p = (const unsigned char *)in->p;
	size_t n, head = 2, more;

	if (in->n < head || p[0] != tag)
		return false;
	n = p[1];
	more = n & 0x80 ? n & 0x7f : 0;
	if (n & 0x80) {
		if (more == 0 || more > 4 || in->n < head + more)
			return false;
		n = 0;
		for (size_t i = 0; i < more; i++)
			n = n << 8 | p[head + i];
		head += more;
	}
	if (n > in->n - head)
		return false;
	*value = (struct str){ in->p + head, n };
	*in = str_from(*in, head + n);
	return true;
}

/* RFC 5280, 4.1: what is signed, the algorithm, the signature. */
static bool authority_is_whole(struct str der)
{
	struct str of, part;

	return authority_take_der(&der, DER_SEQUENCE, &of) && der.n == 0 &&
	       authority_take_der(&of, DER_SEQUENCE, &part) &&
	       authority_take_der(&of, DER_SEQUENCE, &part) &&
	       authority_take_der(&of, DER_BIT_STRING, &part) && of.n == 0;
}

/* How many bytes the character at the beginning has; 0: it is none that the formats can hold. */
static size_t authority_character(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = p[0] < 0x80			 ? 1
		   : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
		   : (p[0] & 0xf0) == 0xe0	 ? 3
						 : 0;

	if (n > s.n || (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return n;
}

/* The name of a link that update-ca-certificates makes, as Java writes it: in small letters. */
static const char *authority_name(struct arena *a, const char *path)
{
	struct str base = str_of(path_base(path));
	struct buf name = { .a = a };

	if (str_ends(base, STR(".crt")) || str_ends(base, STR(".pem")))
		base.n -= strlen(".crt");
	buf_puts(&name, "debian:");
	while (base.n) {
		size_t n = authority_character(base);

		if (n > 1)
			buf_add(&name, (struct str){ base.p, n });
		else if (n == 0 || strchr(" ,", base.p[0]))
			buf_putc(&name, '_');
		else if (strchr("()", base.p[0]))
			buf_putc(&name, '=');
		else if (base.p[0] >= 'A' && base.p[0] <= 'Z')
			buf_putc(&name, (char)(base.p[0] - 'A' + 'a'));
		else
			buf_putc(&name, base.p[0]);
		base = str_from(base, n ? n : 1);
	}
	buf_puts(&name, ".pem");
	return buf_cstr(&name);
}

/* Each name ends in ".pem", so that none is another one with a number. */
static const char *authority_own_name(struct authorities *l, const char *name)
{
	void **slot = strmap_slot(l->a, &l->names, str_of(name));
	unsigned *uses = *slot;

	if (!uses)
		*slot = uses = arena_alloc(l->a, sizeof(*uses));
	return ++*uses == 1 ? name : arena_printf(l->a, "%s-%u", name, *uses);
}

/* The next text between the lines of PEM; `text` moves behind it. 0: there is none; -1: it has no
 * end. */
static int pem_next(struct str *text, struct str *out)
{
	const char *begin = memmem(text->p, text->n, PEM_BEGIN, strlen(PEM_BEGIN)), *end;

	if (!begin)
		return 0;
	*text = str_from(*text, (size_t)(begin - text->p) + strlen(PEM_BEGIN));
	end = memmem(text->p, text->n, PEM_END, strlen(PEM_END));
	if (!end)
		return -1;
	*out = (struct str){ text->p, (size_t)(end - text->p) };
	*text = str_from(*text, out->n + strlen(PEM_END));
	return 1;
}

static bool authority_decode(struct arena *a, struct str lines, struct str *der)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < lines.n; i++) {
		if (!strchr(" \t\r\n", lines.p[i]) || !lines.p[i])
			buf_putc(&text, lines.p[i]);
	}
	return text.n && base64_decode(a, buf_str(&text), der) && authority_is_whole(*der);
}

bool authorities_add(struct authorities *l, const char *path, struct str text, struct error *e)
{
	const char *name = authority_name(l->a, path);
	struct str lines = { "", 0 }, der;
	size_t n = 0;
	int next;

	if (memmem(text.p, text.n, "PRIVATE KEY-----", strlen("PRIVATE KEY-----")))
		return err_set(e, ERR_INPUT,
			       "it holds a private key, and everybody can read the image: take it "
			       "out");
	while ((next = pem_next(&text, &lines)) != 0) {
		n++;
		if (next < 0 || !authority_decode(l->a, lines, &der))
			return err_set(e, ERR_INPUT, "certificate %zu of it is damaged", n);
		*list_push(l->a, &l->v) = (struct authority){ authority_own_name(l, name), der };
	}
	return n > 0 || err_set(e, ERR_INPUT, "it is not a certificate in PEM form");
}
