/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CAPTURE_ROOM_H
#define CAPTURE_ROOM_H

#include "capture/capture.h"
#include "capture/source.h"
#include <pcap/pcap.h>

/* What the files of this room share: one capture, one of three readers behind it. */

/* MAXIMUM_SNAPLEN of libpcap: a longer record is damage. */
enum { CAPTURE_FRAME_MAX_BYTES = 262144, CAPTURE_PIECE_BYTES = 256 << 10 };

struct capture {
	/* Up to `max` frames; may give frames together with the outcome that follows them. */
	enum ind_err (*next)(struct capture *c, struct frame *frames, size_t max, size_t *count);
	pcap_t *pcap;                /* own reader: made of the file header alone, for link type and filter */
	struct bpf_program program;
	bool has_filter;
	bool nanoseconds;            /* unit of the record times */
	bool swapped;                /* own reader: the file's byte order is not ours */
	bool live;
	uint32_t snaplen;            /* bytes a frame is cut to */
	uint32_t source_snaplen;     /* as the file says */
	uint64_t number;             /* of the last frame */
	uint8_t *buffer;             /* own reader: a piece of the file; else the frames of one batch */
	size_t buffer_bytes, at, end;
	FILE *file;                  /* libpcap's view of the source; owned by pcap */
	struct source source;
	int interface_index;         /* live: 0 for what is no single interface ("any") */
	uint64_t looked_ms;          /* live: when the interface was last looked for */
	int drops_fd[2];             /* live: the interface's own drop counters, -1 where it has none */
	uint64_t drops_before;       /* their sum at the start */
	uint32_t kernel_received, kernel_dropped; /* libpcap's counters at the last look; they wrap */
	struct capture_stats stats;  /* live */
	enum ind_err outcome;        /* IND_OK while there may be more */
	atomic_bool stop;
	char name[96];
	char link_name[32];
	char error[CAPTURE_ERROR_BYTES];
};

/* The readers of savefiles; the source's head is known. The own one says which files it likes. */
enum ind_err classic_open(struct capture *c) IND_MUST_USE;
bool classic_likes(const struct source *s);
enum ind_err savefile_open(struct capture *c) IND_MUST_USE;

/* Compiles options->filter for c->pcap; IND_USAGE with libpcap's reason in c->error. */
enum ind_err filter_compile(struct capture *c, const char *text) IND_MUST_USE;

static inline bool filter_takes(const struct capture *c, uint32_t captured, uint32_t wire, const uint8_t *bytes)
{
	struct pcap_pkthdr header = { .caplen = captured, .len = wire };
	return !c->has_filter || pcap_offline_filter(&c->program, &header, bytes) != 0;
}

struct capture *capture_new(const char *name);
void capture_name_link(struct capture *c);

/* The end of opening: gives the capture out, or its error line and nothing. */
enum ind_err capture_finish(struct capture *c, enum ind_err err, struct capture **capture, char error[static CAPTURE_ERROR_BYTES]);

/* Writes one line to c->error and gives `err` back. */
enum ind_err capture_fail(struct capture *c, enum ind_err err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Why the source ended early, in words. */
enum ind_err capture_fail_source(struct capture *c);

#endif
