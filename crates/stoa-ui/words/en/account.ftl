# Signing in, signing up, and who people are.

login-name = User name
login-password = Password

device-title = Sign in a program
device-lede = A program, such as <code>{ $command }</code>, showed you a code. Approve it only if you started that program yourself: it can then do everything that you can do on this hub.
device-code = Code
device-as = You are signed in as <strong>{ $name }</strong>.
device-approve = Approve
device-refuse = Refuse
device-approved = Done. The program signs itself in within a few seconds; you can close this page.
device-refused = Refused. The program gets no access; you can close this page.
device-left = Nothing was approved. The code ends by itself within 15 minutes; you can close this page.

join-title = Create an account
join-lede = You need one to publish models and datasets, and to see what is shared with you.
join-closed = Accounts of this hub are made by those who run it. Ask them for one.
join-name-hint = Letters, digits, “_”, “-” and “.”, 42 characters at most. It becomes part of addresses and stays.
join-have-account = You have an account?
login-no-account = No account yet?
nav-sign-up = Sign up
optional = (optional)
field-fullname = Display name
field-email = E-mail address
field-email-hint = Only you and administrators of the hub see it. An administrator can confirm that it is yours; then signed commits under it count as verified.
field-email-vouched = Confirmed by an administrator
field-about = About
field-about-hint = At most 500 characters. Everybody who sees your page reads it.
password-hint = At least 8 characters. Several words are easier to keep than signs.
password-again = The password again
password-differs = The two passwords differ. Type the same one twice
confirm-type = Type <strong class="mono">{ $name }</strong> to confirm
confirm-wrong = Nothing was changed: type “{ $name }” to confirm
cancel = Cancel
side-label = Pages of these settings

welcome-title = Welcome, { $name }
welcome-lede = Your account is ready. Four steps lead to your first shared model.
welcome-token = Make a token
welcome-token-text = Programs sign in with a token instead of your password. It is shown once; copy it then.
welcome-terminal = Upload from a terminal
welcome-browser = Or begin in the browser
welcome-browser-text = Create a repository here and drop files on it.
welcome-profile = Say who you are
welcome-profile-text = A name and a few words help others to know whose work they use.

profile-tabs = What is shown
profile-overview = Overview
profile-organization = Organization
profile-administrator = Administrator
profile-disabled = Disabled
profile-edit = Edit
profile-since = Here since { $day }
profile-organizations = Organizations
profile-members = Members
profile-likes = Likes
profile-all = Show all
profile-none = Nothing here yet.
profile-no-likes = Nothing liked yet. The heart on a repository’s page brings it here.
profile-empty = { $name } shares nothing yet.
profile-empty-own = Nothing is here yet. Create a repository, or upload a folder from a terminal.

role-no-access = No access
role-no-access-hint = Belongs to it and sees only what is public.
role-read = Read
role-read-hint = Sees private repositories.
role-contributor = Contributor
role-contributor-hint = Creates repositories and changes those they created.
role-write = Write
role-write-hint = Changes every repository.
role-admin = Admin
role-admin-hint = Manages members and settings as well.

org-new-lede = An organization owns repositories together. You become its first admin.
org-name = Name of the organization
org-default = New repositories are
org-make = Create the organization
org-settings = Organization settings
org-card-hint = The README of the public Space <code>{ $path }</code> is shown on the page of the organization.
org-delete = Delete this organization
org-delete-text = Its repositories must be gone first: move or delete them. Members lose nothing of their own. The name becomes free, and there is no way back.
members-add = Add a member
members-role = Role
members-role-of = Role of { $name }
members-change = Change
members-remove = Remove
