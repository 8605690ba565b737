/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CAPTURE_ROOM_H
#define CAPTURE_ROOM_H

#include "capture/capture.h"
#include "capture/source.h"
#include <linux/filter.h>
#include <pcap/pcap.h>

/* What the files of this room share: one capture, one of four readers behind it. */

/* MAXIMUM_SNAPLEN of libpcap: a longer record is damage. */
enum { CAPTURE_FRAME_MAX_BYTES = 262144, CAPTURE_PIECE_BYTES = 256 << 10 };

/* A link type and the filter compiled for it. */
struct link {
	struct capture_link told;
	uint32_t file_number;        /* as the file has it: LINKTYPE, where libpcap has DLT */
	pcap_t *pcap;
	struct bpf_program program;
	bool has_filter;
	uint8_t header[SOURCE_HEAD_BYTES]; /* of a classic file with it: pcap reads on in it */
};

struct ng;

struct capture {
	/* Up to `max` frames; may give frames together with the outcome that follows them. */
	enum ind_err (*next)(struct capture *c, struct frame *frames, size_t max, size_t *count);
	pcap_t *pcap;                /* that of links[0] once there is one; classic reader: made of the file header alone */
	const char *reader, *filter;
	struct link links[CAPTURE_LINKS_MAX];
	size_t link_count, first_link;
	struct ng *ng;               /* own reader of pcapng */
	bool nanoseconds;            /* unit of the record times */
	bool swapped;                /* classic reader: the file's byte order is not ours */
	bool live;
	uint32_t snaplen;            /* bytes a frame is cut to */
	uint32_t source_snaplen;     /* as the file says, 0 if it does not */
	uint32_t asked_snaplen;      /* UINT32_MAX: not asked for */
	uint64_t number;             /* of the last frame */
	uint8_t *buffer;             /* own readers: a piece of the file; else the frames of one batch */
	size_t buffer_bytes, at, end;
	FILE *file;                  /* libpcap's view of the source; owned by pcap */
	struct source source;
	int interface_index;         /* live: 0 for what is no single interface ("any") */
	uint64_t looked_ms;          /* live: when the interface was last looked for */
	int drops_fd[2];             /* live: the interface's own drop counters, -1 where it has none */
	uint64_t drops_seen[2];      /* what each said last */
	uint64_t from_ns;            /* live: frames of before are not of this capture; 0: all are */
	uint64_t early;              /* how many there were */
	unsigned empty_reads;        /* how often none came */
	uint64_t until_ns;           /* live: when the interface was found to be gone; frames of later are not of this capture. 0: it is there */
	unsigned rest_reads;         /* how often the ring is looked into still */
	uint32_t kernel_received, kernel_dropped; /* libpcap's counters at the last look; they wrap */
	struct capture_stats stats;
	enum ind_err outcome;        /* IND_OK while there may be more */
	atomic_bool stop;
	char name[96];
	char error[CAPTURE_ERROR_BYTES];
};

/* The readers of savefiles; the source's head is known. The own ones say which files they like. */
enum ind_err classic_open(struct capture *c) IND_MUST_USE;
bool classic_likes(const struct source *s);
enum ind_err ng_open(struct capture *c) IND_MUST_USE;
bool ng_likes(const struct source *s);
void ng_close(struct capture *c);
enum ind_err savefile_open(struct capture *c) IND_MUST_USE;

/* The file's next piece for an own reader, whose buffer holds `block_most` bytes besides a piece. */
enum ind_err piece_start(struct capture *c, size_t block_most) IND_MUST_USE;

/* Puts it behind the unread tail, which moves to the front. IND_END; IND_SHORT, said as "the file ends inside WHERE NUMBER", if a tail is
 * left or `inside` says that more was announced. */
enum ind_err piece_read(struct capture *c, bool inside, const char *where, uint64_t number) IND_MUST_USE;

/* Adds a link type with what the filter is for it; `pcap` is the capture's from here on. IND_USAGE with libpcap's reason in c->error. */
enum ind_err link_add(struct capture *c, pcap_t *pcap) IND_MUST_USE;

/* That of a number in a savefile, found or added. */
enum ind_err link_of_file(struct capture *c, uint32_t number, struct link **link) IND_MUST_USE;

/* libpcap's view of a classic file header: it judges it, knows link types, and gives a handle to compile filters for. */
enum ind_err link_open(struct capture *c, uint8_t header[static SOURCE_HEAD_BYTES], pcap_t **pcap) IND_MUST_USE;

/* Compiles the capture's filter. IND_USAGE as above. */
enum ind_err filter_compile(struct capture *c, struct link *link) IND_MUST_USE;

static inline bool filter_takes(const struct link *link, uint32_t captured, uint32_t wire, const uint8_t *bytes)
{
	struct pcap_pkthdr header = { .caplen = captured, .len = wire };
	return !link->has_filter || pcap_offline_filter(&link->program, &header, bytes) != 0;
}

/* gate.c: before its socket is made, a sharer waits until those before it have joined. IND_IO. */
enum ind_err gate_wait(struct capture *c, const struct capture_gate *gate, uint32_t sharer) IND_MUST_USE;

/* Joins the others, waits until all are there, and sets c->from_ns. IND_IO with the reason in c->error; IND_MISSING if the system has no such sharing. */
enum ind_err gate_join(struct capture *c, struct capture_gate *gate, uint32_t sharer) IND_MUST_USE;

/* share.c: the program by which the kernel chooses one of the sharers: it gives the same number for both directions of two addresses. */
enum { SHARE_STEPS_MAX = 512 };
struct share {
	uint16_t count;
	struct sock_filter steps[SHARE_STEPS_MAX];
};
void share_program(struct share *s, bool ethernet);

struct capture *capture_new(const char *name);

/* The end of opening: gives the capture out, or its error line and nothing. */
enum ind_err capture_finish(struct capture *c, enum ind_err err, struct capture **capture, char error[static CAPTURE_ERROR_BYTES]);

/* Writes one line to c->error and gives `err` back. */
enum ind_err capture_fail(struct capture *c, enum ind_err err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Why the source ended early, in words. */
enum ind_err capture_fail_source(struct capture *c);

#endif
