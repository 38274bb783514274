/* SPDX-License-Identifier: Apache-2.0 */
/* update-alternatives(1) as postinst scripts call it: --install LINK NAME TARGET PRIORITY, and
 * --slave LINK NAME TARGET any number of times. */

#include "make/scripts/scripts.h"

#include "make/scripts/shell.h"

/* What is known only when a script runs is not a path. */
static bool is_alternative_path(const char *word)
{
	return word[0] == '/' && !strpbrk(word, "$`*");
}

static void add_alternative(struct arena *a, struct script_alternatives *out, const char *link,
			    const char *target, uint64_t priority, bool slave)
{
	if (is_alternative_path(link) && is_alternative_path(target))
		*list_push(a, out) = (struct script_alternative){ link, target, priority, slave };
}

static void read_call(struct arena *a, const struct shell_command *c,
		      struct script_alternatives *out)
{
	uint64_t priority = 0;

	for (size_t i = 1; i < c->words.n; i++) {
		const char *const *w = c->words.v + i;
		size_t left = c->words.n - i;

		if (strcmp(w[0], "--install") == 0 && left > 4) {
			if (!str_u64(str_of(w[4]), &priority))
				priority = 0;
			add_alternative(a, out, w[1], w[3], priority, false);
		} else if (strcmp(w[0], "--slave") == 0 && left > 3) {
			add_alternative(a, out, w[1], w[3], priority, true);
		}
	}
}

void scripts_alternatives(struct arena *a, const struct deb *deb, struct script_alternatives *out)
{
	struct str text = deb_control_text(deb, "postinst");
	struct shell_script s;

	/* of a script that cannot be followed to its end the first part counts */
	if (!text.p || (!shell_read(a, text, &s) && s.commands.n == 0))
		return;
	for (size_t i = 0; i < s.commands.n; i++) {
		const struct shell_command *c = &s.commands.v[i];

		if (c->words.n && strcmp(path_base(c->words.v[0]), "update-alternatives") == 0)
			read_call(a, c, out);
	}
}
