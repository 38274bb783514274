/* SPDX-License-Identifier: Apache-2.0 */
/* The rules. Their ids, like exit statuses, are promises: an id is never given another meaning. */

#include "inspect/audit/rules.h"

#include <stdlib.h>

const struct rule rules[] = {
	{ "account.no-password", SEV_HIGH, "an account without a password",
	  "Whoever gets to a login, su or a remote shell is let in as this user. Write \"*\" in place of the "
	  "empty password." },
	{ "account.second-root", SEV_HIGH, "another account is root",
	  "A second name with the user ID 0 has all rights of root and is overlooked by everything that "
	  "looks for root by name." },
	{ "budget.compressed", SEV_HIGH, "larger than its budget",
	  "The recipe limits what has to be pulled. Look at what grew (imgbuild build RECIPE --against IMAGE, imgbuild "
	  "diff A B), and remove it or raise \"compressed\" of the recipe's budget." },
	{ "budget.cve", SEV_HIGH, "vulnerabilities that its budget does not allow",
	  "The recipe allows no vulnerability of this severity. Update the packages (imgbuild update RECIPE), or say in "
	  "an exception or in OpenVEX why one does not count." },
	{ "budget.layers", SEV_HIGH, "more layers than its budget allows",
	  "Each layer is a request of whoever pulls the image. Put components together, or raise \"layers\" of the "
	  "recipe's budget." },
	{ "budget.packages", SEV_HIGH, "more packages than its budget allows",
	  "Each package is something to update and to watch. Look at what was added (imgbuild build RECIPE --against "
	  "IMAGE), and remove it or raise \"packages\" of the recipe's budget." },
	{ "budget.unchecked", SEV_LOW, "a limit of its budget that nobody could check",
	  "What the limit is about is not known here: there are no vulnerability data, or the layers are not those that "
	  "a registry would have." },
	{ "certificate.bundle-empty", SEV_MEDIUM, "a bundle of authorities without a certificate",
	  "TLS clients read this file for the authorities that they trust. Without a certificate in it each "
	  "connection fails." },
	{ "certificate.expired", SEV_LOW, "certificate past its date",
	  "A certificate in the image is no longer valid. In a bundle of authorities it is dead "
	  "weight; as a server's or client's certificate it breaks connections. Update the package "
	  "that brings it, or drop the file." },
	{ "config.healthcheck-missing", SEV_LOW, "no health check",
	  "The image does not tell how to find out whether it works, so an orchestrator sees only "
	  "that its process lives. Add a health check that runs a program (not a shell)." },
	{ "config.port-privileged", SEV_INFO, "exposes a port below 1024",
	  "Listening there needs a privilege or a changed kernel setting. Prefer a high port and "
	  "map it outside." },
	{ "config.program-missing", SEV_HIGH, "the program to run is not in the image",
	  "Entrypoint, Cmd or Healthcheck names a program that is not there or cannot be "
	  "executed, for its mode or because it is neither an ELF program nor a script that "
	  "begins with \"#!\": the container does not start, or is never healthy." },
	{ "config.script-missing", SEV_MEDIUM, "the script to run is not in the image",
	  "Entrypoint and Cmd start an interpreter (node, python3, java -jar, perl, ruby, php) "
	  "with a file that is not there: the container ends at once. Correct the path; where "
	  "the file is mounted when it runs, name its folder under volumes, or accept the "
	  "finding." },
	{ "config.shell-form", SEV_HIGH, "started through a shell",
	  "Entrypoint, Cmd or Healthcheck runs a shell, either named or by the CMD-SHELL form. "
	  "Without a shell in the image it fails; with one, arguments become code. Use the list "
	  "form." },
	{ "config.user-root", SEV_MEDIUM, "runs as root",
	  "No user is set, or it is root: a hole in the program is a hole in all the container can "
	  "reach. Set a user with a number, such as 65532:65532 or 1000:0." },
	{ "config.user-unknown", SEV_HIGH, "runs as a user that is not there",
	  "User is a name that etc/passwd does not have, so the container does not start. Use a number; "
	  "orchestrators that check for root need one, too." },
	{ "cve.deferred", SEV_LOW, "a vulnerability that Debian has put off",
	  "The security team knows of it and does not think it worth an update of its own (no-dsa). "
	  "It may be fixed by the next point release." },
	{ "cve.fix-available", SEV_HIGH, "a vulnerability that an update fixes",
	  "The archive has a version of the source package in which it is fixed: imgbuild update "
	  "moves the lock to it." },
	{ "cve.open", SEV_LOW, "a vulnerability without a fix yet",
	  "It affects what is in the image, and no version has a fix. Find out whether the image uses "
	  "what is vulnerable: drop the file, say in a VEX document that it is not affected, or accept "
	  "the finding until a date." },
	{ "cve.other-release", SEV_MEDIUM, "vulnerability data of another Debian release",
	  "What --cve names has entries for other releases of Debian and none for that of the "
	  "image, so it can say nothing about the image's packages. Give the data of its "
	  "release: the tracker's JSON and OSV's Debian/all.zip have every release." },
	{ "cve.under-investigation", SEV_INFO, "a vulnerability that somebody looks into",
	  "Debian's tracker or a VEX document says that it is not known yet whether the package is affected, and no "
	  "other data tell of it." },
	{ "cve.unimportant", SEV_INFO, "a vulnerability Debian holds to be unimportant",
	  "It is in the source but does not matter in the binary package, or needs an unreasonable "
	  "use of it." },
	{ "elf.dlopen-missing", SEV_LOW, "a library it may load is not there",
	  "The file's .note.dlopen says that it loads this library at run time if it can, and "
	  "recommends it. Add the library, or accept that the feature is off. What the note requires is "
	  "elf.library-missing." },
	{ "elf.dlopen-suggested", SEV_INFO, "a library that it can make use of is not there",
	  "The file's .note.dlopen suggests the library for a feature that few need." },
	{ "elf.dlopen-unreadable", SEV_LOW, "a .note.dlopen that cannot be read",
	  "The note should tell which libraries the file loads at run time. Its text is not JSON of that form, so "
	  "nobody knows them." },
	{ "elf.exec-stack", SEV_HIGH, "asks for an executable stack",
	  "Without a PT_GNU_STACK header, or with one that has the execute flag, the stack of the "
	  "process can be executed, which makes overflows easy to exploit. Usually an assembler "
	  "file lacks its .note.GNU-stack section; link with -z noexecstack." },
	{ "elf.go-defaults", SEV_INFO, "built as Go builds by default",
	  "Go's own linker makes programs that are loaded at a fixed address, and without read-only relocations. "
	  "Memory-safe code loses little by that; -buildmode=pie changes it." },
	{ "elf.interpreter-missing", SEV_HIGH, "its loader is not in the image",
	  "The program names a dynamic loader that is not there. The kernel then says \"No such "
	  "file or directory\" about the program itself." },
	{ "elf.library-missing", SEV_HIGH, "a library it needs is not in the image",
	  "The dynamic loader would not find this library in the places where it looks, in glibc's "
	  "order: RPATH, RUNPATH, ld.so.cache, the default folders. The program cannot start, or "
	  "the module cannot be loaded." },
	{ "elf.no-bind-now", SEV_INFO, "resolves symbols lazily",
	  "Without BIND_NOW a part of the relocation table stays writable. Link with -z now." },
	{ "elf.no-fortify", SEV_INFO, "no fortified calls",
	  "It calls functions of the C library that have checked variants (memcpy: __memcpy_chk), but none of "
	  "these variants. Compile with -O2 -D_FORTIFY_SOURCE=3." },
	{ "elf.no-pie", SEV_MEDIUM, "loaded at a fixed address",
	  "The program is not position independent: its addresses are known to an attacker. "
	  "Compile with -fPIE and link with -pie." },
	{ "elf.no-relro", SEV_MEDIUM, "no read-only relocations",
	  "There is no PT_GNU_RELRO segment: tables of function pointers stay writable. Link with "
	  "-z relro." },
	{ "elf.no-stack-protector", SEV_INFO, "no stack protector",
	  "It calls functions that fill buffers, and has no reference to __stack_chk_fail: overflows of the stack "
	  "are not noticed. Compile with -fstack-protector-strong. Code without arrays has none, rightly." },
	{ "elf.preload", SEV_HIGH, "a library is loaded into every program",
	  "etc/ld.so.preload names it: its code runs in every process of the image, and replaces functions "
	  "of other libraries." },
	{ "elf.rpath", SEV_MEDIUM, "searches libraries in a dangerous folder",
	  "Its RPATH or RUNPATH has an element that is empty, relative, outside what the image "
	  "has, or writable by others: whoever can write there can run code in the program. "
	  "Remove it (patchelf --remove-rpath, or link without -rpath)." },
	{ "elf.rpath-absent", SEV_INFO,
	  "searches libraries beside itself, in a folder that is not there",
	  "Its RPATH or RUNPATH names a folder by $ORIGIN that the image does not have. The folders above it are "
	  "root's, so nobody else can make it." },
	{ "elf.symbol-missing", SEV_HIGH, "a symbol it needs is nowhere",
	  "None of the libraries that are loaded with the program defines this symbol. It fails at "
	  "start when symbols are bound at once, else at the first call. Usually two packages are "
	  "of different releases." },
	{ "elf.text-relocations", SEV_MEDIUM, "has text relocations",
	  "The loader must make code writable to relocate it. Compile all of it with -fPIC." },
	{ "elf.unreadable", SEV_MEDIUM, "an ELF file that cannot be read",
	  "It begins like an ELF file but is malformed, so it was not judged." },
	{ "elf.version-missing", SEV_HIGH, "a symbol version it needs is not provided",
	  "The library is there but does not define the version asked for: the loader refuses to "
	  "start the program (\"version `X' not found\"). The library is too old." },
	{ "elf.write-exec", SEV_HIGH, "a segment is writable and executable",
	  "Memory that can be written and then run turns any write into code. Link with "
	  "-z separate-code and without -N." },
	{ "elf.wrong-machine", SEV_HIGH, "made for another machine",
	  "The file is of another architecture than the image says: it cannot run here." },
	{ "file.build-path", SEV_INFO, "tells where it was compiled",
	  "The file holds the path of a source file on the machine that built it: it tells about that "
	  "machine, and makes the bytes depend on it. Compile with -ffile-prefix-map=FOLDER=." },
	{ "file.capabilities", SEV_HIGH, "has file capabilities",
	  "Whoever runs this program gains privileges of root. Remove them, or accept the file by "
	  "name with a reason." },
	{ "file.device", SEV_HIGH, "a device node",
	  "Runtimes make the devices a container needs; one in an image is a way around the device "
	  "policy. Remove it." },
	{ "file.fifo", SEV_LOW, "a FIFO in the image",
	  "A named pipe in an image is nearly always left over from a build." },
	{ "file.leftover", SEV_LOW, "left over from building",
	  "Package lists, caches, logs, version control folders and temporary files are not needed "
	  "to run, make the image larger and may tell more than intended." },
	{ "file.modified", SEV_HIGH, "differs from its package",
	  "The content is not what the package's md5sums say, and it is not a configuration file. "
	  "Something changed it after unpacking: accept it with the reason, or find out who." },
	{ "file.setgid", SEV_HIGH, "a setgid program",
	  "It runs with the rights of its group, whoever starts it. Images seldom need one." },
	{ "file.setuid", SEV_HIGH, "a setuid program",
	  "It runs with the rights of its owner, whoever starts it: the classic way to become "
	  "root. Images seldom need one." },
	{ "file.unowned", SEV_INFO, "belongs to no package and no recipe entry",
	  "Nothing says where the file comes from. Scanners do not see it; nobody updates it." },
	{ "file.unowned-program", SEV_MEDIUM, "a program that belongs to no package",
	  "An executable or library without a package record is software that vulnerability "
	  "scanners never report about, however old it is. Install it from a package, record it in "
	  "status.d, or link it with --package-metadata (.note.package)." },
	{ "file.world-writable", SEV_HIGH, "everybody may write to it",
	  "A file with write permission for others, or such a folder without the sticky bit, lets "
	  "any user of the container replace what other users run or read." },
	{ "image.inconsistent", SEV_MEDIUM, "the image contradicts itself",
	  "Index, manifest, config or layers say different things about the same matter. Runtimes "
	  "differ in whom they believe." },
	{ "image.remote-layer", SEV_MEDIUM, "a layer may be loaded from elsewhere",
	  "The descriptor has urls: some clients would fetch the layer from there instead of the "
	  "registry (CVE-2020-15157)." },
	{ "layer.duplicate-entry", SEV_MEDIUM, "a path stands twice in one layer",
	  "The specification forbids it, and readers disagree about which one counts. The last is "
	  "judged here." },
	{ "layer.odd-entry", SEV_HIGH, "an unusual entry in a layer",
	  "Tar files allow things that layers should not have. Runtimes treat them differently: what is "
	  "judged here is the worse of what podman, docker and umoci make of it." },
	{ "layer.through-link", SEV_HIGH, "an entry stands below something that is not a folder",
	  "The entry's path leads through a symbolic link or a file of the image. Runtimes differ "
	  "in where it ends up; extracting programs have been broken this way." },
	{ "layer.untidy-entry", SEV_LOW, "an untidy entry in a layer",
	  "Something in the tar is not as the specification wants it, but every known runtime takes it in "
	  "the same way." },
	{ "layer.wasted-bytes", SEV_LOW, "a layer's bytes are removed again above it",
	  "Files that a higher layer removes or replaces are still pulled and stored, and anybody "
	  "can read them. Put both steps into one layer." },
	{ "layout.merged-usr", SEV_HIGH, "/bin, /sbin or /lib is not a link into /usr",
	  "Debian since 12 has these as links to usr/bin, usr/sbin, usr/lib. With real folders "
	  "there, packages overwrite or miss each other's files." },
	{ "link.dangling", SEV_LOW, "a link that leads nowhere",
	  "The target is not in the image. It may appear at run time (a volume, /proc); else it is "
	  "a file that was dropped and whose link was not." },
	{ "link.escapes", SEV_MEDIUM, "a link that climbs above the root",
	  "Its target has more \"..\" than folders above it. In the container it ends at the root; "
	  "when the image is unpacked elsewhere it points outside." },
	{ "link.hard-dangling", SEV_HIGH, "a hard link to nothing",
	  "The file it names is neither in its layer nor below: unpacking fails in every runtime." },
	{ "os.unknown", SEV_MEDIUM, "scanners cannot tell the distribution",
	  "There is no usable os-release, or for a Debian image no etc/debian_version: vulnerability "
	  "scanners then report nothing at all, which looks like a clean result." },
	{ "package.bad-record", SEV_MEDIUM, "a package record is malformed",
	  "Scanners drop the record, or stop reading altogether, and report nothing about it." },
	{ "package.copyright-missing", SEV_LOW, "no licence file of a package",
	  "usr/share/doc/PACKAGE/copyright is not there. Most licences demand that their text goes "
	  "with the binaries; scanners read it." },
	{ "package.depends-missing", SEV_INFO, "a package that another depends on is not there",
	  "Debian promises that the package works with what it depends on. An image may do without some of it: "
	  "try what needs it, or add the package. Builds of imgbuild warn of it until the recipe takes or accepts it." },
	{ "package.none", SEV_MEDIUM, "programs, but no package records",
	  "The image has ELF programs and libraries but no record of any package: to a scanner it "
	  "looks empty and therefore clean. Keep var/lib/dpkg/status.d." },
	{ "package.other-manager", SEV_MEDIUM, "records of another package manager",
	  "Only what dpkg records is read here. Packages, licences and known vulnerabilities of this image are not told, "
	  "nor are they in its bill of materials: use a scanner that reads these records." },
	{ "package.sums-missing", SEV_LOW, "a package without md5sums",
	  "Without the list nobody can tell which files are the package's and whether they are "
	  "unchanged." },
	{ "program.compiler", SEV_MEDIUM, "a compiler, linker or debugger",
	  "Tools that make or take apart programs help attackers more than users of the image." },
	{ "program.download", SEV_LOW, "a program that fetches files",
	  "A ready-made way to bring further tools into a running container, or data out of it." },
	{ "program.interpreter", SEV_MEDIUM, "an interpreter of a programming language",
	  "It runs whatever it is given, as a shell does. If the image is there to run such "
	  "programs, accept it with that reason." },
	{ "program.package-manager", SEV_HIGH, "a package manager",
	  "An image is made once and replaced, not changed. A package manager in it brings a "
	  "shell's power and its own data." },
	{ "rootfs.left-out", SEV_INFO, "a part of the folder that was not looked at",
	  "Of a root file system in a folder, sockets, what is mounted on its folders, and names that cannot be in a layer "
	  "are left out. Audit what is mounted by itself." },
	{ "rootfs.owner", SEV_INFO, "the folder does not belong to root",
	  "A root file system that a user unpacked belongs to that user. The owner of its uppermost folder counts as root, "
	  "as in the user's containers." },
	{ "rootfs.unreadable", SEV_HIGH, "a file or folder that could not be read",
	  "What is in it is not judged, and what needs it may be reported as incomplete. Audit the folder as root, or make "
	  "a copy that you may read." },
	{ "script.interpreter-missing", SEV_MEDIUM, "a script that nothing can run",
	  "The interpreter that its first line names is not in the image, so executing it fails. "
	  "Drop the script, or add the interpreter." },
	{ "script.shell", SEV_HIGH, "a shell script",
	  "An executable script for a shell. In a shell-free image it cannot run, and it tempts "
	  "somebody to add a shell. Drop it or replace it by a program." },
	{ "secret.config", SEV_HIGH, "a secret in the configuration",
	  "Environment, labels or history hold something like a password or token. Everybody who "
	  "can pull the image can read it. Give it at run time, and change it now." },
	{ "secret.content", SEV_CRITICAL, "a secret in a file",
	  "The file holds a private key or an access token of a well-known form. Everybody who can "
	  "pull the image can read it, also if a higher layer removes it. Change it now." },
	{ "secret.file-name", SEV_MEDIUM, "a file that usually holds secrets",
	  "Its name is that of a file with credentials (.netrc, id_rsa, .aws/credentials)." },
	{ "shell.program", SEV_CRITICAL, "a shell",
	  "With a shell, any way to run a command becomes a way to run anything. It was recognised "
	  "by its name or by its content: a renamed copy or a multi-call program such as BusyBox "
	  "is found too. Remove it." },
	{ "source.outdated", SEV_LOW, "compiled from a source that is not the newest",
	  "The archive names a newer version of the source package, but no mirror had its files when the "
	  "lock was made. Fixes may be missing: run imgbuild update with a mirror that has them." },
};

const size_t rules_count = ARRAY_SIZE(rules);

static int by_id(const void *key, const void *element)
{
	return strcmp(key, ((const struct rule *)element)->id);
}

const struct rule *rule_find(const char *id)
{
	return bsearch(id, rules, rules_count, sizeof(rules[0]), by_id);
}

const char *rule_nearest(const char *id)
{
	const char *names[ARRAY_SIZE(rules)];

	for (size_t i = 0; i < rules_count; i++)
		names[i] = rules[i].id;
	return str_nearest(str_of(id), names, rules_count);
}

bool rule_matches(const char *pattern, const char *id)
{
	size_t n = strlen(pattern);

	if (n && pattern[n - 1] == '*')
		return strncmp(pattern, id, n - 1) == 0;
	return strcmp(pattern, id) == 0;
}
