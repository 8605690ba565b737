/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/talk.h"

#include "feed.h"
#include "support/suite.h"

/* One turn of a conversation: who speaks, and what. */
struct turn {
	enum ind_dir from;
	const char *text;
};

static struct feed *talk(const struct turn *turns, size_t count, size_t chunk)
{
	static struct feed f;
	memset(&f, 0, sizeof(f));
	for (size_t i = 0; i < count; i++)
		feed_bytes(&f, &talk_parser, turns[i].from, turns[i].text, strlen(turns[i].text), chunk, false);
	for (int from = 0; from < 2; from++)
		if (f.dir[from].unread && f.dir[from].outcome == PARSE_MORE)
			feed_look(&f, &talk_parser, (enum ind_dir)from, true);
	return &f;
}
#define TALK(chunk, ...)                                                                                                                   \
	talk((const struct turn[]) { __VA_ARGS__ }, sizeof((const struct turn[]) { __VA_ARGS__ }) / sizeof(struct turn), chunk)
#define C(text)                                                                                                                            \
	{                                                                                                                                  \
		IND_SRC, text                                                                                                              \
	}
#define S(text)                                                                                                                            \
	{                                                                                                                                  \
		IND_DST, text                                                                                                              \
	}

START_TEST(mail)
{
	static const size_t chunks[] = { 1, 2, 3, 7, 40, 4096 };
	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		const struct feed *f = TALK(chunks[i], S("220-mx.example ESMTP\r\n220 no mail wanted\r\n"), C("ehlo host.example\r\n"),
			S("250-hello host.example\r\n250 AUTH\r\n"), C("AUTH LOGIN\r\n"), S("334 VXNlcg==\r\n"), C("c2VjcmV0\r\n"),
			S("235 ok\r\n"), C("MAIL FROM:<bob@example>\r\nRCPT TO:<al@example>\r\nDATA\r\n"),
			S("250 ok\r\n250 ok\r\n354 go\r\n"),
			C("Received: from a\r\n\tby b; Mon, 1 Jan 2024 00:00:00 +0000\r\nSubject: hush\r\ndate:\r\n Tue, 2 Jan 2024\r\n "
			  "10:00:00 +0300\r\nX: y\r\n\r\n"
			  "Date: Wed, 3 Jan 2024 00:00:00 -0500\r\n..\r\n.x\r\nEHLO not.this\r\n.\r\n"),
			S("250 queued\r\n"), C("MAIL FROM:<bob@example>\r\nDATA\r\nDate: second\r\n.\r\nQUIT\r\n"));
		ck_assert_uint_eq(f->seen.signals, 4);
		ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_EHLO, 0), "host.example");
		ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_BANNER, 0), "mx.example ESMTP");
		ck_assert_str_eq(feed_value(f, IND_SIG_MAIL_DATE, 0), "Tue, 2 Jan 2024 10:00:00 +0300");
		ck_assert_str_eq(feed_value(f, IND_SIG_MAIL_DATE, 1), "second");
		ck_assert_uint_eq(f->seen.malformed, 0);
		for (size_t n = 0; n < f->seen.signals; n++)
			ck_assert_uint_eq(f->seen.signal[n].side, f->seen.signal[n].from == IND_SRC ? IND_CLIENT : IND_SERVER);
		static const char *const hidden[] = { "c2VjcmV0", "hush", "bob", "hello host", "no mail wanted", "from a", "by b",
			"Wed, 3" };
		for (size_t n = 0; n < sizeof(hidden) / sizeof(*hidden); n++)
			ck_assert_msg(!seen_exhibit_holds(&f->seen, hidden[n]), "%s", hidden[n]);
		ck_assert(seen_exhibit_holds(&f->seen, "Subject: xxxx\r\ndate:\r\n Tue, 2 Jan 2024\r\n 10:00:00 +0300\r\n"));
		ck_assert(seen_exhibit_holds(&f->seen, "220-mx.example ESMTP\r\n220 xxxxxxxxxxxxxx\r\n250-xxxxxxxxxxxxxxxxxx\r\n"));
	}
}
END_TEST

