/* SPDX-License-Identifier: Apache-2.0 */
/* Which of several processes a packet comes to: a classic BPF program (linux/filter.h) that the kernel runs on each. It is straight-line code made of a few repeated pieces. */
#include "capture/room.h"
#include <linux/if_ether.h>
#include <linux/if_packet.h>

/* M[]: what is kept from piece to piece. */
enum { PROTOCOL, DIFFERENCE, SUM, BASE, OTHER };

/* More VLAN tags and MPLS labels than a provider's network has. */
enum { TAGS = 4, LABELS = 6 };

#define ETHERTYPE_QINQ_OLD 0x9100
#define LABEL_LAST 0x100u

static uint16_t step(struct share *s, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	s->steps[s->count] = (struct sock_filter){ code, yes, no, k };
	return s->count++;
}

static void load(struct share *s, uint16_t size, uint32_t offset) { step(s, BPF_LD | BPF_IND | size, offset, 0, 0); }
static void keep(struct share *s, uint32_t place) { step(s, BPF_ST, place, 0, 0); }
static void recall(struct share *s, uint32_t place) { step(s, BPF_LD | BPF_MEM, place, 0, 0); }
static void with(struct share *s, uint16_t operation, uint32_t k) { step(s, BPF_ALU | operation | BPF_K, k, 0, 0); }

/* X is where the network layer is from here on. */
static void advance(struct share *s, uint32_t bytes)
{
	step(s, BPF_MISC | BPF_TXA, 0, 0, 0);
	with(s, BPF_ADD, bytes);
	step(s, BPF_MISC | BPF_TAX, 0, 0, 0);
}

/* An incoming packet begins with its network layer here; of an outgoing one only the place of its link layer is sure. */
static void start_find(struct share *s, bool ethernet)
{
	step(s, BPF_LD | BPF_B | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE), 0, 0);
	step(s, BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 3);
	step(s, BPF_LDX | BPF_IMM, ethernet ? (uint32_t)(SKF_LL_OFF + ETH_HLEN) : (uint32_t)SKF_NET_OFF, 0, 0);
	step(s, BPF_LD | BPF_H | BPF_ABS, (uint32_t)(ethernet ? SKF_LL_OFF + ETH_HLEN - 2 : SKF_AD_OFF + SKF_AD_PROTOCOL), 0, 0);
	step(s, BPF_JMP | BPF_JA, 2, 0, 0);
	step(s, BPF_LDX | BPF_IMM, 0, 0, 0);
	step(s, BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL), 0, 0);
	keep(s, PROTOCOL);
}

static void tag_skip(struct share *s)
{
	recall(s, PROTOCOL);
	step(s, BPF_JMP | BPF_JEQ | BPF_K, ETH_P_8021Q, 2, 0);
	step(s, BPF_JMP | BPF_JEQ | BPF_K, ETH_P_8021AD, 1, 0);
	step(s, BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_QINQ_OLD, 0, 5);
	load(s, BPF_H, 2);
	keep(s, PROTOCOL);
	advance(s, 4);
}

/* Sets PROTOCOL by the four bits of an IP version. */
static void version_read(struct share *s)
{
	load(s, BPF_B, 0);
	with(s, BPF_RSH, 4);
	step(s, BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 2);
	step(s, BPF_LD | BPF_IMM, ETH_P_IP, 0, 0);
	step(s, BPF_JMP | BPF_JA, 2, 0, 0);
	step(s, BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 1);
	step(s, BPF_LD | BPF_IMM, ETH_P_IPV6, 0, 0);
	keep(s, PROTOCOL);
}

