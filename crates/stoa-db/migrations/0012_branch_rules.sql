-- What may happen to branches of a repository, by pattern of their names.
CREATE TABLE branch_rules (
    repo_id       BIGINT NOT NULL,
    position      BIGINT NOT NULL,               -- their order, as they were given
    pattern       TEXT NOT NULL,                 -- a name, in which '*' stands for anything
    admins_only   BIGINT NOT NULL,               -- 1: only admins may push
    may_rewrite   BIGINT NOT NULL,               -- 1: history may be rewritten
    may_delete    BIGINT NOT NULL,               -- 1: the branch may be deleted
    PRIMARY KEY (repo_id, position)
);
