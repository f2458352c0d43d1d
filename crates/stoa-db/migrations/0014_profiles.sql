-- Whether somebody who runs the hub says that the address is the user's. Until now only they could set one.
ALTER TABLE accounts ADD COLUMN email_vouched BIGINT NOT NULL DEFAULT 0;
UPDATE accounts SET email_vouched = 1 WHERE email IS NOT NULL;
