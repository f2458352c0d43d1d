//! Making a repository: a row, the branch `main`, and a first commit with the default `.gitattributes`.

use stoa_core::{Actor, Detail, Failure, RefName, Reply, RepoId, RepoKind};
use stoa_db::{accounts, repos};
use stoa_git::{Mode, ObjectKind, TreeEdit};

use crate::access::Admin;
use crate::commits::Moves;
use crate::store::{Made, encode, whole_trees};
use crate::{Hub, Repo};

/// What is needed to make a repository.
#[derive(Clone, Debug)]
pub struct NewRepo {
    /// Its address.
    pub id: RepoId,
    /// Who sees it; `None` takes the default of its owner.
    pub private: Option<bool>,
    /// Kind of a Space: `gradio`, `streamlit`, `docker` or `static`.
    pub sdk: Option<String>,
    /// License for the first card.
    pub license: Option<String>,
}

/// A repository that was made.
pub struct Created {
    /// The repository.
    pub repo: Repo<Admin>,
}

/// What a Space may run on.
const SDKS: [&str; 4] = ["gradio", "streamlit", "docker", "static"];

/// File name patterns that are large files unless a repository says otherwise: formats of weights, arrays, archives,
/// media. Models and Spaces get the first list, datasets both.
const LARGE: &[&str] = &[
    "*.7z",
    "*.arrow",
    "*.bin",
    "*.bz2",
    "*.ckpt",
    "*.ftz",
    "*.gguf",
    "*.gz",
    "*.h5",
    "*.joblib",
    "*.keras",
    "*.lfs.*",
    "*.lz4",
    "*.mds",
    "*.mlmodel",
    "*.model",
    "*.msgpack",
    "*.npy",
    "*.npz",
    "*.onnx",
    "*.onnx_data",
    "*.ot",
    "*.parquet",
    "*.pb",
    "*.pickle",
    "*.pkl",
    "*.pt",
    "*.pth",
    "*.rar",
    "*.safetensors",
    "saved_model/**/*",
    "*.tar",
    "*.tar.*",
    "*.tflite",
    "*.tgz",
    "*.wasm",
    "*.whl",
    "*.xz",
    "*.zip",
    "*.zst",
    "*tfevents*",
    "*.pdf",
    "*.png",
    "*.jpg",
    "*.jpeg",
    "*.gif",
    "*.webp",
    "*.mp3",
    "*.mp4",
    "*.wav",
];
const LARGE_DATA: &[&str] = &[
    "*.sam",
    "*.raw",
    "*.pcm",
    "*.aac",
    "*.flac",
    "*.ogg",
    "*.opus",
    "*.m4a",
    "*.bmp",
    "*.tif",
    "*.tiff",
    "*.webm",
    "*.mov",
    "*.mkv",
    "*.avi",
    "*.duckdb",
    "*.db",
    "*.sqlite",
    "*.feather",
    "*.orc",
    "*.avro",
];

impl Hub {
    /// Makes a repository. A name that exists already is a conflict that carries its address.
    pub async fn create_repo(&self, actor: &Actor, new: NewRepo) -> Reply<Created> {
        let kind = new.id.kind;
        let sdk = check_sdk(kind, new.sdk.as_deref())?;
        let mut tx = self.read().await?;
        let owner_id = self.may_create(&mut tx, actor, &new.id.owner, kind.as_str()).await?;
        let owner = accounts::by_id(&mut tx, owner_id).await?.ok_or_else(Failure::repo_not_found)?;
        drop(tx);
        // The address is spelled as its owner is.
        let id = RepoId::new(kind, owner.name, new.id.name.as_str())?;
        let private = new.private.unwrap_or(owner.default_private || self.policy().private_by_default);
        let repo = self.insert_repo(actor, &id, owner_id, private, sdk).await?;
        if let Err(failure) = self.first_commit(&repo, sdk, new.license.as_deref()).await {
            // A repository without its first commit is of no use to anybody.
            repo.delete().await?;
            return Err(failure);
        }
        Ok(Created { repo: self.open(actor, &id).await? })
    }

