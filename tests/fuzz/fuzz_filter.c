/* SPDX-License-Identifier: Apache-2.0 */
/* Capture filters: each byte of the input is a word of the filter language, so that no name is ever looked up. A filter compiles or is
 * refused with one line; a compiled one runs over frames of every length. */
#include "capture/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = {
	"tcp", "udp", "ip", "ip6", "icmp", "arp", "vlan", "mpls", "host", "net", "port", "portrange", "src", "dst", "and", "or", "not", "proto", "(", ")",
	"10.0.0.1", "192.0.2.0/24", "2001:db8::1", "2001:db8::/32", "80", "443", "1-1024", "0", "65536", "4294967296", "[", "]", ":", "&", "|", "+", "-",
	"*", "/", "<", ">", "=", "!=", "<<", ">>", "len", "less", "greater", "broadcast", "multicast", "ether", "link", "inbound", "tcp[13] & 2 != 0", "0x12", "!",
};

/* A capture of Ethernet frames of growing length. */
struct file { uint8_t bytes[24 + 64 * (16 + 64)]; size_t at, count; };

static void file_make(struct file *f)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0 };
	memcpy(f->bytes, head, sizeof head);
	f->count = sizeof head;
	for (uint8_t n = 0; n < 64; n++) {
		uint8_t record[16] = { 0, 0, 0, 0, 0, 0, 0, 0, n, 0, 0, 0, 64, 0, 0, 0 };
		uint8_t frame[64] = { [12] = 0x08, [14] = 0x45, [23] = 6 };
		memcpy(f->bytes + f->count, record, sizeof record);
		memcpy(f->bytes + f->count + sizeof record, frame, n);
		f->count += sizeof record + n;
	}
}

static enum ind_err file_read(void *ctx, void *bytes, size_t count, size_t *got)
{
	struct file *f = ctx;
	*got = count < f->count - f->at ? count : f->count - f->at;
	memcpy(bytes, f->bytes + f->at, *got);
	f->at += *got;
	return IND_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct file f;
	char filter[2048] = "", error[CAPTURE_ERROR_BYTES] = "";
	size_t used = 0;
	for (size_t i = 0; i < size && used + 32 < sizeof filter; i++)
		used += (size_t)snprintf(filter + used, sizeof filter - used, "%s ", words[data[i] % (sizeof words / sizeof *words)]);
	file_make(&f);
	f.at = 0;
	struct capture_options options = { .name = "fuzz", .fd = -1, .read = file_read, .read_ctx = &f, .filter = filter };
	struct capture *c;
	enum ind_err err = capture_open_savefile(&options, &c, error);
	if (err) {
		if (!error[0] || strchr(error, '\n'))
			abort();
		return 0;
	}
	struct frame frames[CAPTURE_BATCH];
	size_t count, all = 0;
	while ((err = capture_next(c, frames, CAPTURE_BATCH, &count)) == IND_OK)
		all += count;
	if (err != IND_END || all > 64)
		abort();
	capture_close(c);
	return 0;
}
