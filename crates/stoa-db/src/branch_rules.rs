//! Rules about the branches of a repository.

use crate::connect::rows_of;
use crate::value::args;
use crate::{Error, Tx};

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchRule {
    /// The branches it is about: a name, in which `*` stands for anything.
    pub pattern: String,
    /// Only admins may push.
    pub admins_only: bool,
    /// History may be rewritten.
    pub may_rewrite: bool,
    /// The branch may be deleted.
    pub may_delete: bool,
}

/// The rules of a repository, in their order.
pub async fn all(tx: &mut Tx, repo: i64) -> Result<Vec<BranchRule>, Error> {
    let sql = "SELECT pattern, admins_only, may_rewrite, may_delete FROM branch_rules WHERE repo_id = $1 ORDER BY position";
    let rows = tx.all(sql, args![repo]).await?;
    rows.iter()
        .map(|row| {
            Ok(BranchRule {
                pattern: row.text(0)?,
                admins_only: row.flag(1)?,
                may_rewrite: row.flag(2)?,
                may_delete: row.flag(3)?,
            })
        })
        .collect()
}

/// Gives a repository other rules; callers bound how many.
pub async fn replace(tx: &mut Tx, repo: i64, rules: &[BranchRule]) -> Result<(), Error> {
    tx.exec("DELETE FROM branch_rules WHERE repo_id = $1", args![repo]).await?;
    if rules.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO branch_rules (repo_id, position, pattern, admins_only, may_rewrite, may_delete) VALUES {}",
        rows_of(rules.len(), 6)
    );
    let mut values = Vec::with_capacity(rules.len() * 6);
    for (position, rule) in rules.iter().enumerate() {
        let flags = [rule.admins_only, rule.may_rewrite, rule.may_delete].map(i64::from);
        values.extend(args![repo, position as i64, &rule.pattern, flags[0], flags[1], flags[2]]);
    }
    tx.exec(sql, values).await.map(drop)
}
