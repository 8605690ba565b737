/* SPDX-License-Identifier: Apache-2.0 */
/* Epochs as someone would write them who came into a sensor, and the unusual that is right. In all of these the "epoch" key is in force first, and
 * the identity key doubles as the key of every later epoch. */
#include "forge_tools.h"

#include <string.h>

static void epochs_good(struct forge *f)
{
	seal(f, false);
	epoch_next(f);
	data_frame(f, ROW_FLOW, NULL, false);
	seal(f, false);
	epoch_next(f);
	seal(f, true);
}

/* The key of the epoch before signs on. */
static void epoch_old_key(struct forge *f)
{
	seal(f, false);
	epoch_next(f);
	f->signer = f->keys->epoch;
	seal(f, true);
}

/* A newer key signs a seal of an older epoch: what was recorded then is made again now. */
static void epoch_early_key(struct forge *f)
{
	f->signer = f->keys->identity;
	seal(f, true);
}

static void epoch_skipped(struct forge *f)
{
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	e.epoch.number++;
	epoch_put(f, &e, f->signer);
	seal(f, true);
}

static void epoch_again(struct forge *f)
{
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	e.epoch.number--;
	epoch_put(f, &e, f->signer);
	seal(f, true);
}

static void epoch_by_other(struct forge *f)
{
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	epoch_put(f, &e, f->keys->identity);
	seal(f, true);
}

static void epoch_unsealed(struct forge *f)
{
	seal(f, false);
	data_frame(f, ROW_FLOW, NULL, false);
	epoch_next(f);
	seal(f, true);
}

static void epoch_after_header(struct forge *f)
{
	epoch_next(f);
	seal(f, true);
}

/* Cut and gone on with in the next epoch: the frame that really began it stood two leaves further on. */
static void epoch_moved(struct forge *f)
{
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	e.epoch.leaves += 2;
	epoch_put(f, &e, f->signer);
	seal(f, true);
}

/* The same, without that frame. */
static void epoch_left_out(struct forge *f)
{
	seal(f, false);
	f->stream.epoch++;
	f->signer = f->keys->identity;
	seal(f, true);
}

static void epoch_other_stream(struct forge *f)
{
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	e.epoch.stream_id[0] ^= 1;
	epoch_put(f, &e, f->signer);
	seal(f, true);
}

static void epoch_back_in_time(struct forge *f)
{
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	e.epoch.start_ns--;
	epoch_put(f, &e, f->signer);
	seal(f, true);
}

static void seal_other_epoch(struct forge *f)
{
	f->stream.epoch++;
	seal(f, true);
}

/* ---- boot keys ---- */

/* A second epoch with a boot key. */
static void boot_begin(struct forge *f)
{
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	ind_key_public(f->keys->boot, &e.epoch.boot_key);
	epoch_put(f, &e, f->signer);
}

static void restart_put(struct forge *f, const struct ind_key *by, bool with_boot_key)
{
	struct epoch_frame e = epoch_frame_next(f);
	e.restart = true;
	if (with_boot_key)
		ind_key_public(f->keys->epoch, &e.epoch.boot_key);
	epoch_put(f, &e, by);
}

static void restart_good(struct forge *f)
{
	boot_begin(f);
	restart_put(f, f->keys->boot, false);
	seal(f, true);
}

/* What a crash left unsealed is still covered by the seal after it. */
static void restart_unsealed(struct forge *f)
{
	boot_begin(f);
	data_frame(f, ROW_FLOW, NULL, false);
	restart_put(f, f->keys->boot, false);
	seal(f, true);
}

static void restart_chained(struct forge *f)
{
	boot_begin(f);
	restart_put(f, f->keys->boot, true);
	restart_put(f, f->keys->epoch, false);
	seal(f, true);
}

static void restart_twice(struct forge *f)
{
	boot_begin(f);
	restart_put(f, f->keys->boot, true);
	restart_put(f, f->keys->boot, false);
	seal(f, true);
}

static void restart_after_epoch(struct forge *f)
{
	boot_begin(f);
	seal(f, false);
	epoch_next(f);
	restart_put(f, f->keys->boot, false);
	seal(f, true);
}

static void restart_without(struct forge *f)
{
	seal(f, false);
	restart_put(f, f->keys->boot, false);
	seal(f, true);
}

static void restart_by_epoch_key(struct forge *f)
{
	boot_begin(f);
	restart_put(f, f->keys->identity, false);
	seal(f, true);
}

/* Signed by the boot key, and not said to be. */
static void restart_unsaid(struct forge *f)
{
	boot_begin(f);
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	epoch_put(f, &e, f->keys->boot);
	seal(f, true);
}

static void boot_key_seals(struct forge *f)
{
	boot_begin(f);
	f->signer = f->keys->boot;
	seal(f, true);
}

