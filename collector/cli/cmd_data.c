/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/data.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "query/rows.h"
#include "refdata/refdata.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct cli_option options[] = {
	{ OPT_DATA, 'd', "data", "DATADIR", NULL, "folder of reference data" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

struct data {
	const char *action, *operand, *folder;
	struct output_options output;
	char found[DATA_PATH_MAX];
};

static int data_open(const char *folder, struct refdata **refdata)
{
	char error[REFDATA_ERROR_BYTES] = "";
	enum ind_err err = refdata_open(folder, refdata, error);
	if (err == IND_OK)
		return CLI_DONE;
	tell_error("%s", error[0] ? error : ind_strerror(err));
	return err == IND_IO || err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

/* What was left out is said on standard error and, where a state is shown, in the row. */
static void put_set(struct writer *writer, const struct refdata *refdata, size_t i, const char *folder)
{
	const struct ind_data_set *set = refdata_data_set(refdata, i);
	const char *note = refdata_note(refdata, i);
	struct query_row row;
	char file[DATA_PATH_MAX];
	row_of_data_set(&row, set, (uint64_t)time(NULL));
	snprintf(file, sizeof(file), "%s/%.*s", folder, (int)set->name.bytes, set->name.at);
	row_text(&row, QUERY_DATA_file, file);
	if (refdata_lines(refdata, i))
		row_u64(&row, QUERY_DATA_lines, refdata_lines(refdata, i));
	row_text(&row, QUERY_DATA_state, note ? note : "ok");
	writer_row(writer, &row);
}

/* How many there were. */
static size_t notes_tell(const struct refdata *refdata)
{
	const char *note;
	size_t count = 0;
	for (size_t i = 0; i < refdata_count(refdata); i++)
		if ((note = refdata_note(refdata, i)) && ++count)
			tell_note("%s", note);
	for (size_t i = 0; (note = refdata_unused(refdata, i)); i++, count++)
		tell_note("%s", note);
	return count;
}

static int data_print(const struct data *d, const char *columns, bool check)
{
	struct output_options output = d->output;
	struct writer_options options_of;
	struct writer writer;
	struct target target;
	struct refdata *refdata = NULL;
	if (!output.format)
		output.format = columns;
	int status = output_writer_options(&output, QUERY_KIND_DATA, &options_of);
	if (status == CLI_DONE)
		status = data_open(d->folder, &refdata);
	if (status == CLI_DONE)
		status = target_open(&target, output.write, output.force);
	if (status != CLI_DONE) {
		refdata_close(refdata);
		return status;
	}
	writer_start(&writer, &target.out, QUERY_KIND_DATA, &options_of);
	for (size_t i = 0; i < refdata_count(refdata); i++)
		put_set(&writer, refdata, i, d->folder);
	writer_end(&writer, NULL);
	size_t notes = notes_tell(refdata);
	if (!refdata_count(refdata))
		tell_note("no reference data (*.mmdb, or lists with a .meta) in %s", d->folder);
	refdata_close(refdata);
	status = target_close(&target, true);
	return status == CLI_DONE && check && notes ? CLI_NEGATIVE : status;
}

static int data_list(const struct data *d) { return data_print(d, "table", false); }
static int data_check(const struct data *d) { return data_print(d, "table:state,name,kind,build,lines,sha256", true); }
static int data_age(const struct data *d) { return data_print(d, "table:name,build,age_days,kind", false); }

/* The data set is opened where nothing else is, so that the folder in use never holds a damaged one. */
static int data_add(const struct data *d)
{
	struct data_copy copy;
	struct refdata *refdata = NULL;
	if (!d->operand)
		return tell_error("data add: name a database (*.mmdb) or a list"), CLI_USAGE;
	int status = data_copy_make(&copy, d->operand, d->folder, d->output.force);
	if (status != CLI_DONE)
		return status;
	status = data_open(copy.folder, &refdata);
	if (status == CLI_DONE && !refdata_count(refdata)) {
		tell_error("%s", refdata_unused(refdata, 0) ? refdata_unused(refdata, 0) : "its name is not that of a data set");
		status = CLI_USAGE;
	} else if (status == CLI_DONE) {
		(void)notes_tell(refdata);
	}
	refdata_close(refdata);
	return data_copy_end(&copy, status);
}

static int data_option(struct data *d, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&d->output, id, value, &status))
		return status;
	if (id == OPT_DATA)
		d->folder = value;
	else if (!d->action)
		d->action = value;
	else if (!d->operand)
		d->operand = value;
	else
		return tell_error("data: '%s' is one word too many", value), CLI_USAGE;
	return CLI_DONE;
}

static int run(int argc, char **argv)
{
	static const struct { const char *name; int (*run)(const struct data *); } actions[] = {
		{ "list", data_list }, { "add", data_add }, { "check", data_check }, { "age", data_age },
	};
	struct args args;
	struct data d = { 0 };
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = data_option(&d, id, args.value);
	if (status == CLI_DONE)
		status = data_folder(d.folder, d.found, &d.folder);
	if (status != CLI_DONE)
		return status;
	for (size_t i = 0; d.action && i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].name, d.action) == 0)
			return actions[i].run(&d);
	tell_error("data: say what to do: list, add, check or age");
	return CLI_USAGE;
}

const struct cli_verb cmd_data = {
	"data", "Trust", "list|add FILE|check|age", "list add check age", "reference data sets: what is there, how old, whether whole",
	"list prints the data sets in use, age their dates and ages, check reads each through and exits with 1 if anything of them is left out, add copies a "
	"database (MaxMind DB format), or a list and the .meta beside it, into the folder after checking it. Nothing is ever downloaded. The folder is that of -d, "
	"else $INDICIA_DATA, else $XDG_DATA_HOME/indicia/data (~/.local/share/indicia/data) if it is there, else /var/lib/indicia/data.",
	"indicia data age\nindicia data add -d data GeoLite2-City.mmdb\nindicia data add delegated-ripencc-extended-latest", OPTIONS_OF(options), run,
};
