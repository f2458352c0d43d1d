//! Ask to send or fetch large files: `POST /{ns}/{name}[.git]/info/lfs/objects/batch`, the same below `/models`,
//! `/datasets` and `/spaces`.

use std::collections::HashMap;

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Map, Value, json};
use stoa_core::{Failure, Reply as Checked, Sha256};
use stoa_http::{App, Json, Origin, Reply, RepoOf};
use stoa_hub::{Large, LfsAnswer, LfsPart, Read, Repo, Write};

use super::{answer, signed};
use crate::files::place;

/// Objects of one request at most; clients send 100 or 256.
const MOST: usize = 1000;

pub(super) fn route() -> Router<App> {
    // The kit takes `.git` off the name.
    place::web("/info/lfs/objects/batch", &post(batch))
}

/// What a client asks; `ref` says nothing that would change an answer.
struct Ask {
    upload: bool,
    multipart: bool,
    /// Whether the client can send chunks to the content-addressed store.
    xet: bool,
    files: Vec<Large>,
}

async fn batch(app: App, repo: RepoOf<Read>, origin: Origin, Json(body): Json<Value>) -> Reply<Response> {
    let ask = match read(&body)? {
        Ok(ask) => ask,
        Err(message) => return Ok(answer::unprocessable(&message)),
    };
    let mut unique: Vec<Large> = Vec::with_capacity(ask.files.len());
    let mut places: HashMap<(Sha256, u64), usize> = HashMap::new();
    for file in &ask.files {
        places.entry((file.oid, file.size)).or_insert_with(|| {
            unique.push(*file);
            unique.len() - 1
        });
    }
    let mut xet = None;
    let answers = if ask.upload {
        let repo = app.hub.open::<Write>(repo.actor(), repo.id()).await?;
        let answers = repo.lfs_upload(&unique, ask.multipart && !ask.xet).await?;
        if ask.xet && answers.iter().any(|answer| matches!(answer, LfsAnswer::Put(_))) {
            xet = Some(store(&repo, &origin).await?);
        }
        answers
    } else {
        repo.lfs_download(&unique).await?
    };
    let in_parts = answers.iter().any(|answer| matches!(answer, LfsAnswer::Parts { .. }));
    let objects: Vec<Value> = unique
        .iter()
        .zip(answers)
        .map(|(file, answer)| match (&xet, answer) {
            (Some(action), LfsAnswer::Put(_)) => {
                json!({ "oid": file.oid, "size": file.size, "actions": { "upload": action } })
            }
            (_, answer) => object(&repo, &origin, *file, answer, app.hub.limits().link_seconds),
        })
        .collect();
    let objects: Vec<&Value> =
        ask.files.iter().filter_map(|file| objects.get(*places.get(&(file.oid, file.size))?)).collect();
    // Compat: `huggingface_hub` goes by `chunk_size` of each object; git-lfs hands all objects to the agent of this
    // name. `xet` for clients that can: huggingface_hub before 1.29, `@huggingface/hub`, `hf-hub`, git-xet.
    let transfer = match (&xet, in_parts) {
        (Some(_), _) => "xet",
        (None, true) => "multipart",
        (None, false) => "basic",
    };
    Ok(answer::ok(&json!({ "transfer": transfer, "objects": objects, "hash_algo": "sha256" })))
}

