//! What a client is told first: refs and abilities.

use bytes::{Bytes, BytesMut};
use stoa_core::{RefName, Reply};
use stoa_db::refs::{self, Ref};
use stoa_git::{AGENT, LsRefs};

use super::GitService;
use super::wire::talk;
use crate::Repo;
use crate::access::Access;

/// Abilities of fetch in versions 0 and 1.
const UPLOAD: &str = "multi_ack thin-pack side-band side-band-64k ofs-delta shallow deepen-since deepen-not \
                      deepen-relative no-progress include-tag multi_ack_detailed allow-tip-sha1-in-want \
                      allow-reachable-sha1-in-want filter object-format=sha1";
/// Abilities of push.
const RECEIVE: &str = "report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta push-options \
                       object-format=sha1";
/// Abilities in version 2.
const VERSION_2: &[&str] = &[
    "version 2",
    AGENT,
    "ls-refs=unborn",
    "fetch=shallow wait-for-done filter",
    "server-option",
    "object-format=sha1",
];

impl<A: Access> Repo<A> {
    pub(super) async fn advertise(&self, service: GitService, version: u8) -> Reply<Bytes> {
        let mut out = BytesMut::new();
        if version == 2 && service == GitService::UploadPack {
            for ability in VERSION_2 {
                put(&mut out, ability)?;
            }
            out.extend_from_slice(stoa_git::FLUSH);
            return Ok(out.freeze());
        }
        if version == 1 {
            put(&mut out, "version 1")?;
        }
        let refs = self.all_refs().await?;
        let head = refs.iter().find(|one| one.name == RefName::main().as_str());
        let mut abilities = match service {
            GitService::UploadPack => {
                let symref = head.map_or(String::new(), |_| format!(" symref=HEAD:{}", RefName::main()));
                format!("{UPLOAD}{symref} {AGENT}")
            }
            GitService::ReceivePack => format!("{RECEIVE} {AGENT}"),
        };
        let mut first = |out: &mut BytesMut, id: &str, name: &str| {
            let abilities = std::mem::take(&mut abilities);
            let nul = if abilities.is_empty() { "" } else { "\0" };
            put(out, &format!("{id} {name}{nul}{abilities}"))
        };
        if let (Some(head), GitService::UploadPack) = (head, service) {
            first(&mut out, &head.oid.to_string(), "HEAD")?;
        }
        for one in &refs {
            first(&mut out, &one.oid.to_string(), &one.name)?;
            if service == GitService::UploadPack && one.oid != one.target {
                first(&mut out, &one.target.to_string(), &format!("{}^{{}}", one.name))?;
            }
        }
        if refs.is_empty() {
            first(&mut out, "0000000000000000000000000000000000000000", "capabilities^{}")?;
        }
        out.extend_from_slice(stoa_git::FLUSH);
        Ok(out.freeze())
    }

    /// The answer to `ls-refs`.
    pub(super) async fn ls_refs(&self, ask: &LsRefs) -> Reply<Bytes> {
        let mut out = BytesMut::new();
        let main = RefName::main();
        let refs = self.all_refs().await?;
        let head = refs.iter().find(|one| one.name == main.as_str());
        if ask.wants("HEAD") {
            let symref = if ask.symrefs { format!(" symref-target:{main}") } else { String::new() };
            match head {
                Some(head) => put(&mut out, &format!("{} HEAD{symref}", head.oid))?,
                None if ask.unborn => put(&mut out, &format!("unborn HEAD{symref}"))?,
                None => {}
            }
        }
        for one in refs.iter().filter(|one| ask.wants(&one.name)) {
            let peeled = if ask.peel && one.oid != one.target {
                format!(" peeled:{}", one.target)
            } else {
                String::new()
            };
            put(&mut out, &format!("{} {}{peeled}", one.oid, one.name))?;
        }
        out.extend_from_slice(stoa_git::FLUSH);
        Ok(out.freeze())
    }

    pub(super) async fn all_refs(&self) -> Reply<Vec<Ref>> {
        let mut tx = self.hub.read().await?;
        Ok(refs::all(&mut tx, self.row.id).await?)
    }
}

fn put(out: &mut BytesMut, text: &str) -> Reply<()> {
    stoa_git::packet(out, format!("{text}\n").as_bytes()).map_err(talk)
}
