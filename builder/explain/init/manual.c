/* SPDX-License-Identifier: Apache-2.0 */
/* Options in manual pages. A page is unpacked in a jail; what is said of roff here is what
 * descriptions of options are written with. */

#include "explain/init/manual.h"

#include "base/jail.h"
#include "base/path.h"
#include "format/archive/decompress.h"

#define MANUAL_MAX ((uint64_t)1 << 20)
#define HEAD_MAX 100 /* longer lines are text */
#define SAYS_MAX 90
#define USAGE_MAX 200
#define DEFAULT_MAX 16 /* of "default is set to " before a number */

/* An option and its description, as far as they were read. */
struct manual_entry {
	const char *word; /* NULL: none was met */
	unsigned line;
	struct buf text;
};

/* Reads on behind a backslash: fonts and marks are nothing, "\-" is '-'. */
static const char *roff_escape(const char *p, const char *end, struct buf *out)
{
	if (p == end)
		return p;
	if (*p == 'f' && p + 1 < end)
		return p[1] == '(' ? (p + 4 < end ? p + 4 : end) : p + 2;
	if (*p == '(') {
		buf_putc(out, '\'');
		return p + 3 < end ? p + 3 : end;
	}
	if (*p != '&' && *p != '/' && *p != '|')
		buf_putc(out, *p);
	return p + 1;
}

/* "It Fl d" of mdoc(7) is "-d". */
static void roff_flags(struct str rest, struct buf *out)
{
	struct str word;
	bool flag = false;

	while (str_next(&rest, ' ', &word)) {
		if (str_eq(word, STR("Fl"))) {
			flag = true;
			continue;
		}
		if (str_eq(word, STR("It")) || word.n == 0)
			continue;
		buf_printf(out, "%s%s" STR_FMT, out->n ? " " : "", flag ? "-" : "", STR_ARG(word));
		flag = false;
	}
}

/* A line without fonts and macros; "" of a macro that has no text. */
static const char *roff_plain(struct arena *a, struct str line)
{
	static const char *const texts[] = { "B",  "I",	 "R",  "BR", "BI", "IR",
					     "IB", "RB", "RI", "IP", "It" };
	struct buf out = { .a = a };
	struct str macro, rest = line;
	const char *p, *end;

	if (str_starts(line, STR(".")) || str_starts(line, STR("'"))) {
		str_cut(str_from(line, 1), ' ', &macro, &rest);
		if (!name_among(str_dup(a, macro), texts, ARRAY_SIZE(texts)))
			rest.n = 0;
		if (str_eq(macro, STR("It"))) {
			roff_flags(rest, &out);
			return buf_cstr(&out);
		}
	}
	for (p = rest.p, end = rest.p + rest.n; p < end;) {
		if (*p == '\\')
			p = roff_escape(p + 1, end, &out);
		else if (*p == '"')
			p++;
		else
			buf_putc(&out, *p++);
	}
	return str_dup(a, str_trim(buf_str(&out)));
}

/* "-n, --nodaemon" and "The -n option ..." name an option; "-F level" wants a value, and counts
 * for none. NULL: it is no such line. */
static const char *manual_head(struct arena *a, const char *line)
{
	bool sentence = strncmp(line, "The -", 5) == 0;
	const char *p = sentence ? line + 4 : line;
	size_t n = strcspn(p, " ,");

	if (p[0] != '-' || n < 2 || (!sentence && strlen(line) > HEAD_MAX))
		return NULL;
	if (sentence)
		return strncmp(p + n, " option ", 8) == 0 ? arena_strndup(a, p, n) : NULL;
	for (const char *more = p + n; *more; more += strcspn(more, " ,")) {
		more += strspn(more, " ,");
		if (*more && *more != '-')
			return "";
	}
	return strcspn(p, "=[<") < n ? "" : arena_strndup(a, p, n);
}

