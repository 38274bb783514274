/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to facts. What is recognised in them is in content.c and elf_facts.c. */

#include "audit/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/content.h"
#include "audit/elf_facts.h"

void intake_init(struct intake *in, struct arena *a, struct model *m, const struct keep_rule *keep)
{
	*in = (struct intake){ .a = a, .model = m, .keep = keep, .spool = -1 };
	in->head = arena_alloc(a, INTAKE_HEAD);
}

void intake_close(struct intake *in)
{
	fd_closep(&in->spool);
	sums_drop(&in->sums);
}

/* An unlinked file in the folder for temporary files; made when it is first needed. */
static bool open_unlinked(int *fd, struct error *e)
{
	const char *dir = getenv("TMPDIR");
	char name[4096];

	if (*fd >= 0)
		return true;
	if (!dir || dir[0] != '/')
		dir = "/tmp";
	*fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd >= 0)
		return true;
	if ((size_t)snprintf(name, sizeof(name), "%s/imgbuild-audit-XXXXXX", dir) >= sizeof(name))
		return err_set(e, ERR_SYSTEM, "the path of $TMPDIR is too long");
	*fd = mkostemp(name, O_CLOEXEC);
	if (*fd < 0)
		return err_sys(e, "make a temporary file in %s", dir);
	return unlink(name) == 0 || err_sys(e, "remove %s", name);
}

static bool kept_by_default(const char *path)
{
	static const char *const exact[] = {
		"var/lib/dpkg/status", "etc/passwd", "etc/group", "etc/os-release",
		"usr/lib/os-release", "etc/debian_version", "etc/ld.so.cache",
	};
	struct str p = str_of(path);

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		if (strcmp(path, exact[i]) == 0)
			return true;
	if (str_starts(p, STR("var/lib/dpkg/info/")))
		return str_ends(p, STR(".md5sums")) || str_ends(p, STR(".list")) ||
		       str_ends(p, STR(".conffiles"));
	if (str_starts(p, STR("usr/share/doc/")) && str_ends(p, STR("/copyright")))
		return true;
	return str_starts(p, STR("var/lib/dpkg/status.d/")) ||
	       str_starts(p, STR("var/lib/db/sbom/")) || str_ends(p, STR(".crt")) ||
	       str_ends(p, STR(".pem"));
}

void intake_begin(struct intake *in, const char *path)
{
	in->head_n = 0;
	in->size = 0;
	in->spooling = false;
	in->keeping = kept_by_default(path) || (in->keep && in->keep->want(in->keep, path));
	sums_drop(&in->sums);
	sums_begin(&in->sums);
}

static bool put(int fd, struct str bytes, uint64_t at, struct error *e)
{
	while (bytes.n) {
		ssize_t n = pwrite(fd, bytes.p, bytes.n, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "write a temporary file");
		bytes = str_from(bytes, (size_t)n);
		at += (uint64_t)n;
	}
	return true;
}

/* A large ELF file goes to the spool as soon as it does not fit the head any more. */
static bool spool(struct intake *in, struct str chunk, struct error *e)
{
	struct str head = { in->head, in->head_n };

	if (!in->spooling) {
		in->spooling = elf_is(head);
		if (!in->spooling)
			return true;
		if (!open_unlinked(&in->spool, e) || !put(in->spool, head, 0, e))
			return false;
	}
	return in->size > INTAKE_ELF_MAX || put(in->spool, chunk, in->size, e);
}

static bool keep(struct intake *in, struct str chunk, struct error *e)
{
	if (in->size + chunk.n > INTAKE_KEEP_MAX) {
		in->keeping = false;
		return true;
	}
	return open_unlinked(&in->model->kept, e) &&
	       put(in->model->kept, chunk, in->model->kept_size + in->size, e);
}

bool intake_add(struct intake *in, struct str chunk, struct error *e)
{
	size_t room = INTAKE_HEAD - in->head_n;
	size_t fits = chunk.n < room ? chunk.n : room;
	struct str rest;

	sums_add(&in->sums, chunk);
	if (in->keeping && !keep(in, chunk, e))
		return false;
	memcpy(in->head + in->head_n, chunk.p, fits);
	in->head_n += fits;
	in->size += fits;
	rest = str_from(chunk, fits);
	if (rest.n && !spool(in, rest, e))
		return false;
	in->size += rest.n;
	return true;
}

static bool look_at_elf(struct intake *in, struct item *item, struct error *e)
{
	AUTO_MAPPING map = { .base = NULL };

	if (!in->spooling) {
		elf_facts_make(in->a, (struct str){ in->head, in->head_n }, item);
		return true;
	}
	if (in->size > INTAKE_ELF_MAX)
		return true;
	if (!io_map(in->spool, 0, in->size, "a temporary file", &map, e))
		return false;
	elf_facts_make(in->a, map.bytes, item);
	return true;
}

bool intake_end(struct intake *in, struct item *item, struct error *e)
{
	struct str head = { in->head, in->head_n };

	sums_end(&in->sums, &item->sha256, item->md5);
	item->size = in->size;
	if (in->keeping && in->size == 0 && !open_unlinked(&in->model->kept, e))
		return false;
	if (in->keeping) {
		item->kept_at = in->model->kept_size + 1;
		in->model->kept_size += in->size;
	}
	item->kind = (uint8_t)content_kind(head);
	if (item->kind == CONTENT_ELF)
		return look_at_elf(in, item, e);
	if (item->kind == CONTENT_SCRIPT)
		item->interpreter = content_interpreter(in->a, head);
	if (item->kind == CONTENT_TEXT || item->kind == CONTENT_SCRIPT)
		item->secret = content_secret(head);
	return true;
}
