/* SPDX-License-Identifier: Apache-2.0 */
/* The one test of settings; and what checks share. */

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "inspect/suite/suite_checks.h"

#define SHOWN 200 /* bytes of a text that a failure shows */

void check_failed(struct checking *c, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->out->outcome = OUTCOME_FAILED;
	*list_push(c->a, &c->out->failures) = arena_strdup(c->a, text);
}

static const char *begin_of(struct arena *a, struct str text)
{
	return text.n == 0	? "it is empty"
	       : text.n > SHOWN ? arena_printf(a, "it begins \"%.*s\"", SHOWN, text.p)
				: arena_printf(a, "it is \"" STR_FMT "\"", STR_ARG(text));
}

void check_patterns(struct checking *c, const struct patterns *expected,
		    const struct patterns *excluded, struct str text, const char *where)
{
	const struct patterns *lists[] = { expected, excluded };

	for (int unwanted = 0; unwanted < 2; unwanted++)
		for (size_t i = 0; i < lists[unwanted]->n; i++) {
			const struct pattern *p = &lists[unwanted]->v[i];
			int found = regex_search(p->regex, text);

			if (found < 0)
				check_failed(c, "%s: \"%s\" takes too long to search for", where,
					     p->text);
			else if (unwanted && found)
				check_failed(c, "%s holds \"%s\", which is excluded", where,
					     p->text);
			else if (!unwanted && !found)
				check_failed(c, "%s does not hold \"%s\"; %s", where, p->text,
					     begin_of(c->a, text));
		}
}

static bool is_variable_char(char c, bool first)
{
	return c == '_' || isalpha((unsigned char)c) || (!first && isdigit((unsigned char)c));
}

/* The name after a '$': its length and where the text goes on. 0: there is none. */
static size_t variable_name(const char *p, const char **name, const char **rest)
{
	const char *end;

	if (*p == '{' && (end = strchr(p, '}'))) {
		*name = p + 1;
		*rest = end + 1;
		return (size_t)(end - p - 1);
	}
	for (end = p; is_variable_char(*end, end == p); end++)
		;
	if (end == p && *p && strchr("*#$@!?-0123456789", *p))
		end++;
	*name = p;
	*rest = end;
	return (size_t)(end - p);
}

const char *expand_variables(struct arena *a, const struct image_facts *facts, const char *text)
{
	struct buf out = { .a = a };

	while (*text) {
		const char *name, *rest;
		size_t n = *text == '$' ? variable_name(text + 1, &name, &rest) : 0;

		if (!n) {
			buf_putc(&out, *text++);
			continue;
		}
		for (size_t i = 0; i < facts->env.n; i++)
			if (str_eq((struct str){ name, n }, str_of(facts->env.v[i].name)))
				buf_puts(&out, facts->env.v[i].value);
		text = rest;
	}
	return buf_cstr(&out);
}

static const char *quoted_list(struct arena *a, const struct strings *l)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&out, "%s\"%s\"", i ? ", " : "", l->v[i]);
	return buf_cstr(&out);
}

static void check_values(struct checking *c, const char *what, const struct expected_values *want,
			 const struct env_var *v, size_t n)
{
	for (size_t i = 0; i < want->n; i++) {
		const struct expected_value *x = &want->v[i];
		const char *is = NULL;

		for (size_t k = 0; k < n; k++)
			if (strcmp(v[k].name, x->key) == 0)
				is = v[k].value;
		if (!is)
			check_failed(c, "there is no %s %s", what, x->key);
		else if (x->regex ? regex_search(x->regex, str_of(is)) != 1
				  : strcmp(is, x->value) != 0)
			check_failed(c, "%s %s is \"%s\", which is not%s \"%s\"", what, x->key, is,
				     x->regex ? " matched by" : "", x->value);
	}
}

static void check_words_of(struct checking *c, const char *what, const struct strings *want,
			   const struct strings *is)
{
	bool same = want->n == is->n;

	for (size_t i = 0; same && i < want->n; i++)
		same = strcmp(want->v[i], is->v[i]) == 0;
	if (!same)
		check_failed(c, "the %s is [%s], not [%s]", what, quoted_list(c->a, is),
			     quoted_list(c->a, want));
}

/* "8080" means any protocol. */
static bool has_port(const struct strings *l, const char *port)
{
	size_t n = strlen(port);

	for (size_t i = 0; i < l->n; i++)
		if (strncmp(l->v[i], port, n) == 0 && (l->v[i][n] == '\0' || l->v[i][n] == '/'))
			return true;
	return false;
}

static bool has_text(const struct strings *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], s) == 0)
			return true;
	return false;
}

static void check_members(struct checking *c, const char *what, const struct strings *asked,
			  const struct strings *is,
			  bool (*has)(const struct strings *l, const char *s), bool wanted)
{
	for (size_t i = 0; i < asked->n; i++)
		if (has(is, asked->v[i]) != wanted)
			check_failed(c, "%s %s is %s", what, asked->v[i],
				     wanted ? "missing" : "there");
}

void check_metadata(struct checking *c)
{
	const struct metadata_test *t = &c->test->metadata;
	const struct image_facts *f = &c->image->facts;
	struct strings names = { NULL, 0, 0 };

	for (size_t i = 0; i < f->env.n; i++)
		*list_push(c->a, &names) = f->env.v[i].name;
	check_values(c, "variable", &t->env, f->env.v, f->env.n);
	check_values(c, "label", &t->labels, f->labels.v, f->labels.n);
	check_members(c, "variable", &t->unbound_env, &names, has_text, false);
	check_members(c, "port", &t->exposed, &f->expose, has_port, true);
	check_members(c, "port", &t->unexposed, &f->expose, has_port, false);
	check_members(c, "volume", &t->volumes, &f->volumes, has_text, true);
	check_members(c, "volume", &t->unmounted, &f->volumes, has_text, false);
	if (t->has_entrypoint)
		check_words_of(c, "entrypoint", &t->entrypoint, &f->entrypoint);
	if (t->has_cmd)
		check_words_of(c, "cmd", &t->cmd, &f->cmd);
	if (t->workdir && strcmp(t->workdir, f->workdir ? f->workdir : "") != 0)
		check_failed(c, "the workdir is \"%s\", not \"%s\"", f->workdir ? f->workdir : "",
			     t->workdir);
	if (t->user && strcmp(t->user, f->user ? f->user : "") != 0)
		check_failed(c, "the user is \"%s\", not \"%s\"", f->user ? f->user : "", t->user);
}
