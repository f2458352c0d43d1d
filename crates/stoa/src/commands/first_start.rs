//! The first user of a new hub.

use stoa_core::{Reply, TokenRole};
use stoa_hub::{Hub, NewUser, new_password};

/// The name of the first user.
const NAME: &str = "admin";

/// Makes the first user of a hub that has none, and says what to tell the person who started it.
pub async fn welcome(hub: &Hub, url: &str) -> Reply<Option<String>> {
    if hub.count_users().await? > 0 {
        return Ok(None);
    }
    let password = new_password()?;
    let new = NewUser {
        name: NAME.to_owned(),
        password: Some(password.clone()),
        admin: true,
        ..NewUser::default()
    };
    hub.create_user(new).await?;
    let token = hub.create_token(NAME, "first start", TokenRole::Write, None, None).await?.secret;
    Ok(Some(format!(
        "This hub is new, so it made its first user. Both secrets are shown only now:\n\
         \n    user      {NAME}\n    password  {password}\n    token     {token}\n\
         \nTo use it:\n\
         \n    export HF_ENDPOINT={url}\n    hf auth login --token {token}\n    hf upload my-model ./my-folder\n"
    )))
}
