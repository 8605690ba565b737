/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "base/near.h"
#include "cli/tell.h"
#include "cli/target.h"
#include "indicia/catalogue.h"
#include "query/stat.h"
#include <string.h>

static const struct cli_option options[] = { OPTIONS_OUTPUT, OPTION_QUIET, OPTION_HELP };

struct fields { const char *pattern; struct writer writer; struct near near; uint64_t shown, matched, limit; };

static bool matches(const struct fields *f, const char *record, const char *key)
{
	return !f->pattern || strstr(key, f->pattern) != NULL || strcmp(record, f->pattern) == 0;
}

static void put(struct fields *f, const struct query_row *row)
{
	f->matched++;
	if (f->shown == f->limit)
		return;
	f->shown++;
	writer_row(&f->writer, row);
}

static void put_field(struct fields *f, const struct query_kind *kind, const struct query_field *field)
{
	struct query_row row;
	if (f->pattern)
		near_offer(&f->near, field->key);
	if (!matches(f, kind->name, field->key))
		return;
	row_start(&row, QUERY_KIND_FIELD);
	row_text(&row, QUERY_FIELD_record, kind->name);
	row_text(&row, QUERY_FIELD_key, field->key);
	row_text(&row, QUERY_FIELD_value, query_type_name(field->type));
	row_text(&row, QUERY_FIELD_unit, field->unit);
	row_text(&row, QUERY_FIELD_zeek, field->zeek);
	row_text(&row, QUERY_FIELD_eve, field->eve);
	row_text(&row, QUERY_FIELD_ecs, field->ecs);
	row_text(&row, QUERY_FIELD_ipfix, field->ipfix);
	row_text(&row, QUERY_FIELD_stix, field->stix);
	row_text(&row, QUERY_FIELD_help, field->help);
	put(f, &row);
}

static const char *unit_of(const char *name)
{
	static const char *const units[] = { "us", "ppm", "hz" };
	const char *tail = strrchr(name, '_');
	for (size_t i = 0; tail && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(tail + 1, units[i]) == 0)
			return units[i];
	return NULL;
}

static const char *recorded_word(unsigned recorded)
{
	return recorded == IND_DERIVED ? "derived" : recorded == IND_RECORDED_BY_DEFAULT ? "default" : "on request";
}

static void put_signal(struct fields *f, const struct ind_signal_info *info)
{
	const char family[2] = { ind_family_letter(info->family), '\0' };
	const struct query_foreign *foreign = query_foreign_of(info->name);
	struct query_row row;
	if (f->pattern)
		near_offer(&f->near, info->name);
	if (!matches(f, "catalogue", info->name))
		return;
	row_start(&row, QUERY_KIND_FIELD);
	row_text(&row, QUERY_FIELD_record, "catalogue");
	row_text(&row, QUERY_FIELD_key, info->name);
	row_text(&row, QUERY_FIELD_value, info->value == IND_VALUE_NUMBER ? "number" : "text");
	row_text(&row, QUERY_FIELD_unit, unit_of(info->name));
	row_text(&row, QUERY_FIELD_family, family);
	row_text(&row, QUERY_FIELD_recorded, recorded_word(info->recorded));
	if (foreign) {
		row_text(&row, QUERY_FIELD_zeek, foreign->zeek);
		row_text(&row, QUERY_FIELD_eve, foreign->eve);
		row_text(&row, QUERY_FIELD_ecs, foreign->ecs);
		row_text(&row, QUERY_FIELD_ipfix, foreign->ipfix);
		row_text(&row, QUERY_FIELD_stix, foreign->stix);
	}
	row_text(&row, QUERY_FIELD_help, info->help);
	put(f, &row);
}

static void put_word(struct fields *f, const char *record, const struct filter_word *word)
{
	struct query_row row;
	if (f->pattern)
		near_offer(&f->near, word->name);
	if (!matches(f, record, word->name))
		return;
	row_start(&row, QUERY_KIND_FIELD);
	row_text(&row, QUERY_FIELD_record, record);
	row_text(&row, QUERY_FIELD_key, word->name);
	row_text(&row, QUERY_FIELD_rows, word->rows);
	row_text(&row, QUERY_FIELD_help, word->help);
	put(f, &row);
}

static void put_all(struct fields *f)
{
	struct filter_word word;
	size_t count;
	for (size_t k = 0; k < QUERY_KIND_COUNT; k++)
		for (size_t i = 0; i < query_kinds[k].count; i++)
			put_field(f, &query_kinds[k], &query_kinds[k].fields[i]);
	const struct ind_signal_info *list = ind_signal_list(&count);
	for (size_t i = 0; i < count; i++)
		put_signal(f, &list[i]);
	for (size_t i = 0; query_filter_word(i, &word); i++)
		put_word(f, "filter", &word);
	for (size_t i = 0; stat_key_word(i, &word); i++)
		put_word(f, "stats", &word);
	for (size_t i = 0; stat_measure_word(i, &word); i++)
		put_word(f, "stats", &word);
}

static int none(const struct fields *f)
{
	const char *best = near_best(&f->near);
	tell_note("fields: none has '%s' in its name%s%s%s", f->pattern, best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
	return CLI_NEGATIVE;
}

static int print(struct fields *f, const struct output_options *output)
{
	struct writer_options options_of;
	struct target target;
	int status = output_writer_options(output, QUERY_KIND_FIELD, &options_of);
	if (status == CLI_DONE)
		status = target_open(&target, output->write, output->force);
	if (status != CLI_DONE)
		return status;
	if (f->pattern)
		near_start(&f->near, f->pattern);
	f->limit = output->has_limit ? output->limit : UINT64_MAX;
	writer_start(&f->writer, &target.out, QUERY_KIND_FIELD, &options_of);
	put_all(f);
	writer_end(&f->writer, &(struct writer_summary){ f->shown < f->matched, f->shown, f->matched });
	if (f->shown < f->matched)
		tell_note("%llu of %llu fields shown (-n)", (unsigned long long)f->shown, (unsigned long long)f->matched);
	status = target_close(&target, true);
	return status == CLI_DONE && !f->matched ? none(f) : status;
}

static int run(int argc, char **argv)
{
	struct args args;
	struct output_options output = { 0 };
	struct fields f = { 0 };
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args)) {
		if (output_option(&output, id, args.value, &status))
			continue;
		if (f.pattern) {
			tell_error("fields: one PATTERN only");
			status = CLI_USAGE;
		}
		f.pattern = args.value;
	}
	return status == CLI_DONE ? print(&f, &output) : status;
}

const struct cli_verb cmd_fields = {
	"fields", "Look", "[PATTERN]", "flow signal origin claim exhibit bundle stat verify catalogue filter stats",
	"every field and signal: type, unit, names elsewhere",
	"Prints the fields of every kind of row and the catalogue of signals, with their types, units, and what Zeek, Suricata's EVE, ECS, IPFIX and "
	"STIX 2.1 call them, the words of filters, and the keys and measures of statistics. PATTERN is a part of a name, or a kind of record.",
	"# all that is known of a flow\nindicia fields flow\n# the words of filters\nindicia fields filter\n# what can be counted, and by what\nindicia fields stats\n# what others call the JA3 fields\nindicia fields ja3 -o json", OPTIONS_OF(options), run,
};
