/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/proof.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include "query/disclosed.h"
#include "query/value.h"
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN_BYTES = 8192, NAME_COLUMNS = 16 };

bool proof_is(const struct input *in)
{
	uint8_t head[IND_PROOF_MAGIC_BYTES];
	size_t got = 0;
	enum ind_err err = in->source.read_at(in->source.ctx, 0, head, sizeof(head), &got);
	return (err == IND_OK || err == IND_END) && ind_is_proof(head, got);
}

static bool begins_as_proof(int fd)
{
	uint8_t head[IND_PROOF_MAGIC_BYTES];
	struct stat info;
	ssize_t got = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? pread(fd, head, sizeof(head), 0) : -1;
	return got > 0 && ind_is_proof(head, (size_t)got);
}

/* By name: what cannot be opened is said when it is its turn. A pipe can be read only once and is not looked into. */
static bool is_proof_file(const char *name)
{
	if (strcmp(name, "-") == 0)
		return begins_as_proof(STDIN_FILENO);
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool is_proof = begins_as_proof(fd);
	close(fd);
	return is_proof;
}

void proof_among(const struct inputs *inputs, bool *all, bool *any)
{
	size_t count = 0;
	for (size_t i = 0; i < inputs->count; i++)
		count += is_proof_file(inputs->names[i]);
	*all = count == inputs->count;
	*any = count > 0;
}

struct showing {
	struct trust trust;
	struct writer writer;
	struct rows_context context;
	struct ind_derived derived;
	struct query_row row;
	struct target target;
	enum query_kind_id kind;     /* of a table: only these rows */
	bool table;
	size_t counts[QUERY_KIND_COUNT]; /* rows of each kind */
	uint64_t limit, shown, matched; /* rows of records */
};

static void put(struct showing *s)
{
	s->matched++;
	if (s->shown == s->limit)
		return;
	s->shown++;
	if (s->table)
		writer_row(&s->writer, &s->row);
	else
		writer_any_row(&s->writer, &s->row);
}

static void put_signals(struct showing *s, const struct ind_disclosed *d)
{
	for (size_t i = 0; i < d->record.flow.signal_count; i++) {
		row_of_disclosed_signal(&s->row, d, i);
		put(s);
	}
	if (!disclosed_derives(d))
		return;
	ind_flow_derive(&d->record.flow.flow, d->record.flow.signals, d->record.flow.signal_count, s->context.signals, &s->derived);
	for (size_t i = 0; i < s->derived.count; i++) {
		row_of_disclosed_derived(&s->row, d, &s->derived, i);
		put(s);
	}
}

static void see(void *ctx, const struct ind_disclosed *d)
{
	struct showing *s = ctx;
	if (d->record.kind == IND_REC_HEADER) {
		rows_context_of(&s->context, &d->record.header);
		return;
	}
	if (!s->table || s->kind == disclosed_kind(d->record.kind)) {
		row_of_disclosed(&s->row, d, &s->context);
		put(s);
	}
	if (d->record.kind == IND_REC_FLOW && (!s->table || s->kind == QUERY_KIND_SIGNAL))
		put_signals(s, d);
}

static void count(void *ctx, const struct ind_disclosed *d)
{
	struct showing *s = ctx;
	if (d->record.kind == IND_REC_HEADER)
		return;
	s->counts[disclosed_kind(d->record.kind)]++;
	if (d->record.kind == IND_REC_FLOW)
		s->counts[QUERY_KIND_SIGNAL] += d->record.flow.signal_count + (disclosed_derives(d) ? 1 : 0);
}

static enum ind_err check(struct showing *s, const struct input *in, ind_disclosure_see *each, struct ind_disclosure_result *result)
{
	struct ind_verify_options options = { .trusted = s->trust.keys, .trusted_count = s->trust.count };
	return ind_disclosure_check(&in->source, &options, each, s, result);
}

static void block_line(struct out *out, const char *name, const struct query_cell *cell)
{
	struct out plain;
	if (cell->form == CELL_ABSENT)
		return;
	out_start(&plain, NULL, NULL);
	value_plain(&plain, cell);
	char shown[SHOWN_BYTES];
	size_t used = text_to_display(plain.at, plain.used, shown, sizeof(shown));
	out_text(out, name);
	out_fill(out, ' ', NAME_COLUMNS - strlen(name));
	out_bytes(out, shown, used);
	out_char(out, '\n');
	out_free(&plain);
}

