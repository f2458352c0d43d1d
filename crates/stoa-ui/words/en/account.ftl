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
