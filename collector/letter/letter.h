/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LETTER_LETTER_H
#define LETTER_LETTER_H

#include "indicia/bundle.h"
#include "query/out.h"

/* The letter to a CERT or a point of contact: what was observed, what is asked, what is not alleged. It has no field for an accusation. Texts come
 * out of the catalogues; whatever was given or recorded stands apart from them, as data. The same input gives the same bytes. */

enum {
	LETTER_ASKS_MAX = 64, LETTER_ASKS_BYTES_MAX = 64 << 10, LETTER_ERROR_BYTES = 256, LETTER_FLOWS_DEFAULT = 100, LETTER_FLOWS_MAX = 10000, LETTER_END_TEXT = 64,
	LETTER_TOKEN_TEXT = 24, LETTER_COLUMNS = 76,
};

/* ---- what is asked: lines of a file (indicia-request(1)) ---- */

enum ask_kind { ASK_PRESERVE, ASK_NETFLOW, ASK_LEASE, ASK_RELAY, ASK_TEXT };

struct letter_end { uint8_t addr[IND_ADDR_BYTES]; uint8_t ip_version; bool has_port; uint16_t port; };

struct ask {
	enum ask_kind kind;
	struct letter_end end;       /* of all but TEXT */
	uint64_t from_ns, to_ns;     /* PRESERVE, NETFLOW, RELAY: [from, to); RELAY: 0, 0 if it gives none. LEASE: a moment, twice */
	uint64_t until_ns;           /* PRESERVE */
	const char *text;            /* TEXT: borrowed from the file */
	size_t bytes;
};

struct asks { struct ask list[LETTER_ASKS_MAX]; size_t count; };

/* IND_MALFORMED, IND_LIMIT with one line of `error` that begins with the number of the line; the text is borrowed while `asks` is used. Free text
 * with forbidden words is IND_MALFORMED, and the error names them. */
enum ind_err asks_read(const char *text, size_t bytes, struct asks *asks, char error[static LETTER_ERROR_BYTES]) IND_MUST_USE;

/* Is this address asked about? */
bool asks_name(const struct asks *asks, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES]);

/* "203.0.113.7:51144", "[2001:db8::1]:443", without a port the address alone. */
const char *letter_end_text(const struct letter_end *end, char text[static LETTER_END_TEXT]);

/* The row of forbidden.def that the text holds first; NULL if it holds none. A share ("85 %") is one, too. */
const char *forbidden_words(const char *text, size_t bytes);

/* ---- the letter ---- */

/* A flow with an end that is asked about. */
struct letter_flow {
	uint64_t start_ns, end_ns;
	struct letter_end theirs, ours;
	uint8_t proto;
	bool has_signals;
	struct ind_record_id record;
	uint64_t packets, signals;   /* that the record holds */
	uint8_t signals_sha256[IND_SHA256_BYTES]; /* of lines `name TAB side TAB value LF` */
};

struct letter_bundle {
	const char *name;            /* without folder */
	const char *verdict;         /* of verify, here */
	char sensor[IND_SENSOR_ID_MAX + 1];
	char key[IND_KEY_TEXT_MAX];
	uint8_t sha256[IND_SHA256_BYTES];
};

struct letter {
	unsigned tlp;                /* enum ind_tlp */
	const char *to;
	const char *from, *reference, *contact, *contact_key, *legal_basis, *reply_by; /* NULL: not stated */
	const struct asks *asks;
	const struct letter_flow *flows; /* in order of time */
	size_t flow_count;
	uint64_t flows_seen;         /* with those that are not listed */
	uint64_t first_ns, last_ns;  /* of all that were seen */
	uint64_t clock_error_ns;     /* the largest that a sensor states; IND_ABSENT_U64 if one states none */
	const struct letter_bundle *bundles; /* by digest */
	size_t bundle_count;
};

/* "IND-1A2B-3C4D-5E6F-7788": follows from the reference and the digests of the bundles, and from nothing else. */
const char *letter_token(const struct letter *l, char text[static LETTER_TOKEN_TEXT]);

/* For e-mail: lines of at most LETTER_COLUMNS columns but for data that cannot be broken; data and quotes begin with "| ". */
void letter_text(const struct letter *l, struct out *out);

/* One page that needs nothing else, for print. */
void letter_html(const struct letter *l, struct out *out);

#endif
