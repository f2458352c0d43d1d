//! Large files on their way in and out: the batch of git-lfs, signed URLs, parts.
//!
//! Knowing a SHA-256 is no right to the bytes behind it. A repository may serve a large file once its bytes were sent
//! to that repository, or once somebody linked it who could read it elsewhere.

use std::collections::HashMap;
use std::ops::Range;

use stoa_blob::{ByteStream, Expect, Key, Prefix};
use stoa_core::{Failure, Reply, Sha256, Time};
use stoa_db::lfs::{self, RepoFile, Upload};
use stoa_db::{repos, system};

use super::quota;
use crate::access::{Access, Read, Write};
use crate::people::new_secret;
use crate::{Hub, Repo, RepoRow, blob_failure};

/// A large file that a client speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Large {
    /// SHA-256.
    pub oid: Sha256,
    /// Bytes.
    pub size: u64,
}

/// What the hub tells a client about one large file of a batch.
pub enum LfsAnswer {
    /// It is here, and the repository may serve it.
    Here,
    /// Send it with one PUT; the tickets go into the URLs.
    Put {
        /// Ticket of the PUT.
        send: UploadTicket,
        /// Ticket of the question whether it arrived.
        verify: UploadTicket,
    },
    /// Send it in parts of `part_size` bytes; one ticket per part, and one for the completion.
    Parts {
        /// Bytes of every part but the last.
        part_size: u64,
        /// Tickets of the parts, the first first.
        parts: Vec<LfsPart>,
        /// Ticket of the completion.
        complete: UploadTicket,
        /// Ticket of the question whether it arrived.
        verify: UploadTicket,
    },
    /// Fetch it; the ticket goes into the URL.
    Get(UploadTicket),
    /// It cannot be sent or fetched.
    Refused(Failure),
}

/// What a client can do to send large files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// One PUT for each.
    Whole,
    /// In parts too, file by file as the hub likes.
    Parts,
    /// In parts too, but all files of a batch the same way.
    PartsForAll,
}

/// Permission for one request, to be carried by its URL.
#[derive(Clone, Debug)]
pub struct UploadTicket {
    /// The repository's row and when it was made, or the id of a multipart upload.
    pub subject: String,
    /// Seconds since the epoch until which it holds.
    pub expires: i64,
    /// Signature over all of it.
    pub signature: String,
}

/// One part of a multipart upload.
#[derive(Clone, Debug)]
pub struct LfsPart {
    /// Counted from 1.
    pub number: u32,
    /// Permission to send it.
    pub ticket: UploadTicket,
}

/// A large file of a repository, as its owner sees it.
pub type LfsFile = RepoFile;

/// Parts of one upload at most.
const PARTS: u64 = 10_000;
/// Repositories asked whether the sender can read a file there already.
const HOLDERS: i64 = 50;

impl Repo<Write> {
    /// What to do about each large file that a client wants to send.
    pub async fn lfs_upload(&self, files: &[Large], sending: Sending) -> Reply<Vec<LfsAnswer>> {
        let oids: Vec<Sha256> = files.iter().map(|file| file.oid).collect();
        let mut tx = self.hub.read().await?;
        let linked: HashMap<Sha256, u64> =
            lfs::linked(&mut tx, self.row.id, &oids).await?.into_iter().collect();
        let mut room = self.hub.room(&mut tx, self.row.owner_id).await?;
        drop(tx);
        let above = self.hub.limits().multipart_above;
        let above = match sending {
            Sending::Whole => u64::MAX,
            Sending::Parts => above,
            Sending::PartsForAll => {
                let in_parts = |file: &Large| file.size > above && !linked.contains_key(&file.oid);
                if files.iter().any(in_parts) { 0 } else { u64::MAX }
            }
        };
        let mut answers = Vec::with_capacity(files.len());
        for file in files {
            let answer = match linked.get(&file.oid) {
                Some(size) if *size == file.size => Ok(LfsAnswer::Here),
                Some(size) => {
                    Err(Failure::invalid(format!("{} has {size} bytes, not {}", file.oid, file.size)))
                }
                None if take_room(&mut room, file.size) => self.ask_for(*file, above).await,
                None => Err(self.over_quota(room, file.size)),
            };
            answers.push(answer.unwrap_or_else(LfsAnswer::Refused));
        }
        Ok(answers)
    }

