//! What the Hub has and stoa does not: every address answers 501 with a sentence that says what is missing.
//!
//! Clients do not try 501 again, and show the sentence. A row goes when its feature comes. Addresses below a
//! repository answer the same whether or not the repository exists, so they tell nothing about private ones.

use axum::Router;
use axum::routing::any;
use stoa_core::{Failure, RepoKind};
use stoa_http::{App, Error};

/// Below `/api/{models|datasets|spaces}/{ns}/{name}`.
const OF_REPOS: &[(&str, &[&str])] = &[
    (
        "Discussions and pull requests are not there yet; they are planned. Commit to a branch instead",
        &["/discussions", "/discussions/{*rest}"],
    ),
    (
        "Requests for access to gated repositories are not there yet; they are planned",
        &["/user-access-request/{*rest}", "/user-access-report", "/ask-access"],
    ),
    ("Resource groups are not there yet", &["/resource-group"]),
    ("Files are not scanned yet; it is planned", &["/scan"]),
    ("Revisions are not compared yet; it is planned", &["/compare/{*spec}"]),
    ("This hub hands out no tokens for single repositories; make a fine-grained one", &["/jwt"]),
    ("Notebooks are shown as files only", &["/notebook/{*rest}"]),
];

/// Below `/api/datasets/{ns}/{name}`.
const OF_DATASETS: &[(&str, &[&str])] = &[
    (
        "The dataset viewer is not there yet; it is planned. `datasets.load_dataset` reads the files themselves",
        &["/parquet", "/parquet/{*rest}", "/splits", "/statistics", "/croissant", "/sql-console/{*rest}"],
    ),
    ("Leaderboards are not there yet", &["/leaderboard"]),
];

/// Below `/api/spaces/{ns}/{name}`.
const OF_SPACES: &[(&str, &[&str])] = &[(
    "Spaces are kept as repositories and do not run yet; running them is planned",
    &[
        "/runtime",
        "/hardware",
        "/sleeptime",
        "/pause",
        "/restart",
        "/dev-mode",
        "/storage",
        "/volumes",
        "/secrets",
        "/variables",
        "/replicas",
        "/logs/{*rest}",
        "/events",
        "/metrics",
    ],
)];

/// Whole addresses.
const ADDRESSES: &[(&str, &[&str])] = &[
    ("Collections are not there yet; they are planned", &["/api/collections", "/api/collections/{*rest}"]),
    (
        "Webhooks are not there yet; they are planned",
        &["/api/settings/webhooks", "/api/settings/webhooks/{*rest}"],
    ),
    ("Jobs are not there yet; they are planned", &["/api/jobs/{*rest}", "/api/scheduled-jobs/{*rest}"]),
    ("Changes of a bucket are not followed live yet; list it again", &["/api/buckets/{ns}/{name}/events"]),
    (
        "Kernels are not hosted; models, datasets and Spaces are",
        &["/api/kernels", "/api/kernels/{*rest}", "/kernels/{*rest}"],
    ),
    (
        "Papers are not there: stoa does not fetch them. Models and datasets keep their `arxiv:` tags",
        &["/api/papers/{*rest}", "/api/daily_papers", "/papers/{*rest}"],
    ),
    (
        "Notifications are not there yet",
        &[
            "/api/notifications",
            "/api/notifications/{*rest}",
            "/api/settings/notifications",
            "/api/settings/watch",
        ],
    ),
    ("Following is not there yet", &["/api/users/{user}/follow", "/api/organizations/{org}/follow"]),
    (
        "Posts and articles are not there",
        &["/api/posts", "/api/posts/{*rest}", "/api/blog", "/api/blog/{*rest}"],
    ),
    (
        "Nothing is billed here",
        &["/api/settings/billing/{*rest}", "/api/organizations/{org}/billing/{*rest}"],
    ),
    ("The MCP server is not there yet; it is planned", &["/mcp", "/api/settings/mcp"]),
    (
        "Resource groups are not there yet",
        &["/api/organizations/{org}/resource-groups", "/api/organizations/{org}/resource-groups/{*rest}"],
    ),
    ("Provisioning by SCIM is not there yet; it is planned", &["/api/organizations/{org}/scim/{*rest}"]),
    (
        "Exporting the audit log is not there yet; it is planned",
        &["/api/organizations/{org}/audit-log/export"],
    ),
    (
        "Spaces are kept as repositories and do not run yet; running them is planned",
        &["/api/spaces/hardware", "/api/spaces/zero-gpu/quota", "/api/spaces/semantic-search"],
    ),
    ("Documentation is not searched here", &["/api/docs", "/api/docs/search"]),
    ("Attachments come with discussions, which are not there yet", &["/uploads"]),
    (
        "Signing in to other applications is not there yet; programs sign in by device code (`hf auth login`)",
        &["/oauth/authorize", "/oauth/userinfo", "/oauth/register", "/.well-known/openid-configuration"],
    ),
    ("Inference providers are not there yet", &["/api/partners/{*rest}"]),
];