static void labels_skip(struct share *s)
{
	uint16_t last[LABELS];
	recall(s, PROTOCOL);
	step(s, BPF_JMP | BPF_JEQ | BPF_K, ETH_P_MPLS_UC, 1, 0);
	uint16_t none = step(s, BPF_JMP | BPF_JEQ | BPF_K, ETH_P_MPLS_MC, 0, 0);
	for (size_t i = 0; i < LABELS; i++) {
		load(s, BPF_W, 0);
		with(s, BPF_AND, LABEL_LAST);
		keep(s, SUM);
		advance(s, 4);
		recall(s, SUM);
		last[i] = step(s, BPF_JMP | BPF_JEQ | BPF_K, LABEL_LAST, 0, 0);
	}
	for (size_t i = 0; i < LABELS; i++)
		s->steps[last[i]].jt = (uint8_t)(s->count - last[i] - 1);
	version_read(s);
	s->steps[none].jf = (uint8_t)(s->count - none - 1);
}

static void pppoe_skip(struct share *s)
{
	recall(s, PROTOCOL);
	uint16_t none = step(s, BPF_JMP | BPF_JEQ | BPF_K, ETH_P_PPP_SES, 0, 0);
	advance(s, 8);
	version_read(s);
	s->steps[none].jf = (uint8_t)(s->count - none - 1);
}

/* One of two words of equal place, of the source and of the destination: what they differ in, and their sum, are the same in both directions. */
static void words_mix(struct share *s, uint32_t source, uint32_t destination, bool first)
{
	static const struct { uint32_t place; uint16_t operation; } kinds[] = { { DIFFERENCE, BPF_XOR }, { SUM, BPF_ADD } };
	for (size_t i = 0; i < 2; i++) {
		step(s, BPF_MISC | BPF_TXA, 0, 0, 0);
		keep(s, BASE);
		load(s, BPF_W, destination);
		keep(s, OTHER);
		load(s, BPF_W, source);
		step(s, BPF_LDX | BPF_MEM, OTHER, 0, 0);
		step(s, BPF_ALU | kinds[i].operation | BPF_X, 0, 0, 0);
		if (!first) {
			step(s, BPF_LDX | BPF_MEM, kinds[i].place, 0, 0);
			with(s, BPF_MUL, 0x9e3779b1);
			step(s, BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0);
		}
		keep(s, kinds[i].place);
		step(s, BPF_LDX | BPF_MEM, BASE, 0, 0);
	}
}

/* Other multipliers than a flow table's hash, and the upper bits, which depend on all: the kernel takes the remainder. */
static void number_give(struct share *s)
{
	recall(s, DIFFERENCE);
	with(s, BPF_MUL, 0x85ebca6b);
	keep(s, DIFFERENCE);
	recall(s, SUM);
	with(s, BPF_MUL, 0xc2b2ae35);
	step(s, BPF_LDX | BPF_MEM, DIFFERENCE, 0, 0);
	step(s, BPF_ALU | BPF_XOR | BPF_X, 0, 0, 0);
	with(s, BPF_RSH, 16);
	step(s, BPF_RET | BPF_A, 0, 0, 0);
}

static void addresses_mix(struct share *s, uint32_t protocol, uint32_t source, uint32_t address_bytes)
{
	recall(s, PROTOCOL);
	step(s, BPF_JMP | BPF_JEQ | BPF_K, protocol, 1, 0);
	uint16_t skip = step(s, BPF_JMP | BPF_JA, 0, 0, 0);
	for (uint32_t at = 0; at < address_bytes; at += 4)
		words_mix(s, source + at, source + address_bytes + at, at == 0);
	number_give(s);
	s->steps[skip].k = (uint32_t)(s->count - skip - 1);
}

void share_program(struct share *s, bool ethernet)
{
	s->count = 0;
	start_find(s, ethernet);
	for (size_t i = 0; i < TAGS; i++)
		tag_skip(s);
	labels_skip(s);
	pppoe_skip(s);
	addresses_mix(s, ETH_P_IP, 12, 4);
	addresses_mix(s, ETH_P_IPV6, 8, 16);
	step(s, BPF_RET | BPF_K, 0, 0, 0);
}
