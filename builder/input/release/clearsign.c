/* SPDX-License-Identifier: Apache-2.0 */
/* The strict splitter. It repairs nothing and strips nothing: text that a canonicalisation would
 * change (trailing blanks, carriage returns, dash escapes) is refused, so that there is only one
 * reading of a file. */

#include "input/release/clearsign.h"

struct lines {
	const char *name;
	struct str rest;
	unsigned number; /* of the line taken last */
};

static bool clearsign_refuse(const struct lines *l, struct error *e, const char *what)
{
	err_set(e, ERR_VERIFY, "not a signed file in the form of Debian archives: %s", what);
	return err_at(e, l->name, l->number, 1);
}

/* The next line, which must end in a newline and hold no control bytes. */
static bool clearsign_take_line(struct lines *l, struct str *line, struct error *e)
{
	const char *end = l->rest.n ? memchr(l->rest.p, '\n', l->rest.n) : NULL;

	l->number++;
	if (!end)
		return clearsign_refuse(l, e,
					l->rest.n ? "the last line has no end"
						  : "it ends too early");
	*line = (struct str){ l->rest.p, (size_t)(end - l->rest.p) };
	l->rest = str_from(l->rest, line->n + 1);
	for (size_t i = 0; i < line->n; i++) {
		unsigned char c = (unsigned char)line->p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return clearsign_refuse(l, e, "a control byte");
	}
	return true;
}

static bool take_exactly(struct lines *l, struct str wanted, struct error *e, const char *what)
{
	struct str line;

	return clearsign_take_line(l, &line, e) &&
	       (str_eq(line, wanted) || clearsign_refuse(l, e, what));
}

static bool take_header(struct lines *l, struct error *e)
{
	struct str line;

	if (!take_exactly(l, STR("-----BEGIN PGP SIGNED MESSAGE-----"), e,
			  "it does not begin with BEGIN PGP SIGNED MESSAGE") ||
	    !clearsign_take_line(l, &line, e))
		return false;
	if (!str_eq(line, STR("Hash: SHA256")) && !str_eq(line, STR("Hash: SHA512")))
		return clearsign_refuse(l, e, "expected \"Hash: SHA256\" or \"Hash: SHA512\"");
	return take_exactly(l, STR(""), e, "expected an empty line after the Hash line");
}

/* The text, up to the line that begins the signature. */
static bool clearsign_take_text(struct lines *l, struct clearsign *out, struct error *e)
{
	const char *start = l->rest.p;
	struct str line;

	for (;;) {
		if (!clearsign_take_line(l, &line, e))
			return false;
		if (str_eq(line, STR("-----BEGIN PGP SIGNATURE-----")))
			break;
		if (line.n && line.p[0] == '-')
			return clearsign_refuse(l, e, "a line of the text begins with a dash");
		if (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
			return clearsign_refuse(l, e, "a line of the text ends in a blank");
	}
	out->text = (struct str){ start, (size_t)(line.p - start) };
	if (out->text.n < 2)
		return clearsign_refuse(l, e, "the text is empty");
	out->signed_text = (struct str){ start, out->text.n - 1 };
	out->signature.p = line.p;
	return true;
}

static bool is_base64(struct str line)
{
	if (line.n == 0 || line.n > 76)
		return false;
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/' || c == '='))
			return false;
	}
	return true;
}

static bool take_signature(struct lines *l, struct clearsign *out, struct error *e)
{
	struct str line;

	if (!take_exactly(l, STR(""), e, "expected an empty line after BEGIN PGP SIGNATURE"))
		return false;
	for (;;) {
		if (!clearsign_take_line(l, &line, e))
			return false;
		if (str_eq(line, STR("-----END PGP SIGNATURE-----")))
			break;
		if (!is_base64(line))
			return clearsign_refuse(l, e, "a line of the signature is not base64");
	}
	if (l->rest.n) {
		l->number++;
		return clearsign_refuse(l, e, "something follows the signature");
	}
	out->signature.n = (size_t)(l->rest.p - out->signature.p);
	return true;
}

bool clearsign_split(struct str file, const char *name, struct clearsign *out, struct error *e)
{
	struct lines l = { name, file, 0 };

	*out = (struct clearsign){ 0 };
	return take_header(&l, e) && clearsign_take_text(&l, out, e) && take_signature(&l, out, e);
}
