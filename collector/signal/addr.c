/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that hold others. 6to4: RFC 3056 section 2. Teredo: RFC 4380 section 4. Interface identifiers made of hardware addresses: RFC 4291
 * appendix A. */
#include "signal/addr.h"

#include "base/hash.h"
#include "base/text.h"

enum { TEXT_MAX = 64, SIX_TO_FOUR_AT = 2, SERVER_AT = 4, PORT_AT = 10, CLIENT_AT = 12, IID_AT = 8, LOCAL = 2, OUI_BYTES = 3, MAC_BYTES = 6, DIGEST_BYTES = 8 };

static bool is_6to4(const uint8_t *a) { return a[0] == 0x20 && a[1] == 0x02; }

static bool is_teredo(const uint8_t *a) { return a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0; }

/* The bit says that the identifier is one the world over; identifiers made up at random have it clear. */
static bool is_eui64(const uint8_t *a) { return a[IID_AT + 3] == 0xff && a[IID_AT + 4] == 0xfe && a[IID_AT] & LOCAL; }

static size_t put_ip4(const uint8_t *four, char *out, size_t size)
{
	uint8_t addr[IND_ADDR_BYTES] = { 0 };
	memcpy(addr, four, 4);
	return text_addr(4, addr, out, size);
}

static void six_to_four(struct signal_ctx *ctx, enum ind_side side, const uint8_t *a)
{
	char text[TEXT_MAX];
	signal_put_text(ctx, IND_SIG_ADDR_6TO4, side, text, put_ip4(a + SIX_TO_FOUR_AT, text, sizeof text));
}

/* Port and address of the client are written inverted, so that nothing on the way rewrites them. */
static void teredo(struct signal_ctx *ctx, enum ind_side side, const uint8_t *a)
{
	char text[TEXT_MAX];
	uint8_t client[4];
	for (unsigned i = 0; i < sizeof client; i++)
		client[i] = (uint8_t)~a[CLIENT_AT + i];
	unsigned port = (unsigned)(a[PORT_AT] << 8 | a[PORT_AT + 1]) ^ 0xffff;
	size_t used = put_ip4(a + SERVER_AT, text, sizeof text);
	text[used++] = ' ';
	used += put_ip4(client, text + used, sizeof text - used);
	text[used++] = ':';
	used += text_u64(port, text + used, sizeof text - used);
	signal_put_text(ctx, IND_SIG_ADDR_TEREDO, side, text, used);
}

static void eui64(struct signal_ctx *ctx, enum ind_side side, const uint8_t *a)
{
	char text[2 * OUI_BYTES + 1 + 2 * DIGEST_BYTES + 1];
	const uint8_t *iid = a + IID_AT;
	const uint8_t mac[MAC_BYTES] = { iid[0] ^ LOCAL, iid[1], iid[2], iid[5], iid[6], iid[7] };
	uint8_t sha256[HASH_SHA256_BYTES];
	hash_sha256(mac, sizeof mac, sha256);
	hash_hex(mac, OUI_BYTES, text);
	text[2 * OUI_BYTES] = '-';
	hash_hex(sha256, DIGEST_BYTES, text + 2 * OUI_BYTES + 1);
	signal_put_text(ctx, IND_SIG_ADDR_EUI64, side, text, sizeof text - 1);
}

void addr_end(struct signal_ctx *ctx, const struct signal_end *end)
{
	const struct ind_flow *flow = end->flow;
	unsigned dir = ctx->from;
	const uint8_t *a = flow->addr[dir];
	enum ind_side side = end->side;
	if (flow->ip_version != 6 || !flow->packets[dir])
		return;
	if (is_6to4(a))
		six_to_four(ctx, side, a);
	if (is_teredo(a))
		teredo(ctx, side, a);
	else if (is_eui64(a))
		eui64(ctx, side, a);
}