/* What is kept says the same again, direction by direction. */
START_TEST(exhibits_say_the_same)
{
	const struct feed *f = TALK(4096, S("220 mx ready\r\n"), C("HELO a\r\n"), S("250 b\r\n"), C("DATA\r\n"), S("354\r\n"),
		C("From: me\r\nDate: then\r\n\r\nbody\r\n.\r\n"));
	static struct feed again;
	ck_assert_uint_eq(f->seen.exhibits, 3);
	ck_assert_uint_eq(f->seen.signals, 3);
	for (size_t i = 0; i < f->seen.exhibits; i++) {
		memset(&again, 0, sizeof(again));
		ck_assert_int_eq(talk_parser.probe(cursor_of(f->seen.exhibit[i].bytes, f->seen.exhibit[i].count)), PROBE_YES);
		feed_bytes(&again, &talk_parser, IND_SRC, f->seen.exhibit[i].bytes, f->seen.exhibit[i].count, 4096, true);
		ck_assert_uint_eq(again.seen.signals, 1);
		ck_assert_uint_eq(again.seen.signal[0].id, f->seen.signal[i].id);
		ck_assert_str_eq(again.seen.signal[0].value, f->seen.signal[i].value);
		ck_assert_uint_eq(again.seen.exhibit[0].count, f->seen.exhibit[i].count);
		ck_assert_mem_eq(again.seen.exhibit[0].bytes, f->seen.exhibit[i].bytes, f->seen.exhibit[i].count);
	}
}
END_TEST

START_TEST(chunks)
{
	static const size_t sizes[] = { 1, 5, 4096 };
	for (size_t i = 0; i < 3; i++) {
		const struct feed *f = TALK(sizes[i],
			C("EHLO a\r\nBDAT 21\r\nDate: one\r\nX: 1\r\n\r\nabBDAT 8\r\nDATA\r\n\r\nBDAT 0 LAST\r\nBDAT 15 LAST\r\nDate: "
			  "two\r\n\r\nabRSET\r\nEHLO b\r\n"));
		ck_assert_uint_eq(f->seen.signals, 4);
		ck_assert_str_eq(feed_value(f, IND_SIG_MAIL_DATE, 0), "one");
		ck_assert_str_eq(feed_value(f, IND_SIG_MAIL_DATE, 1), "two");
		ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_EHLO, 1), "b");
	}
	const struct feed *f = TALK(4096, C("EHLO a\r\nBDAT lots\r\nBDAT 99999999999999999999\r\nEHLO b\r\n"));
	ck_assert_uint_eq(f->seen.malformed, 2);
	ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_EHLO, 1), "b");
}
END_TEST

START_TEST(mail_that_is_none)
{
	/* DATA refused; no date; no header at all; a first line that is no field. */
	const struct feed *f = TALK(3,
		C("DATA\r\nQUIT\r\nEHLO a\r\nDATA\r\nTo: x\r\n\r\nDate: 1\r\n.\r\nDATA\r\n.\r\nDATA\r\n\r\nDate: 2\r\n.\r\nDATA\r\nhello "
		  "there\r\nDate: 3\r\n\r\n.\r\nHELO b\r\n"));
	ck_assert_uint_eq(f->seen.signals, 2);
	ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_EHLO, 1), "b");
	/* The end of the header never comes. */
	f = TALK(4096, C("DATA\r\nDate: 4\r\nX: "));
	ck_assert_str_eq(feed_value(f, IND_SIG_MAIL_DATE, 0), "4");
	f = TALK(4096, C("EHLO \r\nEHLO"));
	ck_assert_uint_eq(f->seen.signals, 0);
}
END_TEST

