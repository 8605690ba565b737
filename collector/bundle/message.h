/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_MESSAGE_H
#define BUNDLE_MESSAGE_H

#include "bundle/buffer.h"
#include "indicia/key.h"
#include <protobuf-c/protobuf-c.h>

/* Protobuf messages in their one canonical form (docs/bundle-format.md section 2). */

/* Decodes; IND_MALFORMED for every other form, and for one that would take more memory than any proper message. The caller owns *message. */
enum ind_err message_unpack(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t count, ProtobufCMessage **message) IND_MUST_USE;
void message_free(void *message);

/* Encodes into `out` behind `before` bytes that are left alone; *bytes is the size of the message. */
enum ind_err message_pack(const ProtobufCMessage *message, size_t before, struct buffer *out, size_t *bytes) IND_MUST_USE;

static inline bool message_has(const ProtobufCBinaryData *data, size_t bytes) { return data->len == bytes; }

/* Absent, or as many bytes. */
static inline bool message_may_have(const ProtobufCBinaryData *data, size_t bytes) { return data->len == 0 || data->len == bytes; }

/* A key on the wire: 32 bytes, or the point of a P-256 key. `point` holds what is borrowed. */
enum { MESSAGE_POINT_BYTES = 65 };
ProtobufCBinaryData message_key(const struct ind_key_public *key, uint8_t point[static MESSAGE_POINT_BYTES]);

/* False if it is no key by its form. */
bool message_key_get(const ProtobufCBinaryData *data, struct ind_key_public *key);

#endif