    fn over_quota(&self, room: Option<u64>, needed: u64) -> Failure {
        let quota = self.hub.limits().owner_storage;
        let used = quota.saturating_sub(room.unwrap_or_default());
        quota::over(&self.row.name.owner, quota, used, needed)
    }

    /// Where to send a file; in parts when it has more than `above` bytes.
    async fn ask_for(&self, file: Large, above: u64) -> Reply<LfsAnswer> {
        let limits = self.hub.limits();
        if file.size > limits.large_file {
            return Err(Failure::too_large(format!(
                "The file has {} bytes; this hub takes at most {}",
                file.size, limits.large_file
            )));
        }
        if self.link_known(file).await? {
            return Ok(LfsAnswer::Here);
        }
        let expires = self.hub.now().secs() + limits.link_seconds as i64;
        let verify = self.hub.ticket("verify", &subject(&self.row), file, expires);
        if file.size <= above {
            let send = self.hub.ticket("put", &subject(&self.row), file, expires);
            return Ok(LfsAnswer::Put { send, verify });
        }
        let part_size = limits.part_size.max(file.size.div_ceil(PARTS));
        let id = new_secret("")?;
        let upload =
            Upload { id: id.clone(), repo_id: self.row.id, oid: file.oid, size: file.size, part_size };
        let mut tx = self.hub.write().await?;
        lfs::begin_upload(&mut tx, &upload, self.hub.now()).await?;
        tx.commit().await?;
        let parts = (1..=file.size.div_ceil(part_size) as u32)
            .map(|number| LfsPart {
                number,
                ticket: self.hub.ticket(&format!("part-{number}"), &id, file, expires),
            })
            .collect();
        let complete = self.hub.ticket("complete", &id, file, expires);
        Ok(LfsAnswer::Parts { part_size, parts, complete, verify })
    }

