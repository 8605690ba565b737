/* SPDX-License-Identifier: Apache-2.0 */
/* S06: IPv4 addresses that the subject's IPv6 addresses hold, and what data sets say of those. */
#include "assess/inside.h"
#include <arpa/inet.h>
#include <string.h>

/* The last address of the value: of Teredo the client's, which stands behind the server's and before its port. */
static bool address_of(const struct ind_signal *signal, uint8_t addr[4])
{
	char text[INET_ADDRSTRLEN] = "";
	size_t first = 0, bytes = 0;
	for (size_t i = 0; i < signal->value_bytes; i++)
		first = signal->value[i] == ' ' ? i + 1 : first;
	while (first + bytes < signal->value_bytes && signal->value[first + bytes] != ':')
		bytes++;
	if (bytes >= sizeof(text))
		return false;
	memcpy(text, signal->value + first, bytes);
	return inet_pton(AF_INET, text, addr) == 1;
}

void embedded_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	uint8_t addr[4];
	size_t at = 0;
	if (!address_of(signal, addr))
		return;
	while (at < s->embedded_count && memcmp(s->embedded[at].addr, addr, sizeof(addr)) != 0)
		at++;
	if (at == EMBEDDED_MAX) {
		s->cut = true;
		return;
	}
	if (at == s->embedded_count)
		memcpy(s->embedded[s->embedded_count++].addr, addr, sizeof(addr));
	evidence_add(&s->embedded[at].held, &record->id);
}

bool embedded_has(const struct subject *s, unsigned ip_version, const uint8_t *addr)
{
	for (size_t i = 0; ip_version == 4 && i < s->embedded_count; i++)
		if (memcmp(s->embedded[i].addr, addr, sizeof(s->embedded[i].addr)) == 0)
			return true;
	return false;
}

static bool names(const struct claim_note *c, const char *area) { return memcmp(claim_area(c), area, 2) == 0; }

/* Agreement weighs nothing, since the sender wrote both; that no claim on an embedded address names the area of one on the outer speaks against it. */
bool items_embedded(struct builder *b)
{
	struct evidence records = { 0 };
	const struct claim_note *first = NULL;
	bool fine = true;
	for (size_t i = 0; i < b->s->embedded_count; i++)
		evidence_join(&records, &b->s->embedded[i].held);
	for (size_t i = 0; i < b->s->embedded_claim_count; i++) {
		const struct claim_note *c = &b->s->embedded_claims[i];
		if (!claim_is_of_place(b->a, c))
			continue;
		first = first ? first : c;
		if (c->has_id)
			evidence_add(&records, &c->id);
	}
	for (size_t h = 0; first && h < b->c->hypothesis_count; h++) {
		const struct assess_hypothesis *area = &b->c->hypotheses[h];
		bool agrees = area->type != LEDGER_ORIGIN_AREA || !area->own;
		for (size_t i = 0; i < b->s->embedded_claim_count && !agrees; i++)
			agrees = claim_is_of_place(b->a, &b->s->embedded_claims[i]) && names(&b->s->embedded_claims[i], area->area);
		if (!agrees)
			fine &= item_add(b, RULE_S06_ELSEWHERE, h, &(struct said){ 1, &records, first->data_set, NOT_OF_SENSOR, true, false });
	}
	return fine;
}