START_TEST(files)
{
	const struct feed *f = TALK(3, S("220---- Hi ----\r\n220-You are 1 of 50\r\n220 bye\r\n"), C("USER bob\r\n"),
		S("331 Password for bob\r\n"), C("PASS hush\r\n"), S("230 ok\r\n"));
	ck_assert_uint_eq(f->seen.signals, 1);
	ck_assert_str_eq(feed_value(f, IND_SIG_FTP_BANNER, 0), "--- Hi ----");
	ck_assert(!seen_exhibit_holds(&f->seen, "bob") && !seen_exhibit_holds(&f->seen, "hush"));
	/* One side only: the second reply tells, then the words, then nothing does. */
	f = TALK(4096, S("220 ready\r\n331 more\r\n"));
	ck_assert_str_eq(feed_value(f, IND_SIG_FTP_BANNER, 0), "ready");
	f = TALK(4096, S("220 ready\r\n250 more\r\n"));
	ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_BANNER, 0), "ready");
	f = TALK(4096, S("220 (Example FTPd)\r\n"));
	ck_assert_str_eq(feed_value(f, IND_SIG_FTP_BANNER, 0), "(Example FTPd)");
	f = TALK(4096, S("220 ftp.example ESMTP\r\n"));
	ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_BANNER, 0), "ftp.example ESMTP");
	f = TALK(4096, S("220 ready\r\n500 what\r\n"));
	ck_assert_uint_eq(f->seen.signals, 0);
	f = TALK(4096, S("220 ftp ready\r\n"), C("HELO a\r\n"));
	ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_BANNER, 0), "ftp ready");
}
END_TEST

START_TEST(mailboxes)
{
	const struct feed *f = TALK(
		1, S("+OK Example POP ready <1.2@pop.example>\r\n"), C("CAPA\r\nUSER bob\r\nPASS hush\r\n"), S("+OK\r\n.\r\n+OK bob\r\n"));
	ck_assert_uint_eq(f->seen.signals, 1);
	ck_assert_uint_eq(f->seen.exhibits, 1);
	ck_assert_str_eq(feed_value(f, IND_SIG_POP3_BANNER, 0), "Example POP ready <1.2@pop.example>");
	f = TALK(1, S("* OK [CAPABILITY IMAP4rev1] Example ready.\r\n"), S("a1 OK bob\r\n"));
	ck_assert_uint_eq(f->seen.signals, 1);
	ck_assert_str_eq(feed_value(f, IND_SIG_IMAP_BANNER, 0), "[CAPABILITY IMAP4rev1] Example ready.");
	f = TALK(4096, S("* PREAUTH IMAP4rev1 as bob\r\n"));
	ck_assert_str_eq(feed_value(f, IND_SIG_IMAP_BANNER, 0), "IMAP4rev1 as bob");
	f = TALK(4096, S("* OK never ends"));
	ck_assert_uint_eq(f->seen.signals, 0);
}
END_TEST

/* Where TLS starts the next protocol is looked for, from its first byte on. */
START_TEST(encryption_starts)
{
	static const char *const clients[] = { "EHLO a\r\nSTARTTLS\r\n", "AUTH TLS\r\n", "STLS\r\n" };
	static const char *const servers[] = { "220 a\r\n250-b\r\n250 STARTTLS\r\n220 go\r\n", "220 ftp\r\n", "220 a\r\n234 go\r\n",
		"+OK a\r\n+OK go\r\n", "* OK a\r\na OK go\r\n" };
	static const char hello[] = "\x16\x03\x01";
	for (size_t chunk = 1; chunk < 20; chunk++) {
		for (size_t i = 0; i < 3; i++) {
			const struct feed *f = TALK(chunk, { IND_SRC, clients[i] }, { IND_SRC, hello });
			ck_assert_int_eq(f->dir[IND_SRC].outcome, PARSE_NEXT);
			ck_assert_uint_eq(f->dir[IND_SRC].bytes[0], 0x16);
		}
		for (size_t i = 0; i < 5; i++) {
			const struct feed *f = TALK(chunk, { IND_DST, servers[i] }, { IND_DST, hello });
			ck_assert_int_eq(f->dir[IND_DST].outcome, PARSE_NEXT);
			ck_assert_uint_eq(f->dir[IND_DST].bytes[0], 0x16);
			ck_assert_uint_eq(f->seen.signals, 1);
		}
	}
	/* Refused: commands go on. */
	const struct feed *f = TALK(4096, C("EHLO a\r\nSTARTTLS\r\nEHLO b\r\n"));
	ck_assert_str_eq(feed_value(f, IND_SIG_SMTP_EHLO, 1), "b");
}
END_TEST

