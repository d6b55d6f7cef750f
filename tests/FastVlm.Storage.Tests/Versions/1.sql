-- What version 1 held. The secrets are sealed with the key 00 01 02 ... 1f.
INSERT INTO entry (kind, id, position, origin, created_at, updated_at, spec) VALUES
  ('camera', 'cam_1', 0, 'api', 17726256000000000, 17726256000000000,
   '{"name": "Gate", "url": {"sealed": "enc:v1:x8Haa0v7JUhxT2vZrfXpeY87pI0tApsbcPiDcudD/LhCj8HtyeYQtVokuatH9w=="}, "credentials": {"username": {"sealed": "enc:v1:3ErRSxnbfAyMjko9bvCCLmDyMF0klYleJ1q5Knc3Wg+t6U5I"}, "password": {"sealed": "enc:v1:uwskaSGD0hDZH9GYGmLCDflINRnjJ9wDtg67YjRlv6+NmfUQmn3Nwg=="}}}'),
  ('rule', 'rule_1', 1, 'file', 17726256000000000, 17726256000000000, '{"name": "Dropped", "expression": "part dropped"}');
INSERT INTO name (id, text) VALUES (1, 'cam_1'), (2, 'What happens?'), (3, 'fastvlm-nano');
INSERT INTO caption (seq, id, camera, text, prompt, model, reason, frame_index, captured_at, first_token_after, frame_age,
  time_to_first_token, new_token_count, matched_rules)
VALUES (1858732661145600000, 'cap_1', 1, 'A part dropped.', 2, 3, 'rate', 1, 17726256000000000, 800000, 2500000, 800000, 7, '["rule_1"]');
INSERT INTO caption_text (rowid, text, camera) VALUES (1858732661145600000, 'A part dropped.', 1);
INSERT INTO incident (id, kind, state, camera_id, rule_id, opened_at, body) VALUES ('inc_1', 'rule', 'open', 'cam_1', 'rule_1', 17726256000000000,
  '{"id": "inc_1", "kind": "rule", "cameraId": "cam_1", "ruleId": "rule_1", "title": "Part dropped at Line 3", "why": "It matched.", "severity": "critical", "state": "open", "openedAt": "2026-03-04T12:00:00+00:00", "lastSeenAt": "2026-03-04T12:00:00+00:00", "count": 1, "alert": "told"}');
INSERT INTO evidence (incident_id, body) VALUES ('inc_1',
  '{"caption": {"id": "cap_1", "cameraId": "cam_1", "text": "A part dropped.", "prompt": "What happens?", "modelName": "fastvlm-nano", "reason": "rate", "frameIndex": 1, "stamps": {"capturedAt": "2026-03-04T12:00:00+00:00"}, "frameAgeSeconds": 0.25, "timeToFirstTokenSeconds": 0.08, "newTokenCount": 7, "matchedRules": ["rule_1"], "answers": {}}, "rule": {"name": "Dropped", "expression": "part dropped"}, "verdict": {"ruleId": "rule_1", "isMatch": true, "span": "part dropped", "spanStart": 2, "why": "It says so."}, "modelFingerprint": "abc123", "parameters": {"prompt": "What happens?"}, "pictures": []}');
INSERT INTO delivery (id, endpoint_id, incident_id, event_type, payload, created_at, state, attempt_count, next_attempt_at)
VALUES ('msg_1', 'ep_1', 'inc_1', 'incident.opened', '{}', 17726256000000000, 'pending', 1, 17726256000000000);
INSERT INTO attempt (delivery_id, number, at, body) VALUES ('msg_1', 1, 17726256000000000,
  '{"deliveryId": "msg_1", "number": 1, "at": "2026-03-04T12:00:00+00:00", "durationSeconds": 0.12, "statusCode": 503, "error": "The receiver answered 503."}');
