-- Xorbs: containers of chunks, each in the byte store under its hash. 'chunks' is the table of what is inside:
-- 40 bytes per chunk (hash, packed end, unpacked end), so that no plan ever reads the container itself.
CREATE TABLE xorbs (
    id            INTEGER PRIMARY KEY,
    hash          BLOB NOT NULL UNIQUE,
    packed        BIGINT NOT NULL,               -- bytes in the store
    unpacked      BIGINT NOT NULL,               -- bytes of content
    chunks        BLOB NOT NULL,
    touched_at    BIGINT NOT NULL,               -- uploaded, offered again, referenced or advertised
    condemned_at  BIGINT                         -- set by the sweep; anything that touches it clears it
);
CREATE INDEX xorbs_by_touch ON xorbs (touched_at);

-- Files as sequences of chunk ranges, named by the Merkle hash of their chunks.
CREATE TABLE xet_files (
    id            INTEGER PRIMARY KEY,
    hash          BLOB NOT NULL UNIQUE,
    size          BIGINT NOT NULL,
    terms         BLOB NOT NULL,                 -- 44 bytes per term: xorb hash, first chunk, end chunk, bytes
    created_at    BIGINT NOT NULL
);

CREATE TABLE xet_file_xorbs (
    file_id       BIGINT NOT NULL,
    xorb_id       BIGINT NOT NULL,
    PRIMARY KEY (file_id, xorb_id)
);
CREATE INDEX xet_file_xorbs_by_xorb ON xet_file_xorbs (xorb_id);

-- Chunks by which other uploads find what is here already.
CREATE TABLE xet_chunks (
    chunk         BLOB NOT NULL,
    xorb_id       BIGINT NOT NULL,
    PRIMARY KEY (chunk, xorb_id)
);
CREATE INDEX xet_chunks_by_xorb ON xet_chunks (xorb_id);

-- Which repository sent which xorb: a dedup answer shows only what the asker may read.
CREATE TABLE repo_xorbs (
    repo_id       BIGINT NOT NULL,
    xorb_id       BIGINT NOT NULL,
    PRIMARY KEY (repo_id, xorb_id)
);
CREATE INDEX repo_xorbs_by_xorb ON repo_xorbs (xorb_id);

-- The file of chunks that holds a large file; NULL: its bytes lie whole under their SHA-256, from before Xet.
ALTER TABLE lfs_objects ADD COLUMN xet_file BIGINT;
CREATE INDEX lfs_objects_by_file ON lfs_objects (xet_file);
