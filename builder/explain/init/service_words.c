/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the entrypoint: those of the unit, as far as they hold in a container. */

#include "base/path.h"
#include "explain/init/manual.h"
#include "explain/init/service.h"

/* An option that has the service listen on its loopback alone has it listen on all addresses: a
 * container's own loopback cannot be reached. */
static const char *words_reachable(struct service *s, size_t i, const char *from)
{
	static const char *const listens[] = { "-l", "-a", "-b", "-H", "-i" };
	const char *word = s->exec.words.v[i], *at = strstr(word, "127.0.0.1");
	const char *option = at == word && i > 1 ? s->exec.words.v[i - 1] : word;
	const char *all;

	if (!at || (at > word && at[-1] != '=' && at[-1] != ':' && at[-1] != '/') ||
	    !(name_among(option, listens, ARRAY_SIZE(listens)) || strstr(option, "listen") ||
	      strstr(option, "bind") || strstr(option, "addr")))
		return word;
	all = arena_printf(s->c->a, "%.*s0.0.0.0%s", (int)(at - word), word,
			   at + strlen("127.0.0.1"));
	draft_leave(s->c->d,
		    "%s has %s, which nobody outside of the container could reach: it is %s now; "
		    "let only friends reach the port",
		    from, word, all);
	return all;
}

/* What nothing sets, and the file that would, of the machine's administrator. */
static void words_unknown(const struct service *s, const char *from)
{
	const struct strings *l = &s->exec.unknown;
	const char *file = s->absent_variables;

	if (l->n == 0)
		return;
	draft_leave(s->c->d, "%s: nothing sets %s of ExecStart%s: %s empty%s", from,
		    strings_join(s->c->a, l, ", "),
		    file ? arena_printf(s->c->a, " (%s would, and no package has it)", file) : "",
		    l->n > 1 ? "they are" : "it is",
		    file ? "; write the words that it stands for into entrypoint" : "");
}

static void words_set(struct service *s, const struct unit_setting *x)
{
	struct init_draft *d = s->c->d;
	const char *from = service_place(s, x);

	if (!s->program)
		return;
	*list_push(d->a, &d->entrypoint) = s->program;
	if (s->daemon && s->daemon->args[0]) {
		for (size_t i = 0; i < ARRAY_SIZE(s->daemon->args) && s->daemon->args[i]; i++)
			*list_push(d->a, &d->entrypoint) = s->daemon->args[i];
		draft_chose(d, "entrypoint", strings_join(d->a, &d->entrypoint, " "),
			    "%s has \"%s\"; %s", from, x->value, s->daemon->why);
		return;
	}
	for (size_t i = 1; i < s->exec.words.n && strcmp(s->exec.words.v[0], s->program) == 0; i++)
		*list_push(d->a, &d->entrypoint) = words_reachable(s, i, from);
	draft_chose(d, "entrypoint", strings_join(d->a, &d->entrypoint, " "), "%s%s%s", from,
		    s->daemon ? "; " : "", s->daemon ? s->daemon->why : "");
	words_unknown(s, from);
}

/* Takes out what sends the program into the background: "icecast2 -b". */
static bool words_without_background(struct service *s, const char *why, bool *found,
				     struct error *e)
{
	struct init_draft *d = s->c->d;
	struct strings kept = { 0 };

	*found = false;
	for (size_t i = 0; i < d->entrypoint.n; i++) {
		struct manual_option o = { .asked = true, .word = d->entrypoint.v[i] };
		bool leaves = false;

		if (o.word[0] == '-' && !manual_option(s->c, s->program, &o, &leaves, e))
			return false;
		if (!leaves) {
			*list_push(d->a, &kept) = d->entrypoint.v[i];
			continue;
		}
		*found = true;
		draft_leave(
			d,
			"%s: the entrypoint is without %s, of which %s says \"%s\": a container "
			"ends with its first process",
			why, o.word, o.place, o.says);
	}
	d->entrypoint = kept;
	return true;
}