/// The question, or the sentence for what about its objects is wrong.
fn read(body: &Value) -> Checked<Result<Ask, String>> {
    let Value::Object(body) = body else {
        return Ok(Err("The request must be a JSON object".to_owned()));
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let upload = match text("operation") {
        Some("upload") => true,
        Some("download") => false,
        _ => return Ok(Err("`operation` must be upload or download".to_owned())),
    };
    // Compat: `@huggingface/hub` spells it `sha_256`.
    match body.get("hash_algo").filter(|value| !value.is_null()).map(Value::as_str) {
        None | Some(Some("sha256" | "sha_256")) => {}
        _ => return Err(Failure::conflict("The only hash algorithm of this hub is sha256")),
    }
    let Some(objects) = body.get("objects").and_then(Value::as_array) else {
        return Ok(Err("`objects` must be a list".to_owned()));
    };
    if objects.len() > MOST {
        return Err(Failure::too_large(format!("At most {MOST} objects can be asked about at once")));
    }
    let mut files = Vec::with_capacity(objects.len());
    for (index, object) in objects.iter().enumerate() {
        match answer::large(object) {
            Ok(file) => files.push(file),
            Err(why) => return Ok(Err(format!("Object {index}: {why}"))),
        }
    }
    let transfers = body.get("transfers").and_then(Value::as_array);
    let offers = |name| transfers.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)));
    Ok(Ok(Ask { upload, multipart: offers("multipart"), xet: offers("xet"), files }))
}

/// Where chunks go: the address that renews the token, with the first one beside it.
async fn store(repo: &Repo<Write>, origin: &Origin) -> Reply<Value> {
    let token = repo.xet_write_token().await?;
    let id = repo.id();
    let href = format!("{origin}/api/{}/{id}/xet-write-token/main", id.kind.plural());
    let header = Map::from_iter([
        ("X-Xet-Cas-Url".to_owned(), format!("{origin}/cas/e{}", token.epoch).into()),
        ("X-Xet-Access-Token".to_owned(), token.access_token.clone().into()),
        ("X-Xet-Token-Expiration".to_owned(), token.expires.to_string().into()),
    ]);
    Ok(action(&href, 3600, Some(header)))
}

/// What the client is told about one object. Compat: what does not apply is left out; `huggingface_hub` takes an empty
/// `actions` for something to do.
fn object(repo: &Repo<Read>, origin: &Origin, file: Large, answer: LfsAnswer, seconds: u64) -> Value {
    let mut object = json!({ "oid": file.oid, "size": file.size });
    match answer {
        LfsAnswer::Here => {}
        LfsAnswer::Put(ticket) => {
            let href = signed::url(origin, "put", &ticket, file, "");
            object["actions"] =
                json!({ "upload": action(&href, seconds, None), "verify": verify(repo, origin, seconds) });
        }
        LfsAnswer::Parts { part_size, parts, complete } => {
            let href = signed::url(origin, "complete", &complete, file, "");
            let header = part_urls(origin, file, part_size, &parts);
            object["actions"] = json!({
                "upload": action(&href, seconds, Some(header)),
                "verify": verify(repo, origin, seconds),
            });
        }
        LfsAnswer::Get(ticket) => {
            let href = signed::url(origin, "get", &ticket, file, "");
            // The URL needs no credential, so git-lfs does not have to look for one.
            object["authenticated"] = Value::Bool(true);
            object["actions"] = json!({ "download": action(&href, seconds, None) });
        }
        LfsAnswer::Refused(failure) => object["error"] = answer::refused(failure),
    }
    object
}

fn action(href: &str, seconds: u64, header: Option<Map<String, Value>>) -> Value {
    let mut action = json!({ "href": href, "expires_in": seconds });
    if let Some(header) = header {
        action["header"] = Value::Object(header);
    }
    action
}

/// The URL takes the token of the user, like the batch itself.
fn verify(repo: &Repo<Read>, origin: &Origin, seconds: u64) -> Value {
    action(&format!("{origin}/{}.git/info/lfs/verify", repo.id().path()), seconds, None)
}

/// Where each part goes. Compat: everything in `header` is text, as git-lfs insists.
fn part_urls(origin: &Origin, file: Large, part_size: u64, parts: &[LfsPart]) -> Map<String, Value> {
    let mut header = Map::new();
    header.insert("chunk_size".to_owned(), Value::String(part_size.to_string()));
    for part in parts {
        let url = signed::url(origin, "part", &part.ticket, file, format_args!("/{}", part.number));
        header.insert(format!("{:05}", part.number), Value::String(url));
    }
    header
}
