/* SPDX-License-Identifier: Apache-2.0 */
/* Capture filters: libpcap's language (pcap-filter(7)), compiled by libpcap. */
#include "capture/room.h"

enum ind_err filter_compile(struct capture *c, const char *text)
{
	if (!text || !*text)
		return IND_OK;
	if (pcap_compile(c->pcap, &c->program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return capture_fail(
			c, IND_USAGE, "capture filter \"%.80s\": %.120s (link type %s)", text, pcap_geterr(c->pcap), c->link_name);
	c->has_filter = true;
	return IND_OK;
}
