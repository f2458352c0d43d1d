//! The commands that look after stored bytes, beside a running server.

use crate::binary::Stoa;

#[test]
fn the_store_is_looked_after_beside_a_running_server() {
    let stoa = Stoa::new();
    assert!(stoa.run(&["user", "create", "ada", "--admin"]).ok);
    let server = stoa.serve();
    let left = stoa.data().join("objects/xorbs/ab/ab").join("ab".repeat(32));
    std::fs::create_dir_all(left.parent().expect("a folder")).expect("a folder");
    std::fs::write(&left, b"left by a crash").expect("a file");
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = std::fs::File::options().write(true).open(&left).expect("the file");
    file.set_modified(old).expect("another time");

    let fsck = stoa.run(&["fsck", "--deep"]);
    assert!(fsck.ok, "{}{}", fsck.out, fsck.err);
    assert!(fsck.out.contains("1 stored objects (15 B) belong to nothing"), "{}", fsck.out);
    let dry = stoa.run(&["gc", "--dry-run", "--now"]);
    assert!(dry.ok && dry.out.contains("15 B in the store would be free"), "{}{}", dry.out, dry.err);
    assert!(dry.out.ends_with("Nothing was changed\n") && left.exists(), "{}", dry.out);
    let gc = stoa.run(&["gc", "--grace-days", "3"]);
    assert!(gc.ok && gc.out.contains("15 B in the store are free"), "{}{}", gc.out, gc.err);
    assert!(!left.exists());
    let space = stoa.run(&["space", "--by", "owner"]);
    assert!(space.ok && space.out.lines().count() == 2 && space.out.contains("saved"), "{}", space.out);
    assert!(server.end());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let stoa = Stoa::new();
    assert!(stoa.run(&["user", "create", "ada", "--admin"]).ok);
    assert!(!stoa.run(&["gc", "--now", "--grace-days", "3"]).ok);
    let fsck = stoa.run(&["fsck", "--repo", "ada/nothing"]);
    assert_eq!((fsck.ok, fsck.err.trim()), (false, "stoa: There is no model ada/nothing"));
}
