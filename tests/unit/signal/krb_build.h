/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_KRB_BUILD_H
#define UNIT_SIGNAL_KRB_BUILD_H

#include "ntlm_build.h"

/* Kerberos messages as RFC 4120 section 5 defines them; every octet string is of BUILD_SECRET bytes. */

static inline void put_krb_text(struct wire *w, uint8_t field, const char *text)
{
	struct wire string = { 0 };
	put_der(&string, 0x1b, text, strlen(text));
	put_der(w, field, string.bytes, string.count);
}

/* A name of two parts; of one, if the second is NULL. */
static inline void put_krb_name(struct wire *w, uint8_t field, const char *first, const char *second)
{
	struct wire parts = { 0 }, list, name = { 0 };
	put_der(&parts, 0x1b, first, strlen(first));
	if (second)
		put_der(&parts, 0x1b, second, strlen(second));
	list = build_der(0x30, &parts);
	put(&name, "\xa0\x03\x02\x01\x01", 5);
	put_der(&name, 0xa1, list.bytes, list.count);
	list = build_der(0x30, &name);
	put_der(w, field, list.bytes, list.count);
}

/* EncryptedData (section 5.2.9), or one element of PA-DATA, which looks the same but for the numbers. */
static inline void put_krb_secret(struct wire *w, uint8_t field)
{
	struct wire octets = { 0 }, data = { 0 };
	put_fill(&octets, BUILD_SECRET, 60);
	octets = build_der(0x04, &octets);
	put(&data, "\xa0\x03\x02\x01\x12", 5);
	put_der(&data, 0xa2, octets.bytes, octets.count);
	data = build_der(0x30, &data);
	put_der(w, field, data.bytes, data.count);
}

static inline void put_krb_number(struct wire *w, uint8_t field, uint8_t number)
{
	put(w, &field, 1), put(w, "\x03\x02\x01", 3), put(w, &number, 1);
}

static inline struct wire build_krb_ticket(void)
{
	struct wire ticket = { 0 };
	put_krb_number(&ticket, 0xa0, 5);
	put_krb_text(&ticket, 0xa1, "TICKET.EXAMPLE");
	put_krb_name(&ticket, 0xa2, "krbtgt", "EXAMPLE.ORG");
	put_krb_secret(&ticket, 0xa3);
	ticket = build_der(0x30, &ticket);
	return build_der(0x61, &ticket);
}

static inline struct wire build_krb(uint8_t tag)
{
	struct wire w = { 0 }, body = { 0 }, ticket = build_krb_ticket();
	bool request = tag == 0x6a || tag == 0x6c;
	put_krb_number(&w, request ? 0xa1 : 0xa0, 5);
	put_krb_number(&w, request ? 0xa2 : 0xa1, tag & 0x1f);
	if (request) {
		put_krb_secret(&w, 0xa3);
		put(&body, "\xa0\x07\x03\x05\0\x40\x81\0\x10", 9);
		if (tag == 0x6a)
			put_krb_name(&body, 0xa1, "alice", NULL);
		put_krb_text(&body, 0xa2, "EXAMPLE.ORG");
		put_krb_name(&body, 0xa3, "krbtgt", "EXAMPLE.ORG");
		if (tag == 0x6c)
			put_krb_secret(&body, 0xaa);
		body = build_der(0x30, &body);
		put_der(&w, 0xa4, body.bytes, body.count);
	} else if (tag == 0x6e) {
		put(&w, "\xa2\x07\x03\x05\0\0\0\0\0", 9);
		put_der(&w, 0xa3, ticket.bytes, ticket.count);
		put_krb_secret(&w, 0xa4);
	} else if (tag == 0x7e) {
		put(&w, "\xa4\x11\x18\x0f" "20200102030405Z", 19);
		put_krb_text(&w, 0xa9, "EXAMPLE.ORG");
		put_krb_name(&w, 0xaa, "krbtgt", "EXAMPLE.ORG");
	} else {
		put_krb_secret(&w, 0xa2);
		put_krb_text(&w, 0xa3, "EXAMPLE.ORG");
		put_krb_name(&w, 0xa4, "host", "pc.example.org");
		put_der(&w, 0xa5, ticket.bytes, ticket.count);
		put_krb_secret(&w, 0xa6);
	}
	w = build_der(0x30, &w);
	return build_der(tag, &w);
}

/* A token of GSS-API around an AP-REQ. */
static inline struct wire build_krb_gss(void)
{
	struct wire w = { 0 }, message = build_krb(0x6e);
	put(&w, "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00", 13);
	put(&w, message.bytes, message.count);
	return build_der(0x60, &w);
}

#endif