/* It goes into the background: then the container ends. An option of its manual keeps it. */
static bool words_foreground(struct service *s, const char *why, struct error *e)
{
	struct init_draft *d = s->c->d;
	struct manual_option o = { .asked = false };
	struct strings words = { 0 };
	bool found, without;

	if (!words_without_background(s, why, &without, e) ||
	    !manual_option(s->c, s->program, &o, &found, e))
		return false;
	if (!found && without)
		return true;
	if (!found) {
		s->leaves = why;
		return true;
	}
	if (strings_has(&d->entrypoint, o.word))
		return true;
	for (size_t i = 0; i < d->entrypoint.n; i++) {
		*list_push(d->a, &words) = d->entrypoint.v[i];
		if (strcmp(d->entrypoint.v[i], s->program) == 0)
			*list_push(d->a, &words) = o.word;
	}
	d->entrypoint = words;
	draft_chose(d, "entrypoint", o.word, "%s: %s", o.place, o.says);
	draft_leave(d,
		    "%s: the entrypoint has %s, of which %s says \"%s\": a container ends with its "
		    "first process",
		    why, o.word, o.place, o.says);
	return true;
}

/* Type=forking puts the program in the background, and so do scripts of System V. */
static bool words_stay(struct service *s, struct error *e)
{
	const struct unit_setting *type = unit_last(&s->unit, "Service", "Type");

	if (!s->program || (s->daemon && s->daemon->args[0]))
		return true;
	if (s->script_stays)
		return true;
	if (s->script)
		return words_foreground(s,
					arena_printf(s->c->a, "%s starts %s in the background",
						     service_place(s, NULL), s->program),
					e);
	if (type && strcmp(type->value, "forking") == 0)
		return words_foreground(s,
					arena_printf(s->c->a, "%s says Type=forking",
						     service_place(s, type)),
					e);
	return true;
}

bool service_words(struct service *s, const struct unit_setting *x, struct error *e)
{
	words_set(s, x);
	return words_stay(s, e);
}

static const char *const words_user[] = { "-u", "--user", "--username", "--uid", "--setuid" };
static const char *const words_group[] = { "-g", "--group", "--groupname", "--gid", "--setgid" };

/* The value of the option at *i, "-u bird" or "--user=bird", or NULL; *i is its last word then. */
static const char *words_value(const struct strings *l, size_t *i, const char *const *options,
			       size_t n)
{
	const char *word = l->v[*i], *value = strchr(word, '=');

	for (size_t k = 0; k < n; k++) {
		if (value && strlen(options[k]) == (size_t)(value - word) &&
		    strncmp(options[k], word, (size_t)(value - word)) == 0)
			return value + 1;
	}
	if (!name_among(word, options, n) || *i + 1 >= l->n)
		return NULL;
	return l->v[++*i];
}

const char *service_words_user(const struct service *s)
{
	for (size_t i = 1; i < s->exec.words.n; i++) {
		const char *user = words_value(&s->exec.words, &i, words_user,
					       ARRAY_SIZE(words_user));

		if (user)
			return user;
	}
	return NULL;
}

/* Is it the account that the image starts the program as? */
static bool words_are_own(const struct init_draft *d, const char *user, const char *group)
{
	uint32_t uid, gid, own, other;

	if (!d->user || !draft_find_user(d, d->user, &uid, &own))
		return false;
	if (user)
		return strcmp(user, d->user) == 0;
	return group && draft_find_group(d, group, &gid) &&
	       (gid == own || (d->group && draft_find_group(d, d->group, &other) && other == gid));
}

void service_drop_user_words(struct service *s)
{
	struct init_draft *d = s->c->d;
	struct strings kept = { 0 }, left = { 0 };

	if (!s->program || (s->daemon && s->daemon->args[0]))
		return;
	for (size_t i = 0; i < d->entrypoint.n; i++) {
		size_t last = i, at = i;
		const char *user = words_value(&d->entrypoint, &last, words_user,
					       ARRAY_SIZE(words_user));
		const char *group = user ? NULL
					 : words_value(&d->entrypoint, &last, words_group,
						       ARRAY_SIZE(words_group));

		if (!words_are_own(d, user, group)) {
			*list_push(d->a, &kept) = d->entrypoint.v[i];
			continue;
		}
		for (; at <= last; at++)
			*list_push(d->a, &left) = d->entrypoint.v[at];
		i = last;
	}
	if (left.n == 0)
		return;
	d->entrypoint = kept;
	draft_chose(d, "entrypoint", strings_join(d->a, &kept, " "),
		    "without %s: the image starts it as %s, who can become nobody else",
		    strings_join(d->a, &left, " "), d->user);
}
