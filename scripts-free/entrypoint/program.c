/* SPDX-License-Identifier: Apache-2.0 */
/* execve says ENOENT for a script whose interpreter is missing, and Squid then only that its
 * helpers crash too rapidly. */

#include "entrypoint/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log_escape.h"

#if defined __x86_64__
#define OUR_MACHINE EM_X86_64
#elif defined __aarch64__
#define OUR_MACHINE EM_AARCH64
#else
#error "which machine is this?"
#endif

/* Programs of other images, and why they are not in this one; by the last part of their name. */
static const struct absent {
	const char *name, *reason;
} absentees[] = {
	{ "sh", "there is no shell" },
	{ "bash", "there is no shell" },
	{ "dash", "there is no shell" },
	{ "ash", "there is no shell" },
	{ "busybox", "there is no shell" },
	{ "perl", "there is no Perl" },
	{ "env", "name the interpreter itself" },
	{ "basic_ldap_auth", "it needs LDAP" },
	{ "digest_ldap_auth", "it needs LDAP" },
	{ "ext_ldap_group_acl", "it needs LDAP" },
	{ "ext_kerberos_ldap_group_acl", "it needs LDAP" },
	{ "basic_pam_auth", "it needs PAM" },
	{ "basic_sasl_auth", "it needs SASL" },
	{ "basic_db_auth", "it is a Perl script" },
	{ "basic_pop3_auth", "it is a Perl script" },
	{ "ext_sql_session_acl", "it is a Perl script" },
	{ "ext_wbinfo_group_acl", "it is a Perl script" },
	{ "log_db_daemon", "it is a Perl script" },
	{ "storeid_file_rewrite", "it is a Perl script" },
	{ "url_lfs_rewrite", "it is a Perl script" },
	{ "security_fake_certverify", "it is a Perl script" },
	{ "helper-mux", "it is a Perl script" },
	{ "basic_smb_auth", "it is a shell script" },
	{ "url_fake_rewrite.sh", "it is a shell script" },
	{ "ntlm_auth", "it is a part of Samba" },
	{ "ntlm_smb_lm_auth", "its protocol is broken" },
};

/* ": reason" of a program that is not here, if it is known. */
static void absence_explain(const char *path, struct text *why)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;

	for (size_t i = 0; i < sizeof absentees / sizeof absentees[0]; i++)
		if (strcmp(name, absentees[i].name) == 0)
			text_addf(why, ": %s", absentees[i].reason);
}

static bool program_fault(struct text *why, const char *text)
{
	text_add(why, text);
	return false;
}

/* The interpreter that a first line of `n` bytes names; false if it is none. */
static bool interpreter_read(const char *line, size_t n, char *name, size_t cap)
{
	const char *end = memchr(line, '\n', n);
	size_t len = end != NULL ? (size_t)(end - line) : n, start = 2;

	if (n < 2 || line[0] != '#' || line[1] != '!')
		return false;
	while (start < len && (line[start] == ' ' || line[start] == '\t'))
		start++;
	n = start;
	while (n < len && line[n] != ' ' && line[n] != '\t')
		n++;
	return text_copy(name, cap, line + start, n - start);
}

static bool script_starts(const char *interpreter, struct text *why)
{
	char safe[LOG_ESCAPED_MAX(256) + 1];
	size_t n = strlen(interpreter);

	if (access(interpreter, X_OK) == 0)
		return true;
	log_escape(interpreter, n, safe, sizeof safe);
	if (n > 0 && interpreter[n - 1] == '\r')
		return program_fault(why, "has a first line that ends in CR: save it with line "
					  "feeds only");
	text_addf(why, "is a script for %s, which is not in this image", safe);
	absence_explain(interpreter, why);
	return false;
}

static bool elf_starts(const char *path, const Elf64_Ehdr *e, struct text *why)
{
	char loader[256];

	if (e->e_ident[EI_CLASS] != ELFCLASS64 || e->e_machine != OUR_MACHINE)
		return program_fault(why, "is a program for another processor");
	if (!program_loader(path, loader, sizeof loader) || access(loader, X_OK) == 0)
		return true;
	text_addf(why, "needs the loader %s, which is not in this image (another C library?)",
		  loader);
	return false;
}

bool program_starts(const char *path, struct text *why)
{
	union {
		char text[256];
		Elf64_Ehdr elf;
	} head = { { 0 } };
	char interpreter[256];
	struct stat st;
	ssize_t n;
	int fd;

	if (stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
		text_add(why, "is not in this image");
		absence_explain(path, why);
		return false;
	}
	if (S_ISDIR(st.st_mode))
		return program_fault(why, "is a directory");
	if (access(path, X_OK) != 0)
		return program_fault(why, "may not be executed by this user: chmod a+rx");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return true; /* a program need not be readable */
	n = read(fd, head.text, sizeof head.text);
	close(fd);
	if (n > 2 && interpreter_read(head.text, (size_t)n, interpreter, sizeof interpreter))
		return script_starts(interpreter, why);
	if (n >= (ssize_t)sizeof head.elf && memcmp(head.text, ELFMAG, SELFMAG) == 0)
		return elf_starts(path, &head.elf, why);
	return program_fault(why, "is neither a program nor a script that begins with #!");
}

bool program_loader(const char *path, char *loader, size_t cap)
{
	Elf64_Ehdr e;
	Elf64_Phdr p;
	bool found = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (pread(fd, &e, sizeof e, 0) == (ssize_t)sizeof e &&
	    memcmp(e.e_ident, ELFMAG, SELFMAG) == 0 && e.e_ident[EI_CLASS] == ELFCLASS64)
		for (unsigned i = 0; i < e.e_phnum && i < 64 && !found; i++)
			found = pread(fd, &p, sizeof p, (off_t)(e.e_phoff + i * sizeof p)) ==
					(ssize_t)sizeof p &&
				p.p_type == PT_INTERP && p.p_filesz > 1 && p.p_filesz < cap &&
				pread(fd, loader, p.p_filesz, (off_t)p.p_offset) ==
					(ssize_t)p.p_filesz;
	close(fd);
	if (found)
		loader[p.p_filesz] = '\0';
	return found;
}
