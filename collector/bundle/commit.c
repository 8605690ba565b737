/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 5. Each preimage is written into one piece of memory and hashed at once: this is the hottest part of a
 * writer, and what costs is the number of SHA-256 blocks and calls. */
#include "bundle/commit.h"

#include "bundle/bytes.h"
#include "bundle/row.h"
#include <openssl/evp.h>
#include <string.h>

enum {
	SALT_ROWS = 32,              /* rows whose salts are made at once */
	PART_FIRST_BYTES = 4096,
	ROW_SALT_BYTES = SALT_SLOTS * SALT_BYTES,
	PART_HEAD_BYTES = 2 + SALT_BYTES,
	LEAF_HEAD_BYTES = 6,
	PATH_FIXED_BYTES = 64,       /* at least what stands before the signals of group 4 */
	SIGNAL_FIXED_BYTES = 23 + IND_SHA256_BYTES,
	CLAIM_FIXED_BYTES = 64 + 4 * IND_CLAIM_MORE_ASNS,
	ORIGIN_PART_BYTES = 128,
	BEHAVIOUR_FIXED_BYTES = 128,
	DOMAIN_LEAF = 0, DOMAIN_PART = 2, DOMAIN_ROOT = 3,
};

/* The preimage of a row's leaf while it grows. */
struct leaf {
	uint8_t image[LEAF_HEAD_BYTES + CORE_MAX_BYTES + GROUPS_MAX * HASH_SHA256_BYTES];
	uint8_t *end;
	const uint8_t *salts;
	uint8_t groups;
};

enum ind_err committer_new(struct committer *c)
{
	*c = (struct committer){
		.cipher = EVP_CIPHER_CTX_new(),
		.salts = malloc(SALT_ROWS * ROW_SALT_BYTES),
	};
	if (c->cipher && c->salts && buffer_reserve(&c->part, PART_FIRST_BYTES) && buffer_reserve(&c->leaves, SALT_ROWS * HASH_SHA256_BYTES))
		return IND_OK;
	committer_free(c);
	return IND_NOMEM;
}

void committer_free(struct committer *c)
{
	EVP_CIPHER_CTX_free(c->cipher);
	buffer_free(&c->part);
	buffer_free(&c->leaves);
	free(c->salts);
	*c = (struct committer){ 0 };
}

void committer_start(struct committer *c, const uint8_t salt_key[static SALT_BYTES])
{
	static const uint8_t counter[SALT_BYTES];
	c->rows = 0;
	c->failed = EVP_EncryptInit_ex(c->cipher, EVP_aes_128_ctr(), NULL, salt_key, counter) != 1;
}

/* The key stream is the encryption of zeros. */
static const uint8_t *row_salts(struct committer *c)
{
	size_t place = c->rows % SALT_ROWS;
	int written;
	if (place == 0) {
		memset(c->salts, 0, SALT_ROWS * ROW_SALT_BYTES);
		if (EVP_EncryptUpdate(c->cipher, c->salts, &written, c->salts, SALT_ROWS * ROW_SALT_BYTES) != 1)
			c->failed = true;
	}
	return c->salts + place * ROW_SALT_BYTES;
}

/* Where the core goes. */
static uint8_t *leaf_start(struct committer *c, struct leaf *leaf, enum row_kind kind, uint32_t core_bytes)
{
	leaf->salts = row_salts(c);
	leaf->groups = 0;
	uint8_t *core = put_be32(put_u8(put_u8(leaf->image, DOMAIN_LEAF), kind), core_bytes);
	leaf->end = core + core_bytes;
	return core;
}

/* Where the next part goes: memory for as many bytes behind its domain, number and salt. NULL if there is none. */
static uint8_t *part_start(struct committer *c, const struct leaf *leaf, size_t bytes_max)
{
	if (!buffer_reserve(&c->part, PART_HEAD_BYTES + bytes_max)) {
		c->failed = true;
		return NULL;
	}
	uint8_t *p = put_u8(put_u8(c->part.at, DOMAIN_PART), leaf->groups);
	return put_bytes(p, leaf->salts + leaf->groups * SALT_BYTES, SALT_BYTES);
}

