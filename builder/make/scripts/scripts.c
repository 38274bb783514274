/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews packages: which effects their control members have (scripts_kinds.c), and who accounts
 * for each - imgbuild, the nature of an image, the table of known packages, or the recipe. */

#include "format/debian/debian_names.h"
#include "make/scripts/scripts.h"

#include "base/strmap.h"
#include "make/scripts/scripts_kinds.h"
#include "make/scripts/scripts_known.h"
#include "make/scripts/scripts_modules.h"

#define NAMES_SHOWN 4

struct review {
	struct arena *a;
	const struct recipe *recipe;
	const struct tree *tree; /* or NULL: not known */
	const struct deb *deb;
	struct script_report *report;
};

/* The reason the recipe, or one that it stands on, gives for accepting a package's effects. */
static const char *accepted_reason(const struct recipe *r, const char *package)
{
	for (; r; r = r->base) {
		for (size_t i = 0; i < r->effects.accept.n; i++) {
			if (strcmp(r->effects.accept.v[i].package, package) == 0)
				return r->effects.accept.v[i].reason;
		}
	}
	return NULL;
}

/* Whether this recipe or one below writes what the effect would have made. */
static bool has_bundle(const struct recipe *r, const char *package)
{
	for (; r; r = r->base) {
		const char *bundle = r->effects.ca_bundle.package;

		if (bundle && strcmp(bundle, package) == 0)
			return true;
	}
	return false;
}

static bool has_bytecode(const struct recipe *r)
{
	for (; r; r = r->base) {
		if (r->effects.bytecode)
			return true;
	}
	return false;
}

/* Whether a provider that uses the package names the links of its alternatives. */
static bool has_alternatives(const struct recipe *r, const char *package)
{
	for (; r; r = r->base) {
		for (size_t i = 0; i < r->components.n; i++) {
			const struct component *c = &r->components.v[i];

			for (size_t k = 0; k < c->providers.n; k++) {
				if (c->providers.v[k].alternatives.n &&
				    strings_has(&c->providers.v[k].packages, package))
					return true;
			}
		}
	}
	return false;
}

static const char *native_reason(const struct review *v, enum script_kind kind)
{
	const char *package = v->deb->package->name;

	switch (kind) {
	case KIND_SERVICES:
		return "an image has no service manager";
	case KIND_KERNEL:
		return "an image has no kernel of its own";
	case KIND_QUESTIONS:
		return "nobody is asked; the defaults hold";
	case KIND_UPGRADES:
		return "nothing is upgraded in an image";
	case KIND_LDCONFIG:
		return v->recipe->effects.ld_so_cache
			       ? "ld.so.cache is written by imgbuild"
			       : "no cache: every library is proven to be found without it";
	case KIND_CERTIFICATES:
		return has_bundle(v->recipe, package) ? "the CA bundle is written by imgbuild"
						      : NULL;
	case KIND_BYTECODE:
		return has_bytecode(v->recipe) ? "Python's modules are compiled by imgbuild" : NULL;
	case KIND_ALTERNATIVES:
		return has_alternatives(v->recipe, package) ? "the recipe names the links" : NULL;
	default:
		return NULL;
	}
}

/* `names`: of the commands that have the effect, or NULL. */
static const char *effect_treatment(const struct review *v, enum script_kind kind,
				    const struct strings *names)
{
	const char *package = v->deb->package->name;
	const char *why = native_reason(v, kind);

	if (kind == KIND_MODULES && names)
		why = script_modules_absent(v->a, v->tree, names);
	if (kind == KIND_FILES && v->recipe->effects.locales.n &&
	    strcmp(package, LOCALE_PACKAGE_ALL) == 0)
		why = "its locales are put in place one by one, not in an archive";

	if (!why && has_bundle(v->recipe, package) && (kind == KIND_FILES || kind == KIND_OWNERS))
		why = "only what the CA bundle is made from; it is written by imgbuild";
	if (!why)
		why = script_known(package, kind);
	if (!why) {
		const char *reason = accepted_reason(v->recipe, package);

		why = reason ? arena_printf(v->a, "accepted by the recipe: %s", reason) : NULL;
	}
	return why;
}

