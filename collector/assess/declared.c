/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection declares of its program, against what else that program would have sent; and names of accounts that have a language. */
#include "assess/subject.h"
#include "indicia/catalogue.h"
#include <string.h>

static bool has(const struct ind_signal *s, const char *word)
{
	size_t bytes = strlen(word);
	for (size_t i = 0; i + bytes <= s->value_bytes; i++)
		if (memcmp(s->value + i, word, bytes) == 0)
			return true;
	return false;
}

static const struct ind_signal *signal_of(const struct ind_record *record, enum ind_dir me, unsigned id)
{
	for (size_t i = 0; i < record->flow.signal_count; i++)
		if (record->flow.signals[i].id == id && record->flow.signals[i].from == me)
			return &record->flow.signals[i];
	return NULL;
}

/* The number behind "Firefox/"; 0 if it is not there. */
static unsigned release_of(const struct ind_signal *agent, const char *word)
{
	size_t bytes = strlen(word);
	unsigned number = 0;
	for (size_t i = 0; i + bytes < agent->value_bytes; i++) {
		if (memcmp(agent->value + i, word, bytes) != 0)
			continue;
		for (size_t k = i + bytes; k < agent->value_bytes && k < i + bytes + 4 && agent->value[k] >= '0' && agent->value[k] <= '9'; k++)
			number = number * 10 + (unsigned)(agent->value[k] - '0');
		return number;
	}
	return 0;
}

enum browser { BROWSER_NONE, BROWSER_FIREFOX, BROWSER_CHROME };

/* Releases from 2019 on, which speak TLS 1.3 and HTTP/2 as they are installed. */
static enum browser browser_of(const struct ind_signal *agent)
{
	enum { FIREFOX_FROM = 66, CHROME_FROM = 73 };
	if (release_of(agent, "Firefox/") >= FIREFOX_FROM)
		return BROWSER_FIREFOX;
	return release_of(agent, "Chrome/") >= CHROME_FROM ? BROWSER_CHROME : BROWSER_NONE;
}

/* "t13d1516h2_…": the version, and the first protocol that the hello offers. */
static bool hello_fits(const struct ind_signal *ja4)
{
	enum { HEAD_BYTES = 10, VERSION_AT = 1, ALPN_AT = 8 };
	if (ja4->value_bytes < HEAD_BYTES || ja4->value[0] != 't')
		return true;
	return memcmp(ja4->value + VERSION_AT, "13", 2) == 0 && memcmp(ja4->value + ALPN_AT, "00", 2) != 0;
}

/* Names of fields may be in either case. */
static bool begins(const struct ind_signal *order, const char *names)
{
	size_t bytes = strlen(names);
	bool same = order->value_bytes >= bytes;
	for (size_t i = 0; same && i < bytes; i++) {
		char c = order->value[i];
		same = (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) == names[i];
	}
	return same;
}

/* Of requests to servers: those to proxies (CONNECT) begin otherwise. Firefox names itself behind the host and asks for an encoding; Chrome speaks of the
 * connection first. */
static bool order_fits(enum browser browser, const struct ind_signal *order)
{
	if (!begins(order, "host,"))
		return true;
	if (browser == BROWSER_FIREFOX)
		return begins(order, "host,user-agent,accept,accept-language") && (has(order, "Accept-Encoding") || has(order, "accept-encoding"));
	return begins(order, "host,connection") || begins(order, "host,proxy-connection");
}

void declared_note(struct subject *s, const struct ind_record *record, enum ind_dir me)
{
	const struct ind_signal *agent = signal_of(record, me, IND_SIG_HTTP_USER_AGENT), *ja4 = signal_of(record, me, IND_SIG_TLS_JA4),
		*order = signal_of(record, me, IND_SIG_HTTP_HEADER_ORDER);
	enum browser browser = agent ? browser_of(agent) : BROWSER_NONE;
	if (browser == BROWSER_NONE)
		return;
	s->programs_compared += ja4 || order;
	if (ja4 && !hello_fits(ja4))
		evidence_add(&s->hello_other, &record->id);
	if (order && !order_fits(browser, order))
		evidence_add(&s->order_other, &record->id);
}

const char *const *account_languages(const struct ind_signal *signal)
{
	enum { TAGS = 4 };
	/* The built-in administrator (relative identifier 500 in MS-DTYP section 2.4.2.4) as installed; the English and German name is one. */
	static const struct { const char *name, *tags[TAGS]; } accounts[] = {
		{ "Administrador", { "es", "pt", "" } }, { "Administrateur", { "fr", "" } }, { "Amministratore", { "it", "" } }, { "Rendszergazda", { "hu", "" } },
		{ "Administrat\xc3\xb6r", { "sv", "" } }, { "J\xc3\xa4rjestelm\xc3\xa4nvalvoja", { "fi", "" } },
		{ "\xd0\x90\xd0\xb4\xd0\xbc\xd0\xb8\xd0\xbd\xd0\xb8\xd1\x81\xd1\x82\xd1\x80\xd0\xb0\xd1\x82\xd0\xbe\xd1\x80", { "ru", "" } },
	};
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		if (signal->value_bytes == strlen(accounts[i].name) && memcmp(signal->value, accounts[i].name, signal->value_bytes) == 0)
			return accounts[i].tags;
	return NULL;
}
