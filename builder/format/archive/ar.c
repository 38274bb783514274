/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ar members from memory. Knows the container only: which members a package must have, and
 * in which order, is make/deb/deb_members.c. Nothing is allocated, so nothing can be made to grow.
 */

#include "format/archive/ar.h"

#define MAGIC STR("!<arch>\n")
#define HEADER 60
#define NAME 16
#define SIZE_AT 48
#define SIZE 10
#define FMAG_AT 58

bool ar_open(struct ar *ar, struct str bytes, const char *name, struct error *e)
{
	*ar = (struct ar){ bytes, name };
	if (!str_starts(bytes, MAGIC))
		return err_set(e, ERR_INPUT,
			       "%s is not an ar archive (no \"!<arch>\" at its start)", name);
	ar->rest = str_from(bytes, MAGIC.n);
	return true;
}

static int ar_fail(const struct ar *ar, struct error *e, const char *why)
{
	err_set(e, ERR_INPUT, "%s: malformed ar archive: %s", ar->name, why);
	return -1;
}

/* Up to 15 printable characters without '/', an optional '/', then blanks. */
static bool ar_take_name(struct str field, char out[static NAME + 1])
{
	while (field.n && field.p[field.n - 1] == ' ')
		field.n--;
	if (field.n && field.p[field.n - 1] == '/')
		field.n--;
	if (field.n == 0 || field.n >= NAME)
		return false;
	for (size_t i = 0; i < field.n; i++) {
		if (field.p[i] <= ' ' || field.p[i] > '~' || field.p[i] == '/')
			return false;
		out[i] = field.p[i];
	}
	out[field.n] = '\0';
	return true;
}

/* Blanks, digits, blanks; str_u64 takes nothing but digits. */
static bool take_size(struct str field, uint64_t *out)
{
	while (field.n && field.p[0] == ' ')
		field = str_from(field, 1);
	while (field.n && field.p[field.n - 1] == ' ')
		field.n--;
	return str_u64(field, out);
}

int ar_next(struct ar *ar, struct ar_member *m, struct error *e)
{
	struct str header = { ar->rest.p, HEADER };
	uint64_t size;

	if (ar->rest.n == 0)
		return 0;
	if (ar->rest.n < HEADER)
		return ar_fail(ar, e, "bytes that are not a member, or a header cut short");
	if (memcmp(header.p + FMAG_AT, "`\n", 2) != 0)
		return ar_fail(ar, e, "a header without its end mark");
	if (!ar_take_name((struct str){ header.p, NAME }, m->name))
		return ar_fail(ar, e, "a member name that dpkg does not know");
	if (!take_size((struct str){ header.p + SIZE_AT, SIZE }, &size))
		return ar_fail(ar, e, "a member size that is not a decimal number");
	ar->rest = str_from(ar->rest, HEADER);
	if (size > ar->rest.n)
		return ar_fail(ar, e, "a member longer than the file");
	m->data = (struct str){ ar->rest.p, (size_t)size };
	ar->rest = str_from(ar->rest, (size_t)size);
	if (size % 2 == 0)
		return 1;
	if (ar->rest.n == 0 || ar->rest.p[0] != '\n')
		return ar_fail(ar, e, "a member of odd size without its padding");
	ar->rest = str_from(ar->rest, 1);
	return 1;
}
