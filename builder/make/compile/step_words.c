/* SPDX-License-Identifier: Apache-2.0 */
/* What words of a step stand for. */

#include "make/compile/step_words.h"

const char *steps_replace(struct arena *a, const char *text, const char *name, const char *value)
{
	struct buf out = { .a = a };
	const char *at;

	while ((at = strstr(text, name))) {
		buf_add(&out, (struct str){ text, (size_t)(at - text) });
		buf_puts(&out, value);
		text = at + strlen(name);
	}
	buf_puts(&out, text);
	return buf_cstr(&out);
}

/* Debian's name for the folders of musl: "x86_64-linux-musl". */
static const char *steps_musl(struct arena *a, const struct platform *p)
{
	return steps_replace(a, p->machine->triplet, "-gnu", "-musl");
}

/* Where cargo leaves programs: of another platform than its own in a folder more. */
static const char *steps_cargo(struct arena *a, const struct platform *p)
{
	return p == platform_of_compilers() ? "target/release"
					    : arena_printf(a, "target/%s-unknown-linux-gnu/release",
							   p->machine->uname[0]);
}

const char *steps_for_platform(struct arena *a, const struct platform *p, const char *text)
{
	const char *cc = p == platform_of_compilers()
				 ? "gcc"
				 : arena_printf(a, "%s-gcc", p->machine->triplet);

	if (!strstr(text, "${"))
		return text;
	text = steps_replace(a, text, "${cc}", cc);
	text = steps_replace(a, text, "${musl}", steps_musl(a, p));
	text = steps_replace(a, text, "${cross-system}",
			     p == platform_of_compilers() ? "" : "Linux");
	text = steps_replace(a, text, "${cargo-release}", steps_cargo(a, p));
	text = steps_replace(a, text, "${cargo-target}",
			     arena_printf(a, "%s-unknown-linux-gnu", p->machine->uname[0]));
	text = steps_replace(a, text, "${cxx}",
			     p == platform_of_compilers()
				     ? "g++"
				     : arena_printf(a, "%s-g++", p->machine->triplet));
	return steps_replace(a, text, "${branch-protection}", p->machine->branch_protection);
}
