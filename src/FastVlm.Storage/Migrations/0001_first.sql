-- Times are counts of 100 ns since 1970-01-01T00:00:00Z, durations counts of 100 ns; ids are the text that the API shows.

CREATE TABLE entry (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  origin TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- JSON; each secret in it is {"sealed": "enc:v1:..."}.
  spec TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Long texts that captions repeat: camera ids, prompts, model names.
CREATE TABLE name (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE caption (
  -- The capture time in ms, shifted left by 20 bits, plus a count: the order of the rows is the order of time, so that
  -- spans of time and "newest first" are ranges of this key, also in the full-text index.
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  camera INTEGER NOT NULL,
  text TEXT NOT NULL,
  prompt INTEGER NOT NULL,
  model INTEGER NOT NULL,
  reason TEXT NOT NULL,
  frame_index INTEGER NOT NULL,
  captured_at INTEGER NOT NULL,
  -- The other stamps are told from the capture.
  sampled_after INTEGER,
  queued_after INTEGER,
  started_after INTEGER,
  encoded_after INTEGER,
  first_token_after INTEGER,
  last_token_after INTEGER,
  matched_after INTEGER,
  stored_after INTEGER,
  delivered_after INTEGER,
  frame_age INTEGER NOT NULL,
  time_to_first_token INTEGER NOT NULL,
  new_token_count INTEGER NOT NULL,
  -- JSON; null where there is none.
  matched_rules TEXT,
  answers TEXT
) STRICT;

CREATE INDEX caption_by_camera ON caption (camera);

-- The camera is a word of the index, so that a search at one camera does not read the finds of all others.
CREATE VIRTUAL TABLE caption_text USING fts5 (
  text, camera, content = 'caption', content_rowid = 'seq', tokenize = 'porter unicode61 remove_diacritics 2');

CREATE TABLE incident (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  camera_id TEXT,
  rule_id TEXT,
  opened_at INTEGER NOT NULL,
  cleared_at INTEGER,
  body TEXT NOT NULL
) STRICT;

CREATE INDEX incident_by_time ON incident (opened_at, id);
CREATE INDEX incident_by_camera ON incident (camera_id, opened_at, id);
CREATE INDEX incident_by_rule ON incident (rule_id, opened_at, id);
CREATE INDEX incident_open ON incident (opened_at, id) WHERE state = 'open';
CREATE INDEX incident_cleared ON incident (cleared_at) WHERE state = 'cleared';

CREATE TABLE evidence (
  incident_id TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE picture (
  incident_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  -- Within the evidence folder.
  file TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (incident_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX picture_by_time ON picture (stored_at, bytes);

CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  endpoint_id TEXT NOT NULL,
  incident_id TEXT,
  event_type TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempt_count INTEGER NOT NULL,
  next_attempt_at INTEGER,
  delivered_at INTEGER,
  last_result TEXT,
  -- A replay does not change it: cooldowns count from here.
  first_delivered_at INTEGER
) STRICT;

CREATE INDEX delivery_pending ON delivery (endpoint_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX delivery_by_time ON delivery (created_at, id);
CREATE INDEX delivery_by_endpoint ON delivery (endpoint_id, created_at, id);
CREATE INDEX delivery_by_incident ON delivery (incident_id, created_at, id) WHERE incident_id IS NOT NULL;
CREATE INDEX delivery_told ON delivery (incident_id, first_delivered_at)
  WHERE event_type = 'incident.opened' AND first_delivered_at IS NOT NULL;

CREATE TABLE attempt (
  seq INTEGER PRIMARY KEY,
  delivery_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (delivery_id, number, at)
) STRICT;
