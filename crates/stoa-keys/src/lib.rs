//! Reads the public keys that people register and checks signatures with them: SSH keys and OpenPGP keys.
//!
//! Keys and signatures come from strangers, so everything here is bounded and nothing panics. The crate is pure: it must
//! never know files, sockets, SQL or whose a key is. It leaves the cryptography to `ssh-key` and `pgp`
//! (docs/decisions/0009-keys.md) and adds what they leave to their callers: which keys are good enough, and which parts
//! of an OpenPGP key count.

mod flaw;
mod kind;
mod openpgp;
mod ssh;
mod sshsig;

pub use flaw::Flaw;
pub use kind::KeyKind;
pub use openpgp::{PgpKey, PgpSignature};
pub use ssh::SshKey;
pub use sshsig::SshSignature;

/// Text of a key or of a signature at most, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;

/// Runs a parser of another crate. Should it panic, the input is unreadable and the hub stays up.
fn guarded<T>(parse: impl FnOnce() -> Option<T>) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(parse)).ok().flatten()
}

#[cfg(test)]
mod testing;
