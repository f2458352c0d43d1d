//! Rules about branches: who may push, whether history may be rewritten, whether the branch may be deleted.
//!
//! Without rules everyone who may write may do all of this. Of several rules about a branch each has to allow a change.
//! Nobody is above `rewrite` and `delete`: who may change the rules takes them back first, and that is on record.

use std::collections::{HashMap, HashSet};

use stoa_core::{Failure, Identity, Oid, RefName, Reply, Role};
use stoa_db::{Tx, accounts, branch_rules};

use crate::Repo;
use crate::access::{Access, Admin};
use crate::commits::RefChange;

pub use stoa_db::branch_rules::BranchRule;

/// Rules of one repository at most.
const RULES: usize = 50;

/// Whether a rule is about a branch. `*` stands for anything, `/` included.
fn covers(rule: &BranchRule, branch: &RefName) -> bool {
    let Some(name) = branch.as_str().strip_prefix("refs/heads/") else { return false };
    let mut pieces = rule.pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

impl Repo<Admin> {
    /// The rules about its branches.
    pub async fn branch_rules(&self) -> Reply<Vec<BranchRule>> {
        let mut tx = self.hub.read().await?;
        Ok(branch_rules::all(&mut tx, self.row.id).await?)
    }

    /// Gives its branches other rules. In an organization this takes the role of an admin.
    pub async fn set_branch_rules(&self, rules: &[BranchRule]) -> Reply<()> {
        if rules.len() > RULES {
            return Err(Failure::too_large(format!(
                "A repository has at most {RULES} rules about branches; `*` in a pattern covers many branches with one"
            )));
        }
        let mut seen = HashSet::new();
        for BranchRule { pattern, .. } in rules {
            let shown: String = pattern.chars().take(64).collect();
            if RefName::branch(&pattern.replace('*', "x")).is_err() {
                return Err(Failure::invalid(format!(
                    "`{shown}` is no pattern of branches: write a name as `main`, or with stars as `release/*`"
                )));
            }
            if !seen.insert(pattern) {
                return Err(Failure::invalid(format!("There are two rules for `{shown}`: make them one")));
            }
        }
        let mut tx = self.hub.write().await?;
        if !self.administers(&mut tx).await? {
            return Err(Failure::forbidden(format!(
                "Only {} may change the rules about branches of {}",
                self.admins(&mut tx).await?,
                self.row.name
            )));
        }
        branch_rules::replace(&mut tx, self.row.id, rules).await?;
        self.hub.note(&mut tx, &self.actor, "repo.branch_rules", &self.row.name.path()).await?;
        Ok(tx.commit().await?)
    }
}

/// The parents of commits that are not stored yet, or only just.
pub(crate) type NewParents = HashMap<Oid, Vec<Oid>>;

impl<A: Access> Repo<A> {
    /// The rules, if one of these changes is about a branch.
    pub(crate) async fn rules_about(&self, tx: &mut Tx, changes: &[RefChange]) -> Reply<Vec<BranchRule>> {
        if changes.iter().all(|change| !change.name.as_str().starts_with("refs/heads/")) {
            return Ok(Vec::new());
        }
        Ok(branch_rules::all(tx, self.row.id).await?)
    }

    /// Why a ref may not change so, if it may not.
    pub(crate) async fn refusal(
        &self,
        rules: &[BranchRule],
        change: &RefChange,
        new: &NewParents,
    ) -> Reply<Option<String>> {
        if change.name == RefName::main() && change.to.is_none() {
            return Ok(Some("Cannot delete refs/heads/main".to_owned()));
        }
        let about: Vec<&BranchRule> = rules.iter().filter(|rule| covers(rule, &change.name)).collect();
        let name = change.name.short();
        if let Some(BranchRule { pattern, .. }) = about.iter().find(|rule| rule.admins_only) {
            let mut tx = self.hub.read().await?;
            if !self.administers(&mut tx).await? {
                let who = self.admins(&mut tx).await?;
                return Ok(Some(format!(
                    "The rule for `{pattern}` lets only {who} push to the branch `{name}`: push to another branch, or ask \
                     them"
                )));
            }
        }
        let broken = match (change.from, change.to) {
            (Some(_), None) => about.iter().find(|rule| !rule.may_delete).map(|rule| (rule, "deleted")),
            (Some(from), Some((_, to))) => match about.iter().find(|rule| !rule.may_rewrite) {
                Some(rule) if !self.comes_after(to, from, new).await? => {
                    Some((rule, "moved to a commit that does not come after its last one"))
                }
                _ => None,
            },
            _ => None,
        };
        let Some((BranchRule { pattern, .. }, what)) = broken else { return Ok(None) };
        let mut tx = self.hub.read().await?;
        let who = self.admins(&mut tx).await?;
        Ok(Some(format!(
            "The rule for `{pattern}` does not let the branch `{name}` be {what}: only {who} can change the rule"
        )))
    }

    /// Whether a commit is another one or comes after it.
    async fn comes_after(&self, commit: Oid, other: Oid, new: &NewParents) -> Reply<bool> {
        let (mut todo, mut seen, mut stored) = (vec![commit], HashSet::new(), Vec::new());
        while let Some(oid) = todo.pop() {
            if oid == other {
                return Ok(true);
            }
            if !seen.insert(oid) {
                continue;
            }
            match new.get(&oid) {
                Some(parents) => todo.extend(parents),
                None => stored.push(oid),
            }
        }
        self.hub.reaches(self.row.id, &stored, other).await
    }

    /// Whether the actor has the say over the repository: its owner, an admin of the organization it belongs to, an
    /// administrator of the hub. To have made it or to have the role to write is not enough.
    async fn administers(&self, tx: &mut Tx) -> Reply<bool> {
        let Identity::User { id, admin, .. } = &self.actor.identity else { return Ok(false) };
        if *admin || self.row.owner_id == *id {
            return Ok(true);
        }
        Ok(accounts::role(tx, self.row.owner_id, *id).await? == Some(Role::Admin))
    }

    /// Who that is, in words.
    async fn admins(&self, tx: &mut Tx) -> Reply<String> {
        let owner = accounts::by_id(tx, self.row.owner_id).await?;
        let name = &self.row.name.owner;
        let is_org = owner.is_some_and(|owner| owner.is_org);
        Ok(if is_org { format!("the admins of {name}") } else { name.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, branch: &str, expected: bool) {
        let rule = BranchRule {
            pattern: pattern.to_owned(),
            admins_only: false,
            may_rewrite: false,
            may_delete: false,
        };
        let branch = RefName::branch(branch).expect("a name");
        assert_eq!(covers(&rule, &branch), expected, "{pattern} {branch}");
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, branch, expected) in [
            ("main", "main", true),
            ("main", "main2", false),
            ("main", "x/main", false),
            ("*", "main", true),
            ("*", "a/b/c", true),
            ("release/*", "release/1", true),
            ("release/*", "release/1/fix", true),
            ("release/*", "release", false),
            ("*-stable", "v1-stable", true),
            ("*-stable", "v1-stable-not", false),
            ("a*b*c", "a/b/c", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("aa*aa", "aaa", false),
            ("a**", "a", true),
        ] {
            check(pattern, branch, expected);
        }
        let tag = RefName::tag("main").expect("a name");
        let all =
            BranchRule { pattern: "*".to_owned(), admins_only: true, may_rewrite: false, may_delete: false };
        assert!(!covers(&all, &tag), "tags are no branches");
    }
}
