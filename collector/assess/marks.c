/* SPDX-License-Identifier: Apache-2.0 */
/* What single signals say: languages, offsets, skews, and values that may link one subject with another. */
#include "assess/subject.h"
#include "assess/grow.h"
#include "indicia/catalogue.h"
#include "indicia/derive.h"
#include <string.h>
#include <strings.h>

enum { MTU_IPIP = 1480, MTU_GRE = 1476, MTU_WIREGUARD = 1420, TTL_STEP = 3, MINUTE_S = 60 };
#define SECOND_NS UINT64_C(1000000000)

/* Signals whose values link subjects, and whether that takes an unusual one. */
static bool is_mark(unsigned id)
{
	switch (id) {
	case IND_SIG_TCP_SYN:
	case IND_SIG_ADDR_EUI64:
	case IND_SIG_TLS_JA4:
	case IND_SIG_SSH_HASSH:
	case IND_SIG_HTTP_HEADER_ORDER:
	case IND_SIG_RDP_CLIENT_NAME:
	case IND_SIG_NTLM_WORKSTATION:
	case IND_SIG_KRB_REALM:
	case IND_SIG_TLS_SPKI_SHA256:
	case IND_SIG_SSH_HOSTKEY:
	case IND_SIG_TLS_TICKET:
	case IND_SIG_TLS_PSK:
	case IND_SIG_TLS_SESSION_ID:
	case IND_SIG_TLS_SNI:
	case IND_SIG_HTTP_HOST:
	case IND_SIG_DNS_QNAME: return true;
	default: return false;
	}
}

/* A SYN's form is what follows its TTL and window. */
static struct ind_text form_of(const struct ind_signal *signal)
{
	struct ind_text whole = { signal->value, signal->value_bytes };
	for (size_t i = 0; signal->id == IND_SIG_TCP_SYN && i + 1 < signal->value_bytes; i++)
		if (signal->value[i] == ':' && signal->value[i + 1] == 'm')
			return (struct ind_text){ signal->value + i, (uint16_t)(signal->value_bytes - i) };
	return whole;
}

uint64_t mark_digest(const struct ind_signal *signal)
{
	struct ind_text form = form_of(signal);
	return text_digest(form.at, form.bytes);
}

/* Names that tools and installations have by default, and that mean nothing (docs/signals/ntlm.md, docs/signals/rdp.md). */
static bool is_generic(const struct ind_signal *signal)
{
	static const char *const names[] = { "workgroup", "workstation", "microsoftaccount", "localhost", "kali" };
	bool name = signal->id == IND_SIG_RDP_CLIENT_NAME || signal->id == IND_SIG_NTLM_WORKSTATION || signal->id == IND_SIG_KRB_REALM;
	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (signal->value_bytes == strlen(names[i]) && strncasecmp(signal->value, names[i], signal->value_bytes) == 0)
			return true;
	return false;
}

/* "WIN-" and eleven letters or digits: what an installer calls a machine. Machines that are copies of one image all have the same. */
static bool is_of_installer(const struct ind_signal *signal)
{
	enum { NAME_BYTES = 15, HEAD_BYTES = 4 };
	bool is = signal->id == IND_SIG_NTLM_WORKSTATION && signal->value_bytes == NAME_BYTES && memcmp(signal->value, "WIN-", HEAD_BYTES) == 0;
	for (size_t i = HEAD_BYTES; is && i < NAME_BYTES; i++)
		is = (signal->value[i] >= 'A' && signal->value[i] <= 'Z') || (signal->value[i] >= '0' && signal->value[i] <= '9');
	return is;
}

/* A server issues the ticket that its client shows, and answers for the realm that is asked of it: of what both ends of a connection say, only clients' words
 * link. Keys are servers', hardware addresses either's. */
bool mark_is(const struct ind_signal *signal)
{
	bool of_either = signal->id == IND_SIG_TLS_SPKI_SHA256 || signal->id == IND_SIG_SSH_HOSTKEY || signal->id == IND_SIG_ADDR_EUI64;
	return is_mark(signal->id) && signal->value_bytes && (of_either || signal->side == IND_CLIENT) && !is_generic(signal);
}

static void mark_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	uint64_t digest = mark_digest(signal);
	struct mark *m = NULL;
	for (size_t i = 0; i < s->mark_count && !m; i++)
		if (s->marks[i].digest == digest && s->marks[i].signal == signal->id)
			m = &s->marks[i];
	if (!m && s->mark_count == MARKS_MAX) {
		s->cut = true;
		return;
	}
	if (!m) {
		m = GROW(s->marks, s->mark_count, s->mark_room);
		if (!m)
			return;
		*m = (struct mark){ .digest = digest, .signal = signal->id, .of_installer = is_of_installer(signal), .first_ns = UINT64_MAX };
	}
	m->first_ns = signal->time_ns < m->first_ns ? signal->time_ns : m->first_ns;
	m->last_ns = signal->time_ns > m->last_ns ? signal->time_ns : m->last_ns;
	evidence_add(&m->seen, &record->id);
}

