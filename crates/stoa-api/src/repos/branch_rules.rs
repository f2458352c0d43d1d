//! What may happen to branches: `GET|PUT /api/{models|datasets|spaces}/{ns}/{name}/branch-rules`. An extension of stoa.

use axum::Router;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use stoa_http::{App, Json, Reply, RepoOf};
use stoa_hub::{Admin, BranchRule};

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/branch-rules", &get(list).put(replace))
}

/// A rule about the branches that a pattern covers. What is left out forbids, but everyone who may write may push.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// A name, in which `*` stands for anything.
    pattern: String,
    /// Who may push.
    #[serde(default)]
    push: Push,
    /// Whether history may be rewritten.
    #[serde(default)]
    rewrite: bool,
    /// Whether the branch may be deleted.
    #[serde(default)]
    delete: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Push {
    /// Everyone who may write.
    #[default]
    Write,
    /// The owner, admins of the organization, administrators of the hub.
    Admin,
}

async fn list(repo: RepoOf<Admin>) -> Reply<Json<Vec<Rule>>> {
    let rules = repo.branch_rules().await?.into_iter().map(|rule| Rule {
        pattern: rule.pattern,
        push: if rule.admins_only { Push::Admin } else { Push::Write },
        rewrite: rule.may_rewrite,
        delete: rule.may_delete,
    });
    Ok(Json(rules.collect()))
}

