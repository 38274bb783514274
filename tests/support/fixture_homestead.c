/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_homestead.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "base/path.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"
#include "support/fixture_files.h"
#include "support/fixture_verb.h"
#include "support/gen_deb.h"
#include "support/gen_elf.h"

#define RECIPE                                                                                         \
	"{ \"name\": \"app\",\n"                                                                       \
	"  \"archive\": \"debian13\",\n"                                                               \
	"  \"components\": [\n"                                                                        \
	"    { \"name\": \"tool\",\n"                                                                  \
	"      \"providers\": [ { \"packages\": [\"tool\"] } ],\n"                                     \
	"      \"keep\": [\"/usr/bin/*\", \"/usr/lib64/*\"] } ],\n"                                    \
	"  \"libraries\": [\"libx1\"],\n"                                                              \
	"  \"files\": [ { \"from\": \"../rootfs\", \"to\": \"/\" } ],\n"                               \
	"  \"dirs\": [ { \"path\": \"/var/lib/app\", \"owner\": \"1000:0\", \"mode\": \"0770\" } ],\n" \
	"  \"links\": [ { \"path\": \"/usr/bin/alias\", \"to\": \"tool\" },\n"                         \
	"    { \"path\": \"/lib64\", \"to\": \"usr/lib64\" } ],\n"                                     \
	"  \"config\": { \"entrypoint\": [\"/usr/bin/tool\"], \"user\": \"1000:0\",\n"                 \
	"    \"env\": { \"HOME\": \"/var/lib/app\" } } }\n"

static const char *homestead_path(struct homestead *h, const char *name)
{
	return arena_printf(&h->depot.a, "%s/%s", h->dir, name);
}

struct packed {
	const char *path;
	struct str bytes;
};

static const struct locked_state trixie = { .archive = "debian",
					    .codename = "trixie",
					    .date = "Sat, 12 Sep 2026 07:55:41 UTC" };

struct deb_packing {
	const char *name, *version, *role;
	struct packed files[2];
};

static void homestead_add_package(struct homestead *h, struct lock *lock,
				  const struct deb_packing *package)
{
	const char *name = package->name, *version = package->version;
	const struct packed *files = package->files;
	struct arena *a = &h->depot.a;
	struct buf data = { .a = a }, sums = { .a = a }, more = { .a = a };
	struct locked_package *p = list_push(a, &lock->packages);
	struct error e = { 0 };
	struct str deb;

	for (size_t i = 0; i < 2 && files[i].path; i++) {
		char md5[33];

		md5_hex(files[i].bytes, md5);
		buf_printf(&sums, "%s  %s\n", md5, files[i].path + strlen("./"));
		debgen_tar_entry(&data, &(struct debgen_entry){ .name = files[i].path,
								.mode = 0755,
								.content = files[i].bytes });
	}
	debgen_tar_file(&more, "./md5sums", buf_cstr(&sums));
	debgen_tar_file(&data, arena_printf(a, "./usr/share/doc/%s/copyright", name),
			"License: Apache-2.0\n");
	debgen_tar_end(&data);
	deb = debgen_deb(
		a,
		&(struct debgen_deb){
			.control = arena_printf(
				a,
				"Package: %s\nVersion: %s\nArchitecture: amd64\n"
				"Maintainer: Nobody <nobody@example.org>\nDescription: for tests\n",
				name, version),
			.more_control = &more,
			.data = buf_str(&data),
			.suffix = "xz" });
	*p = (struct locked_package){ .name = name,
				      .version = version,
				      .architecture = "amd64",
				      .source = name,
				      .source_version = version,
				      .depends = "",
				      .state = lock->states.v[0],
				      .why = "asked for by a test" };
	p->file.path = arena_printf(a, "pool/main/%s_%s_amd64.deb", name, version);
	p->file.name = path_base(p->file.path);
	p->file.size = deb.n;
	*list_push(a, &p->roles) = package->role;
	cr_assert(store_put_bytes(&h->depot.store, deb, &p->file.sha256, &e), "%s", e.cause);
}

static void homestead_add_packages(struct homestead *h, struct lock *lock)
{
	struct arena *a = &h->depot.a;
	const struct elfgen tool = { .program = true, .needed = { "libx.so.1" } };
	const struct elfgen library = { .soname = "libx.so.1" };
	const struct elfgen loader = { .soname = "ld-linux-x86-64.so.2" };
	const struct deb_packing libx = { "libx1",
					  h->library_version,
					  "library",
					  { { "./usr/lib/x86_64-linux-gnu/libx.so.1",
					      elfgen_make(a, &library) } } };
	const struct deb_packing packed_tool = { "tool",
						 "1.0-1",
						 "image",
						 { { "./usr/bin/tool", elfgen_make(a, &tool) },
						   { "./usr/lib64/ld-linux-x86-64.so.2",
						     elfgen_make(a, &loader) } } };

	homestead_add_package(h, lock, &libx);
	homestead_add_package(h, lock, &packed_tool);
}

void homestead_lock(struct homestead *h)
{
	struct arena *a = &h->depot.a;
	struct lock lock = { .architecture = "amd64" };
	struct buf text = { .a = a };
	struct error e = { 0 };
	struct recipe r;

	cr_assert(recipe_load(a, homestead_path(h, "recipes/app.json"), &r, &e), "%s", e.cause);
	lock.answers = recipe_request_digest(&r, platform_of_compilers(), LOCK_FORMAT);
	lock_add_state(a, &lock, &trixie);
	*list_push(a, &lock.components) = (struct locked_component){
		.name = "tool", .version = "1.0-1", .reason = "tool 1.0-1 (package)"
	};
	homestead_add_packages(h, &lock);
	lock_format(&lock, &text);
	files_put(homestead_path(h, "recipes/app.lock.json"), buf_cstr(&text));
}

void homestead_open(struct homestead *h)
{
	struct arena *a;

	*h = (struct homestead){ .library_version = "1.0-1" };
	depot_open(&h->depot);
	a = &h->depot.a;
	h->dir = arena_printf(a, "%s/repository", h->depot.dir);
	h->image = homestead_path(h, "out/app");
	files_put(homestead_path(h, "images.json"), files_get(a, "images.json"));
	files_put(homestead_path(h, "recipes/app.json"), RECIPE);
	files_put(homestead_path(h, "rootfs/etc/app.conf"), "colour = blue\n");
	homestead_lock(h);
	cr_assert(getcwd(h->before, sizeof(h->before)));
}

void homestead_build(struct homestead *h)
{
	struct verb_run r;

	cr_assert(chdir(h->dir) == 0);
	r = VERB(&h->depot.a, cmd_build, "build", "--cache-dir", h->depot.path, "--locked",
		 "--offline", "--no-audit", "recipes/app.json");
	cr_assert(r.ok, "%s", r.message);
}

void homestead_close(struct homestead *h)
{
	cr_assert(chdir(h->before) == 0);
	depot_close(&h->depot);
}
