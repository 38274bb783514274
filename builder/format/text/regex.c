/* SPDX-License-Identifier: Apache-2.0 */
/* PCRE2, with an arena for its memory. */

#include "format/text/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define STEPS_MAX 20000000u
#define DEPTH_MAX 100000u
#define HEAP_MAX_KIB (64u << 10)

struct regex {
	pcre2_code *code;
};

static void *regex_alloc(PCRE2_SIZE n, void *arena)
{
	return arena_alloc(arena, n);
}

static void regex_free(void *p, void *arena)
{
	(void)p;
	(void)arena;
}

const struct regex *regex_compile(struct arena *a, const char *pattern, const char **why)
{
	struct regex *r = arena_alloc(a, sizeof(*r));
	pcre2_general_context *memory = pcre2_general_context_create(regex_alloc, regex_free, a);
	pcre2_compile_context *context = pcre2_compile_context_create(memory);
	PCRE2_SIZE at;
	int problem;
	PCRE2_UCHAR text[256];

	r->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
				PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY |
					PCRE2_NEVER_BACKSLASH_C,
				&problem, &at, context);
	if (r->code)
		return r;
	pcre2_get_error_message(problem, text, sizeof(text));
	*why = arena_printf(a, "%s, at byte %zu", (const char *)text, at);
	return NULL;
}

int regex_search(const struct regex *r, struct str text)
{
	AUTO_ARENA scratch = { 0 };
	pcre2_general_context *memory = pcre2_general_context_create(regex_alloc, regex_free,
								     &scratch);
	pcre2_match_context *context = pcre2_match_context_create(memory);
	pcre2_match_data *data = pcre2_match_data_create(1, memory);
	int got;

	pcre2_set_match_limit(context, STEPS_MAX);
	pcre2_set_depth_limit(context, DEPTH_MAX);
	pcre2_set_heap_limit(context, HEAP_MAX_KIB);
	got = pcre2_match(r->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, data, context);
	if (got >= 0)
		return 1;
	return got == PCRE2_ERROR_NOMATCH ? 0 : -1;
}
