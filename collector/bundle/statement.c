/* SPDX-License-Identifier: Apache-2.0 */
/* C2SP signed-note; docs/bundle-format.md section 6.2. There is one text for a statement: what reads back must write the same. */
#include "indicia/trust.h"

#include "base/hash.h"
#include "base/text.h"
#include "bundle/base64.h"
#include "bundle/key_ecdsa.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char own_name[] = "indicia";
static const char dash[] = "\xe2\x80\x94"; /* U+2014 */
static const char *const titles[] = {
	[IND_STATEMENT_SUCCESSOR] = "indicia/key-successor/v1",
	[IND_STATEMENT_REVOCATION] = "indicia/key-revocation/v1",
};
enum { ID_BYTES = 4, TYPED_MAX = ID_BYTES + ECDSA_DER_MAX, TIME_TEXT_BYTES = IND_STATEMENT_TIME_BYTES - 1 };
#define NS_PER_S UINT64_C(1000000000)
#define TIME_END_S UINT64_C(16725225600) /* 2500-01-01 */

const char *ind_revocation_name(enum ind_revocation reason)
{
	static const char *const names[] = {
#define REVOCATION_NAME(name, text) [IND_REVOCATION_##name] = text,
		IND_REVOCATION_LIST(REVOCATION_NAME)
#undef REVOCATION_NAME
	};
	return reason < IND_REVOCATION_COUNT ? names[reason] : "?";
}

void ind_statement_time_text(uint64_t time_s, char text[static IND_STATEMENT_TIME_BYTES])
{
	char with_fraction[28];
	text_time(time_s * NS_PER_S, with_fraction, sizeof with_fraction);
	memcpy(text, with_fraction, TIME_TEXT_BYTES - 1);
	memcpy(text + TIME_TEXT_BYTES - 1, "Z", 2);
}

static bool number_get(const char *text, size_t digits, unsigned *number)
{
	*number = 0;
	for (size_t i = 0; i < digits; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (unsigned)(text[i] - '0');
	}
	return true;
}

/* Days from 1970-01-01, the year taken to begin in March so that a leap day is its last. */
static uint64_t days_of(unsigned year, unsigned month, unsigned day)
{
	year -= month < 3;
	unsigned of_year = (153 * (month < 3 ? month + 9 : month - 3) + 2) / 5 + day - 1;
	return (uint64_t)year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719468;
}

enum ind_err ind_statement_time(const char *text, size_t bytes, uint64_t *time_s)
{
	unsigned year, month, day, hour, minute, second;
	char again[IND_STATEMENT_TIME_BYTES];
	if (bytes != TIME_TEXT_BYTES || !number_get(text, 4, &year) || !number_get(text + 5, 2, &month) || !number_get(text + 8, 2, &day) ||
		!number_get(text + 11, 2, &hour) || !number_get(text + 14, 2, &minute) || !number_get(text + 17, 2, &second))
		return IND_MALFORMED;
	if (year < 1970 || year > 2499 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59)
		return IND_MALFORMED;
	unsigned of_day = (hour * 60 + minute) * 60 + second;
	*time_s = days_of(year, month, day) * 86400 + of_day;
	ind_statement_time_text(*time_s, again);
	return memcmp(again, text, bytes) == 0 ? IND_OK : IND_MALFORMED;
}

static size_t body_put(const struct ind_statement *s, char text[static IND_STATEMENT_MAX_BYTES])
{
	char key[IND_KEY_TEXT_MAX], successor[IND_KEY_TEXT_MAX], time[IND_STATEMENT_TIME_BYTES];
	ind_key_public_to_text(&s->key, key);
	ind_statement_time_text(s->time_s, time);
	if (s->kind == IND_STATEMENT_REVOCATION)
		return (size_t)snprintf(text, IND_STATEMENT_MAX_BYTES, "%s\nkey %s\ntime %s\nreason %s\n", titles[s->kind], key, time,
			ind_revocation_name(s->reason));
	ind_key_public_to_text(&s->successor, successor);
	return (size_t)snprintf(text, IND_STATEMENT_MAX_BYTES, "%s\nkey %s\nsuccessor %s\ntime %s\n", titles[s->kind], key, successor, time);
}

/* Of ECDSA a note has the DER form. False without memory. */
static bool signature_put(const struct ind_statement *s, char *text, size_t room)
{
	uint8_t typed[TYPED_MAX];
	size_t bytes = IND_SIGNATURE_BYTES;
	memcpy(typed, s->signer_id, ID_BYTES);
	if (s->signature_type == IND_KEY_P256)
		bytes = ecdsa_der_put(s->signature, typed + ID_BYTES);
	else
		memcpy(typed + ID_BYTES, s->signature, IND_SIGNATURE_BYTES);
	int head = snprintf(text, room, "\n%s %s ", dash, own_name);
	char *end = base64_put(typed, ID_BYTES + bytes, text + head);
	memcpy(end, "\n", 2);
	return bytes != 0;
}

static bool succeeds_itself(const struct ind_statement *s)
{
	return s->kind == IND_STATEMENT_SUCCESSOR && memcmp(&s->key, &s->successor, sizeof s->key) == 0;
}

