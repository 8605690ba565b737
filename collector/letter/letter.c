/* SPDX-License-Identifier: Apache-2.0 */
/* What the letter says, in which order. */
#include "base/hash.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include "letter/form.h"
#include <stdio.h>
#include <string.h>

enum { TIME_TEXT = 28, NUMBER_TEXT = 24, HEX_TEXT = 2 * IND_SHA256_BYTES + 1 };

#define SAY(form, message, ...) \
	(form)->sentence((form)->ctx, message, (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))
#define SAY_PLAIN(form, message) (form)->sentence((form)->ctx, message, NULL, 0)

/* TLP 2.0 (FIRST): labels are written so in every language. */
const char *letter_tlp(unsigned tlp)
{
	static const char *const labels[IND_TLP_COUNT] = {
		[IND_TLP_CLEAR] = "TLP:CLEAR", [IND_TLP_GREEN] = "TLP:GREEN", [IND_TLP_AMBER] = "TLP:AMBER", [IND_TLP_AMBER_STRICT] = "TLP:AMBER+STRICT", [IND_TLP_RED] = "TLP:RED",
	};
	return tlp < IND_TLP_COUNT && labels[tlp] ? labels[tlp] : "TLP:RED";
}

const char *letter_token(const struct letter *l, char text[static LETTER_TOKEN_TEXT])
{
	static const char head[] = "indicia reply token 1\n";
	struct hash_sha256_state state;
	uint8_t digest[IND_SHA256_BYTES];
	hash_sha256_start(&state);
	hash_sha256_add(&state, head, sizeof(head) - 1);
	if (l->reference)
		hash_sha256_add(&state, l->reference, strlen(l->reference));
	hash_sha256_add(&state, "\n", 1);
	for (size_t i = 0; i < l->bundle_count; i++)
		hash_sha256_add(&state, l->bundles[i].sha256, IND_SHA256_BYTES);
	hash_sha256_end(&state, digest);
	snprintf(text, LETTER_TOKEN_TEXT, "IND-%02X%02X-%02X%02X-%02X%02X-%02X%02X", digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]);
	return text;
}

static void field(const struct form *f, const char *label, const char *value) { f->field(f->ctx, label, value && *value ? value : _("not stated")); }

static void say_head(const struct letter *l, const struct form *f)
{
	char token[LETTER_TOKEN_TEXT];
	f->start(f->ctx, l->tlp, N_("Request for assistance with network evidence"));
	field(f, N_("To"), l->to);
	field(f, N_("From"), l->from);
	field(f, N_("Reference"), l->reference);
	field(f, N_("Contact"), l->contact);
	field(f, N_("Key of the contact"), l->contact_key);
	field(f, N_("Legal basis"), l->legal_basis);
	field(f, N_("Reply wanted by"), l->reply_by);
	field(f, N_("Reply token"), letter_token(l, token));
	SAY_PLAIN(f, N_("This request is made in good faith, between points of contact, for the practical cooperation that the global intergovernmental directory of points of contact serves "
		"(General Assembly resolution 78/237, paragraph 4). It may travel through the channels of computer emergency response teams."));
}

/* ---- what was observed ---- */

static void say_flow(const struct letter_flow *flow, size_t number, const struct form *f)
{
	char times[128], theirs[LETTER_END_TEXT], ours[LETTER_END_TEXT], digest[HEX_TEXT + 16];
	char start[TIME_TEXT], end[TIME_TEXT], id[IND_RECORD_ID_TEXT], hex[HEX_TEXT], proto[8];
	text_time(flow->start_ns, start, sizeof(start));
	text_time(flow->end_ns, end, sizeof(end));
	snprintf(times, sizeof(times), "%zu. %s %s %s", number, start, end, ind_proto_name(flow->proto, proto));
	hash_hex(flow->signals_sha256, sizeof(flow->signals_sha256), hex);
	snprintf(digest, sizeof(digest), "sha256 %s", hex);
	const char *const lines[] = { times, letter_end_text(&flow->theirs, theirs), letter_end_text(&flow->ours, ours), ind_record_id_text(&flow->record, id), digest };
	f->data(f->ctx, lines, flow->has_signals ? 5 : 4);
}

static void say_clock(const struct letter *l, const struct form *f)
{
	char ms[NUMBER_TEXT];
	text_u64((l->clock_error_ns + 999999) / 1000000, ms, sizeof(ms));
	if (l->clock_error_ns == IND_ABSENT_U64)
		SAY_PLAIN(f, N_("Times are in UTC by the clock of the sensor. Not every sensor states the error of its clock."));
	else
		SAY(f, N_("Times are in UTC by the clock of the sensor, which errs by {1} ms at most, as the sensors state."), ms);
}

