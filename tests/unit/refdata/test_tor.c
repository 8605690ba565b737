/* SPDX-License-Identifier: Apache-2.0 */
/* Relays of Tor from what Tor publishes: consensuses and exit lists. All relays are invented, their addresses are for documentation. */
#include "indicia/catalogue.h"
#include "list_copy.h"
#include "refdata/date.h"
#include "refdata/list.h"
#include "support/suite.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static struct list list;
static struct ind_claim claims[LIST_MATCHES_MAX];
static char error[LIST_NOTE_BYTES];

#define HEAD(flavour) "network-status-version 3" flavour "\nvote-status consensus\nconsensus-method 33\nvalid-after 2026-11-20 09:00:00\n" \
	"fresh-until 2026-11-20 10:00:00\nvalid-until 2026-11-20 12:00:00\nknown-flags Authority Exit Fast Guard HSDir Running Stable V2Dir Valid\n" \
	"dir-source invented 00 lab.example 192.0.2.200 80 443\ncontact 0 nobody\nvote-digest 00\n"
#define FOOT "directory-footer\nbandwidth-weights Wbd=0\ndirectory-signature sha256 00 00\n-----BEGIN SIGNATURE-----\nr00t\n-----END SIGNATURE-----\n"
#define R(name, address) "r " name " AAAAAAAAAAAAAAAAAAAAAAAAAAA BBBBBBBBBBBBBBBBBBBBBBBBBBB 2038-01-01 00:00:00 " address " 9001 0\n"
#define M(name, address) "r " name " AAAAAAAAAAAAAAAAAAAAAAAAAAA 2038-01-01 00:00:00 " address " 9001 0\n"

enum { VALID_AFTER = 1795165200, THAT_DAY = 1795132800 };

static enum ind_err read_bytes(const char *text, size_t bytes, uint64_t date_s)
{
	struct meta meta = { .kind = IND_CLAIM_TOR, .date_s = date_s };
	return list_copy_read(&list, &meta, text, bytes, error);
}

static void read_good(const char *text, uint64_t lines, const char *note)
{
	enum ind_err err = read_bytes(text, strlen(text), 0);
	ck_assert_msg(err == IND_OK, "%s", error);
	ck_assert_str_eq(list.note, note);
	ck_assert_uint_eq(list.lines, lines);
}

static void read_bad(const char *text, uint64_t date_s, const char *why)
{
	ck_assert_int_eq(read_bytes(text, strlen(text), date_s), IND_MALFORMED);
	ck_assert_str_eq(error, why);
}

/* What the list says of an address: its roles, or NULL if it does not list it. */
static const char *roles_of(const char *addr)
{
	static char text[IND_VALUE_MAX_BYTES + 1];
	uint8_t bytes[16] = { 0 };
	bool six = strchr(addr, ':') != NULL;
	ck_assert_int_eq(inet_pton(six ? AF_INET6 : AF_INET, addr, bytes), 1);
	size_t count = list_address(&list, six ? 6 : 4, bytes, claims, LIST_MATCHES_MAX);
	ck_assert_uint_le(count, 1);
	if (count == 0)
		return NULL;
	ck_assert_uint_eq(claims[0].kind, IND_CLAIM_TOR);
	ck_assert_uint_eq(claims[0].flags, IND_CLAIM_ANONYMISER);
	ck_assert_uint_eq(claims[0].prefix_bits, six ? 128 : 32);
	ck_assert_uint_eq(claims[0].label.bytes, 0);
	snprintf(text, sizeof text, "%.*s", (int)claims[0].status.bytes, claims[0].status.bytes ? claims[0].status.at : "");
	return text;
}

static void roles_are(const char *addr, const char *expected)
{
	const char *got = roles_of(addr);
	ck_assert_msg(got != NULL, "%s is not listed", addr);
	ck_assert_str_eq(got, expected);
}

