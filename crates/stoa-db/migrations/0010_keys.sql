-- Public keys of users. A key identifies one user, so nobody else can register it.
CREATE TABLE account_keys (
    id            INTEGER PRIMARY KEY,
    user_id       BIGINT NOT NULL,
    kind          TEXT NOT NULL,                 -- ssh, gpg
    title         TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,                 -- ssh: SHA256:…; gpg: upper-case digits
    algorithm     TEXT NOT NULL,                 -- ssh: ssh-ed25519, …; gpg: the id of the primary key
    emails        TEXT NOT NULL,                 -- gpg: the addresses it claims, one a line
    revoked       BIGINT NOT NULL,
    data          BLOB NOT NULL,                 -- ssh: the blob that clients show; gpg: its packets
    created_at    BIGINT NOT NULL,
    used_at       BIGINT,
    expires_at    BIGINT,
    UNIQUE (kind, fingerprint)
);
CREATE INDEX account_keys_by_user ON account_keys (user_id);

-- The ids by which signatures name an OpenPGP key: its own and those of the keys under it that sign.
CREATE TABLE signing_key_ids (
    key_id        TEXT NOT NULL,                 -- 16 upper-case digits
    account_key   BIGINT NOT NULL,
    PRIMARY KEY (key_id, account_key)
);
CREATE INDEX signing_key_ids_by_key ON signing_key_ids (account_key);
