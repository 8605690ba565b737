/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/tool_bittorrent.h"

/* BEP 3, peer protocol: length and name of the protocol, 8 reserved bytes, SHA-1 of the torrent, peer id. BEP 20: conventions for peer ids.
 */

enum { NAME_BYTES = 20, INFO_AT = 28, PEER_AT = 48, HANDSHAKE_BYTES = 68, CLIENT_BYTES = 8 };

static const char name[NAME_BYTES + 1] = "\x13"
					 "BitTorrent protocol";
static const char word[] = "bittorrent:";

static enum probe bittorrent_probe(struct cursor bytes)
{
	size_t left = cursor_left(&bytes), look = left < NAME_BYTES ? left : NAME_BYTES;
	if (look && memcmp(bytes.p, name, look) != 0)
		return PROBE_NO;
	return look < NAME_BYTES ? PROBE_MORE : PROBE_YES;
}

static bool is_alnum(uint8_t c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/* BEP 20: "-", two letters for the program, four characters for its version, "-". */
static bool names_client(const uint8_t *peer)
{
	bool fits = peer[0] == '-' && peer[CLIENT_BYTES - 1] == '-';
	for (int i = 1; i < CLIENT_BYTES - 1; i++)
		fits &= is_alnum(peer[i]);
	return fits;
}

static enum parse bittorrent_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	enum ind_side side = ctx->from == IND_SRC ? IND_CLIENT : IND_SERVER;
	uint8_t copy[HANDSHAKE_BYTES];
	char value[sizeof(word) + CLIENT_BYTES];
	ctx->skip = 0;
	ctx->need = HANDSHAKE_BYTES;
	if (cursor_left(bytes) < HANDSHAKE_BYTES)
		return PARSE_MORE;
	ctx->need = 0;
	memcpy(copy, bytes->p, HANDSHAKE_BYTES);
	bool named = names_client(copy + PEER_AT);
	size_t word_bytes = sizeof(word) - 1;
	memcpy(value, word, word_bytes);
	memcpy(value + word_bytes, copy + PEER_AT, CLIENT_BYTES);
	signal_put_text(ctx, IND_SIG_TOOL_CONSTANT, side, value, named ? word_bytes + CLIENT_BYTES : word_bytes - 1);
	/* What is shared, and the rest of the peer id, are nobody's business. */
	memset(copy + INFO_AT, 'x', PEER_AT - INFO_AT);
	size_t hidden_at = named ? PEER_AT + CLIENT_BYTES : PEER_AT;
	memset(copy + hidden_at, 'x', HANDSHAKE_BYTES - hidden_at);
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, side, copy, HANDSHAKE_BYTES, true);
	return PARSE_DONE;
}

const struct signal_stream_parser bittorrent_parser = { "bittorrent", bittorrent_probe, -1, bittorrent_see };