START_TEST(consensus)
{
	read_good(HEAD("") R("one", "192.0.2.1") "a [2001:db8::1]:9001\na 192.0.2.11:9002\ns Exit Fast Guard HSDir Running Stable V2Dir Valid\n"
		"v Tor 0.4.8.12\npr Cons=1-2\nw Bandwidth=20\np accept 80,443\n" R("two", "192.0.2.2") "s Fast Running Valid\n"
		R("three", "192.0.2.3") "s Authority BadExit Exit MiddleOnly Running Valid Exiting exit\n" FOOT, 5, "");
	roles_are("192.0.2.1", "Exit Guard HSDir V2Dir");
	ck_assert_uint_eq(claims[0].day, 0);
	roles_are("192.0.2.11", "Exit Guard HSDir V2Dir");
	roles_are("2001:db8::1", "Exit Guard HSDir V2Dir");
	roles_are("192.0.2.2", "relay");
	roles_are("192.0.2.3", "Authority BadExit Exit MiddleOnly");
	ck_assert_ptr_null(roles_of("192.0.2.200"));
	ck_assert_ptr_null(roles_of("2001:db8::2"));
	ck_assert_uint_eq(list.about.build_epoch_s, VALID_AFTER);
	list_free(&list);
}
END_TEST

START_TEST(flavours)
{
	read_good(HEAD(" ns") R("one", "192.0.2.1") "s Exit\n" FOOT, 1, "");
	roles_are("192.0.2.1", "Exit");
	list_free(&list);
	read_good("@type network-status-microdesc-consensus-3 1.0\n" HEAD(" microdesc") M("one", "192.0.2.1") "a [2001:db8::1]:9001\nm CCCC\ns Guard\n" FOOT, 2, "");
	roles_are("192.0.2.1", "Guard");
	roles_are("2001:db8::1", "Guard");
	list_free(&list);
	/* What later versions put behind the fields of today is no mistake. */
	read_good(HEAD(" microdesc") "r one AAAA 2038-01-01 00:00:00 192.0.2.1 9001 0 more and more\ns Guard\n" FOOT, 1, "");
	list_free(&list);
}
END_TEST

START_TEST(relays_that_share_an_address)
{
	read_good(HEAD("") R("one", "192.0.2.9") "a [2001:db8::9]:1\ns Exit\n" R("two", "192.0.2.1") "s Guard\n" R("three", "192.0.2.9") "a [2001:db8::9]:2\ns Guard HSDir\n"
		R("four", "192.0.2.9") "s Fast\n" FOOT, 6, "");
	roles_are("192.0.2.9", "Exit Guard HSDir");
	roles_are("2001:db8::9", "Exit Guard HSDir");
	roles_are("192.0.2.1", "Guard");
	ck_assert_uint_eq(list.ranges[LIST_IP4].count, 2);
	list_free(&list);
}
END_TEST

START_TEST(lines_of_a_consensus_that_are_wrong)
{
	/* What belongs to a relay that could not be read is left out with it, and counted once. */
	read_good(HEAD("") R("one", "192.0.2.1") "s Exit\n" R("two", "192.0.2.300") "a [2001:db8::2]:1\ns Guard\n" R("three", "192.0.2.3") "s Guard\n" FOOT, 2,
		"list a.txt: 1 of 3 lines are left out, first a.txt:13: an r line without an IPv4 address in its place");
	ck_assert_ptr_null(roles_of("2001:db8::2"));
	roles_are("192.0.2.1", "Exit");
	roles_are("192.0.2.3", "Guard");
	list_free(&list);
	read_good(HEAD("") "s Exit\n" R("one", "192.0.2.1") "s Exit\n" FOOT, 1,
		"list a.txt: 1 of 2 lines are left out, first a.txt:11: a line of a relay before the first r line");
	list_free(&list);
	read_good(HEAD("") R("one", "192.0.2.1") "s Exit\ns Guard\n" FOOT, 1, "list a.txt: 1 of 2 lines are left out, first a.txt:13: a second s line of one relay");
	roles_are("192.0.2.1", "Exit");
	list_free(&list);
	read_good(HEAD("") "r one AAAA BBBB 2038-01-01 00:00:00 192.0.2.2 9001 65536\n" R("one", "192.0.2.1") "s Exit\n" FOOT, 1,
		"list a.txt: 1 of 2 lines are left out, first a.txt:11: an r line without two ports behind its address");
	list_free(&list);
	static const char *const addresses[] = { "a", "a 2001:db8::1:9001", "a [2001:db8::1]", "a [2001:db8::1]:", "a [192.0.2.1]:1", "a []:1", "a [2001:db8::1]:1x",
		"a :1", "a [::1" };
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		char text[2048];
		snprintf(text, sizeof text, HEAD("") R("one", "192.0.2.1") "%s\ns Exit\n" FOOT, addresses[i]);
		read_good(text, 1, "list a.txt: 1 of 2 lines are left out, first a.txt:12: an a line without an address and a port");
		roles_are("192.0.2.1", "Exit");
		list_free(&list);
	}
}
END_TEST

