/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of commands, found in programs. The words looked for stand here in one text each, between
 * blanks: programs have them between zero bytes, and so this one does not find itself. */

#include "inspect/layers/content_shell.h"

#include "base/string_search.h"

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

static const char table_c_commands[] =
	" alias breaksw chdir endif endsw foreach glob hashstat history limit logout nohup onintr "
	"popd pushd rehash repeat setenv unhash unlimit unsetenv ";

/* Commands and variables of POSIX sh. make(1) knows the commands, too, but not the variables. */
static const char posix_commands[] = " getopts unalias umask readonly trap esac PS2 ";

/* What all these are looked for by. Of applets there are some of the first, for a build may leave
 * out one or the other. */
static const char shell_anchors[] = " OPTIND PS4 breaksw clear cpio dmesg find ";
enum {
	ANCHOR_OPTIND,
	ANCHOR_PS4,	/* these two are variables of POSIX; the others stand in tables */
	ANCHOR_BREAKSW, /* C shells */
	ANCHOR_APPLETS,
	ANCHORS = 7
};

struct shell_search {
	struct str elf, anchors[ANCHORS];
	bool seen[ANCHORS];	  /* the word, and for tables: what follows it */
	const char *end[ANCHORS]; /* of the last table behind it */
};

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

/* Words of tables have a zero byte at their end, too; a place within the last table is none of
 * another. */
static void shell_see(void *ctx, size_t i, const char *at)
{
	struct shell_search *s = ctx;
	struct str table = str_from(s->elf, (size_t)(at - s->elf.p) + 1);
	bool of_applets = i >= ANCHOR_APPLETS;
	size_t n = s->anchors[i].n;

	if (i == ANCHOR_OPTIND || i == ANCHOR_PS4) {
		s->seen[i] = true;
		return;
	}
	if (s->seen[i] || (s->end[i] && at < s->end[i]) || table.n == n || table.p[n])
		return;
	s->seen[i] = table_count(table, of_applets ? table_applets : table_c_commands,
				 &s->end[i]) >= (of_applets ? APPLETS_MIN : C_COMMANDS_MIN);
}

static size_t posix_count(struct str elf)
{
	struct str rest = str_of(posix_commands), word;
	size_t n = 0;

	while (word_take(&rest, &word)) {
		char text[COMMAND_MAX + 1] = "";

		memcpy(text + 1, word.p, word.n);
		n += memmem(elf.p, elf.n, text, word.n + 1) != NULL;
	}
	return n;
}

/* They stand one by one among the strings of any implementation. */
static bool posix_is_spoken(const struct shell_search *s)
{
	return s->seen[ANCHOR_OPTIND] && s->seen[ANCHOR_PS4] &&
	       2 + posix_count(s->elf) >= POSIX_COMMANDS_MIN;
}

static bool shell_has_applets(const struct shell_search *s)
{
	bool any = false;

	for (size_t i = ANCHOR_APPLETS; i < ANCHORS; i++)
		any |= s->seen[i];
	return any;
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
	struct shell_search s = { .elf = elf };
	struct str rest = str_of(shell_anchors);

	for (size_t i = 0; i < ANCHORS; i++)
		(void)word_take(&rest, &s.anchors[i]);
	string_search(&(struct string_search){ s.anchors, ANCHORS, '\0', shell_see, &s }, elf);
	if (shell_has_applets(&s))
		return shell_name(elf, "a program of many names, like BusyBox");
	if (posix_is_spoken(&s))
		return shell_name(elf, "a POSIX shell");
	if (s.seen[ANCHOR_BREAKSW])
		return shell_name(elf, "a C shell");
	return NULL;
}
