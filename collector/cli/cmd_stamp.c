/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3161: the request goes out as a file, and the answer comes back as one (docs/custody.md section 5). */
#include "base/hash.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/custody_show.h"
#include "cli/target.h"
#include "cli/tell.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_REQUEST, 0, "request", NULL, NULL, "write a request to -w FILE" },
	{ OPT_ATTACH, 0, "attach", "RESPONSE", NULL, "check an authority's answer and put it into the custody log" },
	{ OPT_CA, 0, "ca", "FILE", NULL, "certificates of authorities that are trusted; may be given again" },
	{ OPT_UNTRUSTED, 0, "untrusted", "FILE", NULL, "certificates between the authority and its root; may be given again" },
	{ OPT_CRL, 0, "crl", "FILE", NULL, "revocation list; may be given again" },
	{ OPT_ACTOR, 0, "actor", "NAME", NULL, "who does it; else $INDICIA_ACTOR" },
	{ OPT_PLACE, 0, "place", "TEXT", NULL, "where; else $INDICIA_PLACE" },
	{ OPT_PURPOSE, 0, "purpose", "TEXT", NULL, "why ('time stamp')" },
	{ OPT_LEGAL_BASIS, 0, "legal-basis", "TEXT", NULL, "legal basis" },
	{ OPT_KEY, 0, "key", "FILE", NULL, "sign the event with this key" },
	{ OPT_AFTER_TORN, 0, "after-torn", "HEX", NULL, "append behind a torn end of the log" },
	{ OPT_TRUST, 0, "trust", "F|D", NULL, "trust these keys, and no others; may be given again" },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "where the request goes" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w replace a file" },
	OPTION_QUIET,
	OPTION_HELP,
};

struct stamping {
	bool request;
	const char *attach, *bundle;
	struct custody_trust trust;
	struct custody_add add;
	struct output_options output;
	struct ind_der_list certificates, crls;
};

static int request_write(const struct stamping *s, const struct custody *c)
{
	uint8_t nonce[IND_STAMP_NONCE_BYTES], *der;
	size_t bytes;
	struct target target;
	enum ind_err err = hash_random(nonce, sizeof(nonce));
	if (err == IND_OK)
		err = ind_stamp_request(c->result.note_sha256, nonce, &der, &bytes);
	if (err != IND_OK)
		return tell_error("stamp: %s", ind_strerror(err)), CLI_FAILED;
	int status = target_open(&target, s->output.write, s->output.force);
	if (status == CLI_DONE) {
		out_bytes(&target.out, der, bytes);
		status = target_close(&target, true);
	}
	free(der);
	if (status == CLI_DONE)
		tell_note("%s: send it to an authority (application/timestamp-query); its answer comes back with --attach", s->output.write);
	return status;
}

static int answer_read(const struct stamping *s, uint8_t **token, size_t *bytes)
{
	uint8_t *answer;
	size_t count;
	char refusal[IND_STAMP_NAME_MAX];
	int status = custody_file_read(s->attach, CUSTODY_FILE_BYTES_MAX, &answer, &count);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = ind_stamp_token(answer, count, token, bytes, refusal);
	free(answer);
	if (err == IND_OK)
		return CLI_DONE;
	if (err == IND_MISSING)
		tell_error("%s: the authority refused%s%s", s->attach, *refusal ? ": " : "", refusal);
	else
		tell_error("%s: %s", s->attach, err == IND_NOMEM ? "out of memory" : "is no answer of a time stamp authority (RFC 3161)");
	return err == IND_MISSING ? CLI_NEGATIVE : err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

static void parts_lend(const struct ind_der_list *list, struct ind_bytes *parts, size_t *count)
{
	*count = list->count;
	for (size_t i = 0; i < list->count; i++)
		parts[i] = (struct ind_bytes){ list->at[i], list->bytes[i] };
}

static void result_tell(const struct stamping *s, const struct ind_stamp_result *r)
{
	char time[32], until[32];
	text_time(r->time_ns, time, sizeof(time));
	text_time(r->not_after_ns, until, sizeof(until));
	if (r->reason != IND_STAMP_OK)
		tell_error("%s: is of no use (%s): %s", s->attach, ind_stamp_reason_name(r->reason), ind_stamp_reason_help(r->reason));
	else
		tell_note("sealed not after %s: %s says %s%s%s", until, r->authority, time,
			r->accuracy_ns == IND_ABSENT_U64 ? " and states no accuracy" : "", r->revocation_checked ? "" : "; revocation was not checked (--crl)");
}

/* What is stored is what the check needed: the chain that it found, and the lists. */
static int token_attach(struct stamping *s, struct custody *c, const uint8_t *token, size_t bytes)
{
	struct ind_stamp stamp = { .token = { token, bytes } };
	struct ind_stamp_result result;
	struct ind_der_list chain = { 0 };
	parts_lend(&s->certificates, stamp.certificates, &stamp.certificate_count);
	parts_lend(&s->crls, stamp.crls, &stamp.crl_count);
	enum ind_err err = ind_stamp_check(&stamp, c->result.note_sha256, s->trust.roots, &result, &chain);
	int status = err == IND_OK ? CLI_DONE : (tell_error("stamp: %s", ind_strerror(err)), CLI_FAILED);
	if (status == CLI_DONE) {
		result_tell(s, &result);
		status = result.reason == IND_STAMP_OK ? CLI_DONE : CLI_NEGATIVE;
	}
	if (status == CLI_DONE) {
		parts_lend(&chain, stamp.certificates, &stamp.certificate_count);
		s->add.type = IND_CUSTODY_TIMESTAMPED;
		s->add.stamp = &stamp;
		status = custody_append(c, &s->add);
	}
	ind_der_list_free(&chain);
	return status;
}

static int stamp_attach(struct stamping *s, struct custody *c)
{
	uint8_t *token;
	size_t bytes;
	int status = answer_read(s, &token, &bytes);
	if (status != CLI_DONE)
		return status;
	status = token_attach(s, c, token, bytes);
	free(token);
	return status;
}

static int part_add(struct stamping *s, const char *path, bool crls)
{
	uint8_t *bytes;
	size_t count;
	if (custody_file_read(path, CUSTODY_FILE_BYTES_MAX, &bytes, &count) != CLI_DONE)
		return CLI_MISSING;
	enum ind_err err = crls ? ind_der_list_crls(&s->crls, bytes, count) : ind_der_list_certificates(&s->certificates, bytes, count);
	free(bytes);
	if (err == IND_OK)
		return CLI_DONE;
	if (err == IND_MALFORMED)
		tell_error("%s: holds no %s (PEM or DER)", path, crls ? "revocation list" : "certificate");
	else
		tell_error("%s: %s", path, err == IND_LIMIT ? "more of them than a time stamp may carry" : ind_strerror(err));
	return err == IND_NOMEM ? CLI_FAILED : CLI_MISSING;
}

static int stamp_option(struct stamping *s, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&s->output, id, value, &status) || custody_add_option(&s->add, id, value, &status))
		return status;
	switch (id) {
	case OPT_REQUEST: s->request = true; return CLI_DONE;
	case OPT_ATTACH: s->attach = value; return CLI_DONE;
	case OPT_CA: return custody_trust_ca(&s->trust, value);
	case OPT_UNTRUSTED: return part_add(s, value, false);
	case OPT_CRL: return part_add(s, value, true);
	case OPT_TRUST: return trust_give(&s->trust.keys, value);
	default: break;
	}
	if (s->bundle)
		return tell_error("stamp: '%s' is one word too many", value), CLI_USAGE;
	s->bundle = value;
	return CLI_DONE;
}

