/* SPDX-License-Identifier: Apache-2.0 */
/* The table of machines: no row lacks what some user of it needs, no two rows answer one question,
 * and the names are those of dpkg, gcc and the loader of this machine. */

#include <criterion/criterion.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "format/elf/ldcache.h"
#include "format/elf/elf_machine.h"
#include "support/fixture_oracle.h"

static struct elf elf_of(const struct machine *m)
{
	return (struct elf){
		.machine = m->elf, .is64 = m->is64, .big_endian = m->big_endian, .flags = m->value
	};
}

Test(machine, no_row_lacks_what_a_user_needs)
{
	for (size_t i = 0; i < machine_rows_n; i++) {
		const struct machine *m = &machine_rows[i];

		cr_assert(m->debian && m->triplet, "row %zu: ld.so's folders, $LIB", i);
		cr_expect(m->elf != EM_NONE, "%s: its files", m->debian);
		cr_expect(m->loader && m->loader[0] == '/', "%s: the loader of its programs",
			  m->debian);
		cr_expect((m->cache & 0xff) == 3, "%s: ld.so.cache", m->debian);
		cr_expect((m->value & ~m->mask) == 0, "%s: flags that no file can have", m->debian);
		cr_expect(!m->unmarked || m->mask, "%s: unmarked where there is no mark",
			  m->debian);
		cr_expect(m->oci || !m->variant, "%s: a variant of nothing", m->debian);
		cr_expect(!m->oci == !m->uname[0], "%s: which image runs on it", m->debian);
	}
}

Test(machine, each_row_is_found_by_what_it_has)
{
	for (size_t i = 0; i < machine_rows_n; i++) {
		const struct machine *m = &machine_rows[i];
		struct elf elf = elf_of(m);

		cr_expect_eq(machine_of_elf(&elf), m, "%s: another row takes its files", m->debian);
		cr_expect_eq(ldcache_flags(&elf), m->cache, "%s", m->debian);
		for (size_t n = 0; n < MACHINE_NAMES && m->uname[n]; n++)
			cr_expect_eq(machine_of_uname(m->uname[n]), m, "%s", m->uname[n]);
		if (m->oci)
			cr_expect_eq(machine_of_oci(m->oci)->elf, m->elf, "%s", m->oci);
		for (size_t k = 0; k < i; k++) {
			struct elf other = elf_of(&machine_rows[k]);

			cr_expect_str_neq(machine_rows[k].triplet, m->triplet);
			cr_expect_str_neq(machine_rows[k].loader, m->loader);
			cr_expect_neq(machine_rows[k].cache, m->cache, "%s", m->debian);
			cr_expect_not(elf_same_machine(&elf, &other), "%s, %s", m->debian,
				      machine_rows[k].debian);
		}
	}
	cr_expect_null(machine_of_elf(&(struct elf){ .machine = EM_SPARCV9, .is64 = true }));
	cr_expect_null(machine_of_elf(
		&(struct elf){ .machine = EM_AARCH64, .is64 = true, .big_endian = true }));
	cr_expect_null(machine_of_oci("wasm"));
	cr_expect_null(machine_of_uname("sparc64"));
}

/* glibc, sysdeps/arm/dl-cache.h: unmarked objects are compatible with both. */
Test(machine, arm_files_that_say_nothing_are_soft_float_and_cached_without_an_abi)
{
	const struct elf elf = { .machine = EM_ARM };

	cr_assert(machine_of_elf(&elf));
	cr_expect_str_eq(machine_of_elf(&elf)->debian, "armel");
	cr_expect_eq(ldcache_flags(&elf), 3);
}

/* What dpkg-architecture says of a variable. */
static const char *architecture_says(struct arena *a, struct str text, const char *variable)
{
	struct str line, name, value;

	while (str_next(&text, '\n', &line)) {
		if (str_cut(line, '=', &name, &value) && str_eq(name, str_of(variable)))
			return str_dup(a, value);
	}
	return "";
}

