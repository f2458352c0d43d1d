//! Users, organizations, tokens, public keys and signing in.

mod accounts;
mod admin;
mod device;
mod keys;
mod members;
mod new_token;
mod new_user;
mod orgs;
mod overview;
mod own;
mod passes;
mod passwords;
mod rights;
mod sessions;
mod sign_up;
mod tokens;

pub use accounts::NewUser;
pub use admin::new_password;
pub use device::{DeviceLogin, DevicePoll, Grant};
pub use members::OrgMember;
pub use new_token::NewToken;
pub use overview::{OrgOverview, Profile, UserOverview};
pub use own::NewProfile;
pub use passes::{LfsOperation, LfsPass};
pub(crate) use passwords::Passwords;
pub(crate) use rights::administrator;
pub use sessions::{Browser, SessionMade};
pub(crate) use sign_up::Arrivals;
pub(crate) use tokens::new_secret;
pub use tokens::{TokenMade, Who};
