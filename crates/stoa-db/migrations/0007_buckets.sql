-- Buckets: files without history, each a file of chunks.
CREATE TABLE buckets (
    -- No id comes twice: tokens of the store name it, and outlive the bucket by hours.
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id      BIGINT NOT NULL,
    key           TEXT UNIQUE,                   -- 'namespace/name' in lower case; NULL: deleted, its files are going
    full_name     TEXT NOT NULL,                 -- 'namespace/name' as written
    private       BIGINT NOT NULL,
    created_by    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    size          BIGINT NOT NULL,               -- bytes of its files
    files         BIGINT NOT NULL
);
CREATE INDEX buckets_by_owner ON buckets (owner_id, id);

CREATE TABLE bucket_files (
    bucket_id     BIGINT NOT NULL,
    path          TEXT NOT NULL,
    file_id       BIGINT,                        -- of xet_files; NULL: the file is empty
    size          BIGINT NOT NULL,
    mtime         BIGINT,                        -- as the client says
    content_type  TEXT,
    uploaded_at   BIGINT NOT NULL,
    PRIMARY KEY (bucket_id, path)
);
CREATE INDEX bucket_files_by_file ON bucket_files (file_id);

-- Which bucket was sent which file: only such may be added to it by hash, for hashes are no secrets.
CREATE TABLE bucket_sent (
    bucket_id     BIGINT NOT NULL,
    file_id       BIGINT NOT NULL,
    PRIMARY KEY (bucket_id, file_id)
);
CREATE INDEX bucket_sent_by_file ON bucket_sent (file_id);
