-- Names are stored once; the watermark is the last number that trimming removed from the stream.
CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  watermark INTEGER NOT NULL DEFAULT 0
);

-- A span's numbers are contiguous from first to last; the newest span has no last yet.
CREATE TABLE span (
  first INTEGER PRIMARY KEY,
  last INTEGER
);

-- Each node's newest batch. The greatest last of all is the log's head, also when everything was trimmed.
CREATE TABLE batch (
  node TEXT NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL,
  last INTEGER NOT NULL,
  time INTEGER NOT NULL,
  receipts TEXT NOT NULL
) WITHOUT ROWID;

-- No index on time: it never decreases along seq, so a moment is found by bisection on the primary key.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  stream_id INTEGER NOT NULL,
  tenant TEXT,
  owner TEXT,
  type TEXT NOT NULL,
  correlation_id TEXT,
  keys TEXT,
  data BLOB NOT NULL,
  retained INTEGER NOT NULL
);

-- Every index ends in the rowid, which seq is; naming it would store it twice.
CREATE INDEX event_by_stream ON event (stream_id);
CREATE INDEX event_by_tenant ON event (stream_id, tenant) WHERE tenant IS NOT NULL;
CREATE INDEX event_by_owner ON event (stream_id, owner) WHERE owner IS NOT NULL;

CREATE TABLE event_key (
  stream_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (stream_id, key, seq)
) WITHOUT ROWID;

-- The same shape as event and its keys, so that the same queries read it. An event is here while it is the newest of
-- at least one slot, however much of the log was trimmed.
CREATE TABLE retained_event (
  seq INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  stream_id INTEGER NOT NULL,
  tenant TEXT,
  owner TEXT,
  type TEXT NOT NULL,
  correlation_id TEXT,
  keys TEXT,
  data BLOB NOT NULL,
  retained INTEGER NOT NULL
);

CREATE INDEX retained_event_by_stream ON retained_event (stream_id);
CREATE INDEX retained_event_by_tenant ON retained_event (stream_id, tenant) WHERE tenant IS NOT NULL;
CREATE INDEX retained_event_by_owner ON retained_event (stream_id, owner) WHERE owner IS NOT NULL;

-- One row a slot. What an event lacks is '', because NULLs are never equal and would not be replaced; no label is empty.
CREATE TABLE retained_event_key (
  stream_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  tenant TEXT NOT NULL,
  owner TEXT NOT NULL,
  type TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (stream_id, key, tenant, owner, type)
) WITHOUT ROWID;

CREATE INDEX retained_event_key_by_key ON retained_event_key (stream_id, key, seq);
CREATE INDEX retained_event_key_by_seq ON retained_event_key (seq);

-- A part's numbers are contiguous: count of them from first on.
CREATE TABLE idempotency (
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (caller, key)
) WITHOUT ROWID;

CREATE INDEX idempotency_by_time ON idempotency (time);
