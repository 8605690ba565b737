/* SPDX-License-Identifier: Apache-2.0 */
/* Capture filters: libpcap's language (pcap-filter(7)), compiled by libpcap. */
#include "capture/room.h"

enum ind_err filter_compile(struct capture *c, struct link *link)
{
	if (!c->filter || !*c->filter)
		return IND_OK;
	if (pcap_compile(link->pcap, &link->program, c->filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return capture_fail(c, IND_USAGE, "capture filter \"%.80s\": %.120s (link type %s)", c->filter, pcap_geterr(link->pcap),
			link->told.name);
	link->has_filter = true;
	return IND_OK;
}