START_TEST(no_consensus_of_version_3)
{
#define NO_LIST(line) "list a.txt: it is no list of kind tor: 1 of its lines are not what they should be, first a.txt:" line ": "
	read_bad("network-status-version 2\nvalid-after 2026-11-20 09:00:00\n" R("one", "192.0.2.1") "s Exit\n", 0, NO_LIST("1") "a network status of another version than 3");
	read_bad("network-status-version\n", 0, NO_LIST("1") "a network status of another version than 3");
	read_bad(HEAD(" future") R("one", "192.0.2.1") "s Exit\n" FOOT, 0, NO_LIST("1") "a consensus of a flavour that is neither ns nor microdesc");
	read_bad("network-status-version 3\nvote-status vote\nvalid-after 2026-11-20 09:00:00\n" R("one", "192.0.2.1") "s Exit\n" FOOT, 0,
		NO_LIST("2") "a vote of one authority, and no consensus");
	/* The flavour says where the address stands. */
	read_bad(HEAD(" microdesc") R("one", "192.0.2.1") "s Exit\n" FOOT, 0, NO_LIST("11") "an r line without an IPv4 address in its place");
	read_bad(HEAD("") M("one", "192.0.2.1") "s Exit\n" FOOT, 0, NO_LIST("11") "an r line without an IPv4 address in its place");
	read_good(HEAD("") R("one", "192.0.2.1") "s Exit\n" FOOT HEAD("") R("two", "192.0.2.2") "s Exit\n" FOOT, 1,
		"list a.txt: 1 of 2 lines are left out, first a.txt:19: a second network status begins, which is not read");
	ck_assert_ptr_null(roles_of("192.0.2.2"));
	list_free(&list);
}
END_TEST

START_TEST(a_cut_consensus_is_told)
{
	static const char cut[] = "list a.txt: its end is not there (no directory-footer): it may be cut";
	read_good(HEAD("") R("one", "192.0.2.1") "s Exit\n" R("two", "192.0.2.2") "s Guard H", 2, cut);
	roles_are("192.0.2.1", "Exit");
	roles_are("192.0.2.2", "");
	list_free(&list);
	read_good(HEAD("") R("one", "192.0.2.1") "s Exit\n" R("two", "192.0.2.1"), 2, cut);
	roles_are("192.0.2.1", "Exit");
	list_free(&list);
	read_good(HEAD(""), 0, cut);
	list_free(&list);
	/* Before consensus method 9 there was no footer. */
	read_good(HEAD("") R("one", "192.0.2.1") "s Exit\ndirectory-signature 00 00\n", 1, "");
	list_free(&list);
}
END_TEST