    pub(crate) async fn insert_repo(
        &self,
        actor: &Actor,
        id: &RepoId,
        owner_id: i64,
        private: bool,
        sdk: Option<&str>,
    ) -> Reply<Repo<Admin>> {
        let (user, _) = actor.need_user()?;
        let mut tx = self.write().await?;
        let new = repos::NewRepo { name: id, owner_id, private, created_by: user, sdk };
        match repos::create(&mut tx, &new, self.now()).await {
            Err(stoa_db::Error::Duplicate) => {
                let message = format!("You already created this {} repo", id.kind);
                return Err(Failure::conflict(message).with(Detail::Exists(id.clone())));
            }
            other => other?,
        };
        self.note(&mut tx, actor, "repo.create", &id.path()).await?;
        tx.commit().await?;
        self.open(actor, id).await
    }

    async fn first_commit(&self, repo: &Repo<Admin>, sdk: Option<&str>, license: Option<&str>) -> Reply<()> {
        let kind = repo.row.name.kind;
        let mut files = vec![(".gitattributes".to_owned(), attributes(kind))];
        if let Some(sdk) = sdk {
            files.push(("README.md".to_owned(), space_card(repo.row.name.name.as_str(), sdk)));
            if sdk == "static" {
                files.push(("index.html".to_owned(), INDEX.to_owned()));
                files.push(("style.css".to_owned(), STYLE.to_owned()));
            }
        } else if let Some(license) = license {
            if stoa_meta::licenses::find(license).is_none() {
                return Err(Failure::invalid(format!("`{license}` is not a license id that cards know")));
            }
            files.push(("README.md".to_owned(), format!("---\nlicense: {license}\n---\n")));
        }
        let mut edit = TreeEdit::new(None);
        let mut made = Vec::new();
        for (path, text) in files {
            let encoded = encode(ObjectKind::Blob, text.into_bytes()).await?;
            edit.put(&stoa_core::RepoPath::new(path)?, Mode::File, encoded.oid);
            made.push(Made::from(encoded));
        }
        let edited = edit.finish().map_err(|e| Failure::internal(e.to_string()))?;
        made.extend(whole_trees(&edited.trees)?);
        self.keep(repo.row.id, made).await?;
        let moves = Moves {
            branch: &RefName::main(),
            from: None,
            root: edited.root,
            parents: Vec::new(),
            message: "initial commit\n".to_owned(),
            large: Vec::new(),
            changed: Vec::new(),
            introduced: None,
        };
        repo.move_branch(moves).await.map(drop)
    }
}

fn check_sdk(kind: RepoKind, sdk: Option<&str>) -> Reply<Option<&'static str>> {
    match (kind, sdk) {
        (RepoKind::Space, Some(sdk)) => SDKS
            .into_iter()
            .find(|known| *known == sdk)
            .map(Some)
            .ok_or_else(|| Failure::invalid(format!("sdk must be one of {}", SDKS.join(", ")))),
        (RepoKind::Space, None) => {
            Err(Failure::invalid(format!("A Space needs `sdk`: one of {}", SDKS.join(", "))))
        }
        _ => Ok(None),
    }
}

/// The `.gitattributes` of a new repository.
fn attributes(kind: RepoKind) -> String {
    let more: &[&str] = if kind == RepoKind::Dataset { LARGE_DATA } else { &[] };
    LARGE
        .iter()
        .chain(more)
        .fold(String::new(), |text, pattern| text + pattern + " filter=lfs diff=lfs merge=lfs -text\n")
}

fn space_card(name: &str, sdk: &str) -> String {
    let title: Vec<&str> = name.split(['-', '_']).filter(|word| !word.is_empty()).collect();
    format!(
        "---\ntitle: {}\nemoji: 🏛\ncolorFrom: gray\ncolorTo: blue\nsdk: {sdk}\npinned: false\n---\n",
        title.join(" ")
    )
}

const INDEX: &str = "<!doctype html>\n<html lang=\"en\">\n  <head>\n    <meta charset=\"utf-8\">\n    \
    <meta name=\"viewport\" content=\"width=device-width\">\n    <title>My Space</title>\n    \
    <link rel=\"stylesheet\" href=\"style.css\">\n  </head>\n  <body>\n    <main>\n      \
    <h1>Your Space starts here</h1>\n      <p>Edit <code>index.html</code> and commit.</p>\n    </main>\n  \
    </body>\n</html>\n";
const STYLE: &str =
    "body { font-family: system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem; }\n";
