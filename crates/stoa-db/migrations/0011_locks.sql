-- Files that one person keeps others from changing (`git lfs lock`), whatever the branch.
CREATE TABLE locks (
    id            TEXT NOT NULL PRIMARY KEY,     -- random, so that a removed lock's id is never given again
    repo_id       BIGINT NOT NULL,
    path          TEXT NOT NULL,
    owner_id      BIGINT NOT NULL,               -- the user whose lock it is
    locked_at     BIGINT NOT NULL,
    UNIQUE (repo_id, path)
);
