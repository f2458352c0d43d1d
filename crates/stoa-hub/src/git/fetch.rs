//! `git-upload-pack`: requests of a client that clones or fetches, and the answers to them.
//!
//! Source: gitprotocol-pack(5) for versions 0 and 1, gitprotocol-v2(5) for version 2.

use std::collections::HashSet;

use bytes::BytesMut;
use stoa_core::{Failure, Oid, RefName, Reply};
use stoa_db::refs::Ref;
use stoa_git::{Acknowledge, Command, FetchRequest, Packet};

use super::contents::{self, Contents};
use super::graph::Graph;
use super::select::{self, Ask, Selection};
use super::send;
use super::wire::{GitWire, Wire, talk};
use crate::Repo;
use crate::access::Read;

/// Lines of one request of version 2 at most.
const LINES: usize = 1 << 20;

/// Answers requests until the input ends.
pub(super) async fn serve(repo: &Repo<Read>, wire: GitWire) -> Reply<()> {
    let version = wire.version;
    let mut wire = Wire::new(wire);
    let done = if version == 2 { version_2(repo, &mut wire).await } else { version_0(repo, &mut wire).await };
    if let Err(failure) = &done {
        wire.fail(failure).await;
    }
    done
}

/// One command after the other, each with a request and an answer.
async fn version_2(repo: &Repo<Read>, wire: &mut Wire) -> Reply<()> {
    loop {
        wire.next_request();
        let (mut head, mut arguments, mut after) = (Vec::new(), Vec::new(), false);
        loop {
            match wire.packet().await? {
                None | Some(Packet::Flush) if head.is_empty() => return Ok(()),
                None => return Err(Failure::invalid("The request ended in the middle")),
                Some(Packet::Flush) => break,
                Some(Packet::Delimiter) => after = true,
                Some(Packet::End) => return Err(Failure::invalid("Only a server ends responses")),
                Some(Packet::Data(line)) if after => arguments.push(line),
                Some(Packet::Data(line)) => head.push(line),
            }
            if head.len() + arguments.len() > LINES {
                return Err(Failure::too_large("The request has too many lines"));
            }
        }
        match Command::parse(&head, &arguments).map_err(talk)? {
            Command::LsRefs(ask) => wire.send(repo.ls_refs(&ask).await?).await?,
            Command::Fetch(request) => fetch_2(repo, wire, request).await?,
        }
    }
}

async fn fetch_2(repo: &Repo<Read>, wire: &mut Wire, request: FetchRequest) -> Reply<()> {
    let mut fetch = Fetch::new(repo, request).await?;
    let common = fetch.take_haves().await?;
    if !fetch.request.done {
        let mut out = BytesMut::new();
        put(&mut out, "acknowledgments")?;
        for oid in &common {
            put(&mut out, &format!("ACK {oid}"))?;
        }
        if common.is_empty() {
            put(&mut out, "NAK")?;
        }
        let ready = !fetch.request.wait_for_done && fetch.is_ready().await?;
        if !ready {
            out.extend_from_slice(stoa_git::FLUSH);
            return wire.send(out).await;
        }
        put(&mut out, "ready")?;
        out.extend_from_slice(stoa_git::DELIMITER);
        wire.send(out).await?;
    }
    let selection = fetch.select().await?;
    let mut out = BytesMut::new();
    if !fetch.request.deepen.is_none() {
        put(&mut out, "shallow-info")?;
        shallow_lines(&mut out, &selection)?;
        out.extend_from_slice(stoa_git::DELIMITER);
    }
    put(&mut out, "packfile")?;
    wire.send(out).await?;
    fetch.send(wire, &selection).await
}

/// Wants, then rounds of haves until the client is done.
async fn version_0(repo: &Repo<Read>, wire: &mut Wire) -> Reply<()> {
    let mut request = FetchRequest::default();
    loop {
        match wire.packet().await? {
            // A client that has everything says nothing, or ends politely.
            None | Some(Packet::Flush) if request.wants.is_empty() => return Ok(()),
            Some(Packet::Flush) => break,
            Some(Packet::Data(line)) => request.line_v0(&line).map_err(talk)?,
            None | Some(_) => return Err(Failure::invalid("The request ended in the middle")),
        }
    }
    let mut fetch = Fetch::new(repo, request).await?;
    let mut selection = None;
    if !fetch.request.deepen.is_none() {
        let mut out = BytesMut::new();
        let selected = fetch.select().await?;
        shallow_lines(&mut out, &selected)?;
        out.extend_from_slice(stoa_git::FLUSH);
        wire.send(out).await?;
        selection = Some(selected);
    }
    if !negotiate_0(&mut fetch, wire).await? {
        return Ok(());
    }
    let selection = match selection {
        Some(selection) if fetch.common.is_empty() => selection,
        _ => fetch.select().await?,
    };
    fetch.send(wire, &selection).await
}