static void say_observed(const struct letter *l, const struct form *f)
{
	char count[NUMBER_TEXT], first[TIME_TEXT], last[TIME_TEXT], more[NUMBER_TEXT];
	text_u64(l->flows_seen, count, sizeof(count));
	text_time(l->first_ns, first, sizeof(first));
	text_time(l->last_ns, last, sizeof(last));
	f->heading(f->ctx, N_("What was observed"));
	SAY(f, N_("Flows with the addresses asked about: {1}, from {2} to {3}."), count, first, last);
	say_clock(l, f);
	SAY_PLAIN(f, N_("Each entry below gives the times of its first and last packet and the protocol; then, a line each, the address and port asked about, the address and port on our side, "
		"the id of the record, and the SHA-256 of the signals recorded with it."));
	for (size_t i = 0; i < l->flow_count; i++)
		say_flow(&l->flows[i], i + 1, f);
	text_u64(l->flows_seen - l->flow_count, more, sizeof(more));
	if (l->flows_seen > l->flow_count)
		SAY(f, N_("Flows that are not listed here, and are in the bundles of the annex: {1}."), more);
}

/* ---- what is asked ---- */

static void say_ask(const struct ask *a, unsigned number, const struct form *f)
{
	static const char *const messages[] = {
		[ASK_PRESERVE] = N_("To preserve until {4} the records of the traffic of {1} from {2} to {3}."),
		[ASK_NETFLOW] = N_("To provide the flow records (NetFlow, IPFIX or the like) of {1} from {2} to {3}."),
		[ASK_LEASE] = N_("To preserve and, as far as the law that applies to you allows, to provide the record of the address lease or port translation of {1} at {2}."),
		[ASK_RELAY] = N_("To tell whether {1} forwarded traffic for other hosts from {2} to {3}, as a relay, a proxy or a VPN does."),
	};
	char end[LETTER_END_TEXT], from[TIME_TEXT], to[TIME_TEXT], until[TIME_TEXT];
	if (a->kind == ASK_TEXT) {
		f->ask_text(f->ctx, number, a->text, a->bytes);
		return;
	}
	text_time(a->from_ns, from, sizeof(from));
	text_time(a->to_ns, to, sizeof(to));
	text_time(a->until_ns, until, sizeof(until));
	const char *message = a->kind == ASK_RELAY && !a->to_ns ? N_("To tell whether {1} forwarded traffic for other hosts at the observed times, as a relay, a proxy or a VPN does.") : messages[a->kind];
	f->ask(f->ctx, number, message, (const char *const[]){ letter_end_text(&a->end, end), from, to, until }, 4);
}

static void say_asked(const struct letter *l, const struct form *f)
{
	f->heading(f->ctx, N_("What is asked"));
	for (size_t i = 0; i < l->asks->count; i++)
		say_ask(&l->asks->list[i], (unsigned)i + 1, f);
	SAY_PLAIN(f, N_("An answer that nothing was found, that the records are gone, or that the request cannot be met helps as well."));
}

/* ---- the rest ---- */

static void say_not_alleged(const struct form *f)
{
	f->heading(f->ctx, N_("What is not alleged"));
	SAY_PLAIN(f, i18n_fixed_message(I18N_FIXED_NOT_ALLEGED));
	SAY_PLAIN(f, i18n_fixed_message(I18N_FIXED_CAUTION));
	SAY_PLAIN(f, i18n_caution_message());
	SAY_PLAIN(f, i18n_fixed_message(I18N_FIXED_O5));
}

static void say_reply(const struct letter *l, const struct form *f)
{
	char token[LETTER_TOKEN_TEXT];
	f->heading(f->ctx, N_("How to reply, and how to check"));
	SAY(f, N_("Please quote the reply token {1}, and handle this letter as {2} says."), letter_token(l, token), letter_tlp(l->tlp));
	SAY_PLAIN(f, N_("Each record can be handed over with a proof that the sensor recorded it, without the rest of its bundle, and be checked with the key of the annex:"));
	f->data(f->ctx, (const char *const[]){ "indicia disclose --record RECORD --show all -w PROOF.iep BUNDLE" }, 1);
	f->data(f->ctx, (const char *const[]){ "indicia verify --trust KEY PROOF.iep" }, 1);
}

static void say_annex(const struct letter *l, const struct form *f)
{
	f->heading(f->ctx, N_("Annex: evidence bundles"));
	SAY_PLAIN(f, N_("Each entry gives the name of the file, its SHA-256, the sensor with the public key that certifies its seals, and what the check of the seals said here. The bundles are not attached."));
	for (size_t i = 0; i < l->bundle_count; i++) {
		const struct letter_bundle *b = &l->bundles[i];
		char hex[HEX_TEXT], digest[HEX_TEXT + 16];
		hash_hex(b->sha256, sizeof(b->sha256), hex);
		snprintf(digest, sizeof(digest), "sha256 %s", hex);
		f->data(f->ctx, (const char *const[]){ b->name, digest, b->sensor, b->key, b->verdict }, 5);
	}
}

void letter_say(const struct letter *l, const struct form *f)
{
	say_head(l, f);
	say_observed(l, f);
	say_asked(l, f);
	say_not_alleged(f);
	say_reply(l, f);
	say_annex(l, f);
	f->end(f->ctx, l->tlp);
}