/* The whole, then a table of each kind of row that there is: one reading each. */
static enum ind_err show_tables(struct showing *s, const struct input *in, const struct output_options *output)
{
	static const enum query_kind_id kinds[] = { QUERY_KIND_FLOW, QUERY_KIND_SIGNAL, QUERY_KIND_EXHIBIT, QUERY_KIND_CLAIM, QUERY_KIND_ORIGIN };
	struct ind_disclosure_result result;
	struct writer_options options_of;
	enum ind_err err = IND_OK;
	for (size_t i = 0; i < s->row.kind->count; i++)
		block_line(&s->target.out, s->row.kind->fields[i].key, &s->row.cell[i]);
	for (size_t i = 0; err == IND_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!s->counts[kinds[i]] || output_writer_options(output, kinds[i], &options_of) != CLI_DONE)
			continue;
		out_char(&s->target.out, '\n');
		s->kind = kinds[i];
		writer_start(&s->writer, &s->target.out, kinds[i], &options_of);
		err = check(s, in, see, &result);
		writer_end(&s->writer, NULL);
	}
	return err;
}

static int show_open(struct showing *s, const struct input *in, const char *name, const struct output_options *output)
{
	struct ind_disclosure_result result;
	memset(s->counts, 0, sizeof(s->counts));
	enum ind_err err = check(s, in, count, &result);
	bool proven = err == IND_OK && (result.verify.verdict == IND_VERDICT_VALID || result.verify.verdict == IND_VERDICT_UNTRUSTED);
	if (err == IND_OK)
		row_of_disclosure(&s->row, name, &result);
	if (err == IND_OK && !proven)
		memset(s->counts, 0, sizeof(s->counts));
	if (err == IND_OK && s->table) {
		err = show_tables(s, in, output);
	} else if (err == IND_OK) {
		writer_any_row(&s->writer, &s->row);
		err = proven ? check(s, in, see, &result) : IND_OK;
	}
	if (err != IND_OK) {
		tell_error("%s: %s", in->name, err == IND_IO ? strerror(in->error) : ind_strerror(err));
		return CLI_DAMAGED;
	}
	if (!proven)
		tell_error("%s: %s (%s): nothing of it is proven, and nothing of it is shown", name, ind_verdict_name(result.verify.verdict), result.verify.reason);
	return result.verify.verdict == IND_VERDICT_VALID ? CLI_DONE : CLI_NEGATIVE;
}

static int show_each(struct showing *s, const struct inputs *inputs, const struct output_options *output)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < inputs->count; i++) {
		struct input in;
		int one = input_open(&in, inputs->names[i]);
		if (one == CLI_DONE) {
			one = show_open(s, &in, inputs->names[i], output);
			input_close(&in);
		}
		status = one > status ? one : status;
	}
	return status;
}

int proof_show(const struct inputs *inputs, const struct output_options *output)
{
	static struct showing s;
	struct writer_options options_of;
	int status = output_writer_options(output, QUERY_KIND_DISCLOSURE, &options_of);
	if (status == CLI_DONE && ((options_of.format != QUERY_FORMAT_TABLE && options_of.format != QUERY_FORMAT_NDJSON) || options_of.column_count)) {
		tell_error("show: a proof holds records of several kinds: -o table or -o ndjson, without columns");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = trust_load(&s.trust);
	if (status == CLI_DONE)
		status = target_open(&s.target, output->write, output->force);
	if (status != CLI_DONE)
		return status;
	s.table = options_of.format == QUERY_FORMAT_TABLE;
	s.limit = output->has_limit ? output->limit : UINT64_MAX;
	if (!s.table)
		writer_start(&s.writer, &s.target.out, QUERY_KIND_DISCLOSURE, &options_of);
	status = show_each(&s, inputs, output);
	bool cut = s.shown < s.matched;
	if (!s.table)
		writer_end(&s.writer, &(struct writer_summary){ cut, s.shown, s.matched });
	if (cut)
		tell_note("%llu of %llu rows shown (-n)", (unsigned long long)s.shown, (unsigned long long)s.matched);
	int closed = target_close(&s.target, true);
	return closed != CLI_DONE ? closed : status;
}
