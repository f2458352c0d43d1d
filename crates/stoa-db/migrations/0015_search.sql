-- What full-text search reads of a repository: its address in words, and its card without marks. Whatever writes here
-- writes plain SQL; how words are found in it is for each engine (stoa-db/src/search/).
CREATE TABLE repo_text (
    repo_id       INTEGER PRIMARY KEY,
    title         TEXT NOT NULL,
    body          TEXT NOT NULL
);