/* The primary subtag of the first language (RFC 9110 section 12.5.4, RFC 5646): two or three letters, in lower case. */
static size_t language_tag(const struct ind_signal *signal, char tag[LABEL_BYTES])
{
	size_t n = 0;
	while (n < signal->value_bytes && n < 4) {
		char c = signal->value[n];
		c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
		if (c < 'a' || c > 'z')
			break;
		tag[n++] = c;
	}
	tag[n] = '\0';
	return n;
}

static struct language *language_of(struct subject *s, const char *tag)
{
	for (size_t i = 0; i < s->language_count; i++)
		if (strcmp(s->languages[i].tag, tag) == 0)
			return &s->languages[i];
	if (s->language_count == LANGUAGES_MAX) {
		s->cut = true;
		return NULL;
	}
	struct language *l = &s->languages[s->language_count++];
	memcpy(l->tag, tag, LABEL_BYTES);
	return l;
}

static void asked_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	char tag[LABEL_BYTES] = "";
	size_t bytes = language_tag(signal, tag);
	struct language *l = bytes == 2 || bytes == 3 ? language_of(s, tag) : NULL;
	if (l)
		evidence_add(&l->asked, &record->id);
}

/* Primary languages by the low ten bits of a Windows language identifier (MS-LCID section 2.2); those of the layouts in common use. */
static const char *layout_language(unsigned layout)
{
	static const struct { uint16_t primary; const char *tag; } names[] = {
		{ 0x01, "ar" }, { 0x02, "bg" }, { 0x04, "zh" }, { 0x05, "cs" }, { 0x06, "da" }, { 0x07, "de" }, { 0x08, "el" }, { 0x09, "en" }, { 0x0a, "es" },
		{ 0x0b, "fi" }, { 0x0c, "fr" }, { 0x0d, "he" }, { 0x0e, "hu" }, { 0x10, "it" }, { 0x11, "ja" }, { 0x12, "ko" }, { 0x13, "nl" }, { 0x14, "no" },
		{ 0x15, "pl" }, { 0x16, "pt" }, { 0x18, "ro" }, { 0x19, "ru" }, { 0x1b, "sk" }, { 0x1d, "sv" }, { 0x1e, "th" }, { 0x1f, "tr" }, { 0x20, "ur" },
		{ 0x21, "id" }, { 0x22, "uk" }, { 0x23, "be" }, { 0x24, "sl" }, { 0x25, "et" }, { 0x26, "lv" }, { 0x27, "lt" }, { 0x29, "fa" }, { 0x2a, "vi" },
		{ 0x2b, "hy" }, { 0x2c, "az" }, { 0x37, "ka" }, { 0x39, "hi" }, { 0x3f, "kk" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].primary == (layout & 0x3ff))
			return names[i].tag;
	return NULL;
}

/* Of several languages that an account's name may be of, all are named. */
static void account_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	for (const char *const *tag = account_languages(signal); tag && **tag; tag++) {
		char text[LABEL_BYTES] = "";
		memcpy(text, *tag, strlen(*tag));
		struct language *l = language_of(s, text);
		if (l)
			evidence_add(&l->account, &record->id);
	}
}

static int64_t number_of(const struct ind_signal *signal)
{
	int64_t number = 0;
	size_t i = signal->value_bytes && signal->value[0] == '-';
	for (size_t from = i; i < signal->value_bytes && i < from + 15 && signal->value[i] >= '0' && signal->value[i] <= '9'; i++)
		number = number * 10 + (signal->value[i] - '0');
	return signal->value_bytes && signal->value[0] == '-' ? -number : number;
}

static void layout_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	enum { US_ENGLISH = 0x409 };
	int64_t layout = number_of(signal);
	const char *tag = layout > 0 && layout <= UINT16_MAX && layout != US_ENGLISH ? layout_language((unsigned)layout) : NULL;
	char text[LABEL_BYTES] = "";
	if (!tag)
		return;
	memcpy(text, tag, strlen(tag));
	struct language *l = language_of(s, text);
	if (l)
		evidence_add(&l->layout, &record->id);
}

/* The zone of a mail's date: "+0530" at its end, before comments (RFC 5322 section 3.3). */
static bool zone_of(const struct ind_signal *signal, int32_t *minutes)
{
	for (size_t i = 0; i + 5 <= signal->value_bytes; i++) {
		const char *at = signal->value + i;
		bool digits = true;
		for (size_t k = 1; k < 5; k++)
			digits &= at[k] >= '0' && at[k] <= '9';
		if ((at[0] != '+' && at[0] != '-') || !digits || (i + 5 < signal->value_bytes && at[5] >= '0' && at[5] <= '9'))
			continue;
		*minutes = ((at[1] - '0') * 10 + at[2] - '0') * 60 + (at[3] - '0') * 10 + at[4] - '0';
		*minutes = at[0] == '-' ? -*minutes : *minutes;
		return *minutes >= -12 * 60 && *minutes <= 14 * 60;
	}
	return false;
}