START_TEST(of_when_it_is)
{
	static const char text[] = HEAD("") R("one", "192.0.2.1") "s Exit\n" FOOT;
	static const uint64_t agreeing[] = { 0, THAT_DAY, VALID_AFTER };
	for (size_t i = 0; i < sizeof agreeing / sizeof *agreeing; i++) {
		ck_assert_int_eq(read_bytes(text, strlen(text), agreeing[i]), IND_OK);
		ck_assert_uint_eq(list.about.build_epoch_s, VALID_AFTER);
		list_free(&list);
	}
	read_bad(text, THAT_DAY - DATE_DAY_S, "list a.txt: a.txt:4 says that it is of 2026-11-20T09:00:00Z, its .meta that it is of 2026-11-19T00:00:00Z");
	read_bad(text, VALID_AFTER + 1, "list a.txt: a.txt:4 says that it is of 2026-11-20T09:00:00Z, its .meta that it is of 2026-11-20T09:00:01Z");
	read_bad("network-status-version 3\nvote-status consensus\n" R("one", "192.0.2.1") "s Exit\n" FOOT, 0,
		"list a.txt: it does not say of when it is: write 'date = 2026-11-20' into its .meta");
	read_bad("network-status-version 3\nvalid-after 2026-11-20\n" R("one", "192.0.2.1") "s Exit\n" FOOT, 0,
		"list a.txt: it does not say of when it is: write 'date = 2026-11-20' into its .meta");
	read_good(HEAD("") "valid-after 2026-11-20 10:00:00\n" R("one", "192.0.2.1") "s Exit\n" FOOT, 1,
		"list a.txt: 1 of 2 lines are left out, first a.txt:11: a second date of the whole list");
	ck_assert_uint_eq(list.about.build_epoch_s, VALID_AFTER);
	list_free(&list);
}
END_TEST

#define EXIT(address, day) "ExitNode 00\nPublished 2026-11-19 04:57:48\nLastStatus 2026-11-20 05:00:00\nExitAddress " address " " day " 05:08:03\n"

START_TEST(exit_list)
{
	read_good("@type tordnsel 1.0\nDownloaded 2026-11-20 09:00:00\n" EXIT("192.0.2.9", "2026-11-20") "ExitAddress 192.0.2.10 2026-11-19 05:08:03\n"
		EXIT("192.0.2.9", "2026-11-19") EXIT("2001:db8::9", "2026-11-18"), 4, "");
	roles_are("192.0.2.9", "ExitAddress");
	ck_assert_uint_eq(claims[0].day, THAT_DAY / DATE_DAY_S + 1);
	roles_are("192.0.2.10", "ExitAddress");
	ck_assert_uint_eq(claims[0].day, THAT_DAY / DATE_DAY_S);
	roles_are("2001:db8::9", "ExitAddress");
	ck_assert_uint_eq(claims[0].day, THAT_DAY / DATE_DAY_S - 1);
	ck_assert_uint_eq(list.about.build_epoch_s, VALID_AFTER);
	list_free(&list);
	static const char plain[] = EXIT("192.0.2.9", "2026-11-20");
	read_bad(plain, 0, "list a.txt: it does not say of when it is: write 'date = 2026-11-20' into its .meta");
	ck_assert_int_eq(read_bytes(plain, strlen(plain), THAT_DAY), IND_OK);
	roles_are("192.0.2.9", "ExitAddress");
	list_free(&list);
	read_bad("Downloaded 2026-11-20 09:00:00\n" EXIT("192.0.2.9", "2026-11-20"), THAT_DAY + DATE_DAY_S,
		"list a.txt: a.txt:1 says that it is of 2026-11-20T09:00:00Z, its .meta that it is of 2026-11-21T00:00:00Z");
}
END_TEST

START_TEST(lines_of_an_exit_list_that_are_wrong)
{
	read_good("Downloaded 2026-11-20 09:00:00\n" EXIT("192.0.2.9", "2026-11-20") EXIT("192.0.2.300", "2026-11-20"), 1,
		"list a.txt: 1 of 2 lines are left out, first a.txt:9: no address behind ExitAddress");
	list_free(&list);
	read_good("Downloaded 2026-11-20 09:00:00\n" EXIT("192.0.2.9", "2026-11-20") "ExitAddress 192.0.2.10\n", 1,
		"list a.txt: 1 of 2 lines are left out, first a.txt:6: no date and time of day behind the address");
	list_free(&list);
	read_good("Downloaded 2026-11-20 09:00:00\n" EXIT("192.0.2.9", "2026-11-20") "192.0.2.10\n", 1,
		"list a.txt: 1 of 2 lines are left out, first a.txt:6: no line of an exit list");
	list_free(&list);
}
END_TEST

