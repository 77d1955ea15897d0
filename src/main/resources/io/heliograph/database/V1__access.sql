-- Moments are milliseconds since 1970. Hashes are SHA-256, in hexadecimal: as text they are the same on every database.

-- The id is the part of a key's text that is no secret. Roles are a comma list.
CREATE TABLE api_key (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  owner TEXT,
  tenant TEXT,
  roles TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT,
  revoked BIGINT,
  last_used BIGINT
);

CREATE INDEX api_key_by_created ON api_key (created, id);

-- While a rotated key's old secret is still good, the key has several.
CREATE TABLE api_key_secret (
  id TEXT NOT NULL PRIMARY KEY,
  key_id TEXT NOT NULL REFERENCES api_key (id),
  hash TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT
);

CREATE INDEX api_key_secret_by_key ON api_key_secret (key_id);

-- A caller, put by until somebody brings the ticket. A caller without a name is ''.
CREATE TABLE ticket (
  hash TEXT NOT NULL PRIMARY KEY,
  caller TEXT NOT NULL,
  roles TEXT NOT NULL,
  tenant TEXT,
  credential_kind TEXT NOT NULL,
  credential_id TEXT NOT NULL,
  credential_expires BIGINT,
  expires BIGINT NOT NULL
);

CREATE INDEX ticket_by_caller ON ticket (caller);
CREATE INDEX ticket_by_expires ON ticket (expires);

-- Names are folded here, so that all spellings of a user's name are its own.
CREATE TABLE tenant_member (
  name TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL
);

CREATE INDEX tenant_member_by_tenant ON tenant_member (tenant, name);

CREATE TABLE session (
  id TEXT NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  roles TEXT NOT NULL,
  created BIGINT NOT NULL,
  last_seen BIGINT NOT NULL
);

CREATE INDEX session_by_folded_name ON session (folded_name);
CREATE INDEX session_by_last_seen ON session (last_seen);
