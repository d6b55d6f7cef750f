-- Times are counts of 100 ns since 1970-01-01T00:00:00Z, durations counts of 100 ns; ids are the text that the API shows,
-- ordered by their bytes, whatever the database's own order of texts is.

CREATE TABLE fastvlm.secret_key (
  -- A known text, sealed with the key that all machines share: tells whether a key file is the right one.
  sealed text NOT NULL
);

CREATE TABLE fastvlm.configuration (
  version bigint NOT NULL
);

INSERT INTO fastvlm.configuration (version) VALUES (0);

CREATE TABLE fastvlm.entry (
  kind text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  origin text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  -- JSON; each secret in it is {"sealed": "enc:v1:..."}.
  spec text NOT NULL,
  PRIMARY KEY (kind, id)
);

-- Words come without their accents and in lower case already. No word is left out: "is there no one" must find "no one".
CREATE TEXT SEARCH DICTIONARY fastvlm.english (TEMPLATE = pg_catalog.snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION fastvlm.words (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION fastvlm.words ADD MAPPING FOR asciiword, word WITH fastvlm.english;
ALTER TEXT SEARCH CONFIGURATION fastvlm.words ADD MAPPING FOR numword, uint, int, float, sfloat, version WITH pg_catalog.simple;

CREATE TABLE fastvlm.caption (
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  camera_id text COLLATE "C" NOT NULL,
  text text NOT NULL,
  prompt text NOT NULL,
  model text NOT NULL,
  reason text NOT NULL,
  frame_index bigint NOT NULL,
  captured_at bigint NOT NULL,
  -- The other stamps are told from the capture.
  sampled_after bigint,
  queued_after bigint,
  started_after bigint,
  encoded_after bigint,
  first_token_after bigint,
  last_token_after bigint,
  matched_after bigint,
  stored_after bigint,
  delivered_after bigint,
  frame_age bigint NOT NULL,
  time_to_first_token bigint NOT NULL,
  new_token_count integer NOT NULL,
  -- JSON; null where there is none.
  matched_rules text,
  answers text,
  -- Of the feed whose frame it tells of; null where only one process wrote.
  feed_epoch bigint,
  -- The words of the text, and the camera as one more, so that a search at one camera does not read the finds of all others.
  words tsvector NOT NULL
);

CREATE INDEX caption_by_time ON fastvlm.caption (captured_at, id);
CREATE INDEX caption_by_camera ON fastvlm.caption (camera_id, captured_at, id);
CREATE INDEX caption_by_words ON fastvlm.caption USING gin (words);

CREATE TABLE fastvlm.incident (
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  state text NOT NULL,
  camera_id text COLLATE "C",
  rule_id text COLLATE "C",
  opened_at bigint NOT NULL,
  cleared_at bigint,
  -- What is judged, as JSON; what people say is in the columns below, so that neither overwrites the other.
  body text NOT NULL,
  acknowledged_at bigint,
  acknowledged_by text,
  verdict boolean,
  verdict_note text
);

CREATE INDEX incident_by_time ON fastvlm.incident (opened_at, id);
CREATE INDEX incident_by_camera ON fastvlm.incident (camera_id, opened_at, id);
CREATE INDEX incident_by_rule ON fastvlm.incident (rule_id, opened_at, id);
CREATE INDEX incident_open ON fastvlm.incident (opened_at, id) WHERE state = 'open';
CREATE INDEX incident_cleared ON fastvlm.incident (cleared_at) WHERE state = 'cleared';

CREATE TABLE fastvlm.evidence (
  incident_id text COLLATE "C" NOT NULL PRIMARY KEY,
  body text NOT NULL
);

CREATE TABLE fastvlm.picture (
  incident_id text COLLATE "C" NOT NULL,
  number integer NOT NULL,
  stored_at bigint NOT NULL,
  bytes bigint NOT NULL,
  jpeg bytea NOT NULL,
  PRIMARY KEY (incident_id, number)
);

-- A JPEG gets no smaller.
ALTER TABLE fastvlm.picture ALTER COLUMN jpeg SET STORAGE EXTERNAL;
CREATE INDEX picture_by_time ON fastvlm.picture (stored_at, bytes);

CREATE TABLE fastvlm.delivery (
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  endpoint_id text COLLATE "C" NOT NULL,
  incident_id text COLLATE "C",
  event_type text NOT NULL,
  payload text NOT NULL,
  created_at bigint NOT NULL,
  state text NOT NULL,
  attempt_count integer NOT NULL,
  next_attempt_at bigint,
  delivered_at bigint,
  last_result text,
  -- A replay does not change it: cooldowns count from here.
  first_delivered_at bigint
);

CREATE INDEX delivery_pending ON fastvlm.delivery (endpoint_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX delivery_by_time ON fastvlm.delivery (created_at, id);
CREATE INDEX delivery_by_endpoint ON fastvlm.delivery (endpoint_id, created_at, id);
CREATE INDEX delivery_by_incident ON fastvlm.delivery (incident_id, created_at, id) WHERE incident_id IS NOT NULL;
CREATE INDEX delivery_told ON fastvlm.delivery (incident_id, first_delivered_at)
  WHERE event_type = 'incident.opened' AND first_delivered_at IS NOT NULL;

CREATE TABLE fastvlm.attempt (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  delivery_id text COLLATE "C" NOT NULL,
  number integer NOT NULL,
  at bigint NOT NULL,
  body text NOT NULL,
  UNIQUE (delivery_id, number, at)
);

CREATE TABLE fastvlm.tracker_state (
  camera_id text COLLATE "C" NOT NULL PRIMARY KEY,
  state text NOT NULL
);

-- The last feed and stage of each camera: what carries a lower epoch is refused. Holders and times are for people.
CREATE TABLE fastvlm.camera_fence (
  camera_id text COLLATE "C" NOT NULL PRIMARY KEY,
  feed_epoch bigint NOT NULL DEFAULT 0,
  feed_holder text,
  feed_taken_at timestamptz,
  stage_epoch bigint NOT NULL DEFAULT 0,
  stage_holder text,
  stage_taken_at timestamptz
);

CREATE TABLE fastvlm.endpoint_lease (
  endpoint_id text COLLATE "C" NOT NULL PRIMARY KEY,
  holder text NOT NULL,
  expires_at timestamptz NOT NULL
);