    /// Links a file that is here already if the writer can read it in some repository; whether they can.
    pub(crate) async fn link_known(&self, file: Large) -> Reply<bool> {
        let mut tx = self.hub.read().await?;
        if lfs::size(&mut tx, file.oid).await? != Some(file.size) {
            return Ok(false);
        }
        let holders = lfs::holders(&mut tx, file.oid, HOLDERS).await?;
        let rows = repos::by_ids(&mut tx, &holders).await?;
        drop(tx);
        for row in rows {
            let Some(other) = self.hub.open_row(&self.actor, row).await? else { continue };
            if other.check_content().await.is_ok() {
                self.hub.link(self.row.id, file).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Copies files by reference from a repository that the writer can read; answers those it does not have.
    pub async fn link_from(&self, source: &Repo<Read>, oids: &[Sha256]) -> Reply<Vec<Sha256>> {
        source.check_content().await?;
        let mut tx = self.hub.read().await?;
        let known: HashMap<Sha256, u64> =
            lfs::linked(&mut tx, source.row.id, oids).await?.into_iter().collect();
        drop(tx);
        let mut missing = Vec::new();
        for oid in oids {
            match known.get(oid) {
                Some(size) => self.hub.link(self.row.id, Large { oid: *oid, size: *size }).await?,
                None => missing.push(*oid),
            }
        }
        Ok(missing)
    }

    /// Whether a file that a client says it sent has arrived.
    pub async fn lfs_verify(&self, file: Large) -> Reply<()> {
        self.hub.check_arrived(self.row.id, file).await
    }
}

impl<A: Access> Repo<A> {
    /// What to do about each large file that a client wants to fetch.
    pub async fn lfs_download(&self, files: &[Large]) -> Reply<Vec<LfsAnswer>> {
        self.check_content().await?;
        let oids: Vec<Sha256> = files.iter().map(|file| file.oid).collect();
        let mut tx = self.hub.read().await?;
        let linked: HashMap<Sha256, u64> =
            lfs::linked(&mut tx, self.row.id, &oids).await?.into_iter().collect();
        let expires = self.hub.now().secs() + self.hub.limits().link_seconds as i64;
        let answers = files.iter().map(|file| match linked.get(&file.oid) {
            Some(size) if *size == file.size => {
                LfsAnswer::Get(self.hub.ticket("get", &subject(&self.row), *file, expires))
            }
            Some(size) => LfsAnswer::Refused(Failure::invalid(format!(
                "{} has {size} bytes, not {}",
                file.oid, file.size
            ))),
            None => LfsAnswer::Refused(Failure::not_found("Object does not exist in this repository")),
        });
        Ok(answers.collect())
    }

    /// The large files of a repository, newest first; a page and whether there are more.
    pub async fn lfs_files(&self, skip: usize, limit: usize) -> Reply<(Vec<LfsFile>, bool)> {
        let mut tx = self.hub.read().await?;
        let mut files = lfs::of_repo(&mut tx, self.row.id, skip as i64, limit as i64 + 1).await?;
        let more = files.len() > limit;
        files.truncate(limit);
        Ok((files, more))
    }
}

impl Hub {
    fn ticket(&self, what: &str, subject: &str, file: Large, expires: i64) -> UploadTicket {
        let signature = self.0.key.sign(&[
            "lfs",
            what,
            subject,
            &file.oid.to_string(),
            &file.size.to_string(),
            &expires.to_string(),
        ]);
        UploadTicket { subject: subject.to_owned(), expires, signature }
    }

    fn check_ticket(&self, what: &str, ticket: &UploadTicket, file: Large) -> Reply<()> {
        let parts = [
            "lfs",
            what,
            &ticket.subject,
            &file.oid.to_string(),
            &file.size.to_string(),
            &ticket.expires.to_string(),
        ];
        if !self.0.key.verify(&parts, &ticket.signature) {
            return Err(Failure::forbidden("The signature of this URL is wrong"));
        }
        if Time::from_secs(ticket.expires) <= self.now() {
            return Err(Failure::forbidden("This URL has expired. Ask the hub for a new one"));
        }
        Ok(())
    }

    /// Lets a repository serve a file that is here.
    pub(crate) async fn link(&self, repo: i64, file: Large) -> Reply<()> {
        let now = self.now();
        let mut tx = self.write().await?;
        // Checked while the writer is held: the sweep of files that nobody links holds it too.
        if !self.has_large(&mut tx, file.oid, file.size).await? {
            return Err(Failure::conflict(format!("The large file {} is not here. Send it again", file.oid)));
        }
        self.check_quota(&mut tx, repo, &[file]).await?;
        lfs::put(&mut tx, file.oid, file.size, now).await?;
        lfs::link(&mut tx, repo, file.oid, file.size, now).await?;
        Ok(tx.commit().await?)
    }

    /// Whether a file has arrived, for the `verify` ticket from [`Repo::lfs_upload`].
    pub async fn lfs_verify(&self, ticket: &UploadTicket, file: Large) -> Reply<()> {
        self.check_ticket("verify", ticket, file)?;
        let repo = self.ticket_repo(ticket).await?;
        self.check_arrived(repo, file).await
    }

    async fn check_arrived(&self, repo: i64, file: Large) -> Reply<()> {
        let mut tx = self.read().await?;
        match lfs::linked(&mut tx, repo, &[file.oid]).await?.first() {
            Some((_, size)) if *size == file.size => Ok(()),
            Some((_, size)) => {
                Err(Failure::invalid(format!("{} has {size} bytes, not {}", file.oid, file.size)))
            }
            None => {
                Err(Failure::not_found(format!("The large file {} has not arrived. Send it again", file.oid)))
            }
        }
    }

    /// Takes the bytes of a large file; they must have the size and the SHA-256 the ticket was made for.
    pub async fn lfs_put(&self, ticket: &UploadTicket, file: Large, body: ByteStream) -> Reply<()> {
        self.check_ticket("put", ticket, file)?;
        let repo = self.ticket_repo(ticket).await?;
        self.take_large(repo, file, body).await
    }

    /// Takes one part of a large file; answers the SHA-256 of the part, which serves as its `ETag`.
    pub async fn lfs_put_part(
        &self,
        ticket: &UploadTicket,
        file: Large,
        number: u32,
        body: ByteStream,
    ) -> Reply<Sha256> {
        self.check_ticket(&format!("part-{number}"), ticket, file)?;
        let upload = self.upload(ticket).await?;
        let range = part_range(&upload, number);
        let size = range.end - range.start;
        let expect = Expect { size: Some(size), sha256: None, max: size };
        let key = Key::UploadPart { upload: upload.id, part: number };
        let stored = self.blobs().put(&key, body, expect).await.map_err(blob_failure)?;
        Ok(stored.sha256)
    }

    /// Joins the parts of a large file. `etags` are what [`Hub::lfs_put_part`] answered, in order. Joining them again
    /// is no fault: clients repeat a completion whose answer they did not get.
    pub async fn lfs_complete(
        &self,
        ticket: &UploadTicket,
        file: Large,
        etags: &[(u32, String)],
    ) -> Reply<()> {
        self.check_ticket("complete", ticket, file)?;
        let upload = self.upload(ticket).await?;
        let count = upload.size.div_ceil(upload.part_size) as u32;
        if etags.len() != count as usize || !etags.iter().map(|(number, _)| *number).eq(1..=count) {
            return Err(Failure::invalid(format!(
                "The completion must list parts 1 to {count}, each once, in order"
            )));
        }
        let mut tx = self.read().await?;
        let arrived = !lfs::linked(&mut tx, upload.repo_id, &[file.oid]).await?.is_empty();
        drop(tx);
        if arrived {
            return self.drop_parts(upload.id).await;
        }
        let parts: Vec<Key> =
            (1..=count).map(|part| Key::UploadPart { upload: upload.id.clone(), part }).collect();
        let expect = Expect { size: Some(file.size), sha256: Some(file.oid), max: file.size };
        match self.blobs().concat(&Key::Lfs(file.oid), &parts, expect).await {
            Err(stoa_blob::Error::NotFound(_)) => {
                return Err(Failure::invalid("A part is missing. Send it, then complete again"));
            }
            other => other.map_err(blob_failure)?,
        };
        self.link(upload.repo_id, file).await?;
        self.drop_whole(file.oid).await?;
        self.drop_parts(upload.id).await
    }

    /// Throws the parts of an upload away. Its row stays until the sweep, so that a repeated completion finds it.
    async fn drop_parts(&self, upload: String) -> Reply<()> {
        self.blobs().delete_prefix(&Prefix::Upload(upload)).await.map(drop).map_err(blob_failure)
    }

    /// The bytes of a large file, for a ticket from [`Repo::lfs_download`].
    pub async fn lfs_get(&self, ticket: &UploadTicket, file: Large, range: Range<u64>) -> Reply<ByteStream> {
        self.check_ticket("get", ticket, file)?;
        let repo = self.ticket_repo(ticket).await?;
        let mut tx = self.read().await?;
        if lfs::linked(&mut tx, repo, &[file.oid]).await?.is_empty() {
            return Err(Failure::not_found("This file was deleted from its repository"));
        }
        drop(tx);
        self.large(file.oid, range).await
    }

    async fn ticket_repo(&self, ticket: &UploadTicket) -> Reply<i64> {
        let (id, _) = ticket.subject.split_once('-').ok_or_else(Failure::repo_not_found)?;
        let id: i64 = id.parse().map_err(|_| Failure::repo_not_found())?;
        let mut tx = self.read().await?;
        let row = repos::by_id(&mut tx, id).await?;
        let row = row.filter(|row| !row.disabled && subject(row) == ticket.subject);
        row.map(|row| row.id).ok_or_else(Failure::repo_not_found)
    }

    async fn upload(&self, ticket: &UploadTicket) -> Reply<Upload> {
        let mut tx = self.read().await?;
        let upload = lfs::upload(&mut tx, &ticket.subject).await?;
        upload.ok_or_else(|| Failure::not_found("This upload was completed or given up. Begin again"))
    }

    pub(crate) async fn note(
        &self,
        tx: &mut stoa_db::Tx,
        actor: &stoa_core::Actor,
        action: &str,
        subject: &str,
    ) -> Reply<()> {
        let ip = actor.ip.to_string();
        let user_id = actor.signed_in().map(|(id, _)| id);
        let line = system::Audit { user_id, ip: &ip, action, subject, detail: None };
        Ok(system::audit(tx, &line, self.now()).await?)
    }
}

/// What tickets call a repository. The number of a deleted one may be given to another, so it does not stand alone.
fn subject(row: &RepoRow) -> String {
    format!("{}-{}", row.id, row.created_at.0)
}

/// Takes bytes from what is left of a quota; `false` when so many are not left.
fn take_room(room: &mut Option<u64>, size: u64) -> bool {
    let Some(left) = room else { return true };
    let Some(rest) = left.checked_sub(size) else { return false };
    *left = rest;
    true
}

fn part_range(upload: &Upload, number: u32) -> Range<u64> {
    let start = u64::from(number.saturating_sub(1)) * upload.part_size;
    start.min(upload.size)..(start + upload.part_size).min(upload.size)
}
