//! What Rust programs do with the hub, with the published `hf-hub` crate in two versions.
//!
//! `test_hf_hub_rust.py` starts the server, makes the repositories and runs this program; every mistake is a panic.

use std::collections::HashMap;
use std::env::var;
use std::path::{Path, PathBuf};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("newest") => newest(),
        Some("widespread") => widespread(),
        other => panic!("newest or widespread, not {other:?}"),
    }
}

fn setting(name: &str) -> String {
    var(name).unwrap_or_else(|_| panic!("{name} must be set"))
}

/// What `test_hf_hub_rust.py` put into `w.bin`.
fn binary() -> Vec<u8> {
    (0..=255).collect::<Vec<u8>>().repeat(1000)
}

fn newest() {
    use hf_hub::repository::{AddSource, CommitOperation, RepoTreeEntry};
    use hf_hub::{HFClient, HFClientSync, HFError, RepoTypeModel, split_id};

    let hub = HFClientSync::new().unwrap();
    let as_bob = || HFClient::builder().token(setting("BOB_TOKEN")).build_sync().unwrap();
    let repo_id = setting("STOA_REPO");
    let (owner, name) = split_id(&repo_id);
    let repo = hub.model(owner, name);
    let scratch = PathBuf::from(setting("STOA_SCRATCH"));

    // People.
    assert_eq!(hub.whoami().send().unwrap().username, "ada");
    assert_eq!(hub.user_overview().username("ada").send().unwrap().fullname.unwrap(), "Ada Lovelace");

    // Information and lists.
    let info = repo.info().send().unwrap();
    assert_eq!((info.id.as_str(), info.author.as_deref()), (repo_id.as_str(), Some("ada")));
    assert!(info.tags.unwrap().contains(&"license:mit".to_owned()));
    let sha = info.sha.unwrap();
    assert_eq!(info.siblings.unwrap().len(), 5);
    let likes = repo.info().expand(vec!["likes".to_owned()]).send().unwrap();
    assert_eq!((likes.likes, likes.sha), (Some(0), None));
    assert!(repo.exists().send().unwrap());
    assert!(!hub.model("ada", "no-such-repo").exists().send().unwrap());
    assert!(repo.revision_exists().revision("main").send().unwrap());
    assert!(!repo.revision_exists().revision("no-such-revision").send().unwrap());
    assert!(repo.file_exists().filename("x/a.txt").send().unwrap());
    assert!(!repo.file_exists().filename("no.txt").send().unwrap());
    let found = hub.list_models().search(name).author("ada").full(true).send().unwrap();
    assert_eq!(found.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), [repo_id.as_str()]);

    // Trees, history, refs.
    let tree = repo.list_tree().recursive(true).send().unwrap();
    let sizes: HashMap<_, _> = tree
        .iter()
        .filter_map(|entry| match entry {
            RepoTreeEntry::File { path, size, lfs, .. } => Some((path.as_str(), (*size, lfs.is_some()))),
            RepoTreeEntry::Directory { .. } => None,
        })
        .collect();
    assert_eq!(sizes["w.bin"], (256_000, true));
    assert_eq!(sizes["x/a.txt"], (6, false));
    let paths = vec!["w.bin".to_owned(), "x".to_owned(), "no.txt".to_owned()];
    assert_eq!(repo.get_paths_info().paths(paths).send().unwrap().len(), 2);
    let commits = repo.list_commits().send().unwrap();
    assert_eq!(commits[0].id, sha);
    assert_eq!(commits[0].authors[0].user.as_deref(), Some("ada"));
    assert_eq!(repo.list_refs().send().unwrap().branches[0].target_commit, sha);
    let metadata = repo.get_file_metadata().filepath("w.bin").send().unwrap();
    assert_eq!((metadata.file_size, metadata.commit_hash), (256_000, sha.clone()));

    // Downloads.
    let read = |path: PathBuf| std::fs::read(path).unwrap();
    assert_eq!(read(repo.download_file().filename("x/a.txt").send().unwrap()), b"hello\n");
    assert_eq!(read(repo.download_file().filename("w.bin").send().unwrap()), binary());
    let part = repo.download_file_to_bytes().filename("w.bin").range(1000..1010).send().unwrap();
    assert_eq!(part.as_ref(), &binary()[1000..1010]);
    let folder = scratch.join("snapshot");
    repo.snapshot_download().local_dir(folder.clone()).send().unwrap();
    assert_eq!(read(folder.join("w.bin")), binary());
    assert_eq!(read(folder.join("x/a.txt")), b"hello\n");

    // Mistakes.
    let missing = repo.download_file().filename("no.txt").send();
    assert!(matches!(missing, Err(HFError::EntryNotFound { .. })), "{missing:?}");
    let missing = repo.info().revision("no-such-revision").send();
    assert!(missing.is_err(), "{missing:?}");
    let private = setting("STOA_PRIVATE");
    let (owner, name) = split_id(&private);
    assert!(hub.model(owner, name).info().send().unwrap().private.unwrap());
    let hidden = as_bob().model(owner, name).info().send();
    assert!(matches!(hidden, Err(HFError::RepoNotFound { .. })), "{hidden:?}");

    // Writing.
    let new_id = setting("STOA_NEW");
    let (owner, name) = split_id(&new_id);
    let created = hub.create_repository().repo_id(&new_id).repo_type(RepoTypeModel).private(true).send().unwrap();
    assert_eq!(created.url, format!("{}/{new_id}", setting("HF_ENDPOINT")));
    hub.create_repository().repo_id(&new_id).repo_type(RepoTypeModel).exist_ok(true).send().unwrap();
    let new = hub.model(owner, name);
    assert!(new.info().send().unwrap().private.unwrap());
    new.update_settings().private(false).send().unwrap();
    assert!(!new.info().send().unwrap().private.unwrap());
    let uploaded = new.upload_file().source(AddSource::bytes("one")).path_in_repo("one.txt").send().unwrap();
    assert_eq!(uploaded.commit_oid, new.info().send().unwrap().sha);
    let operations = vec![
        CommitOperation::add_bytes("x/two.txt", "two"),
        CommitOperation::add_bytes("x/w.bin", binary()),
        CommitOperation::delete("one.txt"),
    ];
    new.create_commit().operations(operations).commit_message("Second").send().unwrap();
    assert_eq!(new.list_commits().send().unwrap()[0].title, "Second");
    assert!(!new.file_exists().filename("one.txt").send().unwrap());
    assert_eq!(new.download_file_to_bytes().filename("x/w.bin").send().unwrap().as_ref(), binary());
    new.upload_folder().folder_path(scratch.join("snapshot/x")).path_in_repo("folder").send().unwrap();
    assert!(new.file_exists().filename("folder/a.txt").send().unwrap());
    new.delete_folder().path_in_repo("x").send().unwrap();
    assert!(!new.file_exists().filename("x/two.txt").send().unwrap());
    new.create_branch().branch("side").send().unwrap();
    new.create_tag().tag("v1").message("The first").send().unwrap();
    let refs = new.list_refs().send().unwrap();
    assert_eq!((refs.branches.len(), refs.tags.len()), (2, 1));
    new.delete_tag().tag("v1").send().unwrap();
    new.delete_branch().branch("side").send().unwrap();
    let moved = format!("{new_id}-moved");
    hub.move_repository().from_id(&new_id).to_id(&moved).repo_type(RepoTypeModel).send().unwrap();
    assert_eq!(new.info().send().unwrap().id, moved);
    hub.delete_repository().repo_id(&moved).repo_type(RepoTypeModel).send().unwrap();
    hub.delete_repository().repo_id(&moved).repo_type(RepoTypeModel).missing_ok(true).send().unwrap();
}

