-- Whether it is known that most of a xorb is used: 0 until somebody looked, and again once a file that refers to it is
-- forgotten (stoa-db/src/compact.rs).
ALTER TABLE xorbs ADD COLUMN weighed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX xorbs_to_weigh ON xorbs (touched_at, id) WHERE weighed = 0 AND condemned_at IS NULL;
