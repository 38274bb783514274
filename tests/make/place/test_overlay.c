/* SPDX-License-Identifier: Apache-2.0 */
/* What a recipe adds itself: files of the repository, folders, links, accounts. */

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_scene.h"
#include "make/place/overlay.h"

#define EPOCH 1700000000

/* A scene whose folder is a repository with a recipe that stands on line 7. */
struct overlay_stage {
	struct scene s;
	struct recipe r;
	struct overlay o;
};

static const struct place line7 = { "recipes/x.json", 7, 3, NULL };

static void overlay_stage_begin(struct overlay_stage *st, struct arena *a)
{
	*st = (struct overlay_stage){ .o = OVERLAY_INIT };
	scene_begin(&st->s, a);
	st->r = (struct recipe){
		.name = "x", .file = "recipes/x.json", .repository = st->s.dir, .epoch = EPOCH
	};
}

static void overlay_stage_end(struct overlay_stage *st)
{
	overlay_close(&st->o);
	scene_end(&st->s);
}

static const char *overlay_stage_path(struct overlay_stage *st, const char *name)
{
	return arena_printf(st->s.a, "%s/%s", st->s.dir, name);
}

static struct file_spec *overlay_add_files(struct overlay_stage *st, const char *from,
					   const char *to)
{
	struct file_spec *f = list_push(st->s.a, &st->r.files);

	*f = (struct file_spec){ .from = overlay_stage_path(st, from), .to = to, .at = line7 };
	return f;
}

static bool overlay_stage_apply(struct overlay_stage *st, struct error *e)
{
	return overlay_apply(st->s.a, &st->s.store, &st->r, "own", &st->o, &st->s.tree, e);
}

static void must_apply(struct overlay_stage *st)
{
	struct error e = { 0 };

	cr_assert(overlay_stage_apply(st, &e), "%s%s", e.context, e.cause);
}