/* Is there a word of `verbs` behind "not" or "n't", in the next two words? */
static bool manual_denies(const char *text)
{
	static const char *const verbs[] = { "fork",
					     "daemoni",
					     "detach",
					     "background",
					     "become a daemon",
					     "run as a daemon",
					     "run in the background",
					     "run in background",
					     "go into the background",
					     "go into background",
					     "put itself in",
					     "disassociate" };

	for (const char *p = text; (p = strpbrk(p, "nN"));) {
		p += strncmp(p, "not ", 4) == 0 ? 4 : strncmp(p, "n't ", 4) == 0 ? 4 : 0;
		for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
			if (strncmp(p, verbs[i], strlen(verbs[i])) == 0)
				return true;
		}
		p++;
	}
	return false;
}

/* "print the version and exit", but not "Normally it forks and exits". */
static bool manual_exits(const char *text)
{
	for (const char *p = text; (p = strstr(p, "and exit")); p += 8) {
		if (p[8] != 's')
			return true;
	}
	return false;
}

/* Is there one of the words that say so in the four before `at`, of the same sentence? */
static bool manual_keeps(const char *text, const char *at)
{
	static const char *const verbs[] = { "run",	"runs", "stay",	  "stays", "remain",
					     "remains", "keep", "keeps",  "start", "starts",
					     "operate", "work", "execute" };
	const char *p = at;

	for (size_t words = 0; words < 5 && p > text; words++) {
		const char *end;

		while (p > text && p[-1] == ' ')
			p--;
		for (end = p; p > text && p[-1] != ' ';)
			p--;
		if (end > p && strchr(".:;", end[-1]))
			return false;
		for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
			if (strlen(verbs[i]) == (size_t)(end - p) &&
			    strncmp(verbs[i], p, (size_t)(end - p)) == 0)
				return true;
		}
	}
	return false;
}

/* "Run the daemon in the foreground", "keep grossd in foreground". */
static bool manual_stays(const char *text)
{
	for (const char *p = text; (p = strstr(p, "foreground")); p++) {
		if (manual_keeps(text, p))
			return true;
	}
	return false;
}

/* Does it say that the program goes away? */
static bool manual_leaves(const char *text)
{
	static const char *const leaves[] = { "in the background",  "in background",
					      "as a daemon",	    "as daemon",
					      "daemonize",	    "become a daemon",
					      "into the background" };

	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		if (strstr(text, leaves[i]))
			return !manual_denies(text) && !manual_stays(text);
	}
	return false;
}

/* How good the option is; 0: it does something else. */
static int manual_weight(struct arena *a, const struct manual_entry *x)
{
	static const char *const logs[] = { "stderr",	       "stdout",	  "standard error",
					    "standard output", "to the terminal", "console" };
	const char *text = x->text.n ? str_lower(a, buf_str(&x->text)) : "";
	bool logged = false;

	if (!x->word || !x->word[0] || manual_exits(text) ||
	    !(manual_denies(text) || manual_stays(text)))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++)
		logged = logged || strstr(text, logs[i]);
	return 4 + (logged ? 2 : 0) - (strstr(text, "debug") ? 1 : 0);
}

/* What is closed and the next one. */
static void manual_judge(struct arena *a, const struct manual_entry *x, struct manual_option *out,
			 unsigned *line, int *most)
{
	bool wanted = out->word && x->word && strcmp(out->word, x->word) == 0;
	int weight = !out->asked ? manual_weight(a, x)
				 : wanted && x->text.n &&
					   manual_leaves(str_lower(a, buf_str(&x->text)));

	if (weight <= *most)
		return;
	*most = weight;
	*line = x->line;
	out->word = x->word;
	out->says = buf_cstr(&x->text);
	if (strlen(out->says) > SAYS_MAX)
		out->says = arena_printf(a, "%.*s ...", SAYS_MAX, out->says);
}

/* An option is named behind a macro or an empty line, not in the middle of a text: "implies\n.B
 * --listen". Does a line begin by itself? */
