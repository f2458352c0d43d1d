-- Large files that are wholly here, each once.
CREATE TABLE lfs_objects (
    oid           BLOB NOT NULL UNIQUE,          -- SHA-256
    size          BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);

-- Which repository may serve which large file: knowing a SHA-256 is not a right to its bytes.
CREATE TABLE repo_lfs (
    repo_id       BIGINT NOT NULL,
    oid           BLOB NOT NULL,
    size          BIGINT NOT NULL,
    filename      TEXT,                          -- the path it was last committed under
    pushed_at     BIGINT NOT NULL,
    PRIMARY KEY (repo_id, oid)
);
CREATE INDEX repo_lfs_by_oid ON repo_lfs (oid);

-- Multipart uploads under way.
CREATE TABLE lfs_uploads (
    id            TEXT NOT NULL PRIMARY KEY,
    repo_id       BIGINT NOT NULL,
    oid           BLOB NOT NULL,
    size          BIGINT NOT NULL,
    part_size     BIGINT NOT NULL,
    started_at    BIGINT NOT NULL
);
