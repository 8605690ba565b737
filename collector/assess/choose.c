/* SPDX-License-Identifier: Apache-2.0 */
/* What is assessed: subjects that are named, or else the addresses of ORIGIN records with a validated flow, most records first. */
#include "assess/grow.h"
#include "assess/inside.h"
#include "base/hash.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { CANDIDATES_MAX = 1 << 22, ADDRESS_TEXT = 46 };

enum ind_err choose_origin(struct assess *a, const struct ind_origin *o)
{
	if (a->candidate_count == CANDIDATES_MAX)
		return IND_LIMIT;
	struct candidate *c = GROW(a->candidates, a->candidate_count, a->candidate_room);
	if (!c)
		return IND_NOMEM;
	c->at.ip_version = o->ip_version;
	memcpy(c->at.addr, o->addr, IND_ADDR_BYTES);
	c->records = o->flows;
	c->validated = o->validated != 0;
	return IND_OK;
}

static int by_address(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	if (a->at.ip_version != b->at.ip_version)
		return a->at.ip_version < b->at.ip_version ? -1 : 1;
	return memcmp(a->at.addr, b->at.addr, IND_ADDR_BYTES);
}

static int by_records(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	if (a->records != b->records)
		return a->records > b->records ? -1 : 1;
	return by_address(x, y);
}

/* One candidate of the ORIGIN records of several bundles; those without a validated flow are left out. */
static size_t settle(struct candidate *c, size_t count)
{
	size_t kept = 0, valid = 0;
	for (size_t i = 0; i < count; i++) {
		if (kept && by_address(&c[kept - 1], &c[i]) == 0) {
			c[kept - 1].records += c[i].records;
			c[kept - 1].validated |= c[i].validated;
		} else {
			c[kept++] = c[i];
		}
	}
	for (size_t i = 0; i < kept; i++)
		if (c[i].validated)
			c[valid++] = c[i];
	return valid;
}

static bool is_sorted(const struct candidate *c, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (by_address(&c[i - 1], &c[i]) > 0)
			return false;
	return true;
}

/* Moves the first ones by records to the front, in order; how many they are. */
static size_t first_ones(struct candidate *c, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		struct candidate one = c[i];
		size_t low = 0, high = kept;
		if (kept == ASSESS_SUBJECTS_MAX && by_records(&c[kept - 1], &one) < 0)
			continue;
		while (low < high) {
			size_t middle = (low + high) / 2;
			if (by_records(&c[middle], &one) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		kept += kept < ASSESS_SUBJECTS_MAX;
		memmove(&c[low + 1], &c[low], (kept - 1 - low) * sizeof(*c));
		c[low] = one;
	}
	return kept;
}

/* The records of one bundle are in order of address already. */
enum ind_err choose_end(struct assess *a)
{
	if (!is_sorted(a->candidates, a->candidate_count))
		qsort(a->candidates, a->candidate_count, sizeof(*a->candidates), by_address);
	a->candidate_count = settle(a->candidates, a->candidate_count);
	a->candidates_valid = a->candidate_count;
	a->candidate_count = first_ones(a->candidates, a->candidate_count);
	for (size_t i = 0; i < a->candidate_count; i++) {
		const struct candidate *c = &a->candidates[i];
		char text[ADDRESS_TEXT];
		text_addr(c->at.ip_version, c->at.addr, text, sizeof(text));
		if (!subject_add(a, SUBJECT_ADDRESS, text, &c->at, c->at.ip_version == 4 ? 32 : 128))
			return IND_NOMEM;
	}
	free(a->candidates);
	a->candidates = NULL;
	a->candidate_count = a->candidate_room = 0;
	return IND_OK;
}

static bool address_read(const char *text, size_t bytes, struct subject_address *at)
{
	char copy[ADDRESS_TEXT];
	memset(at, 0, sizeof(*at));
	if (bytes >= sizeof(copy))
		return false;
	memcpy(copy, text, bytes);
	copy[bytes] = '\0';
	at->ip_version = strchr(copy, ':') ? 6 : 4;
	return inet_pton(at->ip_version == 6 ? AF_INET6 : AF_INET, copy, at->addr) == 1;
}

static bool prefix_read(const char *text, unsigned most, unsigned *bits)
{
	*bits = 0;
	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '9' || c - text >= 3)
			return false;
		*bits = *bits * 10 + (unsigned)(*c - '0');
	}
	return *text && *bits <= most;
}

