/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "cli/cli.h"
#include "cli/tell.h"
#include "fleet/credentials.h"
#include "remote/place.h"
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { TIMEOUT_S = 60 };

bool place_option(struct place *p, int id, const char *value)
{
	switch (id) {
	case OPT_ENDPOINT: p->store.endpoint = value; return true;
	case OPT_BUCKET: p->store.bucket = value; return true;
	case OPT_REGION: p->store.region = value; return true;
	case OPT_VIRTUAL_HOST: p->store.virtual_host = true; return true;
	case OPT_CA: p->store.ca = value; return true;
	case OPT_CREDENTIALS: p->credentials = value; return true;
	default: return false;
	}
}

static bool host_ends(const char *rest) { return !*rest || *rest == ':' || *rest == '/'; }

/* Certificates say who answers. On this machine nobody is on the way. */
static bool is_open(const char *endpoint)
{
	static const char scheme[] = "http://", *const here[] = { "localhost", "[::1]" };
	const char *host = endpoint + sizeof(scheme) - 1;
	if (strncasecmp(endpoint, scheme, sizeof(scheme) - 1) != 0)
		return false;
	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		if (strncasecmp(host, here[i], strlen(here[i])) == 0 && host_ends(host + strlen(here[i])))
			return false;
	return strncmp(host, "127.", 4) != 0 || !host_ends(host + strspn(host, "0123456789."));
}

int place_ready(struct place *p, const char *verb, const char *folder_option)
{
	char error[CREDENTIALS_ERROR_BYTES];
	if (p->folder && (p->store.endpoint || p->store.bucket))
		return tell_error("%s: %s and --endpoint are two archives; choose one", verb, folder_option), CLI_USAGE;
	if (p->folder)
		return CLI_DONE;
	if (!p->store.endpoint || !p->store.bucket)
		return tell_error("%s: say which archive, with --endpoint and --bucket, or with %s", verb, folder_option), CLI_USAGE;
	if (p->store.ca && access(p->store.ca, R_OK) != 0)
		return tell_error("%s: %s", p->store.ca, strerror(errno)), CLI_MISSING;
	if (credentials_load(p->credentials, &p->keys, error) != IND_OK)
		return tell_error("%s", error), CLI_MISSING;
	if (is_open(p->store.endpoint))
		tell_note("%s: no TLS: who is on the way can read what goes there, and answer in the store's place; use https", p->store.endpoint);
	p->store.keys = &p->keys;
	p->store.region = p->store.region ? p->store.region : "us-east-1";
	p->store.timeout_s = p->store.timeout_s ? p->store.timeout_s : TIMEOUT_S;
	return CLI_DONE;
}

enum ind_err place_open(const struct place *p, struct archive **a, char why[static ARCHIVE_WHY_BYTES])
{
	return p->folder ? archive_folder(p->folder, a, why) : archive_store(&p->store, a, why);
}

int place_open_or_tell(const struct place *p, struct archive **a)
{
	char why[ARCHIVE_WHY_BYTES];
	enum ind_err err = place_open(p, a, why);
	if (err == IND_OK)
		return CLI_DONE;
	tell_error("%s", *why ? why : ind_strerror(err));
	return err == IND_USAGE ? CLI_USAGE : CLI_FAILED;
}

void place_forget(struct place *p) { explicit_bzero(&p->keys, sizeof(p->keys)); }