static void add_script_effect(const struct review *v, const char *script, const char *effect,
			      const char *why)
{
	*list_push(v->a, &v->report->v) = (struct script_effect){ v->deb->package->name, script,
								  effect, why };
}

static void add_kind(const struct review *v, const char *script, enum script_kind kind,
		     const struct strings *names)
{
	struct buf text = { .a = v->a };

	buf_puts(&text, script_kind_text(kind));
	for (size_t i = 0; i < names->n && i < NAMES_SHOWN; i++)
		buf_printf(&text, "%s%.60s", i ? ", " : " (", names->v[i]);
	buf_puts(&text, names->n > NAMES_SHOWN ? ", ...)" : names->n ? ")" : "");
	add_script_effect(v, script, buf_cstr(&text), effect_treatment(v, kind, names));
}

/* What each kind of effect is done with, in the order of first mention. */
struct kinds {
	struct strings names[KIND_COUNT];
	struct strmap known[KIND_COUNT];
};

static void note_script_kind(const struct review *v, struct kinds *k, enum script_kind kind,
			     const char *name)
{
	if (strmap_add(v->a, &k->known[kind], str_of(name)))
		*list_push(v->a, &k->names[kind]) = name;
}

static void review_shell(const struct review *v, const char *name, struct str text)
{
	struct kinds found = { { { NULL, 0, 0 } }, { { NULL } } };
	struct shell_script s;

	if (!shell_read(v->a, text, &s))
		note_script_kind(v, &found, KIND_UNKNOWN, "a part that cannot be followed");
	list_each(c, &s.commands) {
		enum script_kind kind = script_kind_of(&s, c);

		if (kind == KIND_UNKNOWN)
			kind = script_known_command(v->deb->package->name, c->words.v[0]);
		if (kind != KIND_NONE)
			note_script_kind(v, &found, kind, c->words.v[0]);
		for (size_t i = 0; i < c->writes.n; i++)
			note_script_kind(v, &found, KIND_FILES,
					 arena_printf(v->a, "> %s", c->writes.v[i]));
	}
	for (int kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
		if (found.names[kind].n)
			add_kind(v, name, (enum script_kind)kind, &found.names[kind]);
	}
}

/* The last component of "#! /bin/sh -e"; empty when there is no such line. */
static struct str script_interpreter(struct str text)
{
	struct str line, rest, path, options;

	str_cut(text, '\n', &line, &rest);
	if (!str_starts(line, STR("#!")))
		return (struct str){ "", 0 };
	str_cut(str_trim(str_from(line, 2)), ' ', &path, &options);
	for (struct str dir; str_cut(path, '/', &dir, &rest); path = rest)
		;
	return path;
}

static void review_script(const struct review *v, const char *name)
{
	static const char *const shells[] = { "sh", "bash", "dash" };
	struct str text = deb_control_text(v->deb, name);
	struct strings names = { NULL, 0, 0 };
	struct str program;

	if (!text.p)
		return;
	program = script_interpreter(text);
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (str_eq(program, str_of(shells[i]))) {
			review_shell(v, name, text);
			return;
		}
	}
	*list_push(v->a, &names) = arena_printf(v->a, "a script for \"" STR_FMT "\"",
						STR_ARG(program));
	add_kind(v, name, KIND_UNKNOWN, &names);
}