static int stamp_check(const struct stamping *s)
{
	const char *wrong = NULL;
	if (!s->bundle)
		wrong = "name a bundle";
	else if (s->request == (s->attach != NULL))
		wrong = "say what to do: --request or --attach RESPONSE";
	else if (s->request != (s->output.write != NULL))
		wrong = s->request ? "say where the request goes (-w)" : "-w goes with --request";
	if (!wrong)
		return CLI_DONE;
	tell_error("stamp: %s; see 'indicia stamp -h'", wrong);
	return CLI_USAGE;
}

static int stamp_run(struct stamping *s)
{
	struct custody c;
	int status = custody_trust_load(&s->trust);
	if (status != CLI_DONE)
		return status;
	status = custody_open(&c, s->bundle, &s->trust, NULL, 0);
	if (status == CLI_DONE && (!c.has_bundle || c.result.verdict != IND_VERDICT_VALID)) {
		tell_error("%s: is %s, and only a VALID bundle has a last note to stamp", s->bundle, c.has_bundle ? ind_verdict_name(c.result.verdict) : "not there");
		status = c.has_bundle ? CLI_NEGATIVE : CLI_DAMAGED;
	}
	if (status == CLI_DONE)
		status = s->request ? request_write(s, &c) : stamp_attach(s, &c);
	custody_close(&c);
	return status;
}

static int run(int argc, char **argv)
{
	static struct stamping s = { .add.purpose = "time stamp" };
	struct args args;
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = stamp_option(&s, id, args.value);
	if (status == CLI_DONE)
		status = stamp_check(&s);
	if (status == CLI_DONE)
		status = stamp_run(&s);
	ind_der_list_free(&s.certificates);
	ind_der_list_free(&s.crls);
	custody_trust_free(&s.trust);
	return status;
}

const struct cli_verb cmd_stamp = {
	"stamp", "Trust", "BUNDLE", NULL, "time stamps of an authority for a bundle's last note",
	"The sensor's clock alone says when a bundle was made. An authority that saw the SHA-256 of its last note (RFC 3161) says that this was not later. --request writes what to send, "
	"--attach checks what came back and appends it to the custody log, with the certificates and revocation lists that its check needs, so that it can be checked when they "
	"have expired.\n"
	"Nothing is sent: the request and the answer are files, and any authority will do. Trusted are those of --ca, else the certificates in /etc/indicia/tsa.d; the same at every later check. "
	"A token that is not of use is refused with the reason: imprint it is of something else; token its form or signature; chain no chain to a trusted authority, valid at its time; "
	"revoked; crl the list does not cover its time (exit status 1).",
	"indicia stamp --request -w case.tsq case.ieb\n# anywhere with a network\ncurl -H 'Content-Type: application/timestamp-query' --data-binary @case.tsq -o case.tsr https://tsa.example/\n"
	"indicia stamp --attach case.tsr --ca tsa-root.pem --crl tsa.crl --actor 'A. Analyst' --place 'Lab 2' case.ieb\nindicia verify --ca tsa-root.pem --explain case.ieb",
	OPTIONS_OF(options), run,
};