static bool has_host_bits(const struct subject_address *at, unsigned bits)
{
	for (unsigned i = bits; i < (at->ip_version == 4 ? 32u : 128u); i++)
		if (at->addr[i / 8] >> (7 - i % 8) & 1)
			return true;
	return false;
}

static bool is_doubled(const struct assess *a, const char *text)
{
	for (size_t i = 0; i < a->subject_count; i++)
		if (strcmp(a->subjects[i].text, text) == 0)
			return true;
	return false;
}

static enum ind_err refuse(char error[static ASSESS_ERROR_BYTES], const char *why, enum ind_err err)
{
	snprintf(error, ASSESS_ERROR_BYTES, "%s", why);
	return err;
}

bool assess_is_address(const char *text) { return strspn(text, "0123456789abcdefABCDEF.:/") == strlen(text) && strpbrk(text, ".:"); }

/* Signals by whose values persons and organisations go. */
static bool names_somebody(const struct query_filter *filter)
{
	static const uint16_t names[] = { IND_SIG_NTLM_USER, IND_SIG_NTLM_DOMAIN, IND_SIG_KRB_CNAME, IND_SIG_KRB_REALM, IND_SIG_RDP_COOKIE };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (query_filter_asks_signal(filter, names[i]))
			return true;
	return false;
}

static enum ind_err filter_check(const struct query_filter *filter, char error[static ASSESS_ERROR_BYTES])
{
	if (query_filter_asks_claims(filter))
		return refuse(error, "a filter for a subject cannot ask claims: what data sets say of an address (a country, a holder) does not make a subject", IND_USAGE);
	if (names_somebody(filter))
		return refuse(error, "a filter for a subject cannot ask a name that a person or an organisation goes by. " ASSESS_WHO, IND_USAGE);
	return IND_OK;
}

enum ind_err assess_subject(struct assess *a, const char *text, struct query_filter *filter, char error[static ASSESS_ERROR_BYTES])
{
	struct subject_address at;
	const char *slash = strchr(text, '/');
	size_t bytes = slash ? (size_t)(slash - text) : strlen(text);
	char name[SUBJECT_TEXT_MAX];
	if (strlen(text) >= sizeof(name))
		return refuse(error, "the filter is too long for a subject", IND_USAGE);
	memcpy(name, text, strlen(text) + 1);
	bool is_address = !filter && address_read(text, bytes, &at);
	unsigned most = is_address && at.ip_version == 4 ? 32 : 128, bits = most;
	if (!filter && (!is_address || (slash && !prefix_read(slash + 1, most, &bits))))
		return refuse(error, assess_is_address(text) ? "it is no whole address and no network: 203.0.113.7, 203.0.113.0/24, 2001:db8::/32" : ASSESS_NO_SUBJECT, IND_USAGE);
	if (is_address && has_host_bits(&at, bits))
		return refuse(error, "bits are set behind the prefix of the network", IND_USAGE);
	enum ind_err err = filter ? filter_check(filter, error) : IND_OK;
	if (err != IND_OK)
		return err;
	if (is_address) {
		size_t length = text_addr(at.ip_version, at.addr, name, sizeof(name));
		if (bits != most)
			snprintf(name + length, sizeof(name) - length, "/%u", bits);
	}
	if (is_doubled(a, name))
		return refuse(error, "this subject is given twice", IND_USAGE);
	struct subject *s = subject_add(a, filter ? SUBJECT_FILTER : bits == most ? SUBJECT_ADDRESS : SUBJECT_NETWORK, name, is_address ? &at : NULL, bits);
	if (!s)
		return a->subject_count == ASSESS_SUBJECTS_MAX ? refuse(error, "more than 1,000 subjects", IND_LIMIT) : IND_NOMEM;
	s->filter = filter;
	a->named = true;
	a->pass = PASS_FLOWS;
	return IND_OK;
}