/* Fails to apply, at line 7, with this in the message. */
static void must_fail(struct overlay_stage *st, const char *cause)
{
	struct error e = { 0 };

	cr_assert(!overlay_stage_apply(st, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(e.at.file, "recipes/x.json");
	cr_expect_eq(e.at.line, 7);
	cr_expect(strstr(e.cause, cause), "%s", e.cause);
}

/* "file 644 0:0 1700000000 text" and the like. */
static const char *show_node(struct overlay_stage *st, const char *path)
{
	static const char *const types[] = { "file", "dir", "link" };
	const struct node *n = tree_find(&st->s.tree, path);
	struct error e = { 0 };
	AUTO_MAPPING m = { 0 };

	if (!n)
		return "nothing";
	if (n->type == NODE_FILE)
		cr_assert(node_map(n, &m, &e), "%s", e.cause);
	return arena_printf(st->s.a,
			    "%s %o %u:%u %lld"
			    "%s" STR_FMT "%s%s",
			    types[n->type], n->mode, n->uid, n->gid, (long long)n->mtime,
			    n->type == NODE_FILE ? " " : "", STR_ARG(m.bytes),
			    n->target ? " -> " : "", n->target ? n->target : "");
}

Test(overlay, modes_come_from_the_owner_s_execute_bit_and_nothing_else_of_the_host)
{
	static const struct {
		mode_t host;
		const char *want;
	} cases[] = {
		{ 0644, "file 644 0:0 1700000000 text" }, { 0600, "file 644 0:0 1700000000 text" },
		{ 0755, "file 755 0:0 1700000000 text" }, { 0700, "file 755 0:0 1700000000 text" },
		{ 0655, "file 644 0:0 1700000000 text" }, { 04711, "file 755 0:0 1700000000 text" },
		{ 0444, "file 644 0:0 1700000000 text" }, { 01777, "file 755 0:0 1700000000 text" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct overlay_stage st;

		overlay_stage_begin(&st, &a);
		files_put(overlay_stage_path(&st, "f"), "text");
		cr_assert_eq(chmod(overlay_stage_path(&st, "f"), cases[i].host), 0);
		overlay_add_files(&st, "f", "/etc/f");
		must_apply(&st);
		cr_expect_str_eq(show_node(&st, "etc/f"), cases[i].want, "%o", cases[i].host);
		overlay_stage_end(&st);
	}
}

Test(overlay, a_folder_is_taken_with_all_below_it)
{
	AUTO_ARENA a = { 0 };
	struct file_spec *f;
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	files_put(overlay_stage_path(&st, "root/etc/app/a.conf"), "a");
	files_put(overlay_stage_path(&st, "root/etc/app/sub/b.conf"), "bb");
	files_put(overlay_stage_path(&st, "root/usr/bin/run"), "#!x");
	cr_assert_eq(chmod(overlay_stage_path(&st, "root/usr/bin/run"), 0711), 0);
	cr_assert_eq(mkdir(overlay_stage_path(&st, "root/empty"), 0700), 0);
	cr_assert_eq(symlink("../usr/bin/run", overlay_stage_path(&st, "root/etc/run")), 0);
	scene_dir(&st.s, "package", "etc");
	f = overlay_add_files(&st, "root", "/");
	f->uid = 1000;
	must_apply(&st);
	cr_expect_str_eq(show_node(&st, "etc"), "dir 755 0:0 1",
			 "a folder that is there stays as it is");
	cr_expect_str_eq(show_node(&st, "etc/app"), "dir 755 1000:0 1700000000");
	cr_expect_str_eq(show_node(&st, "etc/app/a.conf"), "file 644 1000:0 1700000000 a");
	cr_expect_str_eq(show_node(&st, "etc/app/sub/b.conf"), "file 644 1000:0 1700000000 bb");
	cr_expect_str_eq(show_node(&st, "usr/bin/run"), "file 755 1000:0 1700000000 #!x");
	cr_expect_str_eq(show_node(&st, "empty"), "dir 755 1000:0 1700000000");
	cr_expect_str_eq(show_node(&st, "etc/run"), "link 777 1000:0 1700000000 -> ../usr/bin/run");
	overlay_stage_end(&st);
}

Test(overlay, a_given_mode_is_for_files_and_folders_get_x_where_it_has_r)
{
	static const struct {
		unsigned mode;
		const char *file, *dir;
	} cases[] = {
		{ 0664, "file 664 0:0 1700000000 x", "dir 775 0:0 1700000000" },
		{ 0640, "file 640 0:0 1700000000 x", "dir 750 0:0 1700000000" },
		{ 0600, "file 600 0:0 1700000000 x", "dir 700 0:0 1700000000" },
		{ 04755, "file 4755 0:0 1700000000 x", "dir 4755 0:0 1700000000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct file_spec *f;
		struct overlay_stage st;

		overlay_stage_begin(&st, &a);
		files_put(overlay_stage_path(&st, "d/x"), "x");
		f = overlay_add_files(&st, "d", "/d");
		f->has_mode = true;
		f->mode = cases[i].mode;
		must_apply(&st);
		cr_expect_str_eq(show_node(&st, "d/x"), cases[i].file);
		cr_expect_str_eq(show_node(&st, "d"), cases[i].dir);
		overlay_stage_end(&st);
	}
}

Test(overlay, contents_are_those_of_the_moment_of_reading)
{
	AUTO_ARENA a = { 0 };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	files_put(overlay_stage_path(&st, "d/one"), "first");
	files_put(overlay_stage_path(&st, "d/two"), "second");
	overlay_add_files(&st, "d", "/d");
	must_apply(&st);
	files_put(overlay_stage_path(&st, "d/one"), "changed");
	cr_assert_eq(unlink(overlay_stage_path(&st, "d/two")), 0);
	cr_expect_str_eq(show_node(&st, "d/one"), "file 644 0:0 1700000000 first");
	cr_expect_str_eq(show_node(&st, "d/two"), "file 644 0:0 1700000000 second");
	overlay_stage_end(&st);
}

Test(overlay, links_may_not_lead_out_of_their_folder)
{
	static const struct {
		const char *at, *target;
		bool ok;
	} cases[] = {
		{ "d/l", "x", true },
		{ "d/l", "./sub/../x", true },
		{ "d/sub/l", "../x", true },
		{ "d/sub/l", "../sub/../x", true },
		{ "d/sub/l", "..", true },
		{ "d/l", "../x", false },
		{ "d/l", "/etc/passwd", false },
		{ "d/l", "..", false },
		{ "d/sub/l", "../../x", false },
		{ "d/sub/l", "../x/../../d/x", false },
		{ "d/l", "sub/../../x", false },
		{ "d/l", "./../x", false },
		{ "d/l", "sub//../../x", false },
		{ "d/l", "sub//../x", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct overlay_stage st;

		overlay_stage_begin(&st, &a);
		files_put(overlay_stage_path(&st, "d/sub/keep"), "");
		cr_assert_eq(symlink(cases[i].target, overlay_stage_path(&st, cases[i].at)), 0);
		overlay_add_files(&st, "d", "/to");
		if (cases[i].ok)
			must_apply(&st);
		else
			must_fail(&st, "leads out of its folder");
		overlay_stage_end(&st);
	}
}

/* `n` folders, one in the other, and a file in the last one. */
static void overlay_nest(struct overlay_stage *st, unsigned n)
{
	struct buf path = { .a = st->s.a };

	buf_puts(&path, overlay_stage_path(st, "d"));
	for (unsigned i = 0; i < n; i++)
		buf_puts(&path, "/d");
	buf_puts(&path, "/file");
	files_put(buf_cstr(&path), "");
}

Test(overlay, folders_are_nested_so_deep)
{
	for (unsigned n = 63; n <= 66; n++) {
		AUTO_ARENA a = { 0 };
		struct overlay_stage st;

		overlay_stage_begin(&st, &a);
		overlay_nest(&st, n);
		overlay_add_files(&st, "d", "/to");
		if (n <= 64)
			must_apply(&st);
		else
			must_fail(&st, "folders deep");
		overlay_stage_end(&st);
	}
}

Test(overlay, what_is_no_file_folder_or_link_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	cr_assert_eq(mkdir(overlay_stage_path(&st, "d"), 0755), 0);
	cr_assert_eq(mkfifo(overlay_stage_path(&st, "d/fifo"), 0644), 0);
	overlay_add_files(&st, "d", "/d");
	must_fail(&st, "d/fifo is not a file, folder or link");
	overlay_stage_end(&st);
}

Test(overlay, a_missing_file_or_a_link_in_its_place_is_an_error_at_the_entry)
{
	AUTO_ARENA a = { 0 };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	overlay_add_files(&st, "none", "/x");
	must_fail(&st, "none is not there");
	files_put(overlay_stage_path(&st, "real"), "x");
	cr_assert_eq(symlink("real", overlay_stage_path(&st, "link")), 0);
	st.r.files.n = 0;
	overlay_add_files(&st, "link", "/x");
	must_fail(&st, "link is not there (or is a link)");
	overlay_stage_end(&st);
}

Test(overlay, a_file_of_a_package_gives_way_only_to_replace)
{
	AUTO_ARENA a = { 0 };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	scene_file(&st.s, "package", "etc/conf", "theirs");
	files_put(overlay_stage_path(&st, "conf"), "ours");
	overlay_add_files(&st, "conf", "/etc/conf");
	must_fail(
		&st,
		"/etc/conf is a file of package package and a file of recipe entry conf (recipes/x.json:7:3); "
		"write \"replace\": true in this entry to put its file in that place");
	cr_expect_str_eq(show_node(&st, "etc/conf"), "file 644 0:0 1 theirs");
	st.r.files.v[0].replace = true;
	must_apply(&st);
	cr_expect_str_eq(show_node(&st, "etc/conf"), "file 644 0:0 1700000000 ours");
	cr_expect_str_eq(tree_find(&st.s.tree, "etc/conf")->owner->layer, "own");
	cr_expect_str_eq(tree_find(&st.s.tree, "etc/conf")->owner->name, "conf",
			 "named as in the repository");
	overlay_stage_end(&st);
}

Test(overlay, dirs_change_what_a_package_brought_and_links_do_not)
{
	AUTO_ARENA a = { 0 };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	scene_dir(&st.s, "package", "var/spool/x");
	*list_push(&a, &st.r.dirs) = (struct dir_spec){ "/var/spool/x", 1000, 0, 0770, line7 };
	*list_push(&a, &st.r.dirs) = (struct dir_spec){ "/tmp", 0, 0, 01777, line7 };
	*list_push(&a, &st.r.links) = (struct link_spec){ "/run/x", "../var/run/x", line7 };
	must_apply(&st);
	cr_expect_str_eq(show_node(&st, "var/spool/x"), "dir 770 1000:0 1700000000");
	cr_expect_str_eq(show_node(&st, "tmp"), "dir 1777 0:0 1700000000");
	cr_expect_str_eq(show_node(&st, "run/x"), "link 777 0:0 1700000000 -> ../var/run/x");
	cr_expect_str_eq(tree_find(&st.s.tree, "run/x")->owner->why, "recipes/x.json:7:3");
	st.r.dirs.n = 0;
	st.r.links.v[0].path = "/var/spool/x";
	must_fail(
		&st,
		"/var/spool/x is a directory of recipe entry /var/spool/x (recipes/x.json:7:3) and a symlink of recipe entry /var/spool/x");
	overlay_stage_end(&st);
}

/* What base-files brings: /var/run is a symlink to /run. */
Test(overlay, a_path_through_a_symlink_is_refused_with_the_path_to_write)
{
	AUTO_ARENA a = { 0 };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	scene_link(&st.s, "package", "bin", "usr/bin");
	scene_link(&st.s, "package", "var/run", "/run");
	files_put(overlay_stage_path(&st, "f"), "x");
	files_put(overlay_stage_path(&st, "root/bin/tool"), "x");
	overlay_add_files(&st, "f", "/var/run/app/f");
	must_fail(
		&st,
		"/var/run/app/f of recipe entry f (recipes/x.json:7:3) goes through /var/run, a symlink to /run "
		"of package package; write \"/run/app/f\"");
	st.r.files.n = 0;
	overlay_add_files(&st, "root", "/");
	must_fail(
		&st,
		"/bin is a symlink to /usr/bin of package package and a directory of recipe entry root "
		"(recipes/x.json:7:3); use /usr/bin instead");
	st.r.files.n = 0;
	*list_push(&a, &st.r.dirs) = (struct dir_spec){ "/var/run/app", 0, 0, 0755, line7 };
	must_fail(&st, "write \"/run/app\"");
	st.r.dirs.v[0].path = "/var/run";
	must_fail(&st, "use /run instead");
	st.r.dirs.n = 0;
	*list_push(&a, &st.r.links) = (struct link_spec){ "/bin/alias", "tool", line7 };
	must_fail(&st, "write \"/usr/bin/alias\"");
	overlay_stage_end(&st);
}

Test(overlay, a_file_does_not_take_the_place_of_a_directory)
{
	AUTO_ARENA a = { 0 };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	scene_file(&st.s, "package", "usr/lib/app/there", "x");
	files_put(overlay_stage_path(&st, "wheel.whl"), "x");
	overlay_add_files(&st, "wheel.whl", "/usr/lib/app")->replace = true;
	must_fail(
		&st,
		"/usr/lib/app is a directory in the image; to put wheel.whl into it, write \"to\": "
		"\"/usr/lib/app/\"");
	overlay_stage_end(&st);
}

static void overlay_add_user(struct overlay_stage *st, struct recipe *r, const char *name,
			     uint32_t id, const char *home)
{
	*list_push(st->s.a, &r->users) = (struct user_spec){ .name = name,
							     .home = home,
							     .uid = id,
							     .gid = id,
							     .shell = "/sbin/nologin",
							     .at = line7 };
}

static void overlay_add_group(struct overlay_stage *st, struct recipe *r, const char *name,
			      uint32_t id)
{
	*list_push(st->s.a, &r->groups) = (struct group_spec){ name, id, line7 };
}

/* The accounts of distroless images; the digests are those of facts from real ones. */
static void base_accounts(struct overlay_stage *st, struct recipe *r)
{
	overlay_add_user(st, r, "root", 0, "/root");
	overlay_add_user(st, r, "nobody", 65534, "/nonexistent");
	overlay_add_user(st, r, "nonroot", 65532, "/home/nonroot");
	overlay_add_group(st, r, "root", 0);
	overlay_add_group(st, r, "nobody", 65534);
	overlay_add_group(st, r, "tty", 5);
	overlay_add_group(st, r, "staff", 50);
	overlay_add_group(st, r, "nonroot", 65532);
	r->users.v[0].make_home = r->users.v[2].make_home = true;
}

static const char *digest_at(struct overlay_stage *st, const char *path)
{
	const struct node *n = tree_find(&st->s.tree, path);
	struct error e = { 0 };
	struct digest d;

	cr_assert(n && node_digest(n, &d, &e));
	return digest_hex_dup(st->s.a, &d);
}

Test(overlay, accounts_are_those_of_distroless_to_the_byte)
{
	AUTO_ARENA a = { 0 };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	base_accounts(&st, &st.r);
	must_apply(&st);
	cr_expect_str_eq(digest_at(&st, "etc/passwd"),
			 "9003b1335e3ec8e426dbc715130569e08a708ee220c9c0d4ca6a0b730879607d");
	cr_expect_str_eq(digest_at(&st, "etc/group"),
			 "190fcde0dc1f210f81c2977e4c9df5e97c5d712dd2300d573e36d24f57d77c67");
	cr_expect_str_eq(show_node(&st, "root"), "dir 700 0:0 1700000000");
	cr_expect_str_eq(show_node(&st, "home"), "dir 755 0:0 0");
	cr_expect_str_eq(show_node(&st, "home/nonroot"), "dir 700 65532:65532 1700000000");
	cr_expect_str_eq(show_node(&st, "nonexistent"), "nothing");
	overlay_stage_end(&st);
}

Test(overlay, accounts_of_the_base_come_first_and_may_be_redefined)
{
	AUTO_ARENA a = { 0 };
	struct recipe base = { .file = "recipes/base.json" };
	struct overlay_stage st;

	overlay_stage_begin(&st, &a);
	base_accounts(&st, &base);
	st.r.base = &base;
	scene_file(&st.s, "base", "etc/passwd", "of the base");
	must_apply(&st);
	cr_expect_str_eq(show_node(&st, "etc/passwd"), "file 644 0:0 1 of the base",
			 "nothing to add");
	overlay_add_user(&st, &st.r, "proxy", 1000, "/var/spool/squid");
	overlay_add_user(&st, &st.r, "nobody", 65533, "/nowhere");
	must_apply(&st);
	cr_expect_str_eq(show_node(&st, "etc/passwd"),
			 "file 644 0:0 1700000000 root:x:0:0:root:/root:/sbin/nologin\n"
			 "nobody:x:65533:65533:nobody:/nowhere:/sbin/nologin\n"
			 "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n"
			 "proxy:x:1000:1000:proxy:/var/spool/squid:/sbin/nologin\n");
	cr_expect_str_eq(show_node(&st, "etc/group"), "nothing");
	cr_expect_str_eq(show_node(&st, "root"), "nothing", "homes of the base are the base's");
	overlay_stage_end(&st);
}

Test(overlay, accounts_that_clash_or_could_break_a_line_are_refused)
{
	static const struct {
		const char *name;
		uint32_t id;
		const char *home, *cause;
	} cases[] = {
		{ "root", 7, "/x", "leave one of them out" },
		{ "other", 0, "/x", "give one of them another number" },
		{ "evil", 7, "/x:/bin/sh", "no ':'" },
		{ "evil", 7, "/x\nroot2:x:0:0::/:", "no control character" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct overlay_stage st;

		overlay_stage_begin(&st, &a);
		overlay_add_user(&st, &st.r, "root", 0, "/root");
		overlay_add_user(&st, &st.r, cases[i].name, cases[i].id, cases[i].home);
		must_fail(&st, cases[i].cause);
		cr_expect_str_eq(show_node(&st, "etc/passwd"), "nothing");
		overlay_stage_end(&st);
	}
}
