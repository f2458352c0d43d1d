//! `git-receive-pack`: the conversation of a push.
//!
//! Source: gitprotocol-pack(5) "Pushing data to a server".

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use stoa_core::{Failure, Oid, Reply};
use stoa_git::{Band, Packet, PushRequest, Refusal, Report};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::intake::{self, Push, Rows};
use super::judge::{judge, sentence_of};
use super::keep::keep;
use super::pushed::Pushed;
use super::spool::Spool;
use super::unpack::{UnpackLimits, unpack};
use super::wire::{GitWire, Wire, gone, sentence, talk};
use crate::access::Write;
use crate::{ByteStream, Repo};

/// Objects in one pack at most.
const OBJECTS: u64 = 5_000_000;
/// Pieces of a pack that wait for the thread that reads them.
const WAITING: usize = 16;

/// Takes one push.
pub(super) async fn serve(repo: &Repo<Write>, wire: GitWire) -> Reply<()> {
    let mut wire = Wire::new(wire);
    let request = match read(&mut wire).await {
        Ok(Some(request)) => request,
        // Git asks with an empty request whether it may send a large one.
        Ok(None) => return Ok(()),
        Err(failure) => {
            wire.fail(&failure).await;
            return Err(failure);
        }
    };
    let (input, output) = wire.into_rest();
    let mut told = Told { output, band: request.side_band };
    let outcome = told.patiently(take(repo, &request, input)).await;
    let (report, sentences) = match outcome {
        Ok(done) => done,
        Err(failure) => {
            let why = sentence(&failure);
            let refused = |command: &stoa_git::PushCommand| {
                (command.name.clone(), Some(Refusal("unpacker error".to_owned())))
            };
            let refs = request.commands.iter().map(refused).collect();
            (Report { unpack: Some(why.clone()), refs }, vec![why])
        }
    };
    for sentence in sentences {
        told.say(&format!("error: {sentence}\n")).await?;
    }
    if request.report_status {
        told.report(&report).await?;
    }
    told.end().await
}

/// The commands and options; `None` when there are none.
async fn read(wire: &mut Wire) -> Reply<Option<PushRequest>> {
    let mut request = PushRequest::default();
    loop {
        match wire.packet().await? {
            Some(Packet::Flush) => break,
            Some(Packet::Data(line)) => request.line(&line).map_err(talk)?,
            None if request.commands.is_empty() => return Ok(None),
            None | Some(_) => return Err(Failure::invalid("The request ended in the middle")),
        }
    }
    if request.commands.is_empty() {
        return Ok(None);
    }
    while request.push_options {
        match wire.packet().await? {
            Some(Packet::Flush) => break,
            Some(Packet::Data(line)) => request.option(&line).map_err(talk)?,
            None | Some(_) => return Err(Failure::invalid("The request ended in the middle")),
        }
    }
    Ok(Some(request))
}

/// Reads the pack, stores and judges it; what is to be reported, and sentences for the person. Once begun this goes on
/// to its end, whether the client stays or not, so that nothing is left half done.
async fn take(repo: &Repo<Write>, request: &PushRequest, input: ByteStream) -> Reply<(Report, Vec<String>)> {
    let (repo, request) = (repo.clone(), request.clone());
    let work = async move {
        if !request.has_pack() {
            let spool = Spool::new(repo.hub.limits().scratch.clone());
            let pushed = Pushed::nothing(repo.hub.clone(), repo.row.id, spool);
            return judged(repo, request, pushed, None).await.0;
        }
        let push = Push::new(repo.row.id)?;
        let (taken, kept) = take_pack(&repo, request, input, push).await;
        if !kept {
            // What was stored is of no use to anybody.
            repo.hub.abandon(push).await?;
        }
        taken
    };
    tokio::spawn(work).await.map_err(Failure::internal)?
}

/// The same for a push that brings a pack; and whether some of its refs changed.
async fn take_pack(
    repo: &Repo<Write>,
    request: PushRequest,
    input: ByteStream,
    push: Push,
) -> (Reply<(Report, Vec<String>)>, bool) {
    let (sender, rows) = intake::channel();
    let storing = tokio::spawn(intake::store(repo.hub.clone(), push, rows));
    let read = read_pack(repo, input, Rows::new(push, sender)).await;
    let (pushed, storing) = match read {
        Ok(pushed) => (pushed, Storing(storing)),
        Err(failure) => {
            // Why storing failed says more than that it did.
            let stored = Storing(storing).end().await;
            return (Err(stored.err().unwrap_or(failure)), false);
        }
    };
    let (outcome, kept) = judged(repo.clone(), request, pushed, Some((push, storing))).await;
    (outcome, kept)
}

/// The task that stores.
struct Storing(JoinHandle<Reply<Vec<Oid>>>);

impl Storing {
    async fn end(self) -> Reply<Vec<Oid>> {
        self.0.await.map_err(Failure::internal)?
    }
}

/// Judges and lands, off the async threads: trees are read and compared, thousands of them.
async fn judged(
    repo: Repo<Write>,
    request: PushRequest,
    pushed: Pushed,
    storing: Option<(Push, Storing)>,
) -> (Reply<(Report, Vec<String>)>, bool) {
    let runtime = Handle::current();
    let work = move || runtime.block_on(decide(&repo, &request, &pushed, storing));
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok((report, sentences))) => {
            let kept = report.refs.iter().any(|(_, refusal)| refusal.is_none());
            (Ok((report, sentences)), kept)
        }
        Ok(Err(failure)) => (Err(failure), false),
        Err(error) => (Err(Failure::internal(error)), false),
    }
}