/* One directive of deb-triggers(5); false when it is none. */
static bool review_trigger(const struct review *v, struct str directive, struct str trigger)
{
	static const char *const listen[] = { "interest", "interest-await", "interest-noawait" };
	static const char *const raise[] = { "activate", "activate-await", "activate-noawait" };
	struct strings names = { NULL, 0, 0 };

	*list_push(v->a, &names) = str_dup(v->a, trigger);
	for (size_t i = 0; i < ARRAY_SIZE(listen); i++) {
		if (!str_eq(directive, str_of(listen[i])))
			continue;
		add_script_effect(v, "triggers", arena_printf(v->a, "is called on %s", names.v[0]),
				  "what its postinst would then do is reviewed with it");
		return trigger.n > 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(raise); i++) {
		if (!str_eq(directive, str_of(raise[i])))
			continue;
		add_kind(v, "triggers",
			 str_eq(trigger, STR("ldconfig")) ? KIND_LDCONFIG : KIND_TRIGGERS, &names);
		return trigger.n > 0;
	}
	return false;
}

static bool review_triggers(const struct review *v, struct error *e)
{
	struct str rest = deb_control_text(v->deb, "triggers"), line, directive, trigger;

	while (rest.p && str_next(&rest, '\n', &line)) {
		str_cut(line, '#', &line, &trigger);
		line = str_trim(line);
		if (line.n == 0)
			continue;
		if (!str_cut(line, ' ', &directive, &trigger) ||
		    !review_trigger(v, directive, str_trim(trigger)))
			return err_set(e, ERR_INPUT,
				       "package %s: its triggers file has a line that is no "
				       "directive: \"" STR_FMT "\"",
				       v->deb->package->name, STR_ARG(line));
	}
	return true;
}

static bool review_package(const struct review *v, struct error *e)
{
	review_script(v, "preinst");
	review_script(v, "postinst");
	if (deb_control_text(v->deb, "conffiles").p)
		add_script_effect(v, "conffiles",
				  "keeps the administrator's changes to configuration files",
				  "they are shipped as plain files");
	if (deb_control_text(v->deb, "config").p)
		add_script_effect(v, "config", script_kind_text(KIND_QUESTIONS),
				  native_reason(v, KIND_QUESTIONS));
	if (deb_control_text(v->deb, "prerm").p)
		add_script_effect(v, "prerm", "acts when the package is removed",
				  "nothing is removed from an image");
	if (deb_control_text(v->deb, "postrm").p)
		add_script_effect(v, "postrm", "acts when the package is removed",
				  "nothing is removed from an image");
	return review_triggers(v, e);
}

/* One line for each package that nobody accounts for. */
static bool refuse_scripts(struct arena *a, const struct script_report *report, struct error *e)
{
	struct buf what = { .a = a, .max = 700 }, json = { .a = a, .max = 200 };
	const char *last = "";
	size_t packages = 0;

	list_each(x, &report->v) {
		if (x->treatment)
			continue;
		if (strcmp(x->package, last) != 0) {
			if (packages++ == 0)
				buf_printf(&json, "{ \"package\": \"%s\", \"reason\": \"...\" }",
					   x->package);
			buf_printf(&what, "%s%s: ", packages > 1 ? "; " : "", x->package);
		} else {
			buf_puts(&what, ", ");
		}
		buf_printf(&what, "%s %s", x->script, x->effect);
		last = x->package;
	}
	return packages == 0 ||
	       err_set(e, ERR_INPUT,
		       "the scripts of %zu package%s are not run, and nothing in the recipe stands "
		       "for what they do: %s%s. Do the same in the recipe, or add %s to "
		       "effects.accept in it%s",
		       packages, packages == 1 ? "" : "s", buf_cstr(&what),
		       what.overflow ? " ..." : "", buf_cstr(&json),
		       packages == 1 ? "" : ", and the like for each");
}

bool scripts_review(struct arena *a, const struct recipe *r, const struct tree *t,
		    const struct deb *const *debs, size_t n, struct script_report *report,
		    struct error *e)
{
	*report = (struct script_report){ { NULL, 0, 0 } };
	for (size_t i = 0; i < n; i++) {
		struct review v = { a, r, t, debs[i], report };

		if (!review_package(&v, e))
			return false;
	}
	return refuse_scripts(a, report, e);
}