/* A part that is at hand, for whoever asked to keep it. */
static void part_keep(struct committer *c, const struct leaf *leaf, const uint8_t *end)
{
	struct commitment *k = c->kept;
	const uint8_t *part = c->part.at + PART_HEAD_BYTES;
	size_t bytes = (size_t)(end - part), at = k->part_at[leaf->groups];
	if (!buffer_reserve(&k->parts, at + bytes)) {
		c->failed = true;
		return;
	}
	put_bytes(k->parts.at + at, part, bytes);
	k->part_at[leaf->groups + 1] = at + bytes;
}

static void leaf_keep(struct commitment *k, const struct leaf *leaf)
{
	size_t digests = leaf->groups * (size_t)HASH_SHA256_BYTES;
	const uint8_t *core = leaf->image + LEAF_HEAD_BYTES;
	k->groups = leaf->groups;
	k->core_bytes = (size_t)(leaf->end - core) - digests;
	memcpy(k->core, core, k->core_bytes);
	memcpy(k->digest, core + k->core_bytes, digests);
	memcpy(k->salt, leaf->salts, leaf->groups * (size_t)SALT_BYTES);
}

static void part_end(struct committer *c, struct leaf *leaf, const uint8_t *end)
{
	if (c->kept)
		part_keep(c, leaf, end);
	hash_sha256(c->part.at, (size_t)(end - c->part.at), leaf->end);
	leaf->end += HASH_SHA256_BYTES;
	leaf->groups++;
}

static void leaf_end(struct committer *c, const struct leaf *leaf)
{
	if (!buffer_reserve(&c->leaves, (c->rows + 1) * HASH_SHA256_BYTES)) {
		c->failed = true;
		return;
	}
	if (c->kept)
		leaf_keep(c->kept, leaf);
	hash_sha256(leaf->image, (size_t)(leaf->end - leaf->image), c->leaves.at + c->rows * HASH_SHA256_BYTES);
	c->rows++;
}

/* The parts of an address: its network, then the rest of it with the port if it has one. */
static void address_parts(struct committer *c, struct leaf *leaf, unsigned ip_version, const uint8_t *addr, const uint16_t *port)
{
	size_t prefix = ip_version == 4 ? 3 : 6;
	uint8_t *p = part_start(c, leaf, IND_ADDR_BYTES + 2);
	if (!p)
		return;
	part_end(c, leaf, put_bytes(p, addr, prefix));
	p = part_start(c, leaf, IND_ADDR_BYTES + 2);
	p = put_bytes(p, addr + prefix, address_bytes(ip_version) - prefix);
	part_end(c, leaf, port ? put_be16(p, *port) : p);
}

static void flow_core(uint8_t *p, const struct ind_flow *f)
{
	p = put_be64(put_be64(p, f->serial), f->parent);
	p = put_be64(put_be64(p, f->start_ns), f->end_ns - f->start_ns);
	p = put_u8(put_u8(p, f->ip_version), f->proto);
	p = put_u8(put_u8(put_u8(p, flow_orient_byte(f)), f->validated), f->end_reason);
	for (unsigned dir = 0; dir < 2; dir++) {
		p = put_be64(put_be64(put_be64(p, f->packets[dir]), f->bytes[dir]), f->payload[dir]);
		p = put_u8(put_be32(p, f->fragments[dir]), f->tcp_flags[dir]);
	}
}

static uint8_t *path_put(uint8_t *p, const struct ind_flow *f)
{
	for (unsigned dir = 0; dir < 2; dir++)
		p = put_u8(put_u8(p, f->ttl_min[dir]), f->ttl_max[dir]);
	p = put_be32(put_be32(p, f->retransmits[IND_SRC]), f->retransmits[IND_DST]);
	p = put_be32(put_be32(p, f->client_rtt_us), f->server_rtt_us);
	p = put_u8(put_u8(p, f->carries), f->vlan_count);
	for (size_t i = 0; i < f->vlan_count; i++)
		p = put_be16(p, f->vlan[i]);
	p = put_u8(p, f->tunnel_count);
	return put_bytes(p, f->tunnel, f->tunnel_count);
}

