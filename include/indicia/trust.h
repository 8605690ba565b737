/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_TRUST_H
#define INDICIA_TRUST_H

#include "indicia/key.h"

/* Statements about keys: that another one succeeds a key, that a key is revoked. Signed notes (C2SP); docs/bundle-format.md section 6.2 is the
 * normative text. Text in memory; nothing here knows files. */

#define IND_REVOCATION_LIST(X) \
	X(UNSPECIFIED, "unspecified") \
	X(COMPROMISED, "compromised") \
	X(SUPERSEDED, "superseded") \
	X(RETIRED, "retired")

enum ind_revocation {
#define IND_REVOCATION_ENUM(name, text) IND_REVOCATION_##name,
	IND_REVOCATION_LIST(IND_REVOCATION_ENUM)
#undef IND_REVOCATION_ENUM
	IND_REVOCATION_COUNT
};

IND_API const char *ind_revocation_name(enum ind_revocation reason);

enum ind_statement_kind { IND_STATEMENT_SUCCESSOR, IND_STATEMENT_REVOCATION };

enum { IND_STATEMENT_MAX_BYTES = 1024, IND_STATEMENT_TIME_BYTES = 21 };

struct ind_statement {
	enum ind_statement_kind kind;
	struct ind_key_public key;   /* what is said of it */
	struct ind_key_public successor; /* of a SUCCESSOR */
	enum ind_revocation reason;  /* of a REVOCATION */
	uint64_t time_s;             /* seconds since 1970, as the signer says */
	uint8_t signer_id[4];        /* ind_key_id with the name "indicia" */
	enum ind_key_type signature_type;
	uint8_t signature[IND_SIGNATURE_BYTES];
};

/* Signs what `statement` says with `by`, and writes it as text, NUL-terminated. IND_USAGE if the time is behind 2499, or a key succeeds itself. */
IND_API enum ind_err ind_statement_sign(struct ind_statement *statement, const struct ind_key *by, char text[static IND_STATEMENT_MAX_BYTES]) IND_MUST_USE;

/* IND_MALFORMED if the text is not exactly one statement. The signature is read, not checked. */
IND_API enum ind_err ind_statement_read(const char *text, size_t bytes, struct ind_statement *statement) IND_MUST_USE;

/* IND_OK if `by` signed it, IND_KEY if not. */
IND_API enum ind_err ind_statement_check(const struct ind_statement *statement, const struct ind_key_public *by) IND_MUST_USE;

/* "2026-11-28T22:00:00Z" to and from seconds, 1970 to 2499. IND_MALFORMED if the text is not exactly one such time. */
IND_API enum ind_err ind_statement_time(const char *text, size_t bytes, uint64_t *time_s) IND_MUST_USE;
IND_API void ind_statement_time_text(uint64_t time_s, char text[static IND_STATEMENT_TIME_BYTES]);

/* Whom to trust, given `count` trusted keys and statements: adds the successors that the statements lead to behind them, at most up to `max` keys,
 * and fills for each key when it was revoked, nanoseconds since 1970, or UINT64_MAX. Returns the new count; both arrays have room for `max`. */
IND_API size_t ind_trust_resolve(struct ind_key_public *keys, uint64_t *revoked_ns, size_t count, size_t max, const struct ind_statement *statements,
	size_t statement_count);

#endif
