# Administering the hub.

admin-overview = Overview
admin-users = Users
admin-organizations = Organizations
admin-audit = Audit log
admin-health = Health
admin-settings = Settings in force
admin-buckets = Buckets
admin-commits = Commits
admin-storage = Large files
admin-storage-none = No large files yet. Once some are uploaded, this shows what they take and what keeping equal pieces once saves.
admin-logical = uploaded
admin-stored = stored
admin-saved = saved
admin-chunks = chunks
admin-dedup = What is stored and what is saved
admin-dedup-text = Large files are cut into chunks, and equal chunks are kept once and packed, whoever sent them.
admin-largest-owners = Owners with the most bytes
admin-largest-repos = Repositories with the most bytes
admin-counted = Counted
admin-search-users = Name, display name or e-mail
admin-search-orgs = Name or display name
admin-users-none = No user matches. Search for a part of the name or of the e-mail address.
admin-orgs-none = No organization matches. Every user can found one.
admin-repos = Repositories
admin-token-used = Token last used
admin-since = Since
admin-new-user = Create a user
admin-new-user-text = The hub makes a password and shows it once. Hand it over in a safe way; the user should replace it.
admin-vouch-hint = By saving it you confirm that the address is theirs: commits they sign under it count as verified.
admin-is-admin = Administers this hub
admin-is-admin-hint = Administrators see and change everything: users, private repositories, these pages.
admin-rights = Administration
admin-make-admin = Make an administrator
admin-remove-admin = Remove as administrator
admin-reset = Reset the password
admin-reset-text = The hub makes a new password and shows it once; every browser of the user is signed out. Tokens go on working.
admin-access = Access
admin-disable = Disable this user
admin-disable-text = A disabled user signs in by nothing: no password, token or key. What they own stays.
admin-enable = Let this user in again
admin-told = A new password
admin-told-text = This is the password of { $name }. It is shown this once; hand it over in a safe way.

admin-audit-lede = Who changed what, the last first. Nobody can change these lines.
admin-audit-none = Nothing is on record here.
audit-when = When
audit-who = Who
audit-what = What
audit-subject = To what
audit-from = From
audit-newest = Newest
audit-older = Older

health-lede = stoa { $version }, as it is right now.
health-part = Part
health-state = State
health-found = What was found
health-good = Fine
health-doubtful = Look at it
health-bad = Broken
health-database = Database
health-database-text = Version { $version } of the tables, { $size }.
health-store = Byte store
health-store-works = A probe was written and read back.
health-store-broken = A probe could not be written and read back. Check the disk and its owner.
health-disk = Disk
health-disk-text = { $size } are free.
health-disk-unknown = This system does not say how much is free.
health-work = Upkeep
health-work-done = Counting, cutting and sweeping were last done
health-work-failed = It failed; the reason is in the log. Last try:
health-work-never = Not done yet since this process began.
health-queue = Files to cut
health-queue-text = { $count ->
    [one] { $shown } large file waits to be cut into chunks.
   *[other] { $shown } large files wait to be cut into chunks.
}
health-pushes = Pushes
health-pushes-text = { $count ->
    [one] { $shown } push is under way.
   *[other] { $shown } pushes are under way.
}
health-ssh = Git over SSH
health-ssh-off = Switched off. The setting ssh.listen switches it on.
health-doctor = <code>{ $command }</code> on the machine itself looks deeper: it reads through the database and checks ports and clock.

admin-settings-lede = From the settings file, the environment and flags. Secrets are masked. Changes take a restart.
admin-settings-none = This process was not told its settings. stoa config prints them.
admin-setting = Setting
admin-not-set = not set
