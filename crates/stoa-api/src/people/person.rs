//! A user in lists of people.

use serde::Serialize;
use stoa_http::Origin;

use super::avatar_url;

/// A user in lists of likers, members and the like.
///
/// Compat: `hf-hub` (Rust) takes `user`, `name`, `login` and `username` for one field, so an object may have one only.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    #[serde(rename = "_id")]
    public_id: String,
    user: String,
    fullname: String,
    avatar_url: String,
    #[serde(rename = "type")]
    kind: &'static str,
    is_pro: bool,
    is_following: bool,
    /// In lists of members, for members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<&'static str>,
}

impl Person {
    /// A user, given the row id and the names.
    pub(crate) fn user(origin: &Origin, id: i64, name: &str, fullname: &str) -> Self {
        Self {
            public_id: public_id(id),
            user: name.to_owned(),
            fullname: fullname.to_owned(),
            avatar_url: avatar_url(origin, name),
            kind: "user",
            is_pro: false,
            is_following: false,
            role: None,
        }
    }
}

/// The 24 hexadecimal digits that clients know as the id of an account.
pub(super) fn public_id(id: i64) -> String {
    format!("{id:024x}")
}
