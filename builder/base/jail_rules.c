/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock with no rule at all denies every access to files (and to the network from its fourth
 * version on); the seccomp filter allows what memory and one pipe need. */

#include "base/jail_rules.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/str.h"

/* struct landlock_ruleset_attr as of version 6; older kernels take a shorter one. */
struct ruleset {
	uint64_t files, network, scoped;
};

#define VERSION_FLAG 1u /* LANDLOCK_CREATE_RULESET_VERSION */

/* The rights that each version of the interface knows (landlock(7)). */
struct version {
	uint64_t files, network, scoped;
	size_t size;
};

static const struct version versions[] = {
	{ 0x1fff, 0, 0, 8 },  /* 1: the first thirteen rights on files */
	{ 0x3fff, 0, 0, 8 },  /* 2: linking and renaming across folders */
	{ 0x7fff, 0, 0, 8 },  /* 3: truncating */
	{ 0x7fff, 3, 0, 16 }, /* 4: TCP bind and connect */
	{ 0xffff, 3, 0, 16 }, /* 5: ioctl on devices */
	{ 0xffff, 3, 3, 24 }, /* 6: abstract sockets and signals outside */
};

static long landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, VERSION_FLAG);
}

bool jail_has_landlock(void)
{
	return landlock_version() > 0;
}

bool jail_has_seccomp(void)
{
	/* EFAULT: filters are known, this one is not there */
	return prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, NULL, 0, 0) < 0 &&
	       errno == EFAULT;
}

bool jail_deny_files(void)
{
	long version = landlock_version();
	size_t known = ARRAY_SIZE(versions);
	const struct version *v;
	struct ruleset rules;
	long fd;
	bool ok;

	if (version <= 0)
		return true;
	v = &versions[((size_t)version < known ? (size_t)version : known) - 1];
	rules = (struct ruleset){ v->files, v->network, v->scoped };
	fd = syscall(SYS_landlock_create_ruleset, &rules, v->size, 0u);
	if (fd < 0)
		return false;
	ok = syscall(SYS_landlock_restrict_self, (int)fd, 0u) == 0;
	close((int)fd);
	return ok;
}

/* Memory that can be executed could hold code that was read, and a shared mapping of a descriptor
 * would be a way to write to it. From MADV_HWPOISON on madvise() breaks pages of memory for all who
 * share them, libraries among them, if root asks for it. */
static bool allow_memory(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp not_shared = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_SHARED, 0);
	const struct scmp_arg_cmp no_poison = SCMP_A2(SCMP_CMP_LT, MADV_HWPOISON);

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, no_code, not_shared) ==
		       0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(madvise), 1, no_poison) == 0;
}

static bool allow_on(scmp_filter_ctx filter, int call, int fd)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
				SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd)) == 0;
}

static bool allow_files(scmp_filter_ctx filter, int out, bool reads, int stream, int scratch)
{
	/* standard error is closed, but a process without memory says so there before it ends */
	return allow_on(filter, SCMP_SYS(write), out) &&
	       (out == STDERR_FILENO || allow_on(filter, SCMP_SYS(write), STDERR_FILENO)) &&
	       (!reads || seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pread64), 0) == 0) &&
	       (stream < 0 || allow_on(filter, SCMP_SYS(read), stream)) &&
	       (scratch < 0 || allow_on(filter, SCMP_SYS(pwrite64), scratch));
}

bool jail_deny_calls(int out, bool reads, int stream, int scratch)
{
	static const int calls[] = {
		SCMP_SYS(munmap),	SCMP_SYS(mremap),
		SCMP_SYS(brk),		SCMP_SYS(futex),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
		SCMP_SYS(exit),		SCMP_SYS(exit_group),
		SCMP_SYS(sysinfo),     /* glibc's qsort before 2.37 asks how much memory there is */
		SCMP_SYS(sigaltstack), /* AddressSanitizer, before _exit(); touches only itself */
	};
	scmp_filter_ctx filter;
	bool ok;

	if (!jail_has_seccomp())
		return true;
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return false;
	ok = allow_memory(filter) && allow_files(filter, out, reads, stream, scratch);
	for (size_t i = 0; ok && i < ARRAY_SIZE(calls); i++)
		ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	ok = ok && seccomp_load(filter) == 0;
	/* munmap and friends are allowed, so that the filter's memory can be given back */
	seccomp_release(filter);
	return ok;
}
