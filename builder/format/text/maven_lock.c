/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of dependencies, or a list of paths, as one list of jars. */

#include "format/text/maven_lock.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/path.h"
#include "base/strmap.h"
#include "format/json/jsonx.h"

#define MAVEN_WORD_MAX 200
#define MAVEN_LINE_SHOWN 80

struct maven_reading {
	struct arena *a;
	struct maven_jars *out;
	struct strmap seen; /* places in `out` by path, plus one */
};

/* Groups, artifacts and versions become parts of paths and of URLs. */
static bool maven_is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("._-+", c))))
			return false;
	}
	return s.n > 0 && s.n <= MAVEN_WORD_MAX && s.p[0] != '.' && s.p[0] != '-' &&
	       !memmem(s.p, s.n, "..", 2);
}

/* One jar may be there several times; it is for the image if one of them is. false: with another
 * digest, at *before. */
static bool maven_add(struct maven_reading *r, const struct maven_jar *jar, unsigned *before)
{
	void **slot = strmap_slot(r->a, &r->seen, str_of(jar->path));
	struct maven_jar *old;

	if (!*slot) {
		*list_push(r->a, r->out) = *jar;
		*slot = (void *)(uintptr_t)r->out->n;
		return true;
	}
	old = &r->out->v[(uintptr_t)*slot - 1];
	old->provided &= jar->provided;
	*before = old->line;
	return digest_eq(&old->sha256, &jar->sha256);
}

/* What a dependency says of itself. */
struct maven_words {
	const char *group, *artifact, *version, *classifier, *type, *scope;
	const char *algorithm, *checksum, *resolved;
};

static bool maven_read_words(struct arena *a, const struct json_node *n, struct maven_words *w,
			     struct error *e)
{
	return jsonx_string(a, n, "groupId", &w->group, e) &&
	       jsonx_string(a, n, "artifactId", &w->artifact, e) &&
	       jsonx_string(a, n, "version", &w->version, e) &&
	       jsonx_string(a, n, "classifier", &w->classifier, e) &&
	       jsonx_string(a, n, "type", &w->type, e) &&
	       jsonx_string(a, n, "scope", &w->scope, e) &&
	       jsonx_string(a, n, "checksumAlgorithm", &w->algorithm, e) &&
	       jsonx_string(a, n, "checksum", &w->checksum, e) &&
	       jsonx_string(a, n, "resolved", &w->resolved, e);
}

static bool maven_check_words(const struct json_node *n, const struct maven_words *w,
			      struct error *e)
{
	const struct {
		const char *key, *text;
	} words[] = { { "groupId", w->group },
		      { "artifactId", w->artifact },
		      { "version", w->version },
		      { "classifier", w->classifier ? w->classifier : "x" } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!words[i].text || !maven_is_word(str_of(words[i].text)))
			return json_fail(n, e, "\"%s\" is not a name of Maven: \"%s\"",
					 words[i].key, words[i].text ? words[i].text : "");
	}
	return true;
}

/* The plugin writes "" for what it could not fetch. */
static bool maven_read_digest(const struct json_node *n, const struct maven_words *w,
			      struct digest *out, struct error *e)
{
	if (w->algorithm && strcmp(w->algorithm, "SHA-256") != 0)
		return json_fail(
			n, e,
			"%s:%s has a digest of %s; let the plugin write the lock file with "
			"-DchecksumAlgorithm=SHA-256",
			w->group, w->artifact, w->algorithm);
	return (w->checksum && digest_parse(str_of(w->checksum), out)) ||
	       json_fail(n, e,
			 "%s:%s has no \"checksum\" with SHA-256, so nothing says which bytes it "
			 "is; let the plugin write the lock file anew",
			 w->group, w->artifact);
}

/* "org/apache/commons/commons-text/1.13.0/": a snapshot's file has a time in its name, which only
 * the address tells. */
static const char *maven_path(struct arena *a, const struct maven_words *w)
{
	char *group = arena_strdup(a, w->group);
	const char *file = arena_printf(a, "%s-%s%s%s.jar", w->artifact, w->version,
					w->classifier ? "-" : "",
					w->classifier ? w->classifier : "");

	for (char *c = group; *c; c++)
		*c = *c == '.' ? '/' : *c;
	if (w->resolved && str_ends(str_of(w->version), STR("-SNAPSHOT")) &&
	    str_ends(str_of(w->resolved), STR(".jar")) &&
	    maven_is_word(str_of(path_base(w->resolved))))
		file = path_base(w->resolved);
	return arena_printf(a, "%s/%s/%s/%s", group, w->artifact, w->version, file);
}

static bool maven_is_wanted(const struct maven_words *w)
{
	return (!w->type || strcmp(w->type, "jar") == 0 || strcmp(w->type, "bundle") == 0) &&
	       !(w->scope && (strcmp(w->scope, "test") == 0 || strcmp(w->scope, "import") == 0));
}

static bool maven_take(struct maven_reading *r, const struct json_node *n,
		       const struct maven_words *w, struct error *e)
{
	struct maven_jar jar = { .version = w->version, .resolved = w->resolved };
	unsigned before, col;

	if (!maven_check_words(n, w, e) || !maven_read_digest(n, w, &jar.sha256, e))
		return false;
	if (w->scope && strcmp(w->scope, "system") == 0)
		return json_fail(n, e,
				 "%s:%s is a file of the machine (\"system\"): put it into a "
				 "repository",
				 w->group, w->artifact);
	jar.name = arena_printf(r->a, "%s:%s", w->group, w->artifact);
	jar.path = maven_path(r->a, w);
	jar.resolved = w->resolved && w->resolved[0] ? w->resolved : NULL;
	jar.provided = w->scope && strcmp(w->scope, "provided") == 0;
	json_place(n, &jar.line, &col);
	return maven_add(r, &jar, &before) ||
	       json_fail(n, e, "%s %s is there twice, with different digests (see line %u)",
			 jar.name, jar.version, before);
}

