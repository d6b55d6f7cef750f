-- What version 1 held. The secrets are sealed with the key 00 01 02 ... 1f.
INSERT INTO fastvlm.entry (kind, id, position, origin, created_at, updated_at, spec) VALUES
  ('camera', 'cam_1', 0, 'api', 17726256000000000, 17726256000000000,
   '{"name": "Gate", "url": {"sealed": "enc:v1:x8Haa0v7JUhxT2vZrfXpeY87pI0tApsbcPiDcudD/LhCj8HtyeYQtVokuatH9w=="}, "credentials": {"username": {"sealed": "enc:v1:3ErRSxnbfAyMjko9bvCCLmDyMF0klYleJ1q5Knc3Wg+t6U5I"}, "password": {"sealed": "enc:v1:uwskaSGD0hDZH9GYGmLCDflINRnjJ9wDtg67YjRlv6+NmfUQmn3Nwg=="}}}'),
  ('rule', 'rule_1', 1, 'file', 17726256000000000, 17726256000000000, '{"name": "Dropped", "expression": "part dropped"}');
INSERT INTO fastvlm.caption (id, camera_id, text, prompt, model, reason, frame_index, captured_at, first_token_after, frame_age,
  time_to_first_token, new_token_count, matched_rules, words)
VALUES ('cap_1', 'cam_1', 'A part dropped.', 'What happens?', 'fastvlm-nano', 'rate', 1, 17726256000000000, 800000, 2500000, 800000, 7,
  '["rule_1"]', '''@cam_1'' ''a'':1 ''drop'':3 ''part'':2');
INSERT INTO fastvlm.incident (id, kind, state, camera_id, rule_id, opened_at, body) VALUES ('inc_1', 'rule', 'open', 'cam_1', 'rule_1', 17726256000000000,
  '{"id": "inc_1", "kind": "rule", "cameraId": "cam_1", "ruleId": "rule_1", "title": "Part dropped at Line 3", "why": "It matched.", "severity": "critical", "state": "open", "openedAt": "2026-03-04T12:00:00+00:00", "lastSeenAt": "2026-03-04T12:00:00+00:00", "count": 1, "alert": "told"}');
INSERT INTO fastvlm.evidence (incident_id, body) VALUES ('inc_1',
  '{"caption": {"id": "cap_1", "cameraId": "cam_1", "text": "A part dropped.", "prompt": "What happens?", "modelName": "fastvlm-nano", "reason": "rate", "frameIndex": 1, "stamps": {"capturedAt": "2026-03-04T12:00:00+00:00"}, "frameAgeSeconds": 0.25, "timeToFirstTokenSeconds": 0.08, "newTokenCount": 7, "matchedRules": ["rule_1"], "answers": {}}, "rule": {"name": "Dropped", "expression": "part dropped"}, "verdict": {"ruleId": "rule_1", "isMatch": true, "span": "part dropped", "spanStart": 2, "why": "It says so."}, "modelFingerprint": "abc123", "parameters": {"prompt": "What happens?"}, "pictures": []}');
INSERT INTO fastvlm.delivery (id, endpoint_id, incident_id, event_type, payload, created_at, state, attempt_count, next_attempt_at)
VALUES ('msg_1', 'ep_1', 'inc_1', 'incident.opened', '{}', 17726256000000000, 'pending', 1, 17726256000000000);
INSERT INTO fastvlm.attempt (delivery_id, number, at, body) VALUES ('msg_1', 1, 17726256000000000,
  '{"deliveryId": "msg_1", "number": 1, "at": "2026-03-04T12:00:00+00:00", "durationSeconds": 0.12, "statusCode": 503, "error": "The receiver answered 503."}');
INSERT INTO fastvlm.picture (incident_id, number, stored_at, bytes, jpeg) VALUES ('inc_1', 0, 17726256000000000, 3, '\x010203');
INSERT INTO fastvlm.tracker_state (camera_id, state) VALUES ('cam_1',
  '{"cameraId": "cam_1", "rules": [{"ruleId": "rule_1", "updatedAt": "2026-03-04T12:00:00+00:00", "policy": {"looks": [null], "missCount": 1}}]}');
INSERT INTO fastvlm.camera_fence (camera_id, feed_epoch, feed_holder, stage_epoch, stage_holder) VALUES ('cam_1', 3, 'silo-1', 4, 'silo-1');
UPDATE fastvlm.configuration SET version = 7;
