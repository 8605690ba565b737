/* SPDX-License-Identifier: Apache-2.0 */
/* Capture filters: libpcap's language (pcap-filter(7)), compiled by libpcap. */
#include "capture/room.h"
#include <nss.h>
#include <string.h>

/* libpcap has the system look up what is no number. A sensor asks nobody, and a filter that is recorded as evidence must mean the same
 * everywhere: hosts, networks and stations have no names here, and ports and protocols those of this machine's own files. It holds for
 * the whole process, which looks up nothing else. A source that does not exist is how the C library is told that there is none; it
 * also keeps it from asking a name cache daemon. */
static bool names_keep_here(void)
{
	static const char *const sources[][2] = {
		{ "hosts", "none" }, { "networks", "none" }, { "ethers", "none" }, { "services", "files" }, { "protocols", "files" },
	};

	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (__nss_configure_lookup(sources[i][0], sources[i][1]) != 0)
			return false;
	return true;
}

/* libpcap's words for a name without an address. */
static bool is_of_name(const char *reason)
{
	static const char *const words[] = { "unknown host", "unknown network", "unknown ether host" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(reason, words[i]))
			return true;
	return false;
}

enum ind_err filter_compile(struct capture *c, struct link *link)
{
	if (!c->filter || !*c->filter)
		return IND_OK;
	if (!names_keep_here())
		return capture_fail(c, IND_NOMEM, "capture filter: out of memory");
	if (pcap_compile(link->pcap, &link->program, c->filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		const char *reason = pcap_geterr(link->pcap);
		return capture_fail(c, IND_USAGE, "capture filter \"%.80s\": %.100s%s (link type %s)", c->filter, reason,
			is_of_name(reason) ? "; names are not looked up, write the address" : "", link->told.name);
	}
	link->has_filter = true;
	return IND_OK;
}