pub(super) fn routes() -> Router<App> {
    let mut router = Router::new();
    let mut add = |path: String, sentence: &'static str| {
        let answer = move || async move { Error::from(Failure::absent(sentence)) };
        router = std::mem::take(&mut router).route(&path, any(answer));
    };
    for kind in RepoKind::ALL {
        let of_kind = match kind {
            RepoKind::Model => &[],
            RepoKind::Dataset => OF_DATASETS,
            RepoKind::Space => OF_SPACES,
        };
        for (sentence, rests) in OF_REPOS.iter().chain(of_kind) {
            for rest in *rests {
                add(format!("/api/{}/{{ns}}/{{name}}{rest}", kind.plural()), sentence);
            }
        }
    }
    for (sentence, paths) in ADDRESSES {
        for path in *paths {
            add((*path).to_owned(), sentence);
        }
    }
    router
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Method;

    use crate::testing;

    #[tokio::test]
    async fn what_is_missing_says_so_whoever_asks() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("ada/m").await.ok();
        for (method, path, words) in [
            (Method::GET, "/api/models/ada/m/discussions?p=0", "Discussions"),
            (Method::POST, "/api/models/ada/none/discussions/1/merge", "Discussions"),
            (Method::GET, "/api/datasets/ada/d/parquet", "viewer"),
            (Method::GET, "/api/spaces/ada/s/runtime", "do not run yet"),
            (Method::GET, "/api/spaces/ada/s/logs/run", "do not run yet"),
            (Method::GET, "/api/spaces/hardware", "do not run yet"),
            (Method::GET, "/api/spaces/semantic-search?q=x", "do not run yet"),
            (Method::POST, "/api/spaces/ada/s/secrets", "do not run yet"),
            (Method::GET, "/api/collections?owner=ada", "Collections"),
            (Method::PATCH, "/api/collections/ada/x-0", "Collections"),
            (Method::GET, "/api/settings/webhooks", "Webhooks"),
            (Method::POST, "/api/jobs/ada", "Jobs"),
            (Method::GET, "/api/buckets/ada/b/events", "live"),
            (Method::GET, "/api/papers/2401.00001", "Papers"),
            (Method::GET, "/api/kernels/ada/k", "Kernels"),
            (Method::POST, "/api/models/ada/m/resource-group", "Resource groups"),
            (Method::GET, "/api/models/ada/m/user-access-request/pending", "access"),
            (Method::GET, "/oauth/authorize?client_id=x", "device code"),
            (Method::POST, "/mcp", "MCP"),
        ] {
            for client in [hub.anonymous(), hub.as_user("ada")] {
                let answer = client.raw(method.clone(), path, &[], Body::empty()).await.expect(501);
                assert_eq!(answer.error_code(), "NotImplemented", "{path}");
                assert!(answer.json()["error"].as_str().is_some_and(|error| error.contains(words)), "{path}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_there_is_not_called_missing() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("spaces/ada/s").await.ok();
        for path in ["/api/spaces/ada/s", "/api/spaces/templates", "/api/organizations/acme/members"] {
            hub.anonymous().get(path).await.expect(200);
        }
    }
}