fn widespread() {
    use hf_hub_widespread::api::sync::ApiBuilder;
    use hf_hub_widespread::{Repo, RepoType};

    let build = |token: Option<String>| ApiBuilder::from_env().with_progress(false).with_token(token).build().unwrap();
    let hub = build(Some(setting("HF_TOKEN")));
    let repo_id = setting("STOA_REPO");
    let read = |path: &Path| std::fs::read(path).unwrap();

    let repo = hub.model(repo_id.clone());
    let info = repo.info().unwrap();
    assert_eq!(info.siblings.len(), 5);
    assert_eq!(read(&repo.get("x/a.txt").unwrap()), b"hello\n");
    assert_eq!(read(&repo.get("w.bin").unwrap()), binary());
    assert!(repo.get("no.txt").is_err());

    let at = hub.repo(Repo::with_revision(repo_id.clone(), RepoType::Model, info.sha.clone()));
    assert_eq!(at.info().unwrap().sha, info.sha);
    assert_eq!(read(&at.download("x/a.txt").unwrap()), b"hello\n");

    let private = setting("STOA_PRIVATE");
    assert_eq!(read(&hub.model(private.clone()).get("a.txt").unwrap()), b"secret");
    for token in [None, Some(setting("BOB_TOKEN"))] {
        let stranger = ApiBuilder::from_env()
            .with_progress(false)
            .with_token(token.clone())
            .with_cache_dir(PathBuf::from(setting("STOA_SCRATCH")).join(token.as_deref().unwrap_or("nobody")))
            .build()
            .unwrap();
        assert!(stranger.model(private.clone()).get("a.txt").is_err());
        assert_eq!(read(&stranger.model(repo_id.clone()).get("x/a.txt").unwrap()), b"hello\n");
    }
}
