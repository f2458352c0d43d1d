-- The words of repo_text. The text itself stays there, so that a change can take the old words out and a page can show
-- where they stand.
CREATE VIRTUAL TABLE repo_words USING fts5(
    title, body, content='repo_text', content_rowid='repo_id', tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER repo_text_added AFTER INSERT ON repo_text BEGIN
    INSERT INTO repo_words (rowid, title, body) VALUES (new.repo_id, new.title, new.body);
END;
CREATE TRIGGER repo_text_removed AFTER DELETE ON repo_text BEGIN
    INSERT INTO repo_words (repo_words, rowid, title, body) VALUES ('delete', old.repo_id, old.title, old.body);
END;
CREATE TRIGGER repo_text_changed AFTER UPDATE ON repo_text BEGIN
    INSERT INTO repo_words (repo_words, rowid, title, body) VALUES ('delete', old.repo_id, old.title, old.body);
    INSERT INTO repo_words (rowid, title, body) VALUES (new.repo_id, new.title, new.body);
END;
