-- 'data' of an object may be a delta: the zlib stream of instructions that make its body from that of 'base'.
-- Invariant: chains of bases never close to a ring, because a base is stored before what is based on it and rows never
-- change their form but to become whole. 'depth' counts the deltas down to a whole object. Objects in the object store are always whole.
ALTER TABLE objects ADD COLUMN base BLOB;
ALTER TABLE objects ADD COLUMN delta_size BIGINT;    -- bytes of the instructions, not compressed
ALTER TABLE objects ADD COLUMN depth BIGINT NOT NULL DEFAULT 0;
-- The push that brought the object. While that push has a row in 'pushes' the object counts as not there.
ALTER TABLE objects ADD COLUMN push_id BIGINT;

-- The ids (20 bytes each) of the trees and blobs that are in this commit and in none of its parents, or a few more;
-- NULL until somebody needs it. What a client lacks is the sum of these over the commits it lacks.
ALTER TABLE commits ADD COLUMN introduced BLOB;

-- Pushes whose objects are being stored. A row that outlives its lease is what a crash left.
CREATE TABLE pushes (
    id            BIGINT NOT NULL PRIMARY KEY,   -- random
    repo_id       BIGINT NOT NULL,
    lease         BIGINT NOT NULL,               -- until when it may be taken for alive
    dead          BIGINT NOT NULL                -- 1 while its objects are being removed
);

-- Objects that a push under way brought after another one that is under way, too. If that one is given up, they become
-- objects of this push instead of going with it.
CREATE TABLE push_claims (
    push_id       BIGINT NOT NULL,
    repo_id       BIGINT NOT NULL,
    oid           BLOB NOT NULL,
    PRIMARY KEY (push_id, oid)
);
CREATE INDEX push_claims_by_object ON push_claims (repo_id, oid);
