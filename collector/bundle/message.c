/* SPDX-License-Identifier: Apache-2.0 */
/* protobuf-c behind one door: bounded memory, and nothing but the canonical encoding. */
#include "bundle/message.h"

#include "base/text.h"
#include "bundle/key_ecdsa.h"
#include <string.h>

enum { MESSAGE_MEMORY_BYTES = 16 << 20, ALLOCATION_HEADER_BYTES = 16 };

/* What the allocations of one message may take in all. */
struct budget {
	size_t left;
	bool no_memory;
};

static void *budget_alloc(void *ctx, size_t size)
{
	struct budget *budget = ctx;
	if (size > budget->left || budget->left - size < ALLOCATION_HEADER_BYTES)
		return NULL;
	size_t *block = malloc(size + ALLOCATION_HEADER_BYTES);
	if (!block) {
		budget->no_memory = true;
		return NULL;
	}
	*block = size + ALLOCATION_HEADER_BYTES;
	budget->left -= *block;
	return (uint8_t *)block + ALLOCATION_HEADER_BYTES;
}

static void budget_free(void *ctx, void *at)
{
	struct budget *budget = ctx;
	if (!at)
		return;
	size_t *block = (size_t *)(void *)((uint8_t *)at - ALLOCATION_HEADER_BYTES);
	budget->left += *block;
	free(block);
}

void message_free(void *message)
{
	struct budget any = { 0 };
	ProtobufCAllocator allocator = { budget_alloc, budget_free, &any };
	if (message)
		protobuf_c_message_free_unpacked(message, &allocator);
}

/* Compares what is encoded again with what was read. */
struct comparison {
	ProtobufCBuffer base;
	const uint8_t *expected;
	size_t left;
	bool same;
};

static void comparison_append(ProtobufCBuffer *base, size_t count, const uint8_t *bytes)
{
	struct comparison *c = (struct comparison *)(void *)base;
	c->same = c->same && count <= c->left && (count == 0 || memcmp(c->expected, bytes, count) == 0);
	if (!c->same || count == 0)
		return;
	c->expected += count;
	c->left -= count;
}

static bool encodes_to(const ProtobufCMessage *message, const uint8_t *bytes, size_t count)
{
	struct comparison c = { { comparison_append }, bytes, count, true };
	protobuf_c_message_pack_to_buffer(message, &c.base);
	return c.same && c.left == 0;
}

static bool text_ok(const char *text)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + strlen(text);
	while (p < end) {
		size_t bytes = text_utf8_char(p, end);
		if (bytes == 0)
			return false;
		p += bytes;
	}
	return true;
}

static bool parts_known(const ProtobufCMessage *message);

static bool field_known(const ProtobufCFieldDescriptor *field, const uint8_t *member)
{
	const char *text;
	const ProtobufCMessage *part;
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		memcpy(&text, member, sizeof text);
		return text_ok(text);
	}
	memcpy(&part, member, sizeof part);
	return part == NULL || parts_known(part);
}

/* Unknown fields would be encoded again as they were read; they are looked for on every level. */
static bool parts_known(const ProtobufCMessage *message)
{
	if (message->n_unknown_fields)
		return false;
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const uint8_t *member = (const uint8_t *)message + field->offset;
		if (field->type != PROTOBUF_C_TYPE_MESSAGE && field->type != PROTOBUF_C_TYPE_STRING)
			continue;
		if (field->label != PROTOBUF_C_LABEL_REPEATED) {
			if (!field_known(field, member))
				return false;
			continue;
		}
		size_t count;
		uint8_t *items;
		memcpy(&count, (const uint8_t *)message + field->quantifier_offset, sizeof count);
		memcpy(&items, member, sizeof items);
		for (size_t k = 0; k < count; k++)
			if (!field_known(field, items + k * sizeof(void *)))
				return false;
	}
	return true;
}

enum ind_err message_unpack(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t count, ProtobufCMessage **out)
{
	struct budget budget = { .left = MESSAGE_MEMORY_BYTES };
	ProtobufCAllocator allocator = { budget_alloc, budget_free, &budget };
	ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, count, bytes);
	if (!message)
		return budget.no_memory ? IND_NOMEM : IND_MALFORMED;
	if (!parts_known(message) || !encodes_to(message, bytes, count)) {
		message_free(message);
		return IND_MALFORMED;
	}
	*out = message;
	return IND_OK;
}

enum ind_err message_pack(const ProtobufCMessage *message, size_t before, struct buffer *out, size_t *bytes)
{
	*bytes = protobuf_c_message_get_packed_size(message);
	if (!buffer_reserve(out, before + *bytes))
		return IND_NOMEM;
	protobuf_c_message_pack(message, out->at + before);
	return IND_OK;
}

ProtobufCBinaryData message_key(const struct ind_key_public *key, uint8_t point[static MESSAGE_POINT_BYTES])
{
	if (key->type != IND_KEY_P256)
		return (ProtobufCBinaryData){ IND_KEY_BYTES, (uint8_t *)(uintptr_t)key->bytes };
	ecdsa_point_put(key, point);
	return (ProtobufCBinaryData){ MESSAGE_POINT_BYTES, point };
}

bool message_key_get(const ProtobufCBinaryData *data, struct ind_key_public *key)
{
	*key = (struct ind_key_public){ 0 };
	if (data->len != IND_KEY_BYTES)
		return ecdsa_point_get(data->data, data->len, key);
	memcpy(key->bytes, data->data, IND_KEY_BYTES);
	return true;
}
