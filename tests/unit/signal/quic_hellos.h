/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_QUIC_HELLOS_H
#define UNIT_SIGNAL_QUIC_HELLOS_H

#include "quic_build.h"
#include "tls_build.h"

/* What a client and a server say first. */
static struct wire hello, answer;

static const char resumed[] = "a ticket of an earlier connection";

/* As a browser sends it over QUIC when it comes again: version 1.3 only, and an identity of a pre-shared key (RFC 8446 section 4.2.11). */
static inline void hellos_build(void)
{
	static const uint16_t ciphers[] = { GREASE_1, 0x1301, 0x1302, 0x1303 }, versions[] = { 0x0304 }, groups[] = { GREASE_2, 29, 23 };
	static const char *const protocols[] = { "h3" };
	static struct wire e, body;
	e.count = body.count = hello.count = answer.count = 0;
	extension_sni(&e, "www.example.org");
	extension_alpn(&e, protocols, 1);
	extension_words(&e, TLS_EXT_GROUPS, 2, groups, 3);
	put_fill(&body, 0x77, 1800); /* a key share with a post-quantum part */
	extension(&e, 51, &body);
	extension_words(&e, TLS_EXT_SUPPORTED_VERSIONS, 1, versions, 1);
	body.count = 0;
	put_be(&body, 2, 2 + strlen(resumed) + 4);
	put_be(&body, 2, strlen(resumed));
	put_text(&body, resumed);
	put_be(&body, 4, 0x01020304);
	put_be(&body, 3, 33 << 8 | 32);
	put_fill(&body, 7, 32);
	extension(&e, TLS_EXT_PRE_SHARED_KEY, &body);
	client_hello(&hello, 0x0303, ciphers, 4, &e);
	e.count = body.count = 0;
	put_be(&body, 2, 0x0304);
	extension(&e, TLS_EXT_SUPPORTED_VERSIONS, &body);
	server_hello(&answer, 0x0303, NULL, 0x1301, &e);
}

#endif
