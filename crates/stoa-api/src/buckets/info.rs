//! What a bucket is: `GET /api/buckets/{ns}/{name}`.

use serde::Serialize;
use stoa_core::Time;
use stoa_http::{Json, Reply};
use stoa_hub::{BucketRow, Read};

use super::place::BucketOf;

/// A bucket as clients see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BucketJson {
    id: String,
    author: String,
    private: bool,
    visibility: &'static str,
    created_at: Time,
    size: i64,
    total_files: i64,
}

impl From<&BucketRow> for BucketJson {
    fn from(row: &BucketRow) -> Self {
        Self {
            id: row.name.to_string(),
            author: row.name.owner.to_string(),
            private: row.private,
            visibility: crate::repos::body::visibility(row.private),
            created_at: row.created_at,
            size: row.size,
            total_files: row.files,
        }
    }
}

pub(super) async fn info(bucket: BucketOf<Read>) -> Reply<Json<BucketJson>> {
    Ok(Json(bucket.row().into()))
}