START_TEST(probes)
{
	static const char *const yes[] = { "220 x", "220-x", "+OK x", "* OK x", "* PREAUTH x", "* BYE x", "ehlo x", "HELO x", "LHLO x",
		"Mail From:<", "DATA\r\n", "USER x", "AUTH TLS\r\n", "FEAT\n", "CAPA\r\n", "STLS\r\n", "APOP x" };
	static const char *const no[] = { "221 x", "2200", "+OK\r\n", "* LIST", "GET / HTTP/1.1\r\n", "DATABASE", "SSH-2.0-x", "FEATURE",
		"-ERR", "\x16\x03\x01", "<xml", "QUIT\r\n" };
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		for (size_t cut = 0; cut < 3; cut++)
			ck_assert_int_eq(talk_parser.probe(cursor_of(yes[i], cut)), PROBE_MORE);
		ck_assert_msg(talk_parser.probe(cursor_of(yes[i], strlen(yes[i]))) == PROBE_YES, "%s", yes[i]);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(talk_parser.probe(cursor_of(no[i], strlen(no[i]))) == PROBE_NO, "%s", no[i]);
}
END_TEST

/* Every prefix of a conversation, in one piece and cut off there. */
START_TEST(prefixes)
{
	static const char client[] =
		"EHLO a\r\nMAIL FROM:<x>\r\nDATA\r\nFrom: y\r\nDate: z\r\n\r\nbody\r\n.\r\nBDAT 12 LAST\r\nDate: w\r\n\r\nxQUIT\r\n";
	static const char server[] = "220-a\r\n220 b\r\n250-c\r\n250 d\r\n";
	static struct feed f;
	for (size_t i = 0; i < sizeof(client); i++) {
		memset(&f, 0, sizeof(f));
		feed_bytes(&f, &talk_parser, IND_SRC, client, i, sizeof(client), true);
		ck_assert_uint_le(f.seen.signals, 3);
	}
	for (size_t i = 0; i < sizeof(server); i++) {
		memset(&f, 0, sizeof(f));
		feed_bytes(&f, &talk_parser, IND_DST, server, i, sizeof(server), true);
		ck_assert_uint_le(f.seen.signals, 1);
	}
}
END_TEST

/* A conversation without mail is not followed for ever. */
START_TEST(enough)
{
	static struct feed f;
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &talk_parser, IND_DST, "+OK a\r\n", 7, 7, false);
	for (int i = 0; i < 5000 && f.dir[IND_DST].outcome == PARSE_MORE; i++)
		feed_bytes(&f, &talk_parser, IND_DST, "line\r\n", 6, 6, false);
	ck_assert_int_eq(f.dir[IND_DST].outcome, PARSE_DONE);
	feed_bytes(&f, &talk_parser, IND_SRC, "USER a\r\n", 8, 8, false);
	for (int i = 0; i < 5000 && f.dir[IND_SRC].outcome == PARSE_MORE; i++)
		feed_bytes(&f, &talk_parser, IND_SRC, "NOOP\r\n", 6, 6, false);
	ck_assert_int_eq(f.dir[IND_SRC].outcome, PARSE_DONE);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("talk");
	tcase_add_test(t, mail);
	tcase_add_test(t, exhibits_say_the_same);
	tcase_add_test(t, chunks);
	tcase_add_test(t, mail_that_is_none);
	tcase_add_test(t, files);
	tcase_add_test(t, mailboxes);
	tcase_add_test(t, encryption_starts);
	tcase_add_test(t, probes);
	tcase_add_test(t, prefixes);
	tcase_add_test(t, enough);
	return suite_run("talk", t);
}
