/* SPDX-License-Identifier: Apache-2.0 */
/* Where an image is that a recipe stands on. It is not opened here: a lock says what is in it. */

#include "input/recipe/recipe_reader.h"
#include "transfer/registry/reference.h"

#define REGISTRY "docker://"

/* With a path behind them. */
static const char *const base_transports[] = { "oci:", "oci-archive:", "docker-archive:" };

static const char *find_transport(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(base_transports); i++) {
		if (str_starts(str_of(text), str_of(base_transports[i])))
			return base_transports[i];
	}
	return NULL;
}

bool base_is_image(const char *text)
{
	return str_starts(str_of(text), STR(REGISTRY)) || find_transport(text);
}

static bool check_reference(struct reader *rd, const struct json_node *n, const char *text,
			    struct error *e)
{
	struct error wrong = { 0 };
	struct reference ignored;

	return reference_parse(rd->a, text, &ignored, &wrong) || json_fail(n, e, "%s", wrong.cause);
}

/* "oci:DIR:TAG": DIR ends at the first ':' (containers-transports(5)). */
static bool resolve_local(struct reader *rd, const struct json_node *n, const char *transport,
			  struct base_image *image, struct error *e)
{
	const char *text = image->text + strlen(transport);
	size_t end = strcspn(text, ":");
	const char *path;

	if (!reader_path(rd, n, arena_strndup(rd->a, text, end), &path, e))
		return false;
	image->local = path;
	image->reference = arena_printf(rd->a, "%s%s%s", transport, path, text + end);
	return true;
}

bool base_take_image(struct reader *rd, const struct json_node *n, const char *text,
		     const struct base_image **out, struct error *e)
{
	struct base_image *image = arena_alloc(rd->a, sizeof(*image));
	const char *transport = find_transport(text);

	*image = (struct base_image){ .text = text, .reference = text, .at = read_place(n) };
	*out = image;
	if (transport)
		return resolve_local(rd, n, transport, image, e);
	if (!str_starts(str_of(text), STR(REGISTRY)))
		return json_fail(n, e,
				 "\"%s\" names no image of a registry: docker://HOST/NAME[:TAG]",
				 text);
	return check_reference(rd, n, text, e);
}
