CREATE TRIGGER repo_tags_added AFTER INSERT ON repo_tags BEGIN
    DELETE FROM tag_blocks WHERE tag_id = new.tag_id AND block = new.repo_id / 8192;
END;
CREATE TRIGGER repo_tags_removed AFTER DELETE ON repo_tags BEGIN
    DELETE FROM tag_blocks WHERE tag_id = old.tag_id AND block = old.repo_id / 8192;
END;
