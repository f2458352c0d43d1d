CREATE TRIGGER repos_added AFTER INSERT ON repos BEGIN
    INSERT INTO repo_counts (kind, public, private) VALUES (new.kind, new.private = 0, new.private <> 0)
    ON CONFLICT (kind) DO UPDATE SET public = public + excluded.public, private = private + excluded.private;
END;
CREATE TRIGGER repos_removed AFTER DELETE ON repos BEGIN
    UPDATE repo_counts SET public = public - (old.private = 0), private = private - (old.private <> 0)
    WHERE kind = old.kind;
END;
CREATE TRIGGER repos_shown AFTER UPDATE OF private ON repos WHEN new.private <> old.private BEGIN
    UPDATE repo_counts SET public = public + (new.private = 0) - (old.private = 0),
        private = private + (new.private <> 0) - (old.private <> 0)
    WHERE kind = new.kind;
END;