static void dated_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	int32_t minutes;
	if (!zone_of(signal, &minutes) || minutes == 0)
		return;
	size_t at = 0;
	while (at < s->offset_count && s->offsets[at].minutes != minutes)
		at++;
	if (at == OFFSETS_MAX) {
		s->cut = true;
		return;
	}
	if (at == s->offset_count)
		s->offsets[s->offset_count++] = (struct offset){ .minutes = minutes };
	evidence_add(&s->offsets[at].dated, &record->id);
}

/* "-13.42": hundredths; *at moves behind it. */
static bool hundredths(const char **at, const char *end, int32_t *value)
{
	bool minus = *at < end && **at == '-', any = false, point = false;
	int64_t number = 0;
	int decimals = 0;
	for (*at += minus; *at < end && decimals < 2; ++*at) {
		bool digit = **at >= '0' && **at <= '9';
		if (!digit && (point || **at != '.'))
			break;
		point |= !digit;
		any |= digit;
		decimals += digit && point;
		if (digit && number < 1000000)
			number = number * 10 + (**at - '0');
	}
	for (; decimals < 2; decimals++)
		number *= 10;
	*value = (int32_t)(minus ? -number : number);
	return any;
}

static void skew_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	const char *at = signal->value, *end = at + signal->value_bytes;
	struct skew skew = { .minutes = (uint32_t)((record->flow.flow.end_ns - record->flow.flow.start_ns) / SECOND_NS / MINUTE_S), .time_ns = signal->time_ns, .id = record->id };
	if (!hundredths(&at, end, &skew.skew_e2) || at + 2 > end || at[0] != '+' || at[1] != '-')
		return;
	at += 2;
	if (!hundredths(&at, end, &skew.half_e2))
		return;
	if (s->skew_count == SKEWS_MAX)
		s->cut = true;
	else
		s->skews[s->skew_count++] = skew;
}

static void mtu_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	struct ind_mtus mtus = { .count = 0 };
	if (!ind_mtus_add(&mtus, signal))
		return;
	evidence_add(&s->mtu, &record->id);
	if (mtus.bytes[0] == MTU_IPIP || mtus.bytes[0] == MTU_GRE || mtus.bytes[0] == MTU_WIREGUARD)
		evidence_add(&s->tunnel_mtu, &record->id);
}

static void step_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	int64_t step = number_of(signal);
	if (step >= TTL_STEP || step <= -TTL_STEP)
		evidence_add(&s->ttl_step, &record->id);
}

/* A copy of a certificate or a host key can be shown by anybody. That a client went on with its handshake after the server's part tells that it found the
 * key in use. */
static bool is_completed(const struct ind_record *record, const struct ind_signal *key)
{
	unsigned went_on = key->id == IND_SIG_SSH_HOSTKEY ? IND_SIG_SSH_NEWKEYS : IND_SIG_PATH_CROSS_LAYER;
	for (size_t i = 0; i < record->flow.signal_count; i++)
		if (record->flow.signals[i].id == went_on && record->flow.signals[i].from != key->from)
			return true;
	return false;
}

bool subject_signal(struct subject *s, const struct ind_record *record, size_t place, bool links)
{
	const struct ind_signal *signal = &record->flow.signals[place];
	bool fine = true;
	switch (signal->id) {
	case IND_SIG_TCP_SYN:
	case IND_SIG_TCP_SYNACK: mtu_note(s, record, signal); break;
	case IND_SIG_PATH_TTL_STEP: step_note(s, record, signal); break;
	case IND_SIG_HTTP_ACCEPT_LANG: asked_note(s, record, signal); break;
	case IND_SIG_RDP_KEYBOARD: layout_note(s, record, signal); break;
	case IND_SIG_MAIL_DATE: dated_note(s, record, signal); break;
	case IND_SIG_TCP_CLOCK_SKEW: skew_note(s, record, signal); break;
	case IND_SIG_NTLM_USER: account_note(s, record, signal); break;
	case IND_SIG_ADDR_6TO4:
	case IND_SIG_ADDR_TEREDO:
	case IND_SIG_ADDR_NAT64: embedded_note(s, record, signal); break;
	case IND_SIG_NTLM_TIMESTAMP:
	case IND_SIG_NTP_TIMESTAMP:
	case IND_SIG_ICMP_TIMESTAMP:
	case IND_SIG_HTTP_DATE: fine = clock_note(s, record, signal); break;
	default: break;
	}
	bool key = signal->id == IND_SIG_TLS_SPKI_SHA256 || signal->id == IND_SIG_SSH_HOSTKEY;
	if (key ? is_completed(record, signal) : links && mark_is(signal))
		mark_note(s, record, signal);
	return fine;
}
