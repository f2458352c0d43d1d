//! The operator's commands.

use crate::binary::{Ran, Stoa};

fn hub() -> Stoa {
    let stoa = Stoa::new();
    assert!(stoa.run(&["user", "create", "ada", "--admin"]).ok);
    stoa
}

/// A command that must fail with one sentence, which is answered.
fn refused(ran: &Ran) -> &str {
    assert!(!ran.ok, "{}", ran.out);
    assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 1), "{}", ran.err);
    ran.err.trim().strip_prefix("stoa: ").expect("it is ours")
}

#[test]
fn every_command_explains_itself() {
    let stoa = Stoa::new();
    for command in [
        "",
        "serve",
        "user create",
        "user password",
        "user email",
        "org create",
        "org member",
        "token create",
    ]
    .into_iter()
    .chain([
        "token list",
        "token revoke",
        "key add",
        "key list",
        "key delete",
        "repo list",
        "repo export",
        "repo delete",
        "gc",
        "fsck",
        "space",
        "doctor",
        "config example",
    ]) {
        let mut line: Vec<&str> = command.split_whitespace().collect();
        line.push("--help");
        let ran = stoa.run(&line);
        assert!(ran.ok && ran.out.contains("--data <DIR>"), "{command}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_token_is_printed_alone_and_can_be_ended() {
    let stoa = hub();
    let token = stoa.run(&["token", "create", "ada", "--name", "laptop", "--role", "write"]).out;
    assert!(token.starts_with("hf_") && token.lines().count() == 1 && token.trim().len() == 46, "{token}");
    let list = stoa.run(&["token", "list", "ada"]).out;
    assert!(list.contains("laptop") && list.contains("write") && !list.contains(token.trim()), "{list}");
    assert!(stoa.run(&["token", "revoke", "ada", list.split_whitespace().next().expect("a number")]).ok);
    assert_eq!(stoa.run(&["token", "list", "ada"]).out, "");
}

#[test]
fn a_public_key_is_added_from_a_file_or_standard_input_and_deleted() {
    let stoa = hub();
    let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti laptop\n";
    let added = stoa.run_with(&["key", "add", "ada"], line);
    assert!(added.ok && added.out.starts_with("ada has the ssh key SHA256:"), "{}{}", added.out, added.err);
    let list = stoa.run(&["key", "list", "ada"]).out;
    assert!(list.contains("ssh  SHA256:") && list.trim_end().ends_with("laptop"), "{list}");
    let twice = stoa.run_with(&["key", "add", "ada"], line);
    assert_eq!(refused(&twice), "You have this key already, as `laptop`");
    assert!(stoa.run(&["key", "delete", "ada", list.split_whitespace().next().expect("a number")]).ok);
    assert_eq!(stoa.run(&["key", "list", "ada"]).out, "");
    let path = stoa.data().join("id.pub");
    std::fs::write(&path, line).expect("a file");
    assert!(stoa.run(&["key", "add", "ada", path.to_str().expect("text"), "--title", "desk"]).ok);
    assert!(stoa.run(&["key", "list", "ada"]).out.contains("desk"));
    assert!(
        refused(&stoa.run_with(&["key", "add", "ada"], "x")).starts_with("This is not an SSH public key")
    );
}

#[test]
fn an_address_is_set_and_removed() {
    let stoa = hub();
    let set = stoa.run(&["user", "email", "ada", "ada@example.org"]).out;
    assert_eq!(set, "The address of ada is ada@example.org\n");
    assert_eq!(stoa.run(&["user", "email", "ada"]).out, "The address of ada is none\n");
}

#[test]
fn fine_grained_tokens_name_what_they_reach() {
    let stoa = hub();
    let create = |more: &[&str]| {
        let line = ["token", "create", "ada", "--name", "ci", "--role", "fine-grained"];
        stoa.run(&[&line[..], more].concat())
    };
    assert!(create(&["--permission", "repo.write", "--on", "ada"]).ok);
    let nowhere = create(&["--permission", "repo.write", "--on", "ada/nothing"]);
    assert_eq!(refused(&nowhere), "There is no model ada/nothing");
    let unknown = create(&["--permission", "repo.fly", "--on", "ada"]);
    assert!(refused(&unknown).starts_with("There is no permission `repo.fly`"));
}

#[test]
fn organizations_keep_an_admin() {
    let stoa = hub();
    assert!(stoa.run(&["org", "create", "lab", "--owner", "ada", "--default-private"]).ok);
    assert!(stoa.run(&["user", "create", "eve"]).ok);
    assert!(stoa.run(&["org", "member", "lab", "eve", "contributor"]).ok);
    assert!(stoa.run(&["org", "member", "lab", "eve", "--remove"]).ok);
    let last = stoa.run(&["org", "member", "lab", "ada", "read"]);
    assert_eq!(refused(&last), "`ada` is the last admin of `lab`");
}

#[test]
fn mistakes_are_answered_in_one_sentence() {
    let stoa = hub();
    for (line, sentence) in [
        (&["user", "create", "ada"][..], "The name `ada` is taken"),
        (&["user", "create", "a..b"], "User or organization name `a..b` cannot contain `--` or `..`"),
        (&["user", "email", "ada", "nowhere"], "`nowhere` is not an e-mail address"),
        (&["user", "create", "x", "--password-stdin"], "There was no password on standard input"),
        (&["token", "create", "bob", "--name", "x", "--role", "read"], "There is no user `bob`"),
        (&["org", "create", "lab", "--owner", "bob"], "There is no user `bob`"),
        (&["repo", "export", "ada/m", "out"], "There is no model ada/m"),
        (&["repo", "export", "datasets/ada/d", "out"], "There is no dataset ada/d"),
        (&["repo", "delete", "m"], "Repository id `m` must have the form namespace/name"),
        (&["serve", "--log-format", "xml"], "The flag --log-format is `xml`; it must be text or json"),
    ] {
        assert_eq!(refused(&stoa.run(line)), sentence, "{line:?}");
    }
    let empty = Stoa::new();
    assert!(refused(&empty.run(&["repo", "list"])).starts_with("There is no hub in "));
    assert!(!empty.data().exists());
}

#[test]
fn operators_sweep_check_and_count() {
    let stoa = hub();
    let plain = stoa.run(&["gc"]);
    assert!(plain.ok && !plain.out.contains("moved"), "{}{}", plain.out, plain.err);
    let dry = stoa.run(&["gc", "--compact", "--dry-run"]);
    let sentence = "0 xorbs (0 B) of which little is used: 0 B would be moved";
    assert!(dry.ok && dry.out.contains(sentence), "{}{}", dry.out, dry.err);
    assert!(dry.out.ends_with("Nothing was changed\n"), "{}", dry.out);
    let hard = stoa.run(&["gc", "--compact", "--now"]);
    assert!(hard.ok && hard.out.contains("were moved") && !hard.out.contains("epoch"), "{}", hard.out);
    assert_eq!(stoa.run(&["fsck", "--deep"]).out, "Nothing to check; all is well\n");
    let space = stoa.run(&["space"]).out;
    assert!(space.contains("repository or bucket") && space.contains("all"), "{space}");
}

#[test]
fn the_doctor_checks_and_repairs_nothing() {
    let stoa = Stoa::new();
    let none = stoa.run(&["doctor", "--listen", "127.0.0.1:0"]);
    assert!(none.ok && none.out.contains("warn  folder") && !stoa.data().exists(), "{}", none.out);
    assert!(stoa.run(&["user", "create", "ada"]).ok);
    let sound = stoa.run(&["doctor", "--listen", "127.0.0.1:0"]);
    assert!(sound.ok, "{}{}", sound.out, sound.err);
    for line in ["ok    clock", "ok    database", "storage", "ok    folder", "ok    times"] {
        assert!(sound.out.contains(line), "{line} in {}", sound.out);
    }
    let ssh = stoa.run(&["doctor", "--listen", "127.0.0.1:0", "--ssh-listen", "127.0.0.1:2222"]).out;
    assert!(ssh.contains("ok    ssh        ssh://git@127.0.0.1:2222/ with the host key SHA256:"), "{ssh}");
    let wide = stoa.run(&["doctor", "--listen", "127.0.0.1:0", "--ssh-listen", "0.0.0.0:2222"]).out;
    assert!(
        wide.contains("warn  ssh        git-lfs over SSH is told where the hub is: set public_url"),
        "{wide}"
    );
    std::fs::write(stoa.data().join("stoa.toml"), "listne = 1").expect("a file");
    let wrong = stoa.run(&["doctor"]);
    assert!(
        !wrong.ok && wrong.out.contains("fail  settings   There is no setting `listne`"),
        "{}",
        wrong.out
    );
}