static bool manual_begins(struct str line, const char *plain)
{
	return str_starts(line, STR(".It")) || str_starts(line, STR(".IP")) ||
	       strncmp(plain, "The -", 5) == 0;
}

bool manual_read_page(struct arena *a, struct str text, struct manual_option *out, unsigned *line)
{
	struct manual_entry x = { .text = { .a = a } };
	unsigned number = 0;
	bool begins = true;
	struct str one;
	int most = 0;

	while (str_next(&text, '\n', &one)) {
		const char *plain = roff_plain(a, one), *head = manual_head(a, plain);

		number++;
		head = begins || manual_begins(one, plain) ? head : NULL;
		begins = !plain[0];
		if (head || str_starts(one, STR(".SH")) || str_starts(one, STR(".Sh"))) {
			if (head && x.word && x.text.n == 0)
				continue; /* another name of it */
			manual_judge(a, &x, out, line, &most);
			x = (struct manual_entry){ head, number, { .a = a } };
			head = head && strncmp(plain, "The ", 4) == 0 ? head : NULL;
			if (!head)
				continue;
		}
		if (x.word && plain[0])
			buf_printf(&x.text, "%s%s", x.text.n ? " " : "", plain);
	}
	manual_judge(a, &x, out, line, &most);
	return most > 0;
}

/* "-f, --foreground   run in foreground": the length of what stands before the description. */
static size_t usage_head(const char *line)
{
	const char *tab = strchr(line, '\t'), *blanks = strstr(line, "  ");

	if (tab && (!blanks || tab < blanks))
		return (size_t)(tab - line);
	return blanks ? (size_t)(blanks - line) : strcspn(line, " ");
}

bool manual_read_usage(struct arena *a, struct str bytes, struct manual_option *out)
{
	struct str rest = bytes, line, string;
	unsigned ignored;
	int most = 0;

	while (str_next(&rest, '\n', &line)) {
		while (str_next(&line, '\0', &string)) {
			struct manual_entry x = { .text = { .a = a } };
			const char *p;

			string = str_trim(string);
			if (string.n < 4 || string.n > USAGE_MAX || string.p[0] != '-')
				continue;
			p = str_dup(a, string);
			x.word = manual_head(a, arena_strndup(a, p, usage_head(p)));
			buf_puts(&x.text, p + usage_head(p) + strspn(p + usage_head(p), " \t:"));
			manual_judge(a, &x, out, &ignored, &most);
		}
	}
	return most > 0;
}

static bool manual_child(void *ctx, struct sink *out, struct error *e)
{
	const struct collect_text *page = ctx;
	AUTO_DECOMPRESS plain = { .state = NULL };
	struct str_source packed;

	str_source_init(&packed, page->text, page->path);
	return decompress_open(&plain, &packed.base, CODEC_GZIP, MANUAL_MAX, e) &&
	       io_copy(&plain.base, out, e);
}

static bool manual_unpack(struct arena *a, struct collect_text *page, struct buf *out,
			  struct error *e)
{
	static const struct jail_limits limits = { .memory = (uint64_t)64 << 20,
						   .cpu_seconds = 60,
						   .wall_seconds = 120 };
	AUTO_JAIL j = { .base.next = NULL };
	struct buf_sink to;

	*out = (struct buf){ .a = a, .max = MANUAL_MAX };
	buf_sink_init(&to, out, page->path);
	return jail_start(&j, page->path, &limits, JAIL_NO_FILES, manual_child, page, e) &&
	       io_copy(&j.base, &to.base, e);
}