/* The signals of one group: their number, and each with its place in the flow. */
static uint8_t *signals_put(uint8_t *p, const struct ind_signal *signals, const uint64_t *bits, size_t count, unsigned group_bit)
{
	uint8_t *count_at = p;
	uint32_t in_group = 0;
	p += 2;
	for (size_t i = 0; i < count; i++) {
		const struct ind_signal *s = &signals[i];
		if ((bits[i] & SIGNAL_BIT_NAMES) != group_bit)
			continue;
		in_group++;
		p = put_u8(put_be16(put_be16(p, i), s->id), bits[i]);
		p = put_be16(put_be64(put_be64(p, s->time_ns), s->packet), s->value_bytes);
		p = put_bytes(p, s->value, s->value_bytes);
		if (s->sha256)
			p = put_bytes(p, s->sha256, IND_SHA256_BYTES);
	}
	put_be16(count_at, in_group);
	return p;
}

static size_t signals_bytes(const struct ind_signal *signals, size_t count)
{
	size_t bytes = 2 + count * SIGNAL_FIXED_BYTES;
	for (size_t i = 0; i < count; i++)
		bytes += signals[i].value_bytes;
	return bytes;
}

void commit_flow(struct committer *c, const struct ind_flow *f, const struct ind_signal *signals, const uint64_t *bits, size_t count)
{
	struct leaf leaf;
	size_t part_bytes = PATH_FIXED_BYTES + signals_bytes(signals, count);
	flow_core(leaf_start(c, &leaf, ROW_FLOW, CORE_MAX_BYTES), f);
	if (!part_start(c, &leaf, part_bytes))
		return;
	address_parts(c, &leaf, f->ip_version, f->addr[IND_SRC], &f->port[IND_SRC]);
	address_parts(c, &leaf, f->ip_version, f->addr[IND_DST], &f->port[IND_DST]);
	part_end(c, &leaf, signals_put(path_put(part_start(c, &leaf, part_bytes), f), signals, bits, count, 0));
	part_end(c, &leaf, signals_put(part_start(c, &leaf, part_bytes), signals, bits, count, SIGNAL_BIT_NAMES));
	leaf_end(c, &leaf);
}

void commit_exhibit(struct committer *c, const struct ind_exhibit *e)
{
	enum { CORE_BYTES = 30 };
	struct leaf leaf;
	uint8_t *p = leaf_start(c, &leaf, ROW_EXHIBIT, CORE_BYTES);
	p = put_be64(put_be64(put_be64(p, e->flow_serial), e->time_ns), e->packet);
	put_be16(put_u8(put_u8(put_u8(put_u8(p, e->from), e->side), e->kind), e->masked), e->bytes_count);
	p = part_start(c, &leaf, e->bytes_count);
	if (p)
		part_end(c, &leaf, put_bytes(p, e->bytes, e->bytes_count));
	leaf_end(c, &leaf);
}

static uint8_t *text_put(uint8_t *p, const struct ind_text *text)
{
	p = put_be16(p, text->bytes);
	return text->bytes ? put_bytes(p, text->at, text->bytes) : p;
}

static uint8_t *claimed_put(uint8_t *p, const struct ind_claim *c)
{
	p = put_be16(put_u8(p, c->prefix_bits), c->flags);
	p = put_be32(put_be32(p, c->asn), c->radius_km);
	p = put_be32(put_be32(p, (uint32_t)c->latitude_1e4), (uint32_t)c->longitude_1e4);
	p = put_bytes(p, c->country, sizeof c->country);
	p = put_bytes(p, c->registered_country, sizeof c->registered_country);
	p = text_put(text_put(text_put(text_put(p, &c->region), &c->city), &c->timezone), &c->holder);
	p = text_put(text_put(text_put(p, &c->status), &c->source), &c->indicator);
	p = put_bytes(put_be32(put_u8(p, c->kind), c->day), c->grade, sizeof c->grade);
	p = put_u8(put_u8(put_u8(p, c->tlp), c->signal), c->more_asn_count);
	for (size_t i = 0; i < c->more_asn_count; i++)
		p = put_be32(p, c->more_asn[i]);
	return p;
}

