# Files: folders, single files, history, commits, comparisons, editing and uploading.

files-branch = Branch
files-tag = Tag
files-ref = Reference
files-commit = Commit
files-branches = Branches
files-tags = Tags
files-refs = Other references
files-path = Path
files-history = History
files-commits = { $count ->
    [one] { $shown } commit
   *[other] { $shown } commits
}
files-add = Add files
files-upload = Upload files
files-new = New file
files-edit = Edit
files-delete = Delete
files-delete-folder = Delete this folder
files-cancel = Cancel
files-name = Name
files-size = Size
files-stored = Stored as
files-stored-lfs = A large file, whole (LFS)
files-stored-xet = A large file in chunks (Xet): what files have in common is stored once
files-large-hint = A large file: git holds a pointer to it
files-xet-hash = Xet hash
files-last-commit = Last commit
files-changed = Changed
files-download = Download
files-folder-empty = This folder is empty.
files-total = { $count ->
    [one] { $shown } file
   *[other] { $shown } files
}
files-first-page = First page
files-bare-title = No files yet
files-bare-writer = Drop files in the browser, write a card, or push with git or hf upload.
files-bare-reader = Its owner has not uploaded anything.
files-copy-path = Copy path
files-lines = { $count ->
    [one] { $shown } line
   *[other] { $shown } lines
}
files-show-as = Show as
files-rendered = Preview
files-source = Source
files-raw = Raw
files-permalink = Permalink
files-permalink-hint = The file as it is in this commit, whatever happens later
files-this-file = This file
files-cut = The file is long: this is its beginning. Download it to see the rest.
files-first-rows = { $count ->
    [one] This is the first row of the table. Download the file to see the rest.
   *[other] These are the first { $shown } rows of the table. Download the file to see the rest.
}
files-tensors = Weights: names, shapes and types of the tensors are in their header.
files-tensors-show = Show the tensors
files-parquet = A Parquet table. This hub cannot show its rows yet; download it, or read it with DuckDB, Polars or datasets.
files-binary = This file is not text and cannot be shown here.
files-pdf = If the document does not appear, download it.
files-empty = This file is empty.
files-gated = This file is behind a gate
files-gated-ask = To the page of the repository
commit-verified = Verified
commit-unverified = Unverified
commit-signed-by = Signed by { $name } with the key { $key }.
commit-flaw-unreadable = The signature cannot be read, or is of a kind that this hub does not know.
commit-flaw-wrong = The signature does not fit the content.
commit-flaw-weak = The signature was made with a hash or a key that is no longer trusted.
commit-flaw-unknown-key = The key that made the signature is on no account of this hub.
commit-flaw-revoked = The key that made the signature was revoked.
commit-flaw-expired = The key that made the signature has expired.
commit-flaw-out-of-time = The signature has expired, or is older than its key.
commit-flaw-email = The committer’s address is not an address of the account that made the signature.
commit-whole-message = Show the whole message
commit-browse = Browse the files of this commit
commit-author = Author
commit-committer = Committer
commit-id = Commit
commit-parents = { $count ->
    [one] Parent
   *[other] Parents
}
commit-merge = This commit joins two histories; below is what it changed for the first of its parents.
commits-early = Looking further back takes long: go on with the next page.
compare = Compare
compare-title = Compare two revisions
compare-base = From
compare-head = To
compare-hint = A branch, a tag or a commit. You see what the second has that the first has not.
compare-ahead = { $count ->
    [one] { $shown } commit is only in the second revision.
   *[other] { $shown } commits are only in the second revision.
}
compare-behind = { $count ->
    [one] { $shown } commit is only in the first.
   *[other] { $shown } commits are only in the first.
}
compare-more = The newest of them are listed.
diff-files = { $count ->
    [one] { $shown } file changed
   *[other] { $shown } files changed
}
diff-list = Changed files
diff-lines-added = lines added
diff-lines-removed = lines removed
diff-all = Show all files
diff-more = More files changed than are looked at here.
diff-gated = The contents are behind a gate: only names and sizes are shown.
diff-nothing = No file differs.
diff-added = added
diff-removed = removed
diff-renamed = renamed
diff-changed = changed
diff-view = View file
diff-old-line = Old line
diff-new-line = New line
diff-sign = Change
diff-text = Text
diff-unended = no line break at the end
diff-same = The content is the same.
diff-truncated = The rest of the difference is too long to be shown.
diff-before = Before
diff-after = After
diff-large = Large file:
diff-binary = No text, or too long to compare:
diff-long = The difference is long.
diff-show = Show it
diff-submodule = Commit of another repository:
edit-title = Edit file
edit-on-branch = on the branch { $branch }
edit-path = Path of the file
edit-text = Content
edit-tab = The Tab key leaves this field, so that you get on without a mouse.
edit-commit = Commit the change
edit-summary = Summary
edit-description = Description (optional)
edit-save = Commit
edit-preview = Preview
edit-template = Start with a card
edit-since = See what changed
edit-stale = Somebody else changed this file since you opened it. Your text is below, unchanged; if you commit it again, it replaces theirs.
edit-busy = Others change this branch faster than this commit can follow. Try again in a moment.
edit-exists = There is something at { $path } already. Choose another path, or edit that file.
edit-nothing = Nothing was changed, so there is nothing to commit.
edit-no-branch = Files can be changed on a branch only; a tag or a commit stays as it is.
edit-no-text = This file is not text, so it cannot be edited here. Upload a new version instead.
edit-too-large = Only texts up to 1 MB can be edited here. Upload a new version instead.
notice-file-saved = Committed.
notice-file-deleted = Deleted. It stays in the history.
delete-title = Delete this file?
delete-folder-title = Delete this folder and everything in it?
delete-hint = It goes with a commit, and stays in the history of the repository.
delete-stale = Somebody else changed this since you opened the page. If you still want to delete it, confirm again.
upload-no-script = Uploading in the browser needs JavaScript. Without it, send the folder with hf upload, or with git:
upload-drop = Drop files and folders here
upload-choose-files = Choose files
upload-choose-folder = Choose a folder
upload-hint = Large files go up in parts. If the connection breaks, choose the same files again: what is here is not sent twice.
upload-folder = Into the folder (empty: the root)
upload-summary = Upload files
upload-start = Upload and commit
upload-open = Open the files
upload-progress = Progress
upload-waiting = Waiting
upload-reading = Reading
upload-sending = Sending
upload-sent = Sent
upload-here = Was here already
upload-committing = Committing
upload-done = Done
upload-ignored = Left out by .gitignore
upload-same = Has not changed
upload-failed = Failed: { $one }
upload-lost = The connection was lost. Start again to go on from here.
upload-again = Files that failed: { $one }. Start again to try them once more.
upload-remove = Remove
upload-overall = { $one } done
upload-split = The hub takes so many files per commit only, so there are { $one } commits.
upload-finished = Done. Files: { $one }, commits: { $two }.
upload-cancelled = Cancelled. Nothing was committed that is not marked as done.
upload-nothing = There was nothing new to commit.
upload-many = More than { $one } files at once are too many for a browser. Use hf upload or git.
upload-more = And { $one } more.
upload-unreadable = The browser could not read it. { $one }
