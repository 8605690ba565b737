/* SPDX-License-Identifier: Apache-2.0 */
/* Filters ask nobody: what has no number is refused before the system is asked for it. */
#include "capture/capture.h"
#include "support/suite.h"
#include "unit/capture/savefile.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static uint8_t bytes[64];
static struct savefile file = { .bytes = bytes };
static size_t given;

static enum ind_err memory_read(void *ctx, void *to, size_t count, size_t *got)
{
	(void)ctx;
	*got = file.size - given < count ? file.size - given : count;
	memcpy(to, file.bytes + given, *got);
	given += *got;
	return IND_OK;
}

/* Ends the process at its next socket(2). */
static void sockets_forbid(void)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog all = { sizeof program / sizeof *program, program };
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all), 0);
}

static const struct { const char *filter, *said; } cases[] = {
	{ "tcp", NULL },
	{ "host 192.0.2.1 or net 10.0.0.0/8 or host 2001:db8::1", NULL },
	{ "ether host 02:00:00:00:00:01 and port 53 and portrange 20-30", NULL },
	{ "ip proto \\icmp or ip proto ospf", NULL },
	{ "host www.example.org", "unknown host 'www.example.org'; names are not looked up, write the address" },
	{ "tcp or src host localhost", "names are not looked up" },
	{ "net loopback", "names are not looked up" },
	{ "ether host gate", "names are not looked up" },
	{ "host dead.beef", "names are not looked up" },
	{ "port no-such-port", "unknown port" },
};

START_TEST(no_socket_is_made_for_a_filter)
{
	char error[CAPTURE_ERROR_BYTES] = "";
	struct capture_options options = { .name = "test.pcap", .fd = -1, .read = memory_read, .filter = cases[_i].filter };
	struct capture *c;

	put_file_header(&file, 0xa1b2c3d4, 65535, 1);
	sockets_forbid();
	enum ind_err err = capture_open_savefile(&options, &c, error);
	ck_assert_msg(err == (cases[_i].said ? IND_USAGE : IND_OK), "%s: %s", cases[_i].filter, error);
	ck_assert_msg(!cases[_i].said || strstr(error, cases[_i].said), "%s: %s", cases[_i].filter, error);
	capture_close(c);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("filter");
	tcase_add_loop_test(t, no_socket_is_made_for_a_filter, 0, sizeof cases / sizeof cases[0]);
	return suite_run("capture.filter", t);
}
