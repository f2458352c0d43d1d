-- Substring search over names; only candidates come from here, the match is checked on repos.key.
CREATE VIRTUAL TABLE repo_names USING fts5(key, content='', contentless_delete=1, tokenize='trigram', detail=none);
