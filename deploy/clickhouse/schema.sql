-- SPDX-License-Identifier: Apache-2.0
-- Rows of a fleet's archive in ClickHouse (docs/fleet.md): tables of which each row leads back to the evidence. proto/rows.proto must be among the server's format schemas.
-- {endpoint}, {bucket}, {access} and {secret} are the reader's; deploy/clickhouse/load.sql fills the tables.
-- Every question is bounded by a case's window and addresses: partitions and keys are made for that, and for nothing else.

CREATE DATABASE IF NOT EXISTS indicia;

-- bundle: SHA-256 of the bundle that the row was made of, out of the object's name. record: what `indicia disclose --record` takes.
CREATE TABLE IF NOT EXISTS indicia.flows
(
    bundle FixedString(64),
    record String CODEC(ZSTD(1)),
    sensor LowCardinality(String),
    start DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    end DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    proto LowCardinality(String),
    saddr IPv6,
    sport Nullable(UInt16),
    daddr IPv6,
    dport Nullable(UInt16),
    spkts Nullable(UInt64),
    dpkts Nullable(UInt64),
    sbytes Nullable(UInt64),
    dbytes Nullable(UInt64),
    client_rtt_us Nullable(UInt32),
    server_rtt_us Nullable(UInt32),
    validated LowCardinality(Nullable(String)),
    carries LowCardinality(Nullable(String)),
    community_id Nullable(String) CODEC(ZSTD(1)),
    INDEX by_saddr saddr TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX by_daddr daddr TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(start)
ORDER BY (daddr, start, saddr, bundle, record)
TTL toDateTime(start) + INTERVAL 90 DAY;

CREATE TABLE IF NOT EXISTS indicia.signals
(
    bundle FixedString(64),
    record String CODEC(ZSTD(1)),
    flow String CODEC(ZSTD(1)),
    sensor LowCardinality(String),
    time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    signal LowCardinality(String),
    side LowCardinality(Nullable(String)),
    addr IPv6,
    value String CODEC(ZSTD(1)),
    truncated Bool,
    INDEX by_addr addr TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (signal, value, time, addr, bundle, record)
TTL toDateTime(time) + INTERVAL 90 DAY;

-- What data sets said of addresses. A claim has no time of its own: day is that of its bundle.
CREATE TABLE IF NOT EXISTS indicia.claims
(
    bundle FixedString(64),
    record String CODEC(ZSTD(1)),
    sensor LowCardinality(String),
    day Date,
    addr IPv6,
    data_set LowCardinality(String),
    build Nullable(DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    prefix Nullable(UInt8),
    country LowCardinality(Nullable(String)),
    registered_country LowCardinality(Nullable(String)),
    asn Nullable(UInt32),
    holder Nullable(String) CODEC(ZSTD(1)),
    kind LowCardinality(Nullable(String)),
    flags Array(LowCardinality(String))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(day)
ORDER BY (addr, data_set, day, bundle, record)
TTL day + INTERVAL 90 DAY;

-- One remote address in one bundle: which families of signals spoke (JSON), and what many flows showed.
CREATE TABLE IF NOT EXISTS indicia.origins
(
    bundle FixedString(64),
    record String CODEC(ZSTD(1)),
    sensor LowCardinality(String),
    addr IPv6,
    first DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    last DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    flows UInt64,
    validated UInt64,
    families Nullable(String) CODEC(ZSTD(1)),
    hops_mode Nullable(UInt8),
    rtt_min_us Nullable(UInt64),
    access LowCardinality(Nullable(String)),
    cotenants Nullable(UInt32)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(first)
ORDER BY (addr, first, bundle, record)
TTL toDateTime(first) + INTERVAL 90 DAY;
