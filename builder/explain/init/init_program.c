/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a file is a program, and what it is called. */

#include "explain/init/init_program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/io.h"
#include "base/path.h"
#include "format/elf/elf.h"
#include "format/text/image_name.h"

/* The first bytes tell: the rest is read when the image is composed. */
static bool program_is_compiled(const char *path, struct error *e)
{
	unsigned char bytes[sizeof(Elf64_Ehdr)] = { 0 };
	struct str head = { (const char *)bytes, 0 };
	Elf64_Ehdr header; /* zero is the same in both byte orders */
	struct elf elf;
	ssize_t n;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "open %s", path);
	n = pread(fd, bytes, sizeof(bytes), 0);
	if (n < 0)
		return err_sys(e, "read %s", path);
	head.n = (size_t)n;
	if (head.n == 0)
		return err_set(e, ERR_INPUT, "%s is empty", path);
	if (str_starts(head, STR("#!")))
		return err_set(
			e, ERR_INPUT,
			"%s is a script, and --program is for compiled programs: init --python, "
			"--node and the like take the folder of a project",
			path);
	if (!elf_read_header(head, &elf, e)) {
		err_clear(e);
		return err_set(e, ERR_INPUT, "%s is not a compiled program: it is not an ELF file",
			       path);
	}
	memcpy(&header, bytes, sizeof(header));
	if (elf.type == ET_DYN && elf.is64 && header.e_entry == 0)
		return err_set(e, ERR_INPUT, "%s is a shared library, not a program", path);
	return elf.type == ET_EXEC || elf.type == ET_DYN ||
	       err_set(e, ERR_INPUT, "%s is an object file or the like: link a program of it",
		       path);
}

const char *init_program_name(struct arena *a, const char *path)
{
	const char *name = image_name_from(a, path_base(path), "._-");

	return name ? name : "app";
}

bool init_program_check(struct arena *a, const char *path, struct init_draft *d, const char **from,
			struct error *e)
{
	const char *real, *here;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(
			e, ERR_INPUT,
			"%s is not a file: --program names a compiled program of this folder",
			path);
	if (!file_real_path(a, path, &real, e) || !file_real_path(a, ".", &here, e))
		return false;
	if (!str_starts(str_of(real), str_of(arena_printf(a, "%s/", here))))
		return err_set(
			e, ERR_INPUT,
			"%s is outside of this folder: copy it here, for a repository holds what its "
			"images are made of",
			path);
	if (!program_is_compiled(path, e))
		return false;
	*from = real + strlen(here) + 1;
	d->program = arena_printf(a, "../%s", *from);
	*list_push(a, &d->entrypoint) = arena_printf(a, "/usr/local/bin/%s", d->name);
	draft_chose(d, "files", d->entrypoint.v[0], "%s of this folder", path);
	draft_chose(d, "entrypoint", d->entrypoint.v[0], "--program %s", path);
	if (d->probes) {
		d->probe = arena_printf(a, "process:%s", d->name);
		draft_chose(d, "healthcheck", d->probe, "--probe");
	}
	draft_chose(d, "user", "nonroot 65532:65532", "nothing names a user");
	return true;
}
