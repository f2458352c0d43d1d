-- People who are signed in with a browser. The cookie holds a secret; only its SHA-256 is here.
CREATE TABLE sessions (
    id            INTEGER PRIMARY KEY,
    hash          BLOB NOT NULL UNIQUE,
    user_id       BIGINT NOT NULL,
    agent         TEXT NOT NULL,                 -- what the browser calls itself, shortened
    ip            TEXT NOT NULL,                 -- from where it signed in
    created_at    BIGINT NOT NULL,
    used_at       BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);
