/* SPDX-License-Identifier: Apache-2.0 */
/* Archives of Java hold archives (WEB-INF/lib, BOOT-INF/lib): each is copied behind the first one
 * and read there. */

#include "inspect/layers/embedded.h"

#include "format/archive/zip.h"
#include "format/debian/purl.h"
#include "inspect/image/scratch_file.h"
#include "inspect/layers/content_intake.h"

#define JAR_DEPTH_MAX 3 /* .ear, .war, .jar */
#define JAR_POM_MAX (64u << 10)

struct jar_reading {
	struct arena *a;
	int fd;
	uint64_t end;  /* behind the last byte that was written to fd */
	uint64_t left; /* bytes that archives within it may have: what fits the file (layer.c) */
	struct strings *purls;
};

bool jar_is_named(const char *path)
{
	static const struct str ends[] = {
		STR(".jar"), STR(".war"), STR(".ear"), STR(".jpi"), STR(".hpi"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (str_ends(str_of(path), ends[i]))
			return true;
	}
	return false;
}

/* java.util.Properties as Maven writes it: "key=value", comments begin with '#'. */
static void jar_take_pom(struct jar_reading *r, struct str text)
{
	struct str line, key, value, group = { "", 0 }, artifact = group, version = group;
	struct purl p;

	while (str_next(&text, '\n', &line)) {
		if (!str_cut(line, '=', &key, &value))
			continue;
		key = str_trim(key);
		value = str_trim(value);
		if (str_eq(key, STR("groupId")))
			group = value;
		else if (str_eq(key, STR("artifactId")))
			artifact = value;
		else if (str_eq(key, STR("version")))
			version = value;
	}
	if (!group.n || !artifact.n || !version.n || r->purls->n == EMBEDDED_MAX)
		return;
	purl_of(r->a, "maven",
		arena_printf(r->a, STR_FMT ":" STR_FMT, STR_ARG(group), STR_ARG(artifact)),
		str_dup(r->a, version), &p);
	*list_push(r->a, r->purls) = purl_text(r->a, &p);
}

static bool jar_read_pom(struct jar_reading *r, const struct zip *z, const struct zip_member *m,
			 struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	AUTO_ZIP_SOURCE from = { .inflate = NULL };
	struct buf text = { .a = &scratch, .max = JAR_POM_MAX };
	struct buf_sink to;

	buf_sink_init(&to, &text, m->name);
	if (!zip_source_open(&from, z, m, e) || !io_copy(&from.base, &to.base, e))
		return false;
	jar_take_pom(r, buf_str(&text));
	return true;
}

/* Writes to a file from a place on. */
struct jar_sink {
	struct sink base;
	struct jar_reading *r;
};

static bool jar_write(struct sink *base, struct str bytes, struct error *e)
{
	struct jar_reading *r = ((struct jar_sink *)base)->r;

	if (bytes.n > r->left)
		return err_set(e, ERR_INPUT, "the archives in it are too large");
	r->left -= bytes.n;
	if (!scratch_write(r->fd, bytes, r->end, e))
		return false;
	r->end += bytes.n;
	return true;
}

static bool jar_written(struct sink *base, struct error *e)
{
	(void)base;
	(void)e;
	return true;
}

static bool jar_read_archive(struct jar_reading *r, uint64_t start, uint64_t size, const char *name,
			     unsigned depth, struct error *e);

static bool jar_read_inner(struct jar_reading *r, const struct zip *z, const struct zip_member *m,
			   unsigned depth, struct error *e)
{
	AUTO_ZIP_SOURCE from = { .inflate = NULL };
	struct jar_sink to = { { jar_write, jar_written }, r };
	uint64_t start = r->end;
	bool ok;

	if (depth == JAR_DEPTH_MAX || m->size == 0)
		return true;
	ok = zip_source_open(&from, z, m, e) && io_copy(&from.base, &to.base, e) &&
	     jar_read_archive(r, start, r->end - start, m->name, depth + 1, e);
	r->end = start;
	return ok || err_wrap(e, "%s", m->name);
}

static bool jar_is_pom(const char *name)
{
	return str_starts(str_of(name), STR("META-INF/maven/")) &&
	       str_ends(str_of(name), STR("/pom.properties"));
}

static bool jar_read_archive(struct jar_reading *r, uint64_t start, uint64_t size, const char *name,
			     unsigned depth, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct zip z;

	if (!zip_open_at(&scratch, r->fd, start, size, name, &z, e))
		return false;
	for (size_t i = 0; i < z.members.n; i++) {
		const struct zip_member *m = &z.members.v[i];

		if (jar_is_pom(m->name) && !jar_read_pom(r, &z, m, e))
			return false;
		if (jar_is_named(m->name) && !jar_read_inner(r, &z, m, depth, e))
			return false;
	}
	return true;
}

bool jar_artifacts_read(struct arena *a, int fd, uint64_t size, const char *path,
			struct strings *purls, struct error *e)
{
	struct jar_reading r = { a, fd, size, INTAKE_ELF_MAX - size, purls };

	return jar_read_archive(&r, 0, size, path, 1, e);
}