static size_t claimed_bytes(const struct ind_claim *c)
{
	return CLAIM_FIXED_BYTES + (size_t)c->region.bytes + c->city.bytes + c->timezone.bytes + c->holder.bytes + c->status.bytes + c->source.bytes +
		c->indicator.bytes;
}

void commit_claim(struct committer *c, const struct ind_claim *claim)
{
	enum { CORE_BYTES = 3 };
	struct leaf leaf;
	put_be16(put_u8(leaf_start(c, &leaf, ROW_CLAIM, CORE_BYTES), claim->ip_version), claim->data_set);
	address_parts(c, &leaf, claim->ip_version, claim->addr, NULL);
	uint8_t *p = part_start(c, &leaf, claimed_bytes(claim));
	if (p)
		part_end(c, &leaf, claimed_put(p, claim));
	p = part_start(c, &leaf, 2 + (size_t)claim->label.bytes);
	if (p)
		part_end(c, &leaf, text_put(p, &claim->label));
	leaf_end(c, &leaf);
}

static uint8_t *observed_put(uint8_t *p, const struct ind_origin *o)
{
	p = put_bytes(put_u8(p, o->claims), o->missing, IND_FAMILY_COUNT);
	p = put_be64(put_be64(p, o->first_ns), o->last_ns);
	p = put_be64(put_be64(p, o->flows), o->validated);
	for (size_t i = 0; i < IND_FAMILY_COUNT; i++)
		p = put_be32(p, o->observations[i]);
	return put_be64(put_be64(p, o->signals[1]), o->signals[0]);
}

static uint8_t *behaviour_put(uint8_t *p, const struct ind_origin *o)
{
	const struct ind_beacon *b = &o->beacon;
	p = put_be16(put_bytes(p, o->silent, IND_WATCHED_PLACES), o->cotenants);
	p = put_u8(put_u8(put_u8(p, o->hops_min), o->hops_max), o->hops_mode);
	p = put_be32(put_be32(put_be32(put_be32(p, o->rtt_samples), o->rtt_min_us), o->rtt_p50_us), o->rtt_span_s);
	p = put_u8(put_be16(put_be32(p, o->beacons), b->port), b->proto);
	p = put_be32(put_u8(put_be32(put_be32(p, b->period_ms), b->mad_ms), b->intervals), b->flows);
	p = put_be16(p, o->cell_count);
	for (size_t i = 0; i < o->cell_count; i++)
		p = put_be32(p, (uint32_t)o->cells[i]);
	return p;
}

void commit_origin(struct committer *c, const struct ind_origin *o)
{
	enum { CORE_BYTES = 1 };
	struct leaf leaf;
	put_u8(leaf_start(c, &leaf, ROW_ORIGIN, CORE_BYTES), o->ip_version);
	address_parts(c, &leaf, o->ip_version, o->addr, NULL);
	uint8_t *p = part_start(c, &leaf, ORIGIN_PART_BYTES);
	if (p)
		part_end(c, &leaf, observed_put(p, o));
	p = part_start(c, &leaf, BEHAVIOUR_FIXED_BYTES + 4u * o->cell_count);
	if (p)
		part_end(c, &leaf, behaviour_put(p, o));
	leaf_end(c, &leaf);
}

enum ind_err committer_root(struct committer *c, struct tree_hash *root)
{
	uint8_t image[1 + 4 + HASH_SHA256_BYTES];
	struct tree_hash tree;
	if (c->failed)
		return IND_NOMEM;
	if (c->rows == 0)
		return IND_USAGE;
	tree_root_of((struct tree_hash *)(void *)c->leaves.at, c->rows, &tree);
	put_bytes(put_be32(put_u8(image, DOMAIN_ROOT), c->rows), tree.bytes, sizeof tree.bytes);
	hash_sha256(image, sizeof image, root->bytes);
	return IND_OK;
}
