//! Delete a bucket and its files: `DELETE /api/buckets/{ns}/{name}`.

use serde_json::{Value, json};
use stoa_http::{Json, Reply};
use stoa_hub::Admin;

use super::place::BucketOf;

pub(super) async fn delete(bucket: BucketOf<Admin>) -> Reply<Json<Value>> {
    bucket.delete().await?;
    Ok(Json(json!({})))
}