/// Rounds of haves; whether a pack is to follow.
async fn negotiate_0(fetch: &mut Fetch<'_>, wire: &mut Wire) -> Reply<bool> {
    let mode = fetch.request.acknowledge;
    let (mut last, mut ready) = (None, false);
    loop {
        match wire.packet().await? {
            None => return Ok(false),
            Some(Packet::Flush) => {
                let mut out = BytesMut::new();
                let before = fetch.common.is_empty();
                for oid in fetch.take_haves().await? {
                    last = Some(oid);
                    match mode {
                        Acknowledge::Detailed => put(&mut out, &format!("ACK {oid} common"))?,
                        Acknowledge::Each => put(&mut out, &format!("ACK {oid} continue"))?,
                        Acknowledge::Once => {}
                    }
                }
                if mode == Acknowledge::Detailed && !ready && fetch.is_ready().await? {
                    ready = true;
                    put(&mut out, &format!("ACK {} ready", last.unwrap_or(Oid([0; 20]))))?;
                }
                if mode == Acknowledge::Once
                    && before
                    && let Some(oid) = last
                {
                    put(&mut out, &format!("ACK {oid}"))?;
                } else if mode != Acknowledge::Once || last.is_none() {
                    put(&mut out, "NAK")?;
                }
                wire.send(out).await?;
            }
            Some(Packet::Data(line)) => {
                fetch.request.have_v0(&line).map_err(talk)?;
                if fetch.request.done {
                    break;
                }
            }
            Some(_) => return Err(Failure::invalid("Expected have or done")),
        }
    }
    let first = fetch.common.is_empty();
    let found = fetch.take_haves().await?;
    last = found.last().copied().or(last);
    let line = match (last, mode) {
        // It was told already.
        (Some(_), Acknowledge::Once) if !first => return Ok(true),
        (Some(oid), _) => format!("ACK {oid}"),
        (None, _) => "NAK".to_owned(),
    };
    wire.line(&line).await?;
    Ok(true)
}

/// The commit behind a ref as people write it.
fn target(refs: &[Ref], name: &str) -> Reply<Oid> {
    let main = RefName::main();
    let full = match name {
        "HEAD" => vec![main.as_str().to_owned()],
        name => ["", "refs/heads/", "refs/tags/", "refs/"].map(|prefix| format!("{prefix}{name}")).to_vec(),
    };
    let found = full.iter().find_map(|full| refs.iter().find(|one| one.name == *full));
    found.map(|one| one.target).ok_or_else(|| Failure::revision_not_found(name))
}

fn shallow_lines(out: &mut BytesMut, selection: &Selection) -> Reply<()> {
    for oid in &selection.shallow {
        put(out, &format!("shallow {oid}"))?;
    }
    for oid in &selection.unshallow {
        put(out, &format!("unshallow {oid}"))?;
    }
    Ok(())
}

fn put(out: &mut BytesMut, text: &str) -> Reply<()> {
    stoa_git::packet(out, format!("{text}\n").as_bytes()).map_err(talk)
}

/// A fetch under way.
struct Fetch<'a> {
    repo: &'a Repo<Read>,
    request: FetchRequest,
    wanted: contents::Wanted,
    graph: Graph,
    /// Commits that both sides have.
    common: Vec<Oid>,
}

impl<'a> Fetch<'a> {
    async fn new(repo: &'a Repo<Read>, mut request: FetchRequest) -> Reply<Self> {
        if request.wants.is_empty() {
            return Err(Failure::invalid("The request wants nothing"));
        }
        request.wants.sort_unstable();
        request.wants.dedup();
        let wanted = contents::wanted(&repo.hub, repo.row.id, &request.wants).await?;
        let mut graph = Graph::new(repo.hub.clone(), repo.row.id);
        if request.haves.is_empty() && request.deepen.is_none() && !wanted.commits.is_empty() {
            graph.load_all().await?;
        }
        Ok(Self { repo, request, wanted, graph, common: Vec::new() })
    }

    /// Looks at the haves that came since the last time; answers those that are here too.
    async fn take_haves(&mut self) -> Reply<Vec<Oid>> {
        let haves = std::mem::take(&mut self.request.haves);
        if haves.is_empty() {
            return Ok(haves);
        }
        let (known, commits) = contents::commits_behind(&self.repo.hub, self.repo.row.id, &haves).await?;
        self.common.extend(commits);
        Ok(known)
    }

    async fn is_ready(&mut self) -> Reply<bool> {
        if self.common.is_empty() {
            return Ok(false);
        }
        select::is_ready(&mut self.graph, &self.wanted.commits, &self.common).await
    }

    async fn select(&mut self) -> Reply<Selection> {
        let shallow: HashSet<Oid> = self.request.shallow.iter().copied().collect();
        let mut not = Vec::new();
        if !self.request.deepen.not.is_empty() {
            let refs = self.repo.all_refs().await?;
            for name in &self.request.deepen.not {
                not.push(target(&refs, name)?);
            }
        }
        let ask = Ask {
            wants: &self.wanted.commits,
            haves: &self.common,
            shallow: &shallow,
            deepen: &self.request.deepen,
            not: &not,
        };
        select::select(&mut self.graph, &ask).await
    }

    /// Sends the pack.
    async fn send(&self, wire: &mut Wire, selection: &Selection) -> Reply<()> {
        let band = self.request.side_band;
        let sent = async {
            let contents = send::patiently(wire, band, self.contents(selection)).await?;
            send::pack(self.repo, wire, &contents, &self.request).await
        };
        let sent = sent.await;
        if let Err(failure) = &sent {
            wire.fail_in_band(failure, band).await;
        }
        sent
    }

    async fn contents(&self, selection: &Selection) -> Reply<Contents> {
        let (hub, repo, filters) = (&self.repo.hub, self.repo.row.id, &self.request.filter);
        let thin = self.request.thin_pack;
        let mut contents = contents::contents(hub, repo, selection, &self.wanted, filters, thin).await?;
        if self.request.include_tag {
            for one in self.repo.all_refs().await? {
                if one.oid != one.target && contents.set.contains(&one.target) {
                    let tags = contents::wanted(hub, repo, &[one.oid]).await?;
                    contents.add_tags(&tags)?;
                }
            }
        }
        contents::filter(hub, repo, &mut contents, filters, &self.wanted.others).await?;
        Ok(contents)
    }
}
