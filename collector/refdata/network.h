/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_NETWORK_H
#define REFDATA_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses as text, and as keys of ranges: 32-bit words, the most significant first. */

struct network {
	unsigned ip_version;         /* 4: one word is used; 6: four */
	uint32_t first[4], last[4];
};

/* An address ("192.0.2.1", RFC 4291 section 2.2). False: it is none. */
bool network_address(const char *at, size_t bytes, struct network *n);

/* An address, a prefix ("192.0.2.0/24"; bits behind it are ignored), or two addresses with "-" between them. False: none of these, or all
 * addresses at once. */
bool network_parse(const char *at, size_t bytes, struct network *n);

/* Widens an address to its prefix of so many bits. */
bool network_widen(struct network *n, unsigned bits);

/* A record's address as a key. */
void network_key(unsigned ip_version, const uint8_t *addr, uint32_t key[static 4]);

/* Digits only, at most `max`. False: something else. */
bool network_number(const char *at, size_t bytes, uint32_t max, uint32_t *number);

#endif
