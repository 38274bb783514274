/* SPDX-License-Identifier: Apache-2.0 */
/* From words to images. Two patterns, so that nobody has to guess what a "*" stands for:
 * docker://HOST/PREFIX/ *[:TAG] without the blank, and docker://HOST/NAME:*. */

#include "cli/rebasing.h"
#include "transfer/registry/listing.h"

#define LIST_MAX (16u << 20)
#define ANY "*"

struct rebase_listing {
	struct cli *c;
	struct session_options settings;
	struct strings *out;
	size_t met; /* images so far, also twice the same one, and the base, which is left out */
};

/* The base itself may be among what a pattern stands for. */
static void rebase_list_push(struct rebase_listing *l, const char *image)
{
	const struct rebase_options *o = l->c->options;

	l->met++;
	if (!strings_has(l->out, image) && (!o->base || strcmp(image, o->base) != 0))
		*list_push(l->c->a, l->out) = image;
}

/* "sha256-HEX", "sha256-HEX.sig": not an image, but what is about one. */
static bool rebase_is_note(const char *tag)
{
	static const char prefix[] = "sha256-";

	return strncmp(tag, prefix, strlen(prefix)) == 0 &&
	       strspn(tag + strlen(prefix), "0123456789abcdef") == DIGEST_HEX;
}

/* The tags of a repository that are meant: this one, if it is there, or (NULL) all. */
static bool rebase_list_tags(struct rebase_listing *l, const char *host, const char *name,
			     const char *tag, struct error *e)
{
	struct arena *a = l->c->a;
	const struct reference ref = { .text = name, .host = host, .name = name };
	struct strings tags;

	if (!listing_tags(a, &l->settings, &ref, &tags, e))
		return false;
	for (size_t i = 0; i < tags.n; i++) {
		if (tag ? strcmp(tag, tags.v[i]) == 0 : !rebase_is_note(tags.v[i]))
			rebase_list_push(l, arena_printf(a, "docker://%s/%s:%s", host, name,
							 tags.v[i]));
	}
	return true;
}

/* "docker://HOST/PREFIX/" and the tag. */
static bool rebase_list_repositories(struct rebase_listing *l, const char *below, const char *tag,
				     struct error *e)
{
	struct arena *a = l->c->a;
	struct reference like;
	struct strings names;

	if (!reference_parse(a, arena_printf(a, "%sx", below), &like, e))
		return false;
	like.name = arena_strndup(a, like.name, strlen(like.name) - 1);
	if (!listing_repositories(a, &l->settings, like.host, like.name, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (!rebase_list_tags(l, like.host, names.v[i], strcmp(tag, ANY) == 0 ? NULL : tag,
				      e))
			return false;
	}
	return true;
}

static bool rebase_list_pattern(struct rebase_listing *l, const char *word, struct error *e)
{
	struct arena *a = l->c->a;
	size_t star = strcspn(word, ANY), n = strlen(word);
	const char *before = arena_strndup(a, word, star), *behind = word + star + 1;
	struct reference ref;

	if (star > 0 && word[star - 1] == ':' && star + 1 == n)
		return reference_parse(a, arena_strndup(a, word, star - 1), &ref, e) &&
		       rebase_list_tags(l, ref.host, ref.name, NULL, e);
	if (star > 0 && word[star - 1] == '/' && (behind[0] == ':' || !behind[0]))
		return rebase_list_repositories(l, before, behind[0] ? behind + 1 : "latest", e);
	return err_set(e, ERR_USAGE,
		       "%s: a \"*\" stands for the repositories below a name, "
		       "docker://HOST/NAME/*[:TAG], or for the tags of one, docker://HOST/NAME:*",
		       word);
}

static bool rebase_list_add(struct rebase_listing *l, const char *word, struct error *e)
{
	const struct rebase_options *o = l->c->options;
	size_t before = l->met;

	if (!str_starts(str_of(word), STR("docker://")) || !strstr(word, ANY)) {
		rebase_list_push(l, word);
		return true;
	}
	if (!registry_settings(l->c, &o->registry, &l->settings, e) ||
	    !rebase_list_pattern(l, word, e))
		return false;
	return l->met > before || err_set(e, ERR_INPUT, "%s: the registry has no such image", word);
}

static bool rebase_list_file(struct rebase_listing *l, const char *path, struct error *e)
{
	struct str rest, line;
	unsigned number = 0;

	if (!io_read_named(l->c->a, path, LIST_MAX, &rest, e))
		return false;
	if (str_starts(rest, STR("\xef\xbb\xbf"))) /* as some editors write it */
		rest = str_from(rest, 3);
	while (str_next(&rest, '\n', &line)) {
		number++;
		line = str_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!rebase_list_add(l, str_dup(l->c->a, line), e))
			return err_at(e, path, number, 1);
	}
	return true;
}

bool rebase_list(struct cli *c, const struct rebase_options *o, struct strings *out,
		 struct error *e)
{
	struct rebase_listing l = { .c = c, .out = out };

	for (size_t i = 0; i < c->operands.n; i++) {
		if (!rebase_list_add(&l, c->operands.v[i], e))
			return false;
	}
	if (o->list && !rebase_list_file(&l, o->list, e))
		return false;
	if (!out->n && l.met)
		return err_set(
			e, ERR_USAGE,
			"rebase: only the new base itself is named, %s: name the images that "
			"are to stand on it",
			o->base);
	return out->n > 0 || err_set(e, ERR_INPUT, "%s names no image", o->list);
}
