/* SPDX-License-Identifier: Apache-2.0 */
/* A seccomp filter that allows by default: compilers and configure scripts of any age must run, so
 * it names what is refused, not what is allowed. Knows nothing of bubblewrap but that it reads a
 * file. */

#include "make/compile/sandbox_rules.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"

/* Not namespaced, or a wide way into the kernel; no build needs any of them. */
static const char *const refused[] = {
	"acct",
	"add_key",
	"bpf",
	"clock_adjtime",
	"clock_settime",
	"delete_module",
	"fanotify_init",
	"finit_module",
	"fsconfig",
	"fsmount",
	"fsopen",
	"fspick",
	"init_module",
	"io_uring_enter",
	"io_uring_register",
	"io_uring_setup",
	"kcmp",
	"kexec_file_load",
	"kexec_load",
	"keyctl",
	"lookup_dcookie",
	"mount",
	"mount_setattr",
	"move_mount",
	"name_to_handle_at",
	"open_by_handle_at",
	"open_tree",
	"perf_event_open",
	"pidfd_getfd",
	"pivot_root",
	"process_madvise",
	"process_vm_readv",
	"process_vm_writev",
	"ptrace",
	"quotactl",
	"reboot",
	"request_key",
	"sethostname",
	"setdomainname",
	"setns",
	"settimeofday",
	"swapoff",
	"swapon",
	"syslog",
	"umount2",
	"unshare",
	"userfaultfd",
	"vhangup",
};

/* What a build may speak. AF_VSOCK reaches the machine's host through any network namespace, AF_ALG
 * and AF_PACKET have a history of their own. */
static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

/* Compares the low half of an argument: the kernel takes an int from it, whatever stands above
 * (CVE-2019-10063). */
static struct scmp_arg_cmp low_half(unsigned argument, unsigned value)
{
	return (struct scmp_arg_cmp){
		.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = 0xffffffff, .datum_b = value
	};
}

static int refuse_names(scmp_filter_ctx filter)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(refused); i++) {
		int number = seccomp_syscall_resolve_name(refused[i]);

		/* an older libseccomp does not know the newest calls; this architecture may lack
		 * others */
		if (number >= 0)
			rc = seccomp_rule_add_exact(filter, SCMP_ACT_ERRNO(EPERM), number, 0);
	}
	return rc;
}

/* Refuses every family below, between and above those that are allowed (sorted by number). */
static int refuse_families(scmp_filter_ctx filter)
{
	const size_t n = ARRAY_SIZE(families);
	int rc = 0;

	for (int family = 0, next = 0; rc == 0 && family <= families[n - 1]; family++) {
		if (family == families[next]) {
			next++;
			continue;
		}
		rc = seccomp_rule_add_exact(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket),
					    1, low_half(0, (unsigned)family));
	}
	return rc ? rc
		  : seccomp_rule_add_exact(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket),
					   1,
					   (struct scmp_arg_cmp){
						   .arg = 0,
						   .op = SCMP_CMP_GT,
						   .datum_a = (unsigned)families[n - 1] });
}

/* A user namespace of one's own gives all capabilities in it; clone3 hides its flags from filters,
 * so it is "not implemented", and the C library falls back to clone. */
static int refuse_namespaces(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add_exact(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
					SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER,
						   CLONE_NEWUSER));

	return rc ? rc
		  : seccomp_rule_add_exact(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* Typing into the terminal of the person who started the build. */
static int refuse_typing(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add_exact(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
					low_half(1, TIOCSTI));

	return rc ? rc
		  : seccomp_rule_add_exact(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
					   low_half(1, TIOCLINUX));
}

int sandbox_rules(struct error *e)
{
	AUTO_FD fd = memfd_create("sandbox rules", MFD_CLOEXEC);
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = filter ? 0 : -ENOMEM;
	int out = -1;

	rc = rc ? rc : refuse_names(filter);
	rc = rc ? rc : refuse_families(filter);
	rc = rc ? rc : refuse_namespaces(filter);
	rc = rc ? rc : refuse_typing(filter);
	rc = rc ? rc : seccomp_export_bpf(filter, fd);
	if (filter)
		seccomp_release(filter);
	if (rc < 0 || fd < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		errno = rc < 0 ? -rc : errno;
		err_sys(e, "make the sandbox's system call filter");
		return -1;
	}
	out = fd;
	fd = -1;
	return out;
}
