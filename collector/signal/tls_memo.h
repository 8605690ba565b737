/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_MEMO_H
#define SIGNAL_TLS_MEMO_H

#include "signal/tls_print.h"

/* Most hellos on a network are made by a few programs, so most fingerprints were computed before. The memo keeps recent ones beside
 * everything that they are made of, and compares all of it: what it gives is what computing gives. Whoever fills it with rare hellos
 * gets the speed of computing, no more. */

enum { TLS_MEMO_LINES = 128, TLS_MEMO_KEY_WORDS = 250 };

struct tls_client_print {
	uint8_t ja3[HASH_MD5_BYTES];
	char ja4[TLS_JA4_BYTES];
};

struct tls_memo_line {
	uint16_t key_words; /* 0: empty */
	uint16_t key[TLS_MEMO_KEY_WORDS];
	struct tls_client_print print;
};

/* All zero is an empty one. */
struct tls_memo {
	struct tls_memo_line line[TLS_MEMO_LINES];
};

/* The fingerprints of a ClientHello; `memo` may be NULL. */
void tls_client_print(struct tls_memo *memo, const struct tls_hello *hello, char transport, struct tls_client_print *print);

#endif
