//! The first user of a new hub.

use stoa_core::{Failure, Reply, TokenRole};
use stoa_hub::{Hub, NewUser};

/// The name of the first user.
const NAME: &str = "admin";

/// Makes the first user of a hub that has none, and says what to tell the person who started it.
pub async fn welcome(hub: &Hub, url: &str) -> Reply<Option<String>> {
    if hub.count_users().await? > 0 {
        return Ok(None);
    }
    let password = password()?;
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

/// Twenty characters that nobody confuses, in groups: 92 bits.
fn password() -> Reply<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|error| Failure::internal(error.to_string()))?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % 32])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}
