/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/assessment_rows.h"
#include "assess/reread.h"
#include "cli/cli.h"
#include "cli/selection.h"
#include "cli/tell.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool assessment_rows_is_json(const char *name)
{
	char first = '\0';
	int fd = strcmp(name, "-") == 0 ? -1 : open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool there = pread(fd, &first, 1, 0) == 1;
	close(fd);
	return there && first == '{';
}

int assessment_rows_open(struct assessment_rows *a, const char *name)
{
	bool standard = strcmp(name, "-") == 0;
	a->name = standard ? "standard input" : name;
	a->text = standard ? selection_read_all(STDIN_FILENO, REREAD_BYTES_MAX, &a->bytes) : selection_read_file(name, REREAD_BYTES_MAX, &a->bytes);
	if (a->text)
		return CLI_DONE;
	tell_error("%s: %s", a->name, errno == EFBIG ? "it is larger than any assessment" : strerror(errno));
	return errno == ENOMEM ? CLI_FAILED : CLI_DAMAGED;
}

void assessment_rows_close(struct assessment_rows *a)
{
	free(a->text);
	a->text = NULL;
}

struct reading { const struct assessment_rows *rows; struct rowset *set; };

static enum ind_err take(void *ctx, const struct query_row *row, const char *what, size_t what_bytes)
{
	const struct reading *r = ctx;
	uint64_t left_out = r->rows->ignored ? r->rows->ignored[row->kind - query_kinds] : 0;
	return rowset_add(r->set, row, what, what_bytes, left_out, 0, NULL);
}

int assessment_rows_read(void *ctx, struct rowset *set, bool first_pass)
{
	const struct assessment_rows *a = ctx;
	struct reading r = { a, set };
	char error[ASSESS_ERROR_BYTES] = "";
	enum ind_err err = reread(a->text, a->bytes, take, &r, error);
	if (err == IND_OK)
		return CLI_DONE;
	if (err == IND_NOMEM)
		return tell_error("out of memory"), CLI_FAILED;
	if (first_pass)
		tell_error("%s: %s", a->name, error);
	return CLI_DAMAGED;
}
