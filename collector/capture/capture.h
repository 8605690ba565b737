/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "indicia/err.h"
#include "packet/packet.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where frames come from: a savefile (pcap or pcapng) or a live interface. One path for both after opening.
 * After opening, a savefile needs only read(2); a live one what libpcap needs to poll its ring. */

/* Several processes that share the packets of one interface, each with a ring of its own (PACKET_FANOUT of packet(7)). The gate is made before they are forked, and each opens the
 * interface with it. All packets between two addresses, those of the outermost IP header, come to one of them, in both directions and whether fragmented or not: no flow and no
 * datagram is split. Addresses are looked for behind VLAN tags, labels of MPLS and PPPoE; what has none there comes to the first. */
struct capture_gate;
enum { CAPTURE_SHARERS_MAX = 64 };
enum ind_err capture_gate_new(uint32_t sharers, struct capture_gate **gate) IND_MUST_USE;
void capture_gate_free(struct capture_gate *gate);

enum { CAPTURE_ERROR_BYTES = 256, CAPTURE_BATCH = 32, CAPTURE_SNAPLEN = 65535, CAPTURE_RING_BYTES = 64 << 20 };

struct capture;

/* The bytes of a savefile through a function instead of a descriptor (a caller that gunzips). Fills up to `count` bytes, *got = 0 with
 * IND_OK means the end; IND_SHORT, IND_MALFORMED or IND_IO end the capture with that outcome after the frames before it. */
typedef enum ind_err capture_read(void *ctx, void *bytes, size_t count, size_t *got);

struct capture_options {
	const char *interface;       /* live only */
	const char *name;            /* savefile: how messages call it */
	int fd;                      /* savefile: opened for reading, at its start; stays the caller's. -1 with `read` */
	capture_read *read;          /* NULL: read(2) on fd */
	void *read_ctx;
	const char *filter;          /* libpcap's filter language, without names of hosts; NULL or "" takes all. Read until capture_close */
	uint32_t snaplen;            /* frames are cut to it; 0: CAPTURE_SNAPLEN live, as it is in a savefile */
	bool promiscuous;
	bool hash;                   /* savefile: SHA-256 of the bytes as read, for capture_sha256 */
	size_t ring_bytes;           /* live: 0 means CAPTURE_RING_BYTES */
	struct capture_gate *gate;   /* live: NULL, or what this process shares the interface's packets through */
	uint32_t sharer;             /* which of them it is, from 0 */
};

/* On failure `error` holds one line that names the thing, and nothing is left open.
 * Savefile: IND_UNKNOWN it is no capture, IND_SHORT it is empty or ends inside its header, IND_MALFORMED, IND_IO.
 * Live: IND_MISSING no such interface, or no right to capture on it; IND_IO. Both: IND_USAGE the filter is wrong; IND_NOMEM. */
enum ind_err capture_open_savefile(const struct capture_options *options, struct capture **capture, char error[static CAPTURE_ERROR_BYTES]) IND_MUST_USE;
enum ind_err capture_open_live(const struct capture_options *options, struct capture **capture, char error[static CAPTURE_ERROR_BYTES]) IND_MUST_USE;

void capture_close(struct capture *c);

/* Link types by libpcap's DLT number and name ("EN10MB"): one for all frames, but a pcapng file has one per interface, and more of them
 * may become known while it is read. */
enum { CAPTURE_LINKS_MAX = 16, CAPTURE_LINK_NAME_BYTES = 32 };
struct capture_link {
	unsigned number;
	bool seen;                   /* a frame of it was read, whether the filter took it or not */
	char name[CAPTURE_LINK_NAME_BYTES];
};
size_t capture_link_count(const struct capture *c);
const struct capture_link *capture_link_at(const struct capture *c, size_t i);

/* That of the first frame; of the first interface if there is no frame. */
const struct capture_link *capture_link(const struct capture *c);

/* Which of the room's readers it is, in words for people. */
const char *capture_reader(const struct capture *c);

/* The bytes per frame that the source keeps at most. */
uint32_t capture_snaplen(const struct capture *c);

/* Up to `max` (at most CAPTURE_BATCH are given) frames, borrowed until the next call. `wire` is never less than `captured`; `number` counts
 * what stands in a savefile, also what the filter left out; live, what the filter took.
 * IND_OK: *count frames, which may be 0: live after about 100 ms without traffic, in a savefile where the filter took nothing for long. With anything else *count is 0 and all frames before were given:
 * IND_END savefile read wholly, or capture_break; IND_SHORT the file ends inside a record; IND_MALFORMED it is damaged here;
 * IND_IO (also: the interface disappeared or was renamed); IND_USAGE the filter cannot be used with a link type that appears here. The outcome stays; capture_error says it in words. */
enum ind_err capture_next(struct capture *c, struct frame *frames, size_t max, size_t *count) IND_MUST_USE;

/* One line on the last outcome other than IND_OK and IND_END; before it, what libpcap warned of when it opened a live interface, or "".
 * Valid until capture_close. */
const char *capture_error(const struct capture *c);

/* Since the start. Savefile: received counts records read; drops are those that a pcapng file tells of. Live: received is what the kernel took for us, what it dropped then
 * included; interface_drops are the interface's own counts (missed, FIFO). May be called in a confined process. */
struct capture_stats { uint64_t received, kernel_drops, interface_drops; };
void capture_stats(struct capture *c, struct capture_stats *stats);

/* Live, instead of capture_next from there on: how many frames of up to that moment are in the kernel's ring still. They are counted by taking them, for at most about most_ns; what is
 * there then, the kernel's counters say, which know no moment and on the loopback interface count each frame twice. */
uint64_t capture_leave(struct capture *c, uint64_t until_ns, uint64_t most_ns);

/* SHA-256 of the whole file as stored, with options.hash and a descriptor: reads on to its end if the capture stopped before.
 * IND_USAGE if it was not asked for, or for a live capture; IND_IO. capture_next gives IND_END afterwards. */
enum ind_err capture_sha256(struct capture *c, uint8_t digest[static IND_SHA256_BYTES]) IND_MUST_USE;

/* Makes capture_next give IND_END soon. Async-signal-safe; may be called from another thread. */
void capture_break(struct capture *c);

/* Bytes read from the descriptor and the file's size; total 0 if unknown (a pipe, a read function, live). */
void capture_progress(const struct capture *c, uint64_t *done, uint64_t *total);

#endif