/* A line of megabytes is one wrong line, and what stands behind it is read. */
START_TEST(a_line_of_megabytes)
{
	enum { LONG = 3 << 20 };
	static const char head[] = HEAD("") R("one", "192.0.2.1") "s ", tail[] = "\n" R("two", "192.0.2.2") "s Guard\n" FOOT;
	char *text = malloc(sizeof head + LONG + sizeof tail);
	ck_assert_ptr_nonnull(text);
	memcpy(text, head, sizeof head - 1);
	memset(text + sizeof head - 1, 'E', LONG);
	memcpy(text + sizeof head - 1 + LONG, tail, sizeof tail);
	read_good(text, 2, "list a.txt: 1 of 3 lines are left out, first a.txt:12: the line is too long");
	roles_are("192.0.2.1", "");
	roles_are("192.0.2.2", "Guard");
	list_free(&list);
	free(text);
}
END_TEST

/* However many addresses a relay has, and however often an address comes, time and memory stay in proportion. */
START_TEST(repetitions)
{
	enum { COUNT = 60000, LINE = 32 };
	static const char head[] = HEAD("") R("one", "192.0.2.1");
	char *text = malloc(sizeof head + 2 * COUNT * LINE + sizeof FOOT);
	ck_assert_ptr_nonnull(text);
	size_t used = (size_t)sprintf(text, "%s", head);
	for (unsigned i = 0; i < COUNT; i++)
		used += (size_t)sprintf(text + used, "a [2001:db8::%x]:%u\n", i % 2 ? 1 : i, i);
	for (unsigned i = 0; i < COUNT / 2; i++)
		used += (size_t)sprintf(text + used, "s Exit\n");
	memcpy(text + used, FOOT, sizeof FOOT);
	ck_assert_int_eq(read_bytes(text, used + sizeof FOOT - 1, 0), IND_OK);
	ck_assert_uint_eq(list.wrong, COUNT / 2 - 1);
	ck_assert_uint_eq(list.ranges[LIST_IP6].count, COUNT / 2 + 1);
	roles_are("2001:db8::1", "Exit");
	list_free(&list);
	free(text);
}
END_TEST

/* Every cut is read or refused; the sanitizers watch. */
START_TEST(every_cut)
{
	static const char *const texts[] = {
		HEAD(" microdesc") M("one", "192.0.2.1") "a [2001:db8::1]:9001\ns Exit\n" M("two", "192.0.2.1") "s Guard\n" FOOT,
		"@type tordnsel 1.0\nDownloaded 2026-11-20 09:00:00\n" EXIT("192.0.2.1", "2026-11-20"),
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t cut = 0; cut <= strlen(texts[i]); cut++) {
			if (read_bytes(texts[i], cut, 0) == IND_OK) {
				const char *said = roles_of("192.0.2.1");
				ck_assert(!said || strstr("ExitAddress Exit Guard", said));
				list_free(&list);
			} else {
				ck_assert_ptr_nonnull(strstr(error, "a.txt"));
			}
		}
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("tor");
	tcase_add_test(t, consensus);
	tcase_add_test(t, flavours);
	tcase_add_test(t, relays_that_share_an_address);
	tcase_add_test(t, lines_of_a_consensus_that_are_wrong);
	tcase_add_test(t, no_consensus_of_version_3);
	tcase_add_test(t, a_cut_consensus_is_told);
	tcase_add_test(t, of_when_it_is);
	tcase_add_test(t, exit_list);
	tcase_add_test(t, lines_of_an_exit_list_that_are_wrong);
	tcase_add_test(t, a_line_of_megabytes);
	tcase_add_test(t, repetitions);
	tcase_add_test(t, every_cut);
	return suite_run("refdata.tor", t);
}
