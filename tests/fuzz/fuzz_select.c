/* SPDX-License-Identifier: Apache-2.0 */
/* The filter language. The first byte says of which rows; the rest is a filter, and a time window too. What compiles is asked of a record of
 * each kind, and must be as good when asked again; what does not, says in one line where it stops. */
#include "query/filter.h"
#include "indicia/catalogue.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rows_context rows = { .sensor = "fra-01" };

/* A list that names itself, once more, and something else. */
static enum ind_err list(void *ctx, const char *name, char **text, size_t *bytes)
{
	(void)ctx;
	size_t length = strlen(name);
	if (name[0] == '?')
		return IND_MISSING;
	*bytes = 2 * length + 2;
	*text = malloc(*bytes);
	if (!*text)
		return IND_NOMEM;
	memcpy(*text, name, length);
	(*text)[length] = '\n';
	memcpy(*text + length + 1, name, length);
	(*text)[2 * length + 1] = ',';
	return IND_OK;
}

static struct ind_signal signals[] = {
	{ .id = IND_SIG_TLS_SNI, .value = "www.example.com", .value_bytes = 15 }, { .id = IND_SIG_PATH_CROSS_LAYER, .value = "-250", .value_bytes = 4 },
};

static struct ind_record record_of(enum query_kind_id kind)
{
	struct ind_record r = { .kind = kind == QUERY_KIND_ORIGIN ? IND_REC_ORIGIN : IND_REC_FLOW };
	if (kind == QUERY_KIND_ORIGIN) {
		r.origin = (struct ind_origin){ .ip_version = 6, .addr = { 0x20, 1 }, .flows = 3, .hops_min = IND_HOPS_ABSENT, .hops_mode = IND_HOPS_ABSENT };
		return r;
	}
	r.flow.flow = (struct ind_flow){
		.ip_version = 4, .proto = 6, .addr = { { 192, 0, 2, 1 }, { 198, 51, 100, 2 } }, .port = { 40000, 443 }, .packets = { 5, 4 }, .bytes = { 600, 5000 },
		.start_ns = 1795252323118402000, .end_ns = 1795252324118402000, .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = 20000, .tcp_flags = { 0x1b, 0x12 },
		.vlan_count = 1, .vlan = { 7 },
	};
	r.flow.signals = signals;
	r.flow.signal_count = sizeof(signals) / sizeof(signals[0]);
	return r;
}

static void ask(struct query_filter *f, enum query_kind_id kind)
{
	struct ind_record r = record_of(kind);
	struct filter_context context = { .rows = &rows };
	for (unsigned i = 0; i < 2; i++) {
		enum truth first = kind == QUERY_KIND_SIGNAL ? query_filter_matches_signal(f, &r, &signals[i], i, &context) : query_filter_matches(f, &r, &context);
		enum truth again = kind == QUERY_KIND_SIGNAL ? query_filter_matches_signal(f, &r, &signals[i], i, &context) : query_filter_matches(f, &r, &context);
		if (first != again || first > TRUTH_YES)
			abort();
	}
	for (size_t n = 0; query_filter_unsaid(f, n); n++)
		if (n > FILTER_CODE_MAX)
			abort();
}

static void window(const char *text)
{
	struct filter_window w;
	struct filter_error error;
	bool ok = filter_window_parse(text, &w, &error);
	if (ok ? w.from_ns >= w.to_ns : !error.text[0] || error.at > strlen(text))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum query_kind_id kinds[] = { QUERY_KIND_FLOW, QUERY_KIND_SIGNAL, QUERY_KIND_ORIGIN };
	if (size == 0)
		return 0;
	struct filter_options options = { .kind = kinds[data[0] % 3], .list = list };
	struct filter_error error;
	struct query_filter *f = NULL;
	enum ind_err err = query_filter_compile((const char *)data + 1, size - 1, &options, &f, &error);
	if (err != IND_OK && (!error.text[0] || error.at > size - 1))
		abort();
	if (err == IND_OK && query_filter_window(f, (struct filter_window){ 0, 1795252323118402000 }) == IND_OK)
		ask(f, options.kind);
	query_filter_free(f);
	char *text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	window(text);
	free(text);
	return 0;
}