async fn read_pack(repo: &Repo<Write>, mut input: ByteStream, rows: Rows) -> Reply<Pushed> {
    let hub = repo.hub.clone();
    let limits = hub.limits();
    let limits = UnpackLimits {
        objects: OBJECTS,
        bytes: limits.push_bytes,
        regular_file: limits.regular_file,
        scratch: limits.scratch.clone(),
    };
    let most = limits.bytes;
    let (send, receive) = mpsc::channel(WAITING);
    let runtime = Handle::current();
    let mut reader = tokio::task::spawn_blocking(move || unpack(&hub, &limits, receive, rows, &runtime));
    loop {
        tokio::select! {
            done = &mut reader => {
                let done = done.map_err(Failure::internal)?;
                if done.is_err() {
                    // The client listens only after it has sent everything.
                    let mut left = most;
                    while let (Some(Ok(piece)), true) = (input.next().await, left > 0) {
                        left = left.saturating_sub(piece.len() as u64);
                    }
                }
                return done;
            }
            piece = input.next() => match piece {
                None => break,
                Some(piece) => {
                    // A reader that is done is seen in the next round.
                    let _ = send.send(piece.map_err(|error| error.to_string())).await;
                }
            },
        }
    }
    drop(send);
    reader.await.map_err(Failure::internal)?
}

async fn decide(
    repo: &Repo<Write>,
    request: &PushRequest,
    pushed: &Pushed,
    storing: Option<(Push, Storing)>,
) -> Reply<(Report, Vec<String>)> {
    let judged = judge(repo, request, pushed).await;
    let push = match storing {
        None => None,
        Some((push, storing)) => {
            intake::check_leans(pushed, &storing.end().await?).await?;
            Some(push)
        }
    };
    let mut verdict = judged?;
    let refused = verdict.refs.iter().any(|asked| asked.refused.is_some());
    let stop = match verdict.sentences.as_slice() {
        [] if request.atomic && refused => Some("another ref of this atomic push was refused".to_owned()),
        [] => None,
        [one] => Some(one.clone()),
        _ => Some("see the errors above".to_owned()),
    };
    if let Some(why) = stop {
        for asked in &mut verdict.refs {
            asked.refused.get_or_insert_with(|| why.clone());
        }
    } else if verdict.refs.iter().any(|asked| asked.refused.is_none()) {
        let moved = match keep(repo, pushed, &verdict, request.atomic, push).await {
            Ok(moved) => moved,
            Err(failure) => {
                let why = sentence_of(failure)?;
                verdict.sentences.push(why.clone());
                for asked in &mut verdict.refs {
                    asked.refused.get_or_insert_with(|| why.clone());
                }
                Vec::new()
            }
        };
        let open = verdict.refs.iter_mut().filter(|asked| asked.refused.is_none());
        for (asked, moved) in open.zip(moved) {
            if !moved {
                asked.refused = Some("fetch first".to_owned());
            }
        }
    }
    let sentences = std::mem::take(&mut verdict.sentences);
    let sentences = if sentences.len() > 1 { sentences } else { Vec::new() };
    let refs = verdict.refs.into_iter();
    let refs = refs.map(|asked| (asked.command.name, asked.refused.map(Refusal))).collect();
    Ok((Report { unpack: None, refs }, sentences))
}

/// What the client is told, in its side band if it has one.
struct Told {
    output: mpsc::Sender<Bytes>,
    band: usize,
}

impl Told {
    async fn send(&mut self, bytes: BytesMut) -> Reply<()> {
        self.output.send(bytes.freeze()).await.map_err(|_| gone())
    }

    async fn say(&mut self, text: &str) -> Reply<()> {
        if self.band == 0 {
            return Ok(());
        }
        let mut out = BytesMut::new();
        stoa_git::band(&mut out, Band::Progress, text.as_bytes(), self.band);
        self.send(out).await
    }

    /// Waits for work while the client sees that the connection lives.
    async fn patiently<T>(&mut self, work: impl Future<Output = Reply<T>>) -> Reply<T> {
        tokio::pin!(work);
        loop {
            match tokio::time::timeout(super::send::PATIENCE, &mut work).await {
                Ok(done) => return done,
                Err(_) if self.band > 0 => {
                    // An empty packet of text. A client that is gone must not stop what it asked for.
                    let _ = self.output.send(Bytes::from_static(b"0005\x02")).await;
                }
                Err(_) => {}
            }
        }
    }

    async fn report(&mut self, report: &Report) -> Reply<()> {
        let mut lines = BytesMut::new();
        for line in report.lines() {
            stoa_git::packet(&mut lines, line.as_bytes()).map_err(talk)?;
        }
        lines.extend_from_slice(stoa_git::FLUSH);
        if self.band == 0 {
            return self.send(lines).await;
        }
        let mut out = BytesMut::new();
        stoa_git::band(&mut out, Band::Data, &lines, self.band);
        self.send(out).await
    }

    async fn end(&mut self) -> Reply<()> {
        if self.band == 0 {
            return Ok(());
        }
        self.send(BytesMut::from(stoa_git::FLUSH)).await
    }
}
