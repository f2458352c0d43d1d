-- Users and organizations share one table because they share one space of names.
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY,
    key           TEXT NOT NULL UNIQUE,          -- the name in lower case
    name          TEXT NOT NULL,
    is_org        BIGINT NOT NULL,               -- 0 user, 1 organization
    fullname      TEXT NOT NULL,
    email         TEXT,
    details       TEXT,
    password      TEXT,                          -- argon2id, PHC string; NULL: cannot sign in by password
    is_admin      BIGINT NOT NULL,               -- administers the hub
    default_private BIGINT NOT NULL,             -- organizations: visibility of new repositories
    disabled      BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);

CREATE TABLE members (
    org_id        BIGINT NOT NULL,
    user_id       BIGINT NOT NULL,
    role          BIGINT NOT NULL,               -- stoa_core::Role
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE tokens (
    id            INTEGER PRIMARY KEY,
    user_id       BIGINT NOT NULL,
    name          TEXT NOT NULL,
    hash          BLOB NOT NULL UNIQUE,          -- SHA-256 of the token; the token itself is never stored
    hint          TEXT NOT NULL,                 -- its last four characters, to tell tokens apart
    role          TEXT NOT NULL,                 -- read, write, fineGrained
    scopes        TEXT,                          -- stoa_core::FineGrained as JSON
    created_at    BIGINT NOT NULL,
    used_at       BIGINT,
    expires_at    BIGINT
);
CREATE INDEX tokens_by_user ON tokens (user_id);

-- RFC 8628 device authorization: a program asks, a person approves in a browser.
CREATE TABLE device_codes (
    hash          BLOB NOT NULL UNIQUE,          -- SHA-256 of the device code
    user_code     TEXT NOT NULL UNIQUE,
    client_id     TEXT NOT NULL,
    user_id       BIGINT,                        -- who approved
    denied        BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    polled_at     BIGINT NOT NULL
);

CREATE TABLE refresh_tokens (
    hash          BLOB NOT NULL UNIQUE,
    user_id       BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);

CREATE TABLE settings (
    name          TEXT NOT NULL PRIMARY KEY,
    value         BLOB NOT NULL
);

CREATE TABLE audit (
    id            INTEGER PRIMARY KEY,
    at            BIGINT NOT NULL,
    user_id       BIGINT,
    ip            TEXT NOT NULL,
    action        TEXT NOT NULL,                 -- repo.create, repo.delete, token.create, …
    subject       TEXT NOT NULL,
    detail        TEXT
);