/* Another boot key than the one that was signed with the epoch key. */
static void boot_key_unsigned(struct forge *f)
{
	struct buffer b = { 0 };
	size_t bytes;
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	must(epoch_sign(&e.epoch, f->signer, e.signature) == IND_OK);
	ind_key_public(f->keys->boot, &e.epoch.boot_key);
	must(epoch_pack(&e, 0, &b, &bytes) == IND_OK);
	frame(f, FRAME_EPOCH, b.at, bytes);
	buffer_free(&b);
	f->stream.epoch++;
	f->signer = f->keys->identity;
	seal(f, true);
}

/* An EPOCH whose boot key is said with so many zero bytes. */
static void boot_key_zero(struct forge *f, uint8_t count)
{
	struct buffer b = { 0 };
	size_t bytes = 0;
	uint8_t field[2 + IND_KEY_BYTES] = { 0x2a, count };
	seal(f, false);
	struct epoch_frame e = epoch_frame_next(f);
	must(epoch_sign(&e.epoch, f->signer, e.signature) == IND_OK && epoch_pack(&e, 0, &b, &bytes) == IND_OK);
	must(buffer_reserve(&b, bytes + sizeof field));
	memcpy(b.at + bytes, field, 2u + count);
	frame(f, FRAME_EPOCH, b.at, bytes + 2 + count);
	buffer_free(&b);
	f->stream.epoch++;
	f->signer = f->keys->identity;
	seal(f, true);
}

static void boot_key_all_zero(struct forge *f) { boot_key_zero(f, IND_KEY_BYTES); }
static void boot_key_short(struct forge *f) { boot_key_zero(f, IND_KEY_BYTES - 1); }

static const struct epoch_case {
	struct forgery f;
	void (*make)(struct forge *f);
} cases[] = {
	{ { "epochs_good", IND_VERDICT_VALID, "" }, epochs_good },
	{ { "epoch_old_key", IND_VERDICT_ALTERED, "checkpoint_key" }, epoch_old_key },
	{ { "epoch_early_key", IND_VERDICT_ALTERED, "checkpoint_key" }, epoch_early_key },
	{ { "epoch_skipped", IND_VERDICT_ALTERED, "epoch_transition" }, epoch_skipped },
	{ { "epoch_again", IND_VERDICT_ALTERED, "epoch_transition" }, epoch_again },
	{ { "epoch_by_other", IND_VERDICT_ALTERED, "epoch_transition" }, epoch_by_other },
	{ { "epoch_unsealed", IND_VERDICT_ALTERED, "epoch_transition" }, epoch_unsealed },
	{ { "epoch_after_header", IND_VERDICT_ALTERED, "epoch_transition" }, epoch_after_header },
	{ { "epoch_moved", IND_VERDICT_ALTERED, "epoch_transition" }, epoch_moved },
	{ { "epoch_left_out", IND_VERDICT_ALTERED, "seal_epoch" }, epoch_left_out },
	{ { "epoch_other_stream", IND_VERDICT_ALTERED, "epoch_transition" }, epoch_other_stream },
	{ { "epoch_back_in_time", IND_VERDICT_ALTERED, "epoch_transition" }, epoch_back_in_time },
	{ { "seal_other_epoch", IND_VERDICT_ALTERED, "seal_epoch" }, seal_other_epoch },
	{ { "restart_good", IND_VERDICT_VALID, "" }, restart_good },
	{ { "restart_unsealed", IND_VERDICT_VALID, "" }, restart_unsealed },
	{ { "restart_chained", IND_VERDICT_VALID, "" }, restart_chained },
	{ { "restart_twice", IND_VERDICT_ALTERED, "epoch_transition" }, restart_twice },
	{ { "restart_after_epoch", IND_VERDICT_ALTERED, "epoch_transition" }, restart_after_epoch },
	{ { "restart_without", IND_VERDICT_ALTERED, "epoch_transition" }, restart_without },
	{ { "restart_by_epoch_key", IND_VERDICT_ALTERED, "epoch_transition" }, restart_by_epoch_key },
	{ { "restart_unsaid", IND_VERDICT_ALTERED, "epoch_transition" }, restart_unsaid },
	{ { "boot_key_seals", IND_VERDICT_ALTERED, "checkpoint_key" }, boot_key_seals },
	{ { "boot_key_unsigned", IND_VERDICT_ALTERED, "epoch_transition" }, boot_key_unsigned },
	{ { "boot_key_all_zero", IND_VERDICT_ALTERED, "epoch_form" }, boot_key_all_zero },
	{ { "boot_key_short", IND_VERDICT_ALTERED, "epoch_form" }, boot_key_short },
};

size_t epoch_case_count(void) { return sizeof cases / sizeof cases[0]; }

struct forgery epoch_case_make(size_t i, struct forge *f)
{
	cases[i].make(f);
	return cases[i].f;
}
