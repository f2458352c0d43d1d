-- How many repositories there are of each kind: counting the rows takes long where there are many.
CREATE TABLE repo_counts (
    kind          BIGINT NOT NULL PRIMARY KEY,
    public        BIGINT NOT NULL,
    private       BIGINT NOT NULL
);
INSERT INTO repo_counts (kind, public, private)
    SELECT kind, SUM(CASE WHEN private = 0 THEN 1 ELSE 0 END), SUM(CASE WHEN private = 0 THEN 0 ELSE 1 END)
    FROM repos GROUP BY kind;
CREATE INDEX repos_private ON repos (kind, owner_id, id) WHERE private = 1;