/* Its page in section 8 or 1, of Perl's "8p", also by a link: "in.tftpd.8.gz" -> "tftpd.8.gz". */
static bool manual_find(struct collecting *c, const char *program, struct collect_text *out,
			bool *found, struct error *e)
{
	static const char *const sections[] = { "8", "1", "8p", "1p" };

	*found = false;
	for (size_t s = 0; !*found && s < ARRAY_SIZE(sections); s++) {
		const char *path = arena_printf(c->a, "usr/share/man/man%c/%s.%s.gz",
						sections[s][0], path_base(program), sections[s]);

		for (size_t i = 0; i < c->own.n; i++) {
			const struct deb_entry *x = deb_find(c->own.v[i], path);

			if (x && x->type == NODE_LINK)
				path = arena_printf(c->a, "usr/share/man/man%c/%s", sections[s][0],
						    path_base(x->target));
		}
		if (!collect_find(c, path, out, found, e))
			return false;
	}
	return true;
}

/* What the program prints for --help stands in it. */
static bool manual_in_program(struct collecting *c, const char *program, struct manual_option *out,
			      bool *found, struct error *e)
{
	const struct node *n = tree_resolve(&c->chain->tree, program);
	AUTO_MAPPING map = { 0 };

	*found = false;
	if (!n || n->type != NODE_FILE || n->content.size < 4)
		return true;
	if (!node_map(n, &map, e))
		return false;
	*found = manual_read_usage(c->a, map.bytes, out);
	out->place = arena_printf(c->a, "the text for --help in %s", program);
	return true;
}

bool manual_option(struct collecting *c, const char *program, struct manual_option *out,
		   bool *found, struct error *e)
{
	struct error unread = { 0 };
	struct collect_text page;
	struct buf text;
	unsigned line;

	if (!manual_find(c, program, &page, found, e))
		return false;
	*found = *found && manual_unpack(c->a, &page, &text, &unread) &&
		 manual_read_page(c->a, buf_str(&text), out, &line);
	if (!*found)
		return manual_in_program(c, program, out, found, e);
	out->place = collect_place(c, &page, line);
	return true;
}

/* "--web.listen-address=:9187" */
static unsigned manual_option_port(struct arena *a, const char *plain)
{
	const char *value = strchr(plain, '='), *colon = value ? strrchr(value, ':') : NULL;
	uint64_t port;

	return plain[0] == '-' && colon &&
			       strstr(arena_strndup(a, plain, (size_t)(value - plain)), "listen") &&
			       str_u64(str_of(colon + 1), &port) && port > 0 && port < 65536
		       ? (unsigned)port
		       : 0;
}

/* "the port to listen on (default: 783)", "listen on, rather than the default of 3632." */
static unsigned manual_said_port(const char *plain)
{
	const char *at = strstr(plain, "default"), *number;
	size_t n;
	uint64_t port;

	if (!at || !strstr(plain, "port") || !strstr(plain, "listen"))
		return 0;
	number = at + strcspn(at, "0123456789");
	n = strspn(number, "0123456789");
	return number - at <= DEFAULT_MAX && number[-1] == ' ' &&
			       strspn(number + n, ").") == strlen(number + n) &&
			       str_u64((struct str){ number, n }, &port) && port > 0 && port < 65536
		       ? (unsigned)port
		       : 0;
}

unsigned manual_read_port(struct arena *a, struct str text, unsigned *line)
{
	struct str one;

	for (*line = 1; str_next(&text, '\n', &one); ++*line) {
		const char *plain = roff_plain(a, one);
		unsigned port = manual_option_port(a, plain);

		port = port ? port : manual_said_port(plain);
		if (port)
			return port;
	}
	return 0;
}

bool manual_port(struct collecting *c, const char *program, unsigned *port, const char **place,
		 struct error *e)
{
	struct error unread = { 0 };
	struct collect_text page;
	struct buf text;
	unsigned line;
	bool found;

	*port = 0;
	if (!manual_find(c, program, &page, &found, e))
		return false;
	if (found && manual_unpack(c->a, &page, &text, &unread))
		*port = manual_read_port(c->a, buf_str(&text), &line);
	if (*port)
		*place = collect_place(c, &page, line);
	return true;
}
