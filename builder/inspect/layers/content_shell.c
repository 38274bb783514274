/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of commands, found in programs. The words looked for stand here in one text each, between
 * blanks: programs have them between zero bytes, and so this one does not find itself. */

#include "inspect/layers/content_shell.h"

#define COMMAND_MAX 16	   /* bytes of a word of a table, with both blanks */
#define TABLE_GAP_MAX 1024 /* bytes between two known words: toybox has options in between */
#define APPLETS_MIN 16	   /* of BusyBox of Debian there are 70, of others, such as qemu, up to 9 */
#define C_COMMANDS_MIN 8   /* csh has 15, tcsh 13, others up to 5 */
#define POSIX_COMMANDS_MIN 5

/* Commands of many packages, which only a program that stands for all of them has in one sorted
 * table; none is of coreutils, which can be made as one program, too. */
static const char table_applets[] =
	" blkid bunzip2 chvt clear cmp cpio deallocvt dmesg dos2unix eject fallocate find free "
	"freeramdisk fsfreeze ftpget gunzip hwclock i2cdetect ifconfig inotifyd insmod ionice "
	"killall losetup lsmod lsusb microcom mkswap modinfo mount mountpoint nbd-client nc netstat "
	"nsenter openvt partprobe passwd paste patch pgrep pidof ping pivot_root pkill pmap "
	"poweroff ps reboot renice reset rev rfkill rmmod sed setsid strings su swapoff swapon "
	"switch_root sysctl tar taskset time top traceroute umount unix2dos uptime usleep uudecode "
	"uuencode vconfig vmstat watch wget xargs xxd ";

/* Early in that table; a build may leave out one or the other. */
static const char applet_anchors[] = " clear cpio dmesg find ";

static const char table_c_commands[] =
	" alias breaksw chdir endif endsw foreach glob hashstat history limit logout nohup onintr "
	"popd pushd rehash repeat setenv unhash unlimit unsetenv ";

static const char c_command_anchors[] = " breaksw ";

/* Commands and variables of POSIX sh. make(1) knows the commands, too, but not the variables. */
static const char posix_commands[] = " getopts unalias umask readonly trap esac PS2 ";
static const char posix_variables[] = " OPTIND PS4 ";

/* The next word of a list between blanks; false at its end. */
static bool word_take(struct str *list, struct str *word)
{
	while (list->n && list->p[0] == ' ')
		*list = str_from(*list, 1);
	return list->n && str_next(list, ' ', word);
}

static bool word_is_among(struct str word, const char *list)
{
	char text[COMMAND_MAX + 1] = " ";

	if (word.n == 0 || word.n > COMMAND_MAX - 2 || memchr(word.p, ' ', word.n))
		return false;
	memcpy(text + 1, word.p, word.n);
	text[word.n + 1] = ' ';
	return strstr(list, text) != NULL;
}

/* The zero byte in front of `word` in `elf`, if another one follows the word or need not; NULL: it
 * is not there. */
static const char *word_find(struct str elf, struct str word, bool whole)
{
	char text[COMMAND_MAX + 1] = "";

	memcpy(text + 1, word.p, word.n);
	return memmem(elf.p, elf.n, text, word.n + 1 + whole);
}

/* How many words of `list` stand in `table` in ascending order, one soon after the other. Sets
 * where that ends. */
static size_t table_count(struct str table, const char *list, const char **end)
{
	struct str last = { "", 0 }, word;
	size_t known = 0, gap = 0;

	while (gap < TABLE_GAP_MAX && str_next(&table, '\0', &word)) {
		gap += word.n + 1;
		if (!word_is_among(word, list) || str_cmp(last, word) >= 0)
			continue;
		last = word;
		known++;
		gap = 0;
	}
	*end = table.p;
	return known;
}

/* Whether a sorted table with at least `least` words of `list` follows one of the anchors. */
static bool table_find(struct str elf, const char *list, const char *anchors, size_t least)
{
	struct str rest = str_of(anchors), anchor;

	while (word_take(&rest, &anchor)) {
		struct str from = elf;
		const char *at;

		while ((at = word_find(from, anchor, true)) != NULL) {
			const char *end = NULL;

			from = str_from(from, (size_t)(at - from.p) + 1);
			if (table_count(from, list, &end) >= least)
				return true;
			from = str_from(from, (size_t)(end - from.p));
		}
	}
	return false;
}

static size_t posix_count(struct str elf, const char *list)
{
	struct str rest = str_of(list), word;
	size_t n = 0;

	while (word_take(&rest, &word))
		n += word_find(elf, word, false) != NULL;
	return n;
}

/* They stand one by one among the strings of any implementation. */
static bool posix_is_spoken(struct str elf)
{
	size_t variables = posix_count(elf, posix_variables);

	return variables == 2 && variables + posix_count(elf, posix_commands) >= POSIX_COMMANDS_MIN;
}

/* What is a shell already gets the name whose text it holds. */
static const char *shell_name(struct str elf, const char *otherwise)
{
	static const struct {
		struct str text;
		const char *name;
	} marks[] = {
		{ STR("BusyBox v"), "BusyBox" }, { STR("toybox %s"), "toybox" },
		{ STR("GNU bash"), "bash" },	 { STR("MIRBSD KSH"), "mksh" },
		{ STR("@(#)PD KSH"), "pdksh" },	 { STR("(ksh 93"), "ksh93" },
		{ STR("ZSH_EVAL_"), "zsh" },	 { STR("tcsh %d.%"), "tcsh" },
		{ STR("yash -c"), "yash" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (memmem(elf.p, elf.n, marks[i].text.p, marks[i].text.n))
			return marks[i].name;
	return otherwise;
}

const char *content_shell(struct str elf)
{
	if (table_find(elf, table_applets, applet_anchors, APPLETS_MIN))
		return shell_name(elf, "a program of many names, like BusyBox");
	if (posix_is_spoken(elf))
		return shell_name(elf, "a POSIX shell");
	if (table_find(elf, table_c_commands, c_command_anchors, C_COMMANDS_MIN))
		return shell_name(elf, "a C shell");
	return NULL;
}