/// Puts other rules in place of those that are there; answers them.
async fn replace(repo: RepoOf<Admin>, Json(rules): Json<Vec<Rule>>) -> Reply<Json<Vec<Rule>>> {
    let new = rules.iter().map(|rule| BranchRule {
        pattern: rule.pattern.clone(),
        admins_only: rule.push == Push::Admin,
        may_rewrite: rule.rewrite,
        may_delete: rule.delete,
    });
    repo.set_branch_rules(&new.collect::<Vec<_>>()).await?;
    Ok(Json(rules))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use stoa_core::{Role, TokenRole};
    use stoa_testkit::{Client, TestHub};

    use crate::testing;

    const RULES: &str = "/api/models/acme/m/branch-rules";

    /// `acme/m` with the branches main, dev and release/1. bob may write to what acme has, dora to what she made.
    async fn hub() -> TestHub {
        let hub = testing::hub().await;
        hub.user("dora").await;
        hub.member("acme", "bob", Role::Write).await;
        hub.member("acme", "dora", Role::Contributor).await;
        hub.as_user("bob").create("acme/m").await.ok();
        for branch in ["dev", "release/1"] {
            hub.as_user("bob").post(&format!("/api/models/acme/m/branch/{branch}"), "", "").await.ok();
        }
        hub
    }

    async fn set(hub: &TestHub, rules: &Value) {
        assert_eq!(hub.as_user("ada").put_json(RULES, rules).await.expect(200).json(), *rules);
    }

    async fn commit(client: &Client, branch: &str, status: u16) -> String {
        let file = json!({ "path": "a.txt", "content": format!("{branch} {status}") });
        let lines = [
            json!({ "key": "header", "value": { "summary": "Test" } }),
            json!({ "key": "file", "value": file }),
        ];
        client.commit_lines("acme/m", branch, &lines).await.expect(status).error_message().to_owned()
    }

    #[tokio::test]
    async fn rules_are_kept_as_they_were_given() {
        let hub = hub().await;
        let ada = hub.as_user("ada");
        assert_eq!(ada.get(RULES).await.expect(200).json(), json!([]));
        let rules = json!([
            { "pattern": "release/*", "push": "admin", "rewrite": false, "delete": true },
            { "pattern": "main", "push": "write", "rewrite": true, "delete": false },
        ]);
        set(&hub, &rules).await;
        assert_eq!(ada.get(RULES).await.expect(200).json(), rules);
        let short = ada.put_json(RULES, &json!([{ "pattern": "main" }])).await.expect(200).json();
        let long = json!([{ "pattern": "main", "push": "write", "rewrite": false, "delete": false }]);
        assert_eq!(short, long);
        // They stay with the repository whatever its name, and go with it.
        let to = json!({ "fromRepo": "acme/m", "toRepo": "acme/n", "type": "model" });
        ada.post_json("/api/repos/move", &to).await.ok();
        assert_eq!(ada.get("/api/models/acme/n/branch-rules").await.expect(200).json(), long);
        let gone = json!({ "organization": "acme", "name": "n", "type": "model" });
        ada.delete_json("/api/repos/delete", &gone).await.ok();
        ada.create("acme/n").await.ok();
        assert_eq!(ada.get("/api/models/acme/n/branch-rules").await.expect(200).json(), json!([]));
    }

    #[tokio::test]
    async fn rules_that_make_no_sense_are_refused() {
        let hub = hub().await;
        let ada = hub.as_user("ada");
        for rules in [
            json!([{ "pattern": "" }]),
            json!([{ "pattern": "a..b" }]),
            json!([{ "pattern": "a b" }]),
            json!([{ "pattern": "a".repeat(300) }]),
            json!([{ "pattern": "main" }, { "pattern": "main", "push": "admin" }]),
            json!([{ "pattern": "main", "push": "nobody" }]),
            json!([{ "pattern": "main", "rewrites": true }]),
            json!([{ "push": "admin" }]),
            json!({ "pattern": "main" }),
        ] {
            ada.put_json(RULES, &rules).await.expect(400);
        }
        let many =
            |count: usize| (0..count).map(|n| json!({ "pattern": format!("b{n}") })).collect::<Value>();
        ada.put_json(RULES, &many(50)).await.expect(200);
        ada.put_json(RULES, &many(51)).await.expect(413);
    }

    #[tokio::test]
    async fn only_admins_change_the_rules() {
        let hub = hub().await;
        let rules = json!([{ "pattern": "main" }]);
        for (user, reads, writes) in [
            ("ada", 200, 200),
            ("root", 200, 200),
            ("bob", 200, 403),
            ("carol", 403, 403),
            ("dora", 403, 403),
        ] {
            hub.as_user(user).get(RULES).await.expect(reads);
            hub.as_user(user).put_json(RULES, &rules).await.expect(writes);
        }
        hub.anonymous().put_json(RULES, &rules).await.expect(401);
        let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
        reader.put_json(RULES, &rules).await.expect(403);
        let elsewhere = hub.with_token(&hub.token("ada", TokenRole::FineGrained).await);
        elsewhere.put_json(RULES, &rules).await.expect(403);
        let refused = hub.as_user("bob").put_json(RULES, &rules).await;
        assert_eq!(
            refused.error_message(),
            "Only the admins of acme may change the rules about branches of acme/m"
        );
        // Who made something in an organization may write to it and no more.
        hub.as_user("dora").create("acme/hers").await.ok();
        hub.as_user("dora").put_json("/api/models/acme/hers/branch-rules", &rules).await.expect(403);
        hub.as_user("carol").create("carol/own").await.ok();
        hub.as_user("carol").put_json("/api/models/carol/own/branch-rules", &rules).await.expect(200);
    }

    #[tokio::test]
    async fn a_branch_for_admins_takes_commits_of_admins_only() {
        let hub = hub().await;
        let rule = json!({ "pattern": "main", "push": "admin", "rewrite": true, "delete": true });
        let release = json!({ "pattern": "release/*", "push": "admin", "rewrite": true, "delete": true });
        set(&hub, &json!([rule, release])).await;
        for (user, status) in [("ada", 200), ("root", 200), ("bob", 403), ("carol", 403)] {
            commit(&hub.as_user(user), "main", status).await;
        }
        let bob = hub.as_user("bob");
        assert_eq!(
            commit(&bob, "release%2F1", 403).await,
            "The rule for `release/*` lets only the admins of acme push to the branch `release/1`: push to another \
             branch, or ask them"
        );
        commit(&bob, "dev", 200).await;
        let at = |rest: &str| format!("/api/models/acme/m/{rest}");
        bob.post(&at("branch/release/2"), "", "").await.expect(403);
        bob.post_json(&at("branch/release/3"), &json!({ "emptyBranch": true })).await.expect(403);
        bob.post_json(&at("branch/release/1"), &json!({ "overwrite": true })).await.expect(403);
        bob.delete(&at("branch/release/1")).await.expect(403);
        bob.post_json(&at("super-squash/main"), &json!({})).await.expect(403);
        bob.post(&at("branch/other"), "", "").await.ok();
        bob.delete(&at("branch/other")).await.ok();
        bob.post_json(&at("tag/main"), &json!({ "tag": "release/1" })).await.ok();
        let ada = hub.as_user("ada");
        ada.post(&at("branch/release/2"), "", "").await.ok();
        ada.delete(&at("branch/release/2")).await.ok();
        ada.post_json(&at("super-squash/main"), &json!({})).await.ok();
        let main = ada.delete(&at("branch/main")).await.expect(403);
        assert_eq!(main.error_message(), "Cannot delete refs/heads/main");
    }

    #[tokio::test]
    async fn history_that_may_not_be_rewritten_only_grows() {
        let hub = hub().await;
        let rule = json!({ "pattern": "*e*", "push": "write", "rewrite": false, "delete": false });
        set(&hub, &json!([rule])).await;
        let at = |rest: &str| format!("/api/models/acme/m/{rest}");
        let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
        commit(&bob, "dev", 200).await;
        commit(&bob, "main", 200).await;
        // Back to where it was, to something else, to nothing: neither by who may write nor by an admin.
        for who in [&ada, &bob] {
            let back = json!({ "overwrite": true, "startingPoint": "release/1" });
            let refused = who.post_json(&at("branch/dev"), &back).await.expect(403);
            assert_eq!(
                refused.error_message(),
                "The rule for `*e*` does not let the branch `dev` be moved to a commit that does not come after its last \
                 one: only the admins of acme can change the rule"
            );
            who.post_json(&at("branch/dev"), &json!({ "overwrite": true })).await.expect(403);
            let empty = json!({ "overwrite": true, "emptyBranch": true });
            who.post_json(&at("branch/dev"), &empty).await.expect(403);
            who.post_json(&at("super-squash/dev"), &json!({})).await.expect(403);
            let refused = who.delete(&at("branch/dev")).await.expect(403);
            let why = refused.error_message();
            assert!(why.starts_with("The rule for `*e*` does not let the branch `dev` be deleted"), "{why}");
        }
        // Forward it may go.
        let forward = json!({ "overwrite": true, "startingPoint": "dev" });
        bob.post_json(&at("branch/release/1"), &forward).await.ok();
        bob.post_json(&at("super-squash/main"), &json!({})).await.ok();
        set(&hub, &json!([])).await;
        bob.delete(&at("branch/dev")).await.ok();
    }

    #[tokio::test]
    async fn a_purge_obeys_the_rules_of_every_branch() {
        let hub = hub().await;
        testing::commit(&hub, "acme/m", &[("w.bin", "weights")]).await;
        let tree = hub.as_user("bob").get("/api/models/acme/m/tree/main").await.ok().json();
        let files = tree.as_array().cloned().unwrap_or_default();
        let file = files.iter().find(|file| file["path"] == "w.bin").cloned().unwrap_or_default();
        let path = format!(
            "/api/models/acme/m/lfs-files/{}?rewriteHistory=true",
            file["lfs"]["oid"].as_str().unwrap_or_default()
        );
        set(&hub, &json!([{ "pattern": "main", "push": "write", "rewrite": false, "delete": false }])).await;
        hub.as_user("bob").delete(&path).await.expect(403);
        hub.as_user("bob").head("/acme/m/resolve/main/w.bin").await.expect(200);
        set(&hub, &json!([])).await;
        hub.as_user("bob").delete(&path).await.ok();
        hub.as_user("bob").head("/acme/m/resolve/main/w.bin").await.expect(404);
    }

    /// Runs git in a folder; what it says, and whether it succeeded.
    async fn git(folder: &std::path::Path, args: &[&str]) -> (String, bool) {
        let mut git = std::process::Command::new("git");
        git.env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0");
        git.args(["-c", "user.name=Bob", "-c", "user.email=bob@x.org"]).arg("-C").arg(folder).args(args);
        let ran = tokio::task::spawn_blocking(move || git.output()).await.expect("no panic");
        let ran = ran.expect("git is installed");
        let said = [ran.stdout, ran.stderr].concat();
        (String::from_utf8_lossy(&said).into_owned(), ran.status.success())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_push_is_told_of_each_branch_that_a_rule_holds() {
        let hub = hub().await;
        let release = json!({ "pattern": "release/*", "push": "admin", "rewrite": true, "delete": true });
        let dev = json!({ "pattern": "dev", "push": "write", "rewrite": false, "delete": false });
        set(&hub, &json!([release, dev])).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let served = tokio::spawn(axum::serve(listener, hub.service()).into_future());
        let folder = hub.folder().join("clone");
        std::fs::create_dir(&folder).expect("a folder");
        let at = folder.as_path();
        let url = |user: &str| format!("http://{user}:{}@{address}/acme/m", hub.token_of(user));
        assert!(git(at, &["clone", "--quiet", &url("bob"), "."]).await.1);
        let grow = ["commit", "--quiet", "--allow-empty", "-m", "More"];
        assert!(git(at, &["checkout", "--quiet", "dev"]).await.1);
        assert!(git(at, &grow).await.1);
        // Others than those that are held go through; the one that is held says why.
        let push = ["push", "origin", "dev", "dev:main", "dev:release/1", "dev:release/2"];
        let (said, done) = git(at, &push).await;
        assert!(!done && said.contains("dev -> main") && said.contains("dev -> dev"), "{said}");
        for branch in ["release/1", "release/2"] {
            let why = format!("lets only the admins of acme push to the branch `{branch}`");
            assert!(said.contains(&why), "{said}");
        }
        assert_eq!(said.matches("[remote rejected]").count(), 2, "{said}");
        // All or nothing: nothing.
        assert!(git(at, &grow).await.1);
        assert!(!git(at, &["push", "--atomic", "origin", "dev", "dev:release/1"]).await.1);
        let (said, done) = git(at, &["push", &url("ada"), "--atomic", "dev", "dev:release/1"]).await;
        assert!(done, "{said}");
        // Rewriting and deleting.
        assert!(git(at, &["commit", "--quiet", "--amend", "--allow-empty", "-m", "Other"]).await.1);
        for who in ["ada", "bob"] {
            let (said, done) = git(at, &["push", "--force", &url(who), "dev"]).await;
            let why =
                "does not let the branch `dev` be moved to a commit that does not come after its last one";
            assert!(!done && said.contains(why), "{said}");
            let (said, done) = git(at, &["push", &url(who), "--delete", "dev"]).await;
            assert!(!done && said.contains("does not let the branch `dev` be deleted"), "{said}");
        }
        let (said, done) = git(at, &["push", "--force", &url("bob"), "dev:main"]).await;
        assert!(done, "{said}");
        assert!(git(at, &["push", &url("ada"), "--delete", "release/1"]).await.1);
        // Two new commits at once, one of them a merge, are no rewriting.
        assert!(git(at, &["checkout", "--quiet", "-B", "dev", "origin/dev"]).await.1);
        assert!(git(at, &["fetch", "--quiet", "origin"]).await.1);
        assert!(git(at, &["reset", "--quiet", "--hard", "origin/dev"]).await.1);
        assert!(git(at, &grow).await.1);
        assert!(git(at, &["merge", "--quiet", "--no-edit", "origin/main"]).await.1);
        let (said, done) = git(at, &["push", "origin", "dev"]).await;
        assert!(done, "{said}");
        served.abort();
    }
}
