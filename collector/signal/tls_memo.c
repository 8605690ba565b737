/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/tls_memo.h"

/* Everything that JA3 and JA4 read of a hello, without the GREASE values (RFC 8701) that differ from hello to hello. */
struct key {
	size_t words;
	bool is_long; /* more than is kept */
	uint16_t word[TLS_MEMO_KEY_WORDS];
};

static inline void key_add(struct key *k, uint16_t word)
{
	if (k->words == TLS_MEMO_KEY_WORDS)
		k->is_long = true;
	else
		k->word[k->words++] = word;
}

/* A list behind its length, which is known afterwards. */
static size_t list_start(struct key *k)
{
	key_add(k, 0);
	return k->words;
}

static void list_end(struct key *k, size_t start) { k->word[start - 1] = (uint16_t)(k->words - start); }

static void add_words(struct key *k, struct cursor list)
{
	size_t start = list_start(k);
	while (cursor_left(&list) >= 2 && !k->is_long) {
		uint16_t value = cursor_be16(&list);
		if (!tls_is_grease(value))
			key_add(k, value);
	}
	list_end(k, start);
}

static void add_extensions(struct key *k, struct cursor list)
{
	size_t start = list_start(k);
	while (cursor_left(&list) && !k->is_long) {
		uint16_t type = cursor_be16(&list);
		cursor_sub16(&list);
		if (!tls_is_grease(type))
			key_add(k, type);
	}
	list_end(k, start);
}

static void add_bytes(struct key *k, struct cursor list)
{
	size_t start = list_start(k);
	while (cursor_left(&list) && !k->is_long)
		key_add(k, cursor_u8(&list));
	list_end(k, start);
}

static void key_of(const struct tls_hello *hello, char transport, struct key *k)
{
	struct cursor alpn = hello->alpn, name = cursor_sub8(&alpn);
	bool has_name = cursor_left(&name) != 0;
	k->words = 0;
	k->is_long = false;
	key_add(k, (uint16_t)((unsigned)(uint8_t)transport << 8 | (hello->has_server_name ? 1 : 0) | (has_name ? 2 : 0)));
	key_add(k, hello->legacy_version);
	key_add(k, hello->version);
	key_add(k, has_name ? (uint16_t)(name.p[0] << 8 | name.end[-1]) : 0);
	add_words(k, hello->ciphers);
	add_extensions(k, hello->extensions);
	add_words(k, hello->groups);
	add_bytes(k, hello->point_formats);
	add_words(k, hello->signature_algorithms);
}

static struct tls_memo_line *line_of(struct tls_memo *memo, const struct key *k)
{
	uint32_t h = 0;
	for (size_t i = 0; i < k->words; i++)
		h = (h ^ k->word[i]) * 0x9e3779b1u;
	return &memo->line[(h >> 16) % TLS_MEMO_LINES];
}

static void compute(const struct tls_hello *hello, char transport, struct tls_client_print *print)
{
	tls_ja3(hello, print->ja3);
	tls_ja4(hello, transport, print->ja4);
}

void tls_client_print(struct tls_memo *memo, const struct tls_hello *hello, char transport, struct tls_client_print *print)
{
	struct key k;
	if (memo)
		key_of(hello, transport, &k);
	if (!memo || k.is_long) {
		compute(hello, transport, print);
		return;
	}
	struct tls_memo_line *line = line_of(memo, &k);
	size_t key_bytes = k.words * sizeof *k.word;
	if (line->key_words != k.words || memcmp(line->key, k.word, key_bytes) != 0) {
		compute(hello, transport, &line->print);
		line->key_words = (uint16_t)k.words;
		memcpy(line->key, k.word, key_bytes);
	}
	*print = line->print;
}