enum ind_err ind_statement_sign(struct ind_statement *s, const struct ind_key *by, char text[static IND_STATEMENT_MAX_BYTES])
{
	struct ind_key_public signer;
	if (s->time_s >= TIME_END_S || s->reason >= IND_REVOCATION_COUNT || succeeds_itself(s))
		return IND_USAGE;
	size_t bytes = body_put(s, text);
	ind_key_public(by, &signer);
	ind_key_id(&signer, own_name, s->signer_id);
	s->signature_type = signer.type;
	enum ind_err err = ind_key_sign(by, text, bytes, s->signature);
	if (err == IND_OK && !signature_put(s, text + bytes, IND_STATEMENT_MAX_BYTES - bytes))
		err = IND_NOMEM;
	return err;
}

/* The line "NAME VALUE\n": its value, and *at moved behind it. */
static bool line_get(const char **at, const char *end, const char *name, const char **value, size_t *bytes)
{
	size_t name_bytes = strlen(name);
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	if (!stop || (size_t)(stop - *at) < name_bytes || memcmp(*at, name, name_bytes) != 0)
		return false;
	*value = *at + name_bytes;
	*bytes = (size_t)(stop - *value);
	*at = stop + 1;
	return true;
}

static bool key_get(const char **at, const char *end, const char *name, struct ind_key_public *key)
{
	const char *value;
	size_t bytes;
	return line_get(at, end, name, &value, &bytes) && ind_key_public_from_text(value, bytes, key) == IND_OK;
}

static bool time_get(const char **at, const char *end, uint64_t *time_s)
{
	const char *value;
	size_t bytes;
	return line_get(at, end, "time ", &value, &bytes) && ind_statement_time(value, bytes, time_s) == IND_OK;
}

static bool reason_get(const char **at, const char *end, enum ind_revocation *reason)
{
	const char *value, *name;
	size_t bytes;
	if (!line_get(at, end, "reason ", &value, &bytes))
		return false;
	for (unsigned i = 0; i < IND_REVOCATION_COUNT; i++) {
		name = ind_revocation_name((enum ind_revocation)i);
		*reason = (enum ind_revocation)i;
		if (strlen(name) == bytes && memcmp(name, value, bytes) == 0)
			return true;
	}
	return false;
}

static bool body_get(const char **at, const char *end, struct ind_statement *s)
{
	const char *value;
	size_t bytes;
	if (line_get(at, end, titles[IND_STATEMENT_SUCCESSOR], &value, &bytes)) {
		s->kind = IND_STATEMENT_SUCCESSOR;
		return key_get(at, end, "key ", &s->key) && key_get(at, end, "successor ", &s->successor) && time_get(at, end, &s->time_s);
	}
	s->kind = IND_STATEMENT_REVOCATION;
	return line_get(at, end, titles[s->kind], &value, &bytes) && key_get(at, end, "key ", &s->key) && time_get(at, end, &s->time_s) &&
		reason_get(at, end, &s->reason);
}

/* How many bytes so many characters of base64 stand for. */
static size_t decoded_bytes(const char *text, size_t bytes)
{
	size_t padding = bytes && text[bytes - 1] == '=' ? 1 + (bytes > 1 && text[bytes - 2] == '=') : 0;
	return bytes % 4 || bytes < 4 ? 0 : bytes / 4 * 3 - padding;
}

static bool signature_get(const char *at, const char *end, struct ind_statement *s)
{
	char head[32];
	uint8_t typed[TYPED_MAX];
	size_t bytes = (size_t)snprintf(head, sizeof head, "\n%s %s ", dash, own_name), left = (size_t)(end - at);
	if (left < bytes + 1 || memcmp(at, head, bytes) != 0)
		return false;
	size_t count = decoded_bytes(at + bytes, left - bytes - 1);
	if (count <= ID_BYTES || count > TYPED_MAX || !base64_get(at + bytes, left - bytes - 1, typed, count))
		return false;
	memcpy(s->signer_id, typed, ID_BYTES);
	s->signature_type = count == ID_BYTES + IND_SIGNATURE_BYTES ? IND_KEY_ED25519 : IND_KEY_P256;
	if (s->signature_type == IND_KEY_P256)
		return ecdsa_der_get(typed + ID_BYTES, count - ID_BYTES, s->signature);
	memcpy(s->signature, typed + ID_BYTES, IND_SIGNATURE_BYTES);
	return true;
}

enum ind_err ind_statement_read(const char *text, size_t bytes, struct ind_statement *s)
{
	char again[IND_STATEMENT_MAX_BYTES];
	const char *at = text, *end = text + bytes;
	*s = (struct ind_statement){ 0 };
	if (bytes >= IND_STATEMENT_MAX_BYTES || !body_get(&at, end, s) || !signature_get(at, end, s) || succeeds_itself(s))
		return IND_MALFORMED;
	size_t body = body_put(s, again);
	if (!signature_put(s, again + body, sizeof again - body))
		return IND_NOMEM;
	return strlen(again) == bytes && memcmp(again, text, bytes) == 0 ? IND_OK : IND_MALFORMED;
}

enum ind_err ind_statement_check(const struct ind_statement *s, const struct ind_key_public *by)
{
	char text[IND_STATEMENT_MAX_BYTES];
	uint8_t id[ID_BYTES];
	ind_key_id(by, own_name, id);
	if (by->type != s->signature_type || memcmp(id, s->signer_id, sizeof id) != 0)
		return IND_KEY;
	return ind_key_check(by, text, body_put(s, text), s->signature);
}
