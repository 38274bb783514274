/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_EMBEDDED_H
#define INSPECT_LAYERS_EMBEDDED_H

/* What a file says it was built from, beyond packages of files: modules in programs of Go, crates
 * in programs of Rust, artifacts in jars. */

#include "base/io.h"
#include "format/elf/elf_go.h"

struct embedded {
	struct strings purls; /* package URLs, in the order of the file; at most EMBEDDED_MAX */
	const char *problem;  /* why what it holds could not be read (all of it), or NULL */
};
#define EMBEDDED_MAX 20000

/* Adds the modules of Go, the standard library among them: pkg:golang/golang.org/x/net@v0.1.0,
 * pkg:golang/stdlib@1.24.4. A module that was replaced counts as what took its place; one that a
 * folder took the place of has no version. */
void go_modules_take(struct arena *a, const struct elf_go *go, struct strings *purls);

/* Adds the crates that the section .dep-v0 lists (github.com/rust-secure-code/cargo-auditable):
 * pkg:cargo/serde@1.0.219. Those that only ran while it was built are left out. ERR_INPUT. */
MUST_CHECK bool rust_crates_read(struct arena *a, struct str section, struct strings *purls,
				 struct error *e);

/* Does a file of this name hold classes of Java (.jar, .war, .ear, and plugins of Jenkins)? */
bool jar_is_named(const char *path);

/* Adds what pom.properties of an archive name, and those of archives in it:
 * pkg:maven/GROUP/ARTIFACT@VERSION. The archive is the first `size` bytes of `fd`; what stands
 * behind them is written over. ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool jar_artifacts_read(struct arena *a, int fd, uint64_t size, const char *path,
				   struct strings *purls, struct error *e);

#endif
