/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/collect_keep.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include <stdlib.h>
#include <time.h>

bool collect_retain_passed(const struct daemon_options *d) { return d->retain_until_s && d->retain_until_s <= (uint64_t)time(NULL); }

const char *collect_keep_wrong(const struct daemon_options *d)
{
	bool limited = d->keep.count || d->keep.age_ns || d->keep.bytes || d->keep.free_bytes;
	if (limited && !d->interface)
		return "-W, --keep-age, --keep-bytes and --keep-free are for a live capture (-i)";
	if (limited && !d->rotate_s && !d->rotate_bytes)
		return "bundles are deleted when others take their place: say when (-G, --seal-size)";
	if (d->keep.shipped && !limited)
		return "--require-shipped says what -W, --keep-age, --keep-bytes and --keep-free may delete: none of them is given";
	return NULL;
}

int collect_shippers(struct daemon_options *d, struct ind_key_public **kept)
{
	size_t count = 0;
	if (!d->keep.shipped)
		return CLI_DONE;
	struct trust *t = calloc(1, sizeof(*t));
	int status = t ? trust_load(t) : (tell_error("out of memory"), CLI_FAILED);
	if (status == CLI_DONE && !(*kept = calloc(t->count + 1, sizeof(**kept))))
		status = (tell_error("out of memory"), CLI_FAILED);
	for (size_t i = 0; status == CLI_DONE && i < t->count; i++)
		if (t->revoked_ns[i] == UINT64_MAX)
			(*kept)[count++] = t->keys[i];
	free(t);
	d->shippers = *kept;
	d->shipper_count = count;
	return status;
}
