//! Every backend keeps the rules of `stoa_blob::conformance`, also when it is slow.

use std::time::Duration;

use stoa_blob::{Blobs, Config, FaultPlan, conformance};

fn disk(folder: &tempfile::TempDir, durable: bool) -> Blobs {
    Blobs::open(&Config { root: folder.path().join("data"), durable }).expect("a new folder")
}

#[tokio::test]
async fn memory_keeps_the_rules() {
    conformance::run(Blobs::memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_durable_disk_keeps_the_rules() {
    let folder = tempfile::tempdir().expect("a folder");
    conformance::run(disk(&folder, true)).await;
}

#[tokio::test]
async fn a_disk_keeps_the_rules_on_one_thread_and_run_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let blobs = disk(&folder, false);
    conformance::run(blobs.clone()).await;
    conformance::run(blobs).await;
}

#[tokio::test]
async fn a_slow_store_keeps_the_rules() {
    let plan = FaultPlan { latency: Some(Duration::from_micros(50)), ..FaultPlan::default() };
    conformance::run(Blobs::memory().with_faults(plan)).await;
}
