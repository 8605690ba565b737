/* SPDX-License-Identifier: Apache-2.0 */
/* Link types: libpcap's numbers and names for them, and a filter for each. */
#include "capture/room.h"
#include <string.h>

enum ind_err link_open(struct capture *c, uint8_t header[static SOURCE_HEAD_BYTES], pcap_t **pcap)
{
	char error[PCAP_ERRBUF_SIZE] = "";

	FILE *file = fmemopen(header, SOURCE_HEAD_BYTES, "r");
	if (!file)
		return capture_fail(c, IND_NOMEM, "%s: out of memory", c->name);
	*pcap = pcap_fopen_offline(file, error);
	if (*pcap)
		return IND_OK;
	fclose(file);
	return capture_fail(c, IND_UNKNOWN, "%s: %.150s", c->name, error);
}

enum ind_err link_add(struct capture *c, pcap_t *pcap)
{
	struct link *link = &c->links[c->link_count++];
	int number = pcap_datalink(pcap);
	const char *name = pcap_datalink_val_to_name(number);

	link->pcap = pcap;
	link->told.number = (unsigned)number;
	if (name)
		snprintf(link->told.name, sizeof link->told.name, "%s", name);
	else
		snprintf(link->told.name, sizeof link->told.name, "LINKTYPE_%d", number);
	return filter_compile(c, link);
}

/* In our byte order: magic, version 2.4, snapshot length, link type. */
static void header_make(uint32_t number, uint8_t header[static SOURCE_HEAD_BYTES])
{
	const struct { uint32_t magic; uint16_t major, minor; uint32_t unused[2], snaplen, link; } fields = {
		.magic = 0xa1b2c3d4, .major = 2, .minor = 4, .snaplen = CAPTURE_FRAME_MAX_BYTES, .link = number,
	};
	memcpy(header, &fields, SOURCE_HEAD_BYTES);
}

enum ind_err link_of_file(struct capture *c, uint32_t number, struct link **link)
{
	pcap_t *pcap;

	for (size_t i = 0; i < c->link_count; i++)
		if (c->links[i].file_number == number) {
			*link = &c->links[i];
			return IND_OK;
		}
	if (c->link_count == CAPTURE_LINKS_MAX)
		return capture_fail(c, IND_MALFORMED, "%s: after record %llu: more than %d link types", c->name, (unsigned long long)c->number,
			CAPTURE_LINKS_MAX);
	*link = &c->links[c->link_count];
	(*link)->file_number = number;
	header_make(number, (*link)->header);
	enum ind_err err = link_open(c, (*link)->header, &pcap);
	return err ? err : link_add(c, pcap);
}
