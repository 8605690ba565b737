/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_QUIC_TALK_H
#define UNIT_SIGNAL_QUIC_TALK_H

#include "conversation.h"
#include "quic_hellos.h"

/* A client and a server of QUIC that say one datagram after another. */
enum { CLIENT_WAY = 1, SERVER_WAY = 0 };
static const char first_id[] = "8394c8f03e515708", client_id[] = "c1c1c1c1", server_id[] = "f067a5502a4262b5",
		  retry_id[] = "0102030405060708";

static struct conversation t;
static struct wire frames, w;

static inline void start(void)
{
	conversation_open(&t);
	hellos_build();
}

static inline void finish(void) { conversation_close(&t); }

static inline struct shape client_shape(uint32_t version, uint64_t number)
{
	return (struct shape) { version, IND_CLIENT, first_id, first_id, client_id, NULL, number, 2 };
}

static inline struct shape server_shape(uint32_t version, uint64_t number)
{
	return (struct shape) { version, IND_SERVER, first_id, client_id, server_id, NULL, number, 2 };
}

static inline void hear(unsigned way) { conversation_hear(&t, &quic_parser, way, w.bytes, w.count); }

/* A datagram with one Initial packet of the frames at hand. */
static inline void initial(unsigned way, const struct shape *shape)
{
	w.count = 0;
	put_initial(&w, shape, &frames);
	hear(way);
}

/* A piece of a hello in a datagram of its own. */
static inline void piece(const struct wire *from, size_t at, size_t count, uint64_t number, uint32_t version)
{
	bool client = from == &hello;
	struct shape shape = client ? client_shape(version, number) : server_shape(version, number);
	frames.count = 0;
	put_crypto(&frames, at, from->bytes + at, count);
	put_fill(&frames, 0, 20);
	initial(client ? CLIENT_WAY : SERVER_WAY, &shape);
}

static inline void client_speaks(uint32_t version) { piece(&hello, 0, hello.count, 0, version); }
static inline void server_speaks(uint32_t version) { piece(&answer, 0, answer.count, 0, version); }

static inline void opaque(unsigned way, enum quic_type type, const char *to, const char *from)
{
	w.count = 0;
	put_opaque(&w, V1, type, to, from, 60);
	hear(way);
}

/* An answer to what was sent to `first`. */
static inline void retry_build(const char *first, const char *from)
{
	w.count = 0;
	hex(&w, "ff0000000104c1c1c1c1");
	put_id(&w, from);
	put_text(&w, "a token");
	static struct wire pseudo;
	pseudo.count = 0;
	put_id(&pseudo, first);
	put(&pseudo, w.bytes, w.count);
	const struct quic_version *v = quic_version_of(V1);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int count;
	EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, v->retry_key, v->retry_nonce);
	EVP_EncryptUpdate(c, NULL, &count, pseudo.bytes, (int)pseudo.count);
	EVP_EncryptFinal_ex(c, pseudo.bytes, &count);
	EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_BYTES, w.bytes + w.count);
	EVP_CIPHER_CTX_free(c);
	w.count += AEAD_TAG_BYTES;
}

#endif
