-- Narrow on purpose: lists scan and sort this table; whatever is wide lives in repo_facts.
CREATE TABLE repos (
    id            INTEGER PRIMARY KEY,
    kind          BIGINT NOT NULL,               -- stoa_core::RepoKind
    owner_id      BIGINT NOT NULL,
    key           TEXT NOT NULL,                 -- 'namespace/name' in lower case
    full_name     TEXT NOT NULL,                 -- 'namespace/name' as written
    private       BIGINT NOT NULL,
    gated         BIGINT NOT NULL,               -- stoa_core::Gate
    disabled      BIGINT NOT NULL,
    created_by    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    modified_at   BIGINT NOT NULL,
    head          BLOB,                          -- commit of refs/heads/main
    downloads     BIGINT NOT NULL,               -- the last 30 days
    downloads_all BIGINT NOT NULL,
    likes         BIGINT NOT NULL,
    trending      DOUBLE PRECISION NOT NULL,
    params        BIGINT,                        -- parameters of a model
    storage       BIGINT NOT NULL,               -- bytes of large files
    pipeline_tag  TEXT,
    library       TEXT,
    sdk           TEXT
);
CREATE UNIQUE INDEX repos_by_key ON repos (kind, key);
CREATE INDEX repos_by_owner ON repos (owner_id, kind);
CREATE INDEX repos_by_trending ON repos (kind, trending, id);
CREATE INDEX repos_by_downloads ON repos (kind, downloads, id);
CREATE INDEX repos_by_likes ON repos (kind, likes, id);
CREATE INDEX repos_by_created ON repos (kind, created_at, id);
CREATE INDEX repos_by_modified ON repos (kind, modified_at, id);
CREATE INDEX repos_by_params ON repos (kind, params, id);

CREATE TABLE repo_facts (
    repo_id       INTEGER PRIMARY KEY,
    tags          TEXT NOT NULL,                 -- JSON array, in the order clients see
    facts         TEXT NOT NULL                  -- JSON object: cardData, config, safetensors, gguf, …
);

CREATE TABLE tags (
    id            INTEGER PRIMARY KEY,
    kind          BIGINT NOT NULL,
    name          TEXT NOT NULL,
    count         BIGINT NOT NULL                -- repositories that have it; chooses the plan of a list
);
CREATE UNIQUE INDEX tags_by_name ON tags (kind, name);

CREATE TABLE repo_tags (
    tag_id        BIGINT NOT NULL,
    repo_id       BIGINT NOT NULL
);
CREATE UNIQUE INDEX repo_tags_by_tag ON repo_tags (tag_id, repo_id);
CREATE INDEX repo_tags_by_repo ON repo_tags (repo_id);

-- Where renamed repositories went.
CREATE TABLE repo_moves (
    kind          BIGINT NOT NULL,
    key           TEXT NOT NULL,
    repo_id       BIGINT NOT NULL,
    moved_at      BIGINT NOT NULL,
    PRIMARY KEY (kind, key)
);

CREATE TABLE repo_access (
    repo_id       BIGINT NOT NULL,
    user_id       BIGINT NOT NULL,
    status        TEXT NOT NULL,                 -- pending, accepted, rejected
    at            BIGINT NOT NULL,
    PRIMARY KEY (repo_id, user_id)
);

CREATE TABLE likes (
    user_id       BIGINT NOT NULL,
    repo_id       BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (user_id, repo_id)
);
CREATE INDEX likes_by_repo ON likes (repo_id, at);

-- What happened on each day; 'downloads' and 'trending' of repos are sums over it.
CREATE TABLE repo_days (
    day           BIGINT NOT NULL,               -- days since the epoch, UTC
    repo_id       BIGINT NOT NULL,
    downloads     BIGINT NOT NULL,
    likes         BIGINT NOT NULL,
    PRIMARY KEY (repo_id, day)
);
CREATE INDEX repo_days_by_day ON repo_days (day);
