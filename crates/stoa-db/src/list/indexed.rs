//! Filters that have an index of their own, and so can tell how many rows they leave.

use std::fmt::Write as _;

use super::ids::parse;
use super::{Ask, Order};
use crate::value::args;
use crate::{Error, Tx, Value};

/// A filter with an index of its own.
pub(super) struct Indexed {
    pub(super) filter: &'static str,
    pub(super) values: Vec<Value>,
    /// Texts that names must contain, where the index has the names.
    names: Vec<String>,
}

impl Indexed {
    /// Those of a list, but for what an order covers whose index is walked anyway.
    pub(super) fn filters(ask: &Ask, names: &[String], walked: Option<Order>) -> Vec<Self> {
        let kind = ask.kind.code();
        let mut filters = Vec::new();
        if let Some(owner) = ask.owner {
            let filter = "repos_by_owner WHERE kind = $1 AND owner_id = $2";
            filters.push(Self { filter, values: args![kind, owner], names: names.to_vec() });
        }
        let mut add = |filter, values| filters.push(Self { filter, values, names: Vec::new() });
        if ask.gated == Some(true) {
            add("repos_gated WHERE kind = $1 AND gated <> 0", args![kind]);
        }
        let (least, most) = (ask.min_params.unwrap_or(0), ask.max_params.unwrap_or(i64::MAX));
        // An order by the same column walks just the range.
        if (least > 0 || most < i64::MAX) && walked != Some(Order::Params) {
            add("repos_by_params WHERE kind = $1 AND params BETWEEN $2 AND $3", args![kind, least, most]);
        }
        if let Some(since) = ask.since.filter(|_| walked != Some(Order::Modified)) {
            add("repos_by_modified WHERE kind = $1 AND modified_at >= $2", args![kind, since]);
        }
        filters
    }

    /// How many rows it leaves, counted up to one more than `limit`, and the row ids if they are not more.
    pub(super) async fn ids(&self, tx: &mut Tx, limit: usize) -> Result<(usize, Option<Vec<i64>>), Error> {
        let from = format!("FROM repos INDEXED BY {}", self.filter);
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 {from} LIMIT {})", limit + 1);
        let row = tx.first(sql, self.values.clone()).await?;
        let count = row.map_or(Ok(0), |row| row.int(0))? as usize;
        if count > limit {
            return Ok((count, None));
        }
        let mut sql = format!("SELECT json_group_array(id) {from}");
        let mut values = self.values.clone();
        for text in &self.names {
            values.push(text.into());
            let _ = write!(sql, " AND INSTR(key, ${}) > 0", values.len());
        }
        Ok((count, Some(numbers(tx, sql, values).await?)))
    }
}

/// The row ids that `json_group_array` wrote into the only row of an answer.
pub(super) async fn numbers(tx: &mut Tx, sql: String, values: Vec<Value>) -> Result<Vec<i64>, Error> {
    let row = tx.first(sql, values).await?;
    row.map_or(Ok(Vec::new()), |row| Ok(parse(&row.text(0)?)))
}
