//! Ask to send or fetch large files: `POST /{ns}/{name}[.git]/info/lfs/objects/batch`, the same below `/models`,
//! `/datasets` and `/spaces`.

use std::collections::HashMap;

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Map, Value, json};
use stoa_core::{Failure, Reply as Checked, Sha256};
use stoa_http::{App, Json, Origin, Reply, RepoOf};
use stoa_hub::{Large, LfsAnswer, LfsPart, Read, Repo, Sending, UploadTicket, Write};

use super::{answer, signed};
use crate::files::place;

/// Objects of one request at most; clients send 100 or 256.
const MOST: usize = 1000;
/// What large files can be sent or fetched by.
const TRANSFERS: [&str; 3] = ["basic", "multipart", "xet"];
/// Characters of a wrong `oid` that are repeated to the client.
const LONGEST_OID: usize = 128;

pub(super) fn route() -> Router<App> {
    // The kit takes `.git` off the name.
    place::web("/info/lfs/objects/batch", &post(batch))
}

/// What a client asks; `ref` says nothing that would change an answer.
struct Ask {
    upload: bool,
    sending: Sending,
    /// Whether the client can send chunks to the content-addressed store.
    xet: bool,
    objects: Vec<Asked>,
}

/// One object of the question.
enum Asked {
    File(Large),
    /// It cannot be one: what to answer about it.
    Wrong(Value),
}

async fn batch(app: App, repo: RepoOf<Read>, origin: Origin, Json(body): Json<Value>) -> Reply<Response> {
    let ask = match read(&body)? {
        Ok(ask) => ask,
        Err(message) => return Ok(answer::unprocessable(&message)),
    };
    let mut unique: Vec<Large> = Vec::with_capacity(ask.objects.len());
    let mut places: HashMap<(Sha256, u64), usize> = HashMap::new();
    for asked in &ask.objects {
        let Asked::File(file) = asked else { continue };
        places.entry((file.oid, file.size)).or_insert_with(|| {
            unique.push(*file);
            unique.len() - 1
        });
    }
    let mut xet = None;
    let answers = if ask.upload {
        let repo = app.hub.open::<Write>(repo.actor(), repo.id()).await?;
        let answers = repo.lfs_upload(&unique, ask.sending).await?;
        if ask.xet && answers.iter().any(|answer| matches!(answer, LfsAnswer::Put { .. })) {
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
            (Some(action), LfsAnswer::Put { .. }) => {
                json!({ "oid": file.oid, "size": file.size, "actions": { "upload": action } })
            }
            (_, answer) => object(&origin, *file, answer, app.hub.limits().link_seconds),
        })
        .collect();
    let objects: Vec<&Value> = ask
        .objects
        .iter()
        .filter_map(|asked| match asked {
            Asked::File(file) => objects.get(*places.get(&(file.oid, file.size))?),
            Asked::Wrong(answer) => Some(answer),
        })
        .collect();
    // Compat: `huggingface_hub` goes by `chunk_size` of each object; git-lfs goes by this name. `xet` for clients that can: huggingface_hub before 1.29, `@huggingface/hub`, `hf-hub`, git-xet.
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
    let transfers = match body.get("transfers") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(transfers)) => transfers.as_slice(),
        Some(_) => return Ok(Err("`transfers` must be a list of names".to_owned())),
    };
    let offers = |name| transfers.iter().any(|one| one.as_str() == Some(name));
    if !transfers.is_empty() && !TRANSFERS.into_iter().any(offers) {
        return Ok(Err(format!("Offer one of the transfers that this hub has: {}", TRANSFERS.join(", "))));
    }
    let objects = match read_objects(objects) {
        Ok(objects) => objects,
        Err(why) => return Ok(Err(why)),
    };
    let xet = offers("xet");
    let sending = match offers("multipart") {
        true if xet => Sending::Whole,
        // Compat: git-lfs hands every object to the agent that `transfer` names, and the one of huggingface_hub
        // (`hf lfs-multipart-upload`) knows nothing but parts. Only git-lfs offers this adapter.
        true if offers("lfs-standalone-file") => Sending::PartsForAll,
        true => Sending::Parts,
        false => Sending::Whole,
    };
    Ok(Ok(Ask { upload, sending, xet, objects }))
}

/// The objects of a question. One that cannot be a file is answered with its fault beside the others; where none can be,
/// or where the answer could not name it, the question is wrong.
fn read_objects(objects: &[Value]) -> Result<Vec<Asked>, String> {
    let mut read = Vec::with_capacity(objects.len());
    let mut first = None;
    for (index, object) in objects.iter().enumerate() {
        match answer::large(object) {
            Ok(file) => read.push(Asked::File(file)),
            Err(why) => {
                let fault = format!("Object {index}: {why}");
                let Some(oid) = object.get("oid").and_then(Value::as_str) else { return Err(fault) };
                let oid: String = oid.chars().take(LONGEST_OID).collect();
                let size = object.get("size").and_then(Value::as_u64).unwrap_or_default();
                let error = answer::refused(Failure::invalid(why));
                read.push(Asked::Wrong(json!({ "oid": oid, "size": size, "error": error })));
                first.get_or_insert(fault);
            }
        }
    }
    match first {
        Some(fault) if !read.iter().any(|asked| matches!(asked, Asked::File(_))) => Err(fault),
        _ => Ok(read),
    }
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
/// `actions` for something to do. `authenticated`: no URL needs a credential, so git-lfs need not look for one, and
/// ask a person for it where it finds none.
fn object(origin: &Origin, file: Large, answer: LfsAnswer, seconds: u64) -> Value {
    let mut object = json!({ "oid": file.oid, "size": file.size });
    match answer {
        LfsAnswer::Here => {}
        LfsAnswer::Put { send, verify } => {
            let href = signed::url(origin, "put", &send, file, "");
            object["authenticated"] = Value::Bool(true);
            object["actions"] = json!({
                "upload": action(&href, seconds, None),
                "verify": arrived(origin, file, &verify, seconds),
            });
        }
        LfsAnswer::Parts { part_size, parts, complete, verify } => {
            let href = signed::url(origin, "complete", &complete, file, "");
            let header = part_urls(origin, file, part_size, &parts);
            object["authenticated"] = Value::Bool(true);
            object["actions"] = json!({
                "upload": action(&href, seconds, Some(header)),
                "verify": arrived(origin, file, &verify, seconds),
            });
        }
        LfsAnswer::Get(ticket) => {
            let href = signed::url(origin, "get", &ticket, file, "");
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

/// Where to ask whether the file arrived.
fn arrived(origin: &Origin, file: Large, ticket: &UploadTicket, seconds: u64) -> Value {
    action(&signed::url(origin, "verify", ticket, file, ""), seconds, None)
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
