//! Their client at both servers: it sends files of several kinds, finds what is there already, and reads everything
//! back, whole and in parts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use xet_client::cas_client::auth::{AuthConfig, NoOpTokenRefresher};
use xet_data::deduplication::DeduplicationMetrics;
use xet_data::processing::configurations::{SessionContext, TranslatorConfig};
use xet_data::processing::{FileDownloadSession, FileUploadSession, Sha256Policy, XetFileInfo};
use xet_runtime::core::XetContext;

use super::server::Server;
use crate::support::{Random, sha256};

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("stoa-conformance-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Their client with a cache of its own.
fn session(server: &Server, cache: &Path) -> Arc<TranslatorConfig> {
    let ctx = XetContext::default().expect("a runtime");
    let auth = server.token.clone().map(|token| AuthConfig {
        token,
        token_expiration: u64::MAX,
        token_refresher: Arc::new(NoOpTokenRefresher),
    });
    let session = SessionContext {
        endpoint: server.base.clone(),
        auth,
        custom_headers: None,
        repo_paths: vec![String::new()],
        session_id: None,
        cache_root: Some(cache.to_path_buf()),
    };
    Arc::new(TranslatorConfig::new(&ctx, session).expect("a configuration"))
}

async fn send(config: &Arc<TranslatorConfig>, files: &[Vec<u8>]) -> (Vec<XetFileInfo>, DeduplicationMetrics) {
    let session = FileUploadSession::new(Arc::clone(config)).await.expect("a session");
    let mut sent = Vec::new();
    for content in files {
        let size = Some(content.len() as u64);
        let (_, mut cleaner) = session.start_clean(None, size, Sha256Policy::Compute).expect("a session");
        cleaner.add_data(content).await.expect("sent");
        sent.push(cleaner.finish().await.expect("sent").0);
    }
    (sent, session.finalize().await.expect("taken"))
}

async fn read_back(config: &Arc<TranslatorConfig>, sent: &[XetFileInfo], files: &[Vec<u8>]) {
    let session = FileDownloadSession::new(Arc::clone(config), None).await.expect("a session");
    for (info, content) in sent.iter().zip(files) {
        let size = content.len() as u64;
        let unknown = XetFileInfo::new_hash_only(info.hash.clone());
        let parts = [(0, size), (0, size.min(10)), (size / 3, size / 2), (size - size.min(9), size)];
        for (start, end) in parts.into_iter().filter(|(start, end)| start < end) {
            let (_, mut stream) = session.download_stream_range(info, start..end).await.expect("there");
            let mut read = Vec::new();
            while let Some(piece) = stream.next().await.expect("good bytes") {
                read.extend_from_slice(&piece);
            }
            assert!(read == content[start as usize..end as usize], "{start}..{end} of {size}");
        }
        if size > 0 {
            let (_, mut stream) = session.download_stream(&unknown, None).await.expect("there");
            let mut read = Vec::new();
            while let Some(piece) = stream.next().await.expect("good bytes") {
                read.extend_from_slice(&piece);
            }
            assert!(read == *content, "a file whose size the client does not know");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn their_client_works_with_both_servers_alike() {
    let mut random = Random(21);
    let mut files: Vec<Vec<u8>> = vec![vec![], vec![7], random.bytes(5000), random.bytes(3_000_000)];
    files.extend((0..8).map(|_| random.content(700_000)));
    // Something in front, in the middle and at the end of what is there.
    let mut changed = [b"before".as_slice(), &files[3], b"behind"].concat();
    changed[1_500_000] ^= 1;
    let mut outcomes = Vec::new();
    for server in [Server::simulation().await, Server::stoa().await] {
        let folders = [Folder::new("first"), Folder::new("second"), Folder::new("reader")];
        let [first, second, reader] = folders.each_ref().map(|folder| session(&server, &folder.0));
        let (sent, metrics) = send(&first, &files).await;
        // Somebody else, who knows nothing yet.
        let (other, found) = send(&second, &[changed.clone(), files[3].clone()]).await;
        for (info, content) in sent.iter().zip(&files) {
            assert_eq!(info.sha256.as_deref(), Some(sha256(content).to_string().as_str()));
        }
        read_back(&reader, &sent, &files).await;
        read_back(&reader, &other, &[changed.clone(), files[3].clone()]).await;
        let counts = |m: &DeduplicationMetrics| (m.total_bytes, m.new_bytes, m.deduped_bytes, m.total_chunks);
        // How much depends on when the answers come, so that it is not the same in every run.
        assert!(found.deduped_bytes_by_global_dedup > 2_000_000, "too little was found: {found:?}");
        println!(
            "their client at {}: sent {} bytes, found {} of {}",
            server.base, metrics.total_bytes, found.deduped_bytes, found.total_bytes
        );
        outcomes.push((sent, other, counts(&metrics)));
    }
    let ours = outcomes.pop();
    assert_eq!(outcomes.pop(), ours);
}
