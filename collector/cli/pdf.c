/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/target.h"
#include "cli/tell.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000, NOT_FOUND = 127, PATH_BYTES = 4096, PDF_BYTES_MAX = 1 << 30 };

bool pdf_wanted(const char *path)
{
	size_t bytes = path ? strlen(path) : 0;
	return bytes > 4 && strcmp(path + bytes - 4, ".pdf") == 0;
}

static uint64_t end_s(const struct report_model *m)
{
	uint64_t end_ns = m->last_ns;
	for (size_t i = 0; i < m->bundle_count; i++)
		if (m->bundles[i].not_after_ns != IND_ABSENT_U64 && m->bundles[i].not_after_ns > end_ns)
			end_ns = m->bundles[i].not_after_ns;
	return end_ns / NS_PER_S;
}

/* What the child needs of the environment, and its clock. */
static int spawn(const char *html, const char *part, uint64_t epoch_s, const sigset_t *mask, pid_t *child)
{
	static const char *const kept[] = { "PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE" };
	enum { KEPT = sizeof(kept) / sizeof(kept[0]) };
	char words[KEPT + 2][PATH_BYTES], program[] = "weasyprint", quiet[] = "-q", from[PATH_BYTES], to[PATH_BYTES];
	char *argv[] = { program, quiet, from, to, NULL }, *environment[KEPT + 3] = { NULL };
	size_t count = 0;
	for (size_t i = 0; i < KEPT; i++) {
		const char *value = getenv(kept[i]);
		if (!value || snprintf(words[count], PATH_BYTES, "%s=%s", kept[i], value) >= PATH_BYTES)
			continue;
		environment[count] = words[count];
		count++;
	}
	snprintf(words[count], PATH_BYTES, "SOURCE_DATE_EPOCH=%llu", (unsigned long long)epoch_s);
	environment[count] = words[count];
	count++;
	snprintf(words[count], PATH_BYTES, "LC_ALL=C.UTF-8");
	environment[count] = words[count];
	if (snprintf(from, sizeof(from), "%s", html) >= PATH_BYTES || snprintf(to, sizeof(to), "%s", part) >= PATH_BYTES)
		return ENAMETOOLONG;
	posix_spawnattr_t attributes;
	int error = posix_spawnattr_init(&attributes);
	if (error)
		return error;
	error = posix_spawnattr_setsigmask(&attributes, mask);
	if (!error)
		error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	if (!error)
		error = posix_spawnp(child, program, NULL, &attributes, argv, environment);
	posix_spawnattr_destroy(&attributes);
	return error;
}

static int print(const char *html, const char *part, uint64_t epoch_s, const sigset_t *mask)
{
	pid_t child;
	int state = 0, error = spawn(html, part, epoch_s, mask, &child);
	if (error == ENOENT) {
		tell_error("weasyprint is not installed: the Debian package weasyprint prints PDF; or write FILE.html and print it in a browser");
		return CLI_MISSING;
	}
	if (error)
		return tell_error("weasyprint: %s", strerror(error)), CLI_FAILED;
	while (waitpid(child, &state, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(state) && WEXITSTATUS(state) == 0)
		return CLI_DONE;
	tell_error("weasyprint failed, and no PDF was written");
	return WIFEXITED(state) && WEXITSTATUS(state) == NOT_FOUND ? CLI_MISSING : CLI_FAILED;
}

/* Page and print lie in a folder that nobody else may look into, whatever the child's umask is. */
struct place { char folder[PATH_BYTES - 16], html[PATH_BYTES], pdf[PATH_BYTES]; };

static int place_make(struct place *p)
{
	const char *folder = getenv("TMPDIR");
	int bytes = snprintf(p->folder, sizeof(p->folder), "%s/indicia-report-XXXXXX", folder && *folder ? folder : "/tmp");
	if (bytes >= (int)sizeof(p->folder) || !mkdtemp(p->folder))
		return tell_error("%s: %s", p->folder, strerror(bytes >= (int)sizeof(p->folder) ? ENAMETOOLONG : errno)), CLI_FAILED;
	snprintf(p->html, sizeof(p->html), "%s/page.html", p->folder);
	snprintf(p->pdf, sizeof(p->pdf), "%s/page.pdf", p->folder);
	return CLI_DONE;
}

static void place_remove(const struct place *p)
{
	unlink(p->html);
	unlink(p->pdf);
	rmdir(p->folder);
}

static int page_make(const struct report_model *m, const struct report_options *o, const char *name)
{
	struct out out;
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return tell_error("%s: %s", name, strerror(errno)), CLI_FAILED;
	out_start(&out, NULL, NULL);
	report_html(m, o, &out);
	size_t done = 0;
	ssize_t some = out.err == IND_OK ? 1 : -1;
	for (; some > 0 && done < out.used; done += some > 0 ? (size_t)some : 0)
		some = write(fd, out.at + done, out.used - done);
	bool whole = out.err == IND_OK && done == out.used;
	out_free(&out);
	close(fd);
	if (!whole)
		tell_error("%s: cannot be written", name);
	return whole ? CLI_DONE : CLI_FAILED;
}

static int file_copy(const char *path, struct out *out)
{
	uint8_t *bytes = NULL;
	size_t count = 0;
	int status = custody_file_read(path, PDF_BYTES_MAX, &bytes, &count);
	if (status == CLI_DONE)
		out_bytes(out, bytes, count);
	free(bytes);
	return status;
}

int pdf_write(const struct report_model *m, const struct report_options *o, const char *path, bool force)
{
	struct report_options printed = *o;
	struct target target;
	struct place place;
	int status = target_open(&target, path, force);
	if (status != CLI_DONE)
		return status;
	printed.pictures_alone = true;
	/* What interrupts waits until nothing of it is left; the child is interrupted at once. */
	sigset_t later, before;
	sigemptyset(&later);
	sigaddset(&later, SIGINT);
	sigaddset(&later, SIGTERM);
	sigaddset(&later, SIGHUP);
	sigprocmask(SIG_BLOCK, &later, &before);
	status = place_make(&place);
	if (status == CLI_DONE) {
		status = page_make(m, &printed, place.html);
		if (status == CLI_DONE)
			status = print(place.html, place.pdf, end_s(m), &before);
		if (status == CLI_DONE)
			status = file_copy(place.pdf, &target.out);
		place_remove(&place);
	}
	int closed = target_close(&target, status == CLI_DONE);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status == CLI_DONE ? closed : status;
}
