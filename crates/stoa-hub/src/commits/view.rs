//! One commit, with everything that a page about it shows.

use stoa_core::{Failure, Oid, Reply, Revision, Time};
use stoa_db::objects::{self, CommitRow};
use stoa_db::{Tx, accounts};
use stoa_git::{Commit, Signature};

use super::Verification;
use super::write::unseen_address;
use crate::access::Access;
use crate::{Repo, git_failure};

/// Bytes of a commit that is taken apart; of a longer one only what its row holds is shown.
const BODY: u64 = 1 << 20;

/// A commit as its page shows it.
#[derive(Clone, Debug)]
pub struct CommitView {
    /// What lists show of it.
    pub row: CommitRow,
    /// The whole message, as it stands in the commit.
    pub message: String,
    /// Who wrote the change.
    pub author: Person,
    /// Who recorded it.
    pub committer: Person,
    /// The commits it follows.
    pub parents: Vec<Oid>,
    /// What its signature proves; `None` when that is too much to find out.
    pub verification: Option<Verification>,
}

/// Somebody as a commit names them, which anybody may write who can push.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Address; empty when it is not known.
    pub email: String,
    /// When.
    pub at: Time,
    /// How far their clock was from UTC, in minutes.
    pub offset_minutes: i32,
    /// The user of this hub with this name and this address. Only a signature proves that it was them.
    pub account: Option<String>,
}

impl<A: Access> Repo<A> {
    /// The commit that a revision names.
    pub async fn commit(&self, revision: &Revision) -> Reply<CommitView> {
        let mut tx = self.hub.read().await?;
        let oid = self.hub.resolve(&mut tx, self.row.id, revision).await?.commit;
        let row = objects::commit(&mut tx, self.row.id, oid).await?;
        let row = row.ok_or_else(|| Failure::internal(format!("commit {oid} is missing")))?;
        let parents = objects::parents(&mut tx, self.row.id, oid).await?;
        let short = objects::shapes(&mut tx, self.row.id, &[oid]).await?.iter().all(|(_, _, n)| *n <= BODY);
        drop(tx);
        let (message, author, committer) = if short {
            let body = self.hub.body(self.row.id, oid).await?;
            let commit = Commit::parse(&body).map_err(git_failure)?;
            let mut tx = self.hub.read().await?;
            let author = person(&mut tx, commit.author).await?;
            (commit.message, author, person(&mut tx, commit.committer).await?)
        } else {
            let (name, email) = (row.author.clone(), String::new());
            let author = Person { name, email, at: row.at, offset_minutes: 0, account: None };
            (format!("{}\n\n{}", row.title, row.body), author.clone(), author)
        };
        let verification = self.verifications(&[oid]).await?.pop().flatten();
        Ok(CommitView { row, message, author, committer, parents, verification })
    }
}

/// Who a line of a commit means.
async fn person(tx: &mut Tx, who: Signature) -> Reply<Person> {
    let account = accounts::by_name(tx, &who.name).await?.filter(|account| {
        let own = account.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(&who.email));
        !account.is_org && (own || who.email == unseen_address(&account.name))
    });
    Ok(Person {
        account: account.map(|account| account.name),
        at: Time(who.time.saturating_mul(Time::SECOND)),
        offset_minutes: who.offset_minutes,
        name: who.name,
        email: who.email,
    })
}