Test(machine, dpkg_has_the_same_names)
{
	oracle_need("dpkg-architecture");
	for (size_t i = 0; i < machine_rows_n; i++) {
		const struct machine *m = &machine_rows[i];
		AUTO_ARENA a = { 0 };
		struct str text = ORACLE(&a, "dpkg-architecture", "--force", "--host-arch",
					 m->debian);

		cr_expect_str_eq(architecture_says(&a, text, "DEB_HOST_MULTIARCH"), m->triplet);
		cr_expect_str_eq(architecture_says(&a, text, "DEB_HOST_ARCH_BITS"),
				 m->is64 ? "64" : "32", "%s", m->debian);
		cr_expect_str_eq(architecture_says(&a, text, "DEB_HOST_ARCH_ENDIAN"),
				 m->big_endian ? "big" : "little", "%s", m->debian);
	}
}

Test(machine, this_machine_is_the_one_that_dpkg_says)
{
	AUTO_ARENA a = { 0 };
	struct utsname u;

	oracle_need("dpkg");
	cr_assert(uname(&u) == 0);
	cr_assert(machine_of_uname(u.machine));
	cr_expect_str_eq(ORACLE(&a, "dpkg", "--print-architecture").p,
			 arena_printf(&a, "%s\n", machine_of_uname(u.machine)->debian));
}

/* clang writes the loader's path into programs; it has no linux-gnu port of LoongArch in all
 * releases. */
Test(machine, clang_has_the_same_loaders)
{
	oracle_need("clang");
	for (size_t i = 0; i < machine_rows_n; i++) {
		const struct machine *m = &machine_rows[i];
		AUTO_ARENA a = { 0 };
		struct oracle_run r =
			oracle_run(&a, (const char *const[]){
					       "clang", arena_printf(&a, "--target=%s", m->triplet),
					       "-###", "-x", "c", "/dev/null", NULL });

		if (strstr(r.err.p, "unknown target triple"))
			continue;
		cr_expect(strstr(r.err.p,
				 arena_printf(&a, "\"-dynamic-linker\" \"%s\"", m->loader)),
			  "%s: %s", m->debian, r.err.p);
	}
}

/* One processor has the least folders, up to some; a row of two, of three and of four. */
Test(machine, a_processor_has_the_least_folders)
{
	for (size_t row = 0; row < machine_rows_n; row++) {
		const struct machine *m = &machine_rows[row];
		size_t n = 0;

		for (; n < MACHINE_HWCAPS; n++) {
			if (!m->hwcaps[n])
				break;
		}
		for (size_t i = 0; i <= MACHINE_HWCAPS; i++) {
			for (size_t level = 0; level <= MACHINE_HWCAPS; level++)
				cr_expect_eq(machine_has_hwcaps(m, i, level),
					     i < n && i + level >= n, "%s: %zu of %zu, level %zu",
					     m->triplet, i, n, level);
		}
	}
}

/* The loader of this machine says which folders it looks into, in order. */
Test(machine, the_loader_has_the_same_hwcaps)
{
	AUTO_ARENA a = { 0 };
	const struct machine *m;
	struct utsname u;
	struct str help;
	const char *at;

	cr_assert(uname(&u) == 0);
	m = machine_of_uname(u.machine);
	if (!m || access(m->loader, X_OK) != 0)
		cr_skip_test("this machine's loader is elsewhere");
	help = ORACLE(&a, m->loader, "--help");
	at = strstr(help.p, "Subdirectories of glibc-hwcaps directories");
	cr_assert(at || !m->hwcaps[0], "%s", help.p);
	for (size_t i = 0; i < MACHINE_HWCAPS && m->hwcaps[i]; i++) {
		at = strstr(at, arena_printf(&a, "\n  %s", m->hwcaps[i]));
		cr_assert(at, "%s of %s", m->hwcaps[i], help.p);
	}
}
