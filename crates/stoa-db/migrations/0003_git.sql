CREATE TABLE refs (
    repo_id       BIGINT NOT NULL,
    name          TEXT NOT NULL,                 -- refs/heads/main, refs/tags/v1, refs/pr/1, …
    oid           BLOB NOT NULL,                 -- what the ref names: a commit or an annotated tag
    target        BLOB NOT NULL,                 -- the commit behind it
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (repo_id, name)
);

-- Git objects, each as the zlib stream that a pack entry holds. 'data' is NULL when the stream lies in the object
-- store. A rowid table with a unique index: on random keys it takes inserts 3.8 times faster than WITHOUT ROWID.
CREATE TABLE objects (
    repo_id       BIGINT NOT NULL,
    oid           BLOB NOT NULL,
    kind          BIGINT NOT NULL,               -- pack type: 1 commit, 2 tree, 3 blob, 4 tag
    size          BIGINT NOT NULL,               -- of the body, not compressed
    data          BLOB,
    lfs_oid       BLOB,                          -- blobs that are git-lfs pointers
    lfs_size      BIGINT
);
CREATE UNIQUE INDEX objects_by_oid ON objects (repo_id, oid);

CREATE TABLE commits (
    repo_id       BIGINT NOT NULL,
    oid           BLOB NOT NULL,
    tree          BLOB NOT NULL,
    generation    BIGINT NOT NULL,               -- longest way to a root, counted in commits
    at            BIGINT NOT NULL,               -- committer's time
    author        TEXT NOT NULL,
    title         TEXT NOT NULL,
    body          TEXT NOT NULL
);
CREATE UNIQUE INDEX commits_by_oid ON commits (repo_id, oid);

CREATE TABLE commit_parents (
    repo_id       BIGINT NOT NULL,
    oid           BLOB NOT NULL,
    position      BIGINT NOT NULL,
    parent        BLOB NOT NULL
);
CREATE UNIQUE INDEX commit_parents_by_oid ON commit_parents (repo_id, oid, position);
