/* SPDX-License-Identifier: Apache-2.0 */
/* The rows. Triplets are those of dpkg-architecture(1); loaders, hwcaps and ABI flags are glibc's
 * (sysdeps/.../shlib-versions, dl-hwcaps-subdirs.c, dl-machine.h; sysdeps/generic/ldconfig.h). */

#include "format/machine/machine.h"

#include <elf.h>

#include "base/str.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif
#define LOONGARCH_ABI 0x07	  /* EF_LARCH_ABI_MODIFIER_MASK */
#define LOONGARCH_ABI_DOUBLE 0x03 /* EF_LARCH_ABI_DOUBLE_FLOAT */

#define ARM_ABI (EF_ARM_ABI_FLOAT_HARD | EF_ARM_ABI_FLOAT_SOFT)
#define X86_HWCAPS { "x86-64-v4", "x86-64-v3", "x86-64-v2" }

const struct machine machine_rows[] = {
	[MACHINE_AMD64] = {
		.elf = EM_X86_64, .is64 = true,
		.debian = "amd64", .triplet = "x86_64-linux-gnu", .oci = "amd64", .uname = { "x86_64" },
		.loader = "/lib64/ld-linux-x86-64.so.2", .hwcaps = X86_HWCAPS, .cache = 0x0303,
		.branch_protection = "-fcf-protection=full",
	},
	[MACHINE_ARM64] = {
		.elf = EM_AARCH64, .is64 = true,
		.debian = "arm64", .triplet = "aarch64-linux-gnu", .oci = "arm64", .variant = "v8",
		.uname = { "aarch64" },
		.loader = "/lib/ld-linux-aarch64.so.1", .platform = "aarch64", .cache = 0x0a03,
		.branch_protection = "-mbranch-protection=standard",
	},
	{
		.elf = EM_X86_64,
		.debian = "x32", .triplet = "x86_64-linux-gnux32",
		.loader = "/libx32/ld-linux-x32.so.2", .hwcaps = X86_HWCAPS, .cache = 0x0803,
		.branch_protection = "-fcf-protection=full",
	},
	{
		.elf = EM_386,
		.debian = "i386", .triplet = "i386-linux-gnu", .oci = "386",
		.uname = { "i686", "i586", "i486", "i386" },
		.loader = "/lib/ld-linux.so.2", .cache = 0x0003,
		.branch_protection = "-fcf-protection=full",
	},
	{
		.elf = EM_ARM, .mask = ARM_ABI, .value = EF_ARM_ABI_FLOAT_SOFT, .unmarked = 0x0003,
		.debian = "armel", .triplet = "arm-linux-gnueabi", .oci = "arm", .variant = "v5",
		.uname = { "armv5tel", "armv5tejl", "armv6l" },
		.loader = "/lib/ld-linux.so.3", .cache = 0x0b03,
	},
	{
		.elf = EM_ARM, .mask = ARM_ABI, .value = EF_ARM_ABI_FLOAT_HARD, .unmarked = 0x0003,
		.debian = "armhf", .triplet = "arm-linux-gnueabihf", .oci = "arm", .variant = "v7",
		.uname = { "armv7l", "armv8l" },
		.loader = "/lib/ld-linux-armhf.so.3", .cache = 0x0903,
	},
	{
		.elf = EM_PPC64, .is64 = true, .mask = EF_PPC64_ABI, .value = 2, .unmarked = 0x0503,
		.debian = "ppc64el", .triplet = "powerpc64le-linux-gnu", .oci = "ppc64le", .uname = { "ppc64le" },
		.loader = "/lib64/ld64.so.2", .hwcaps = { "power10", "power9" }, .cache = 0x0503,
	},
	{
		.elf = EM_S390, .is64 = true, .big_endian = true,
		.debian = "s390x", .triplet = "s390x-linux-gnu", .oci = "s390x", .uname = { "s390x" },
		.loader = "/lib/ld64.so.1", .hwcaps = { "z16", "z15", "z14", "z13" }, .cache = 0x0403,
	},
	{
		.elf = EM_RISCV, .is64 = true,
		.mask = EF_RISCV_FLOAT_ABI | EF_RISCV_RVE, .value = EF_RISCV_FLOAT_ABI_DOUBLE,
		.debian = "riscv64", .triplet = "riscv64-linux-gnu", .oci = "riscv64", .uname = { "riscv64" },
		.loader = "/lib/ld-linux-riscv64-lp64d.so.1", .cache = 0x1003,
	},
	{
		.elf = EM_LOONGARCH, .is64 = true, .mask = LOONGARCH_ABI, .value = LOONGARCH_ABI_DOUBLE,
		.debian = "loong64", .triplet = "loongarch64-linux-gnu", .oci = "loong64", .uname = { "loongarch64" },
		.loader = "/lib64/ld-linux-loongarch-lp64d.so.1", .cache = 0x1203,
	},
	{
		.elf = EM_MIPS, .is64 = true,
		.debian = "mips64el", .triplet = "mips64el-linux-gnuabi64", .oci = "mips64le", .uname = { "mips64" },
		.loader = "/lib64/ld.so.1", .cache = 0x0703,
	},
};
const size_t machine_rows_n = ARRAY_SIZE(machine_rows);

bool machine_has_hwcaps(const struct machine *m, size_t i, size_t level)
{
	size_t n = 0;

	while (n < MACHINE_HWCAPS && m->hwcaps[n])
		n++;
	return i < n && n - i <= level;
}

const struct machine *machine_of_oci(const char *architecture)
{
	for (size_t i = 0; i < machine_rows_n; i++) {
		if (machine_rows[i].oci && strcmp(machine_rows[i].oci, architecture) == 0)
			return &machine_rows[i];
	}
	return NULL;
}

const struct machine *machine_of_uname(const char *name)
{
	for (size_t i = 0; i < machine_rows_n; i++) {
		for (size_t n = 0; n < MACHINE_NAMES && machine_rows[i].uname[n]; n++) {
			if (strcmp(machine_rows[i].uname[n], name) == 0)
				return &machine_rows[i];
		}
	}
	return NULL;
}
