//! Where in a repository a page about files is: revision and path, and the addresses around them.

use axum::Router;
use axum::routing::MethodRouter;
use stoa_core::{Oid, Permission, RefName, Reply, RepoPath, Revision};
use stoa_http::App;
use stoa_hub::{Access, Read, Repo};

use crate::markup::{path as encoded, segment};
use crate::parts::frame::Frame;
use crate::parts::repo_header::{RepoHeader, Tab};

/// Branches or tags that the menu of revisions shows.
const SHOWN: usize = 200;

/// The same methods at `/{ns}/{name}`, `/models/…`, `/datasets/…` and `/spaces/…`, followed by `tail`.
pub(crate) fn web(tail: &str, methods: &MethodRouter<App>) -> Router<App> {
    ["", "/models", "/datasets", "/spaces"].into_iter().fold(Router::new(), |router, prefix| {
        router.route(&format!("{prefix}/{{ns}}/{{name}}{tail}"), methods.clone())
    })
}

/// A place in a repository.
pub(crate) struct Place {
    pub(crate) repo: Repo<Read>,
    liked: bool,
    /// Address of the repository's page.
    pub(crate) home: String,
    /// The revision as the address names it.
    pub(crate) revision: String,
    /// The key of what the revision is.
    pub(crate) what: &'static str,
    /// Path inside the repository; empty for its root.
    pub(crate) path: String,
    /// Whether whoever looks may change files here: they may write, and the revision is a branch.
    pub(crate) writable: bool,
    pub(crate) branches: Vec<Other>,
    pub(crate) tags: Vec<Other>,
    /// Refs of the hub itself: conversions and pull requests.
    pub(crate) others: Vec<Other>,
}

/// Another revision.
pub(crate) struct Other {
    pub(crate) name: String,
    pub(crate) here: bool,
}

/// A step from the root to the path.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) href: String,
}

impl Place {
    pub(crate) async fn of<A: Access>(repo: &Repo<A>, revision: &Revision, path: &str) -> Reply<Self> {
        let refs = repo.refs().await?;
        let name = revision.as_str();
        let is = |one: &RefName| one.short() == name || one.as_str() == name;
        let on = |refs: &[(RefName, Oid)]| refs.iter().any(|(one, _)| is(one));
        let on_branch = on(&refs.branches);
        let what = match () {
            () if on_branch => "files-branch",
            () if on(&refs.tags) => "files-tag",
            () if name.starts_with("refs/") => "files-ref",
            () => "files-commit",
        };
        let list = |refs: &[(RefName, Oid)], full: bool| -> Vec<Other> {
            let one = |(one, _): &(RefName, Oid)| Other {
                name: if full { one.as_str() } else { one.short() }.to_owned(),
                here: is(one),
            };
            refs.iter().take(SHOWN).map(one).collect()
        };
        let writable = on_branch && repo.most() >= Permission::Write;
        let others = list(&refs.converts, true).into_iter().chain(list(&refs.pulls, true)).collect();
        Ok(Self {
            repo: repo.for_reading(),
            liked: repo.liked_by(repo.actor()).await?,
            home: format!("/{}", repo.id().path()),
            revision: name.to_owned(),
            what,
            path: path.to_owned(),
            writable,
            branches: list(&refs.branches, false),
            tags: list(&refs.tags, false),
            others,
        })
    }

    /// The head of the page.
    pub(crate) fn head<'a>(&self, page: &'a Frame) -> RepoHeader<'a> {
        RepoHeader::new(page, &self.repo, Tab::Files, self.liked)
    }

    /// `namespace/name`.
    pub(crate) fn id(&self) -> String {
        self.repo.id().to_string()
    }

    /// `models`, `datasets` or `spaces`, as in addresses of the API.
    pub(crate) fn kind(&self) -> &'static str {
        self.repo.id().kind.plural()
    }

    /// The name of the repository without its owner.
    pub(crate) fn name(&self) -> String {
        self.repo.id().name.to_string()
    }

    /// The last name of the path.
    pub(crate) fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The folder that the path is in, with a slash at its end; empty for the root.
    pub(crate) fn folder(&self) -> &str {
        self.path.rfind('/').map_or("", |at| &self.path[..=at])
    }

    /// The revision where there is little room for it.
    pub(crate) fn short(&self) -> &str {
        short(&self.revision)
    }

    /// The address of a page about a path of this revision: `tree`, `blob`, `commits` and so on.
    pub(crate) fn at(&self, what: &str, path: &str) -> String {
        self.at_revision(what, &self.revision, path)
    }

    /// The same for this very path.
    pub(crate) fn here(&self, what: &str) -> String {
        self.at(what, &self.path)
    }

    /// The same at another revision.
    pub(crate) fn at_revision(&self, what: &str, revision: &str, path: &str) -> String {
        let slash = if path.is_empty() { "" } else { "/" };
        format!("{}/{what}/{}{slash}{}", self.home, segment(revision), encoded(path))
    }

    /// This path at another revision.
    pub(crate) fn switched(&self, what: &str, other: &Other) -> String {
        self.at_revision(what, &other.name, &self.path)
    }

    /// The address of the folder.
    pub(crate) fn folder_page(&self) -> String {
        self.at("tree", self.folder().trim_end_matches('/'))
    }

    /// A page that takes the path in its query: `upload` and `new`.
    pub(crate) fn for_folder(&self, what: &str, folder: &str) -> String {
        let folder = folder.trim_matches('/');
        let query = if folder.is_empty() { String::new() } else { format!("?path={}", segment(folder)) };
        format!("{}/{what}/{}{query}", self.home, segment(&self.revision))
    }

    /// The steps from the root to the path; the last is the path itself.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = vec![Step { name: self.name(), href: self.at("tree", "") }];
        let mut end = 0;
        for name in self.path.split('/').filter(|name| !name.is_empty()) {
            end += name.len() + usize::from(end > 0);
            steps.push(Step { name: name.to_owned(), href: self.at("tree", &self.path[..end]) });
        }
        steps
    }
}

/// A commit id as people read it; any other name of a revision as it is.
pub(crate) fn short(revision: &str) -> &str {
    if revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_hexdigit()) {
        return &revision[..8];
    }
    revision
}

/// A path that somebody wrote, if it can be one.
pub(crate) fn checked(path: &str) -> Reply<RepoPath> {
    RepoPath::new(path.trim().trim_matches('/'))
}