static bool maven_read_list(struct maven_reading *r, const struct json_node *above, const char *key,
			    struct error *e)
{
	struct json_node list, one;

	if (!jsonx_get(above, key, &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &one); i++) {
		struct maven_words w = { NULL };
		bool included = true;

		if (!json_want_object(&one, e) || !maven_read_words(r->a, &one, &w, e) ||
		    !json_opt_bool(&one, "included", &included, e))
			return false;
		if (included && maven_is_wanted(&w) && !maven_take(r, &one, &w, e))
			return false;
		if (!maven_read_list(r, &one, "children", e))
			return false;
	}
	return true;
}

static int maven_compare_files(const void *x, const void *y)
{
	const struct maven_jar *a = *(struct maven_jar *const *)x,
			       *b = *(struct maven_jar *const *)y;
	int order = strcmp(path_base(a->path), path_base(b->path));

	return order ? order : strcmp(a->path, b->path);
}

/* All stand in one folder: of two with one name each gets its group before it. */
static void maven_name_files(struct arena *a, struct maven_jars *l)
{
	struct maven_jar **order = arena_array(a, l->n, sizeof(struct maven_jar *));

	for (size_t i = 0; i < l->n; i++)
		order[i] = &l->v[i];
	qsort(order, l->n, sizeof(struct maven_jar *), maven_compare_files);
	for (size_t i = 0; i < l->n; i++) {
		const char *base = path_base(order[i]->path);
		bool same = (i > 0 && strcmp(path_base(order[i - 1]->path), base) == 0) ||
			    (i + 1 < l->n && strcmp(path_base(order[i + 1]->path), base) == 0);

		order[i]->file = same ? arena_printf(a, "%.*s.%s",
						     (int)strcspn(order[i]->name, ":"),
						     order[i]->name, base)
				      : base;
	}
}

bool maven_lock_read(struct arena *a, struct str text, const char *file, struct maven_jars *out,
		     struct error *e)
{
	struct maven_reading r = { .a = a, .out = out };
	struct json_node root, version;
	AUTO_JSON doc = { 0 };
	uint64_t number;

	if (!json_parse(file, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "lockFileVersion", &version, e) ||
	    !json_as_u64(&version, &number, e))
		return false;
	if (number != 1)
		return json_fail(&version, e,
				 "version %llu of the format is not known; known is: 1",
				 (unsigned long long)number);
	if (!maven_read_list(&r, &root, "dependencies", e))
		return false;
	maven_name_files(a, out);
	return true;
}

/* "org/apache/commons/commons-text/1.13.0/commons-text-1.13.0.jar" */
static bool maven_split_path(struct arena *a, const char *path, struct maven_jar *jar)
{
	const char *folder = path_dir(a, path), *above = path_dir(a, folder);
	char *group = arena_strdup(a, path_dir(a, above));
	const char *artifact = path_base(above);
	struct str rest = str_of(path), one;

	while (str_next(&rest, '/', &one)) {
		if (!maven_is_word(one))
			return false;
	}
	for (char *c = group; *c; c++)
		*c = *c == '/' ? '.' : *c;
	jar->name = arena_printf(a, "%s:%s", group, artifact);
	jar->version = path_base(folder);
	jar->path = path;
	return group[0] &&
	       str_starts(str_of(path_base(path)), str_of(arena_printf(a, "%s-", artifact)));
}

static bool maven_take_sum(struct maven_reading *r, struct str line, unsigned number,
			   struct error *e)
{
	struct maven_jar jar = { .line = number };
	struct error bad = { .kind = ERR_NONE };
	struct str path = str_from(line, DIGEST_HEX + 2);
	const char *normal;
	unsigned before;

	if (line.n < DIGEST_HEX + 3 || line.p[DIGEST_HEX] != ' ' ||
	    !strchr(" *", line.p[DIGEST_HEX + 1]) ||
	    !digest_parse((struct str){ line.p, DIGEST_HEX }, &jar.sha256))
		return err_set(e, ERR_INPUT,
			       "\"%.*s\" is not a line of sha256sum: 64 lower-case hexadecimal "
			       "digits, two blanks and a path",
			       (int)MIN(line.n, MAVEN_LINE_SHOWN), line.p);
	if (!str_ends(path, STR(".jar")))
		return true;
	if (!path_normalise(r->a, path, &normal, &bad) || !maven_split_path(r->a, normal, &jar))
		return err_set(e, ERR_INPUT,
			       "\"" STR_FMT "\" is not where a repository of Maven has a jar: "
			       "group/artifact/version/artifact-version.jar",
			       STR_ARG(path));
	return maven_add(r, &jar, &before) ||
	       err_set(e, ERR_INPUT, "%s is there twice, with different digests (see line %u)",
		       jar.path, before);
}

bool jar_sums_read(struct arena *a, struct str text, const char *file, struct maven_jars *out,
		   struct error *e)
{
	struct maven_reading r = { .a = a, .out = out };
	struct str line;

	for (unsigned n = 1; str_next(&text, '\n', &line); n++) {
		line = str_trim(line);
		if (line.n && line.p[0] != '#' && !maven_take_sum(&r, line, n, e))
			return err_at(e, file, n, 1);
	}
	maven_name_files(a, out);
	return true;
}
