-- What a list filters by stands in the index that it walks, names included, so that a row is read only when it is on
-- the page.
DROP INDEX repos_by_trending;
DROP INDEX repos_by_downloads;
DROP INDEX repos_by_likes;
DROP INDEX repos_by_created;
DROP INDEX repos_by_modified;
DROP INDEX repos_by_params;
DROP INDEX repos_by_owner;
CREATE INDEX repos_by_trending ON repos (kind, trending, id, private, owner_id, gated, params, key);
CREATE INDEX repos_by_downloads ON repos (kind, downloads, id, private, owner_id, gated, params, key);
CREATE INDEX repos_by_likes ON repos (kind, likes, id, private, owner_id, gated, params, key);
CREATE INDEX repos_by_modified ON repos (kind, modified_at, id, private, owner_id, gated, params, key);
CREATE INDEX repos_by_params ON repos (kind, params, id, private, owner_id, gated, key);
-- Row ids grow with time: the order of creation is theirs.
CREATE INDEX repos_by_age ON repos (kind, id, private, owner_id, gated, params, key);
CREATE INDEX repos_by_owner ON repos (owner_id, kind, key);
CREATE INDEX repos_gated ON repos (kind, id) WHERE gated <> 0;

-- The repositories of a frequent tag as bits, 8192 row ids to a block. A cache of repo_tags: whatever changes there
-- deletes its block, and a missing block is read from repo_tags (list/postings.rs).
CREATE TABLE tag_blocks (
    tag_id        BIGINT NOT NULL,
    block         BIGINT NOT NULL,               -- row id / 8192
    bits          BLOB NOT NULL,                 -- 1024 bytes, lowest bit first
    PRIMARY KEY (tag_id, block)
);
